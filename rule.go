package guichet

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Rule routes a new ticket (A3): when every condition that is set holds, it sets what it names.
// Rules are tried in order and the first that holds decides.
type Rule struct {
	ID   ID       `json:"id" yaml:"id"`
	Name string   `json:"name" yaml:"name"`
	When RuleWhen `json:"when" yaml:"when"`
	Then RuleThen `json:"then" yaml:"then"`
}

// RuleWhen is the conditions of a rule; an empty one holds.
type RuleWhen struct {
	Services      []ID                `json:"services,omitempty" yaml:"services,omitempty"`           // or below
	Organisations []ID                `json:"organisations,omitempty" yaml:"organisations,omitempty"` // or below
	Kinds         []Kind              `json:"kinds,omitempty" yaml:"kinds,omitempty"`
	Channels      []Channel           `json:"channels,omitempty" yaml:"channels,omitempty"`
	Words         []string            `json:"words,omitempty" yaml:"words,omitempty"` // any of them in title or description
	Answers       map[string][]string `json:"answers,omitempty" yaml:"answers,omitempty"`
}

// RuleThen is what a rule sets; what is empty stays.
type RuleThen struct {
	ServiceID  ID    `json:"service,omitempty" yaml:"service,omitempty"`
	TeamID     ID    `json:"team,omitempty" yaml:"team,omitempty"`
	AssigneeID ID    `json:"technician,omitempty" yaml:"technician,omitempty"`
	Urgency    Grade `json:"urgency,omitempty" yaml:"urgency,omitempty"`
	Impact     Grade `json:"impact,omitempty" yaml:"impact,omitempty"`
}

// Route returns what the first rule that holds sets, and why: the rule and the values it saw. Words
// are sought whole; fold brings a text to lower case without accents.
func (d *Desk) Route(t Ticket, fold func(string) string) (then RuleThen, why []string) {
	for _, r := range d.Rules {
		if seen, ok := d.holds(r.When, t, fold); ok {
			return r.Then, append([]string{r.Name}, seen...)
		}
	}
	return RuleThen{}, nil
}

func (d *Desk) holds(w RuleWhen, t Ticket, fold func(string) string) ([]string, bool) {
	var seen []string
	checks := []struct {
		set   bool
		found string
	}{
		{len(w.Services) > 0, string(common(w.Services, d.ServicePath(t.ServiceID)))},
		{len(w.Organisations) > 0, string(common(w.Organisations, d.OrganisationPath(t.OrganisationID)))},
		{len(w.Kinds) > 0, string(common(w.Kinds, []Kind{t.Kind}))},
		{len(w.Channels) > 0, string(common(w.Channels, []Channel{t.Channel}))},
		{len(w.Words) > 0, wordIn(w.Words, t.Title+" "+t.Description, fold)},
	}
	for _, c := range checks {
		if c.set && c.found == "" {
			return nil, false
		}
		if c.set {
			seen = append(seen, c.found)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(w.Answers)) {
		found := common(w.Answers[key], answer(t.Answers, key))
		if found == "" {
			return nil, false
		}
		seen = append(seen, key+" = "+found)
	}
	return seen, true
}

func common[T ~string](wanted, have []T) T {
	for _, v := range have {
		if slices.Contains(wanted, v) {
			return v
		}
	}
	return ""
}

// wordIn finds a word, or several in a row, whole: "odt" is in "le .odt", not in "modtool".
func wordIn(sought []string, text string, fold func(string) string) string {
	text = spaced(fold(text))
	for _, w := range sought {
		if word := spaced(fold(w)); word != " " && strings.Contains(text, word) {
			return "«\u00a0" + w + "\u00a0»"
		}
	}
	return ""
}

// spaced puts one space before and after each word of a text.
func spaced(text string) string {
	separator := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	var b strings.Builder
	b.WriteByte(' ')
	for word := range strings.FieldsFuncSeq(text, separator) {
		b.WriteString(word)
		b.WriteByte(' ')
	}
	return b.String()
}

func answer(answers []Answer, key string) []string {
	for _, a := range answers {
		if a.Key == key {
			return a.Values
		}
	}
	return nil
}

// ServiceTeam, as the team of a rule, means the team that handles the ticket's service.
const ServiceTeam ID = "@service"

// Apply gives a new ticket what a rule sets. With a team the ticket is assigned, in the pool unless
// the rule names a technician of that team; a rule that outlived its team leaves it to a moderator.
func (d *Desk) Apply(t *Ticket, then RuleThen) {
	t.ServiceID = cmp.Or(then.ServiceID, t.ServiceID)
	t.Urgency = cmp.Or(then.Urgency, t.Urgency)
	t.Impact = cmp.Or(then.Impact, t.Impact)
	t.Priority = d.Matrix.Priority(t.Impact, t.Urgency)
	id := then.TeamID
	if id == ServiceTeam {
		id = d.ServiceTeam(t.ServiceID)
	}
	team, known := d.Teams[id]
	if !known {
		return
	}
	t.State, t.TeamID, t.AssigneeID, t.Level = StateAssigned, id, "", team.Level
	if team.Has(then.AssigneeID) {
		t.AssigneeID = then.AssigneeID
	}
}
