package admin_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

const rulesURL = "/admin/routing/rules"

func newRoutingStage(t *testing.T) *webtest.Stage {
	t.Helper()
	s := webtest.New(t)
	Fill(t, s.Store)
	s.SignIn(Fay, Mona, Rita)
	return s
}

// revision is the revision of the draft that a page was made from.
func revision(p webtest.Page) string { return p.Values("revision")[0] }

func TestRulesReadAsSentences(t *testing.T) {
	s := newRoutingStage(t)
	s.Get(Fay, rulesURL).Expect(http.StatusOK).Says("Wifi au réseau", "Quand le service est Réseau / Wifi", "confier à l’équipe du service",
		"Quand le texte contient « examen »", "confier à l’équipe Support", "urgence haute", "L’examen s’arrête là.", "Version 1")
	s.Change(Fay, func(p *guichet.Person) { p.Locale = "en" })
	s.Get(Fay, rulesURL).Expect(http.StatusOK).Says("When the service is Réseau / Wifi", "give to the team of the service",
		"When the text contains “examen”", "give to the team Support", "urgency high", "The examination stops there.")
}

func TestOnlyWhoConfiguresSeesTheRules(t *testing.T) {
	s := newRoutingStage(t)
	for _, path := range []string{rulesURL, rulesURL + "/trial", rulesURL + "/rule/wifi", "/admin/dispatch"} {
		s.Get(Mona, path).Expect(http.StatusNotFound)
		s.Get(Rita, path).Expect(http.StatusNotFound)
	}
	s.Post(Mona, rulesURL, url.Values{"op": {"off:wifi"}, "revision": {"0"}}).Expect(http.StatusNotFound)
	s.Post(Mona, "/admin/dispatch/support", url.Values{"mode": {"fair"}}).Expect(http.StatusNotFound)
}

func TestRulesAreOrderedOnScreen(t *testing.T) {
	s := newRoutingStage(t)
	act := func(op string) {
		t.Helper()
		form := url.Values{"op": {op}, "revision": {revision(s.Get(Fay, rulesURL))}}
		s.Post(Fay, rulesURL, form).Expect(http.StatusSeeOther)
	}
	act("down:wifi")
	act("off:wifi")
	page := s.Get(Fay, rulesURL).Says("désactivée", "brouillon")
	if ids := page.Links(rulesURL + "/rule/"); len(ids) != 2 || ids[0] != rulesURL+"/rule/exam" {
		t.Errorf("order: %v", ids)
	}
	act("copy:exam")
	s.Get(Fay, rulesURL).Says("Examens à Bob (copie)")
	act("drop:exam")
	s.Get(Fay, rulesURL).Says("2 règles")
	s.Post(Fay, rulesURL, url.Values{"op": {"burn:wifi"}, "revision": {"0"}}).Expect(http.StatusConflict)
	s.Post(Fay, rulesURL, url.Values{"op": {"up:nothing"}, "revision": {"0"}}).Expect(http.StatusNotFound)
}

// A rule is built from nothing without a line of code, tried, published, and routes the next ticket.
func TestARuleIsBuiltOnScreen(t *testing.T) {
	s := newRoutingStage(t)
	before, err := s.Desk.Open(s.Ctx, Actor(t, s.Store, Rita), ticketing.Open{Title: "Écran noir", Description: "Mes écrans sont noirs", Service: Moodle, Kind: guichet.KindIncident})
	if err != nil {
		t.Fatal(err)
	}
	s.Post(Fay, rulesURL, url.Values{"op": {"add"}, "revision": {"0"}}).LeadsTo(rulesURL + "/rule/regle-3")
	path := rulesURL + "/rule/regle-3"
	page := s.Get(Fay, path).Expect(http.StatusOK).Says("Nouvelle règle", "Toujours", "Ajouter une condition")
	form := url.Values{"revision": {revision(page)}, "name": {"Écrans"}, "stop": {"yes"}, "add.all": {"words"}, "add.any": {"kind"}, "op": {"add:all"}}
	s.Post(Fay, path, form).Expect(http.StatusOK).Says("contient l’une des expressions")
	form = with(form, "all.0.field", "words", "all.0.values", "écran noir\nécran bleu", "op", "add:any")
	s.Post(Fay, path, form).Says("un incident", "une demande", "le texte contient « écran noir » ou « écran bleu »")
	form = with(form, "any.0.field", "kind", "any.0.values", "incident", "add.then", "team", "op", "add:then")
	s.Post(Fay, path, form).Says("L’équipe du service", "Personne : pot commun ou répartition")
	form = with(form, "acts", "team", "then.team", string(Support), "then.technician", string(Cleo), "op", "save")
	s.Post(Fay, path, form).LeadsTo(path)
	page = s.Get(Fay, path).Says("Cette personne ne fait pas partie de l’équipe choisie.", `words("écran noir", "écran bleu")`)
	form = with(form, "then.technician", string(Ann), "revision", revision(page))
	s.Post(Fay, path, form).LeadsTo(rulesURL)
	s.Get(Fay, rulesURL).Says("Quand le texte contient « écran noir » ou « écran bleu » et que la nature est un incident")
	s.Get(Fay, rulesURL+"/trial").Expect(http.StatusOK).Says("1 ticket essayé", "1 ticket aurait été orienté autrement", "Écran noir", "équipe : Support", "ne s’applique jamais", "nouvelle")
	s.Post(Fay, rulesURL+"/publish", url.Values{"note": {"Écrans"}}).LeadsTo(rulesURL)
	after, err := s.Desk.Open(s.Ctx, Actor(t, s.Store, Rita), ticketing.Open{Title: "Écrans noirs", Description: "Encore", Service: Moodle, Kind: guichet.KindIncident})
	if err != nil {
		t.Fatal(err)
	}
	if before.AssigneeID != "" || after.AssigneeID != Ann {
		t.Errorf("before %q, after %q", before.AssigneeID, after.AssigneeID)
	}
}

// A rule attaches what arrives to the failure that is announced about its service, and the ticket says why.
func TestARuleAttachesToAnAnnouncement(t *testing.T) {
	s := newRoutingStage(t)
	s.Post(Fay, rulesURL, url.Values{"op": {"add"}, "revision": {"0"}}).LeadsTo(rulesURL + "/rule/regle-3")
	path := rulesURL + "/rule/regle-3"
	form := url.Values{"revision": {revision(s.Get(Fay, path))}, "name": {"Panne connue"}, "add.then": {"announcement"}, "op": {"add:then"}}
	s.Post(Fay, path, form).Says("La panne annoncée sur le service du ticket")
	s.Post(Fay, path, with(form, "acts", "announcement", "then.announcement", string(guichet.ServiceAnnouncement), "op", "save")).LeadsTo(rulesURL)
	s.Get(Fay, rulesURL).Says("rattacher à la panne annoncée sur le service")
	s.Post(Fay, rulesURL+"/publish", url.Values{"note": {"Pannes"}}).LeadsTo(rulesURL)
	s.Post(Mona, "/desk/announcements", url.Values{"kind": {"incident"}, "title": {"Moodle est lent"}, "service": {string(Moodle)}}).Expect(303)
	ticket, err := s.Desk.Open(s.Ctx, Actor(t, s.Store, Rita), ticketing.Open{Title: "Lenteur", Description: "Tout est lent", Service: Moodle, Kind: guichet.KindIncident})
	if err != nil {
		t.Fatal(err)
	}
	s.Get(Mona, "/desk/tickets/"+strconv.FormatInt(ticket.Number, 10)).Says("Panne connue", "Moodle est lent", "celle qui annonce la panne du service")
}

// with is a form with some values replaced.
func with(form url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

func TestNothingTypedInARuleIsLost(t *testing.T) {
	s := newRoutingStage(t)
	path := rulesURL + "/rule/wifi"
	form := url.Values{"revision": {"0"}, "name": {"Wifi partout"}, "acts": {"observers", "approval"}, "then.observers": {"fantome"}, "op": {"save"},
		"expression": {"kind = 1"}, "approval.0.name": {"Direction"}, "approval.0.approvers.0.by": {"role:director"}, "approval.0.approvers.1.by": {"owner"}, "approval.0.need": {"all"}}
	s.Post(Fay, path, form).Expect(422).Says("fantome", "Wifi partout", "kind = 1", "Direction")
	form.Set("then.observers", string(Mona)+"\n"+string(Max))
	s.Post(Fay, path, form).LeadsTo(path)
	s.Post(Fay, path, with(form, "acts", "announcement", "then.announcement", "@service", "op", "add:then", "add.then", "urgency")).Says("rattacher à la panne annoncée sur le service")
	page := s.Get(Fay, path).Says("L’expression n’est pas comprise, ligne 1, colonne 6", "Wifi partout", "Direction")
	s.Get(Fay, rulesURL).Says("L’expression n’est pas comprise")
	s.Post(Fay, path, with(form, "revision", "0")).Expect(http.StatusConflict).Says("Wifi partout") // somebody saved meanwhile
	form.Set("expression", "")
	s.Post(Fay, path, with(form, "revision", revision(page))).LeadsTo(rulesURL)
	s.Get(Fay, rulesURL).Says("demander l’accord : Direction", "mettre en copie")
	s.Get(Fay, path).Expect(http.StatusOK)
	s.Get(Fay, rulesURL+"/rule/gone").Expect(http.StatusNotFound)
	s.Post(Fay, path, url.Values{"op": {"save"}}).Expect(http.StatusUnprocessableEntity) // not our form
}

// An approval that a rule asks for is set on screen as that of a form is: how many of how many, when it is
// recalled, when it is over, who is asked then; people are named as they are called.
func TestARuleAsksForAnApprovalOnScreen(t *testing.T) {
	s := newRoutingStage(t)
	path := rulesURL + "/rule/wifi"
	form := url.Values{"revision": {"0"}, "name": {"Wifi"}, "acts": {"approval"}, "op": {"save"},
		"approval.0.name": {"Comité"}, "approval.0.need": {"2"}, "approval.0.remind": {"2"}, "approval.0.expire": {"5"},
		"approval.0.approvers.0.by": {"person"}, "approval.0.approvers.0.login": {"Omar"}, "approval.0.approvers.1.by": {"role:director"},
		"approval.0.fallback.0.by": {"person"}, "approval.0.fallback.0.login": {"licorne"},
		"approval.1.name": {"Responsable"}, "approval.1.approvers.0.by": {"owner"}}
	s.Post(Fay, path, form).Expect(422).Says("Personne ne correspond à « licorne »", "Comité", "Responsable")
	s.Post(Fay, path, with(form, "approval.0.fallback.0.login", "olga", "op", "up:step:1")).Expect(http.StatusOK).Says("Responsable")
	s.Post(Fay, path, with(form, "approval.0.fallback.0.login", "olga", "approval.0.remind", "9")).LeadsTo(path)
	page := s.Get(Fay, path).Says("Le rappel doit venir avant l’échéance.")
	form = with(form, "approval.0.fallback.0.login", "olga", "revision", revision(page))
	s.Post(Fay, path, form).LeadsTo(rulesURL)
	e, err := s.Site.Configuring.Rules.Open(s.Ctx, Actor(t, s.Store, Fay), "rules")
	if err != nil {
		t.Fatal(err)
	}
	want := []guichet.ApprovalStep{{Name: "Comité", Need: 2, Remind: 2, Expire: 5, Approvers: []guichet.ApproverSpec{{Login: "omar"}, {Role: "director"}},
		Fallback: []guichet.ApproverSpec{{Login: "olga"}}}, {Name: "Responsable", Approvers: []guichet.ApproverSpec{{Owner: true}}}}
	if diff := cmp.Diff(want, e.Value.Rules[0].Then.Approval); diff != "" {
		t.Error(diff)
	}
	s.Change(Fay, func(p *guichet.Person) { p.Locale = "en" })
	s.Get(Fay, path).Says("Name, address or login, for a person")
}

func TestATeamIsSetToShareItsTickets(t *testing.T) {
	s := newRoutingStage(t)
	s.Get(Fay, "/admin/dispatch").Expect(http.StatusOK).Says("Support", "Pot commun", "2 membres", "0 ticket en cours")
	form := url.Values{"mode": {"fair"}, "skills.ann": {"Moodle, SQL"}, "skills.bob": {""}}
	s.Post(Fay, "/admin/dispatch/support", form).Expect(http.StatusSeeOther)
	if got := s.Get(Fay, "/admin/dispatch").Says("Équitable").Values("skills.ann"); len(got) != 1 || got[0] != "moodle, sql" {
		t.Errorf("Ann knows %v", got)
	}
	s.Change(Fay, func(p *guichet.Person) { p.Locale = "en" })
	s.Get(Fay, "/admin/dispatch").Says("Fair", "2 members", "0 open tickets")
	s.Post(Fay, "/admin/dispatch/support", url.Values{"mode": {"lottery"}}).Expect(http.StatusUnprocessableEntity)
}

// A ticket tells which rules ran and how its team chose, to agents only.
func TestTicketsTellWhy(t *testing.T) {
	s := newRoutingStage(t)
	s.Post(Fay, "/admin/dispatch/network-team", url.Values{"mode": {"fair"}}).Expect(http.StatusSeeOther)
	ticket, err := s.Desk.Open(s.Ctx, Actor(t, s.Store, Rita), ticketing.Open{Title: "Wifi", Description: "coupé", Service: Wifi, Kind: guichet.KindIncident})
	if err != nil || ticket.AssigneeID != Cleo {
		t.Fatalf("%v %v", ticket, err)
	}
	page := s.Get(Fay, "/desk/tickets/1").Expect(http.StatusOK).Says("Règle « Wifi au réseau »", "Le service : Réseau / Wifi", "équipe : Réseau", "répartition équitable de l’équipe Réseau", "0 ticket en cours")
	if len(page.Links(rulesURL+"/rule/wifi")) == 0 {
		t.Error("no link to the rule for who configures")
	}
	s.Change(Fay, func(p *guichet.Person) { p.Locale = "en" })
	s.Get(Fay, "/desk/tickets/1").Says("Rule “Wifi au réseau”", "fair share of the team Réseau")
	s.Get(Rita, "/tickets/1").Hides("Wifi au réseau", "équitable")
}
