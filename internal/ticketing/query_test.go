package ticketing_test

import (
	"fmt"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func (s *stage) asks(person guichet.ID, text string) []int64 {
	s.Helper()
	return s.numbers(person, store.TicketQuery{Query: Asked(text)})
}

// Each operator selects what it says, in French and in English, and never beyond what one may see.
func TestQueryOperators(t *testing.T) {
	s := newStage(t)
	wifi := s.open(Rita, ticketing.Open{Service: Wifi, Title: "Borne éteinte", Description: "x", Kind: guichet.KindIncident, Files: []ticketing.File{file("plan.png")}})
	s.clock.Add(48 * time.Hour)
	course := s.open(Stan, ticketing.Open{Service: Moodle, Title: "Cours vide", Description: "x", Kind: guichet.KindIncident})
	s.clock.Add(time.Minute)
	s.do(Mona, course, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: Support, AssigneeID: Ann})
	s.clock.Add(time.Minute)
	other := s.open(Ben, ticketing.Open{Service: Homework, Title: "Devoir perdu", Description: "x", Kind: guichet.KindIncident})
	a, b, c := wifi.Number, course.Number, other.Number
	day := s.clock.Now().Format("2006-01-02")
	for text, want := range map[string][]int64{
		"":                                {c, b, a},
		"statut:ouvert":                   {c, b, a},
		"statut:attribué":                 {b, a},
		"-status:assigned":                {c},
		"état:à-qualifier,attribué":       {c, b, a},
		"est:non-assigné":                 {c, a},
		"is:files":                        {a},
		"service:wifi":                    {a},
		`service:"Moodle"`:                {c, b},
		"service:wifi,moodle":             {c, b, a},
		"-service:wifi":                   {c, b},
		"équipe:support":                  {b},
		"-team:support":                   {c, a},
		"@ann":                            {b},
		`assigné:"Ann Blanc"`:             {b},
		"assigné:ann,personne":            {c, b, a},
		"assigned:none":                   {c, a},
		"demandeur:durand":                {a},
		"requester:rita,stan":             {b, a},
		"-demandeur:rita":                 {c, b},
		"type:incident":                   {c, b, a},
		"kind:request,problem":            nil,
		"créé:" + day:                     {c, b},
		"créé:>" + day:                    nil,
		"created:<1d":                     {c, b},
		"créé:>1j":                        {a},
		"créé:2020..2021":                 nil,
		"modifié:<1h statut:ouvert":       {c, b},
		"-créé:<1j":                       {a},
		fmt.Sprint("#", b):                {b},
		"priorité:moyenne équipe:support": {b},
		"statut:résolu statut:attribué":   nil,
		"résolu:<7j":                      nil,
		"service:moodle @ann créé:<1j":    {b},
		"reprise:aucune statut:attribué":  {b, a},
		"étiquette:rien":                  nil,
		"échéance:<2h":                    nil,
		"est:rouvert":                     nil,
		"borne -éteinte":                  nil,
		"-cours":                          {c, a},
		"devoir service:moodle":           {c},
		"est:suivi":                       nil,
	} {
		same(t, "Fay asks "+text, s.asks(Fay, text), want)
	}
	same(t, "a requester sees her own", s.asks(Rita, "statut:ouvert"), []int64{a})
	same(t, "and not what others asked", s.asks(Rita, "demandeur:stan"), nil)
	same(t, "nor learns who exists", s.asks(Rita, "demandeur:inconnu"), nil)
	same(t, "me", s.asks(Rita, "demandeur:moi"), []int64{a})
	same(t, "mine", s.asks(Ann, "@moi"), []int64{b})
	same(t, "my teams", s.asks(Ann, "équipe:miennes"), []int64{b})
	_, err := s.desk.List(s.ctx, s.actor(Fay), store.TicketQuery{Query: Asked("service:inconnu")})
	s.fails(err, guichet.KindInvalid, "invalid")
}
