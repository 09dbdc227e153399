package ruling

import (
	"math"
	"slices"
	"strings"

	"github.com/expr-lang/expr/vm"

	"guichet"
)

// maxText is how much of a description the rules read, in bytes: what a ticket is about is said at its
// beginning, and a pasted log must not slow an opening.
const maxText = 20_000

// path is a node of a tree with all those above it, nearest first.
type path []string

// env is what an expression sees of a ticket. The names are those of the language.
type env struct {
	Service      path     `expr:"service"`
	Organisation path     `expr:"organisation"`
	Offering     string   `expr:"offering"`
	Kind         string   `expr:"kind"`
	Channel      string   `expr:"channel"`
	Audience     string   `expr:"audience"`
	WorkPlace    string   `expr:"work_place"`
	Urgency      string   `expr:"urgency"`
	Impact       string   `expr:"impact"`
	Priority     string   `expr:"priority"`
	Team         string   `expr:"team"`
	Tags         []string `expr:"tags"`
	Title        string   `expr:"title"`
	Location     string   `expr:"location"`
	Weekday      int      `expr:"weekday"`
	Hour         int      `expr:"hour"`

	set     *Set
	facts   guichet.Facts
	reading *Reading
	found   []guichet.Seen // what the functions found in the condition that runs
	machine vm.VM          // used again for each condition
}

func newEnv(s *Set, reading *Reading, f guichet.Facts) *env {
	e := &env{set: s, reading: reading}
	e.look(f)
	return e
}

// look takes the ticket as the earlier rules left it.
func (e *env) look(f guichet.Facts) {
	before, t := e.facts.Ticket, f.Ticket
	e.facts = f
	if e.Service == nil || before.ServiceID != t.ServiceID {
		e.Service = keys(e.set.desk.ServicePath(t.ServiceID))
	}
	if e.Organisation == nil || before.OrganisationID != t.OrganisationID {
		e.Organisation = keys(e.set.desk.OrganisationPath(t.OrganisationID))
	}
	e.Offering, e.Kind, e.Channel = string(t.OfferingID), string(t.Kind), string(t.Channel)
	e.Audience, e.WorkPlace = f.Audience, string(t.WorkPlace)
	e.Urgency, e.Impact, e.Priority = string(t.Urgency), string(t.Impact), string(t.Priority)
	e.Team, e.Tags, e.Title, e.Location = string(t.TeamID), t.Tags, t.Title, t.Location
	e.Weekday, e.Hour = (int(f.At.Weekday())+6)%7+1, f.At.Hour()
}

func keys(ids []guichet.ID) path {
	out := make(path, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

func (e *env) within(node path, roots []string) bool {
	for _, root := range node {
		if slices.Contains(roots, root) {
			e.found = append(e.found, guichet.Seen{Value: node[0], Found: root})
			return true
		}
	}
	return false
}

// words looks for one of several words, or groups of words in a row, whatever their endings.
func (e *env) words(sought []string) bool {
	if e.reading.text == nil {
		e.reading.text = e.reading.read(e.facts.Ticket.Title + "\n" + cut(e.facts.Ticket.Description))
	}
	return e.holds(e.reading.text, sought, guichet.Seen{Field: guichet.RuleWords})
}

func (e *env) holds(text *stems, sought []string, seen guichet.Seen) bool {
	for _, w := range sought {
		if text.hold(e.sought(w)) {
			seen.Found = w
			e.found = append(e.found, seen)
			return true
		}
	}
	return false
}

func (e *env) sought(w string) sought {
	if s, known := e.set.stems[w]; known {
		return s
	}
	return soughtIn(w)
}

func cut(s string) string {
	if len(s) > maxText {
		return strings.ToValidUTF8(s[:maxText], "")
	}
	return s
}

func (e *env) answer(key string) []string {
	for _, a := range e.facts.Ticket.Answers {
		if a.Key == key {
			return a.Values
		}
	}
	return nil
}

func (e *env) answered(key string, values []string) bool {
	for _, v := range e.answer(key) {
		if slices.Contains(values, v) {
			e.found = append(e.found, guichet.Seen{Field: guichet.RuleAnswer, Key: key, Found: v})
			return true
		}
	}
	return false
}

func (e *env) answerWords(key string, sought []string) bool {
	text := e.reading.read(cut(strings.Join(e.answer(key), "\n")))
	return e.holds(text, sought, guichet.Seen{Field: guichet.RuleAnswer, Key: key})
}

func (e *env) given(key string) bool { return len(e.answer(key)) > 0 }

// number is an answer as a number; one that is none compares with nothing.
func (e *env) number(key string) float64 {
	n, err := guichet.Number(strings.Join(e.answer(key), ""))
	if err != nil {
		return math.NaN()
	}
	return n
}

func (e *env) tagged(tags []string) bool {
	return slices.ContainsFunc(tags, func(t string) bool { return slices.Contains(e.Tags, guichet.CleanTag(t)) })
}

// between: from a time of day until before another; over midnight when the second comes first.
func (e *env) between(from, to string) bool {
	a, err := guichet.Minutes(from)
	b, wrong := guichet.Minutes(to)
	if err != nil || wrong != nil {
		return false
	}
	now := e.facts.At.Hour()*60 + e.facts.At.Minute()
	if a <= b {
		return a <= now && now < b
	}
	return now >= a || now < b
}

// open: the hours of one of the calendars are open.
func (e *env) open(calendars []string) bool {
	return slices.ContainsFunc(calendars, func(id string) bool {
		c, known := e.set.desk.Calendars[guichet.ID(id)]
		return known && c.Open(e.facts.At)
	})
}

// seen is what a comparison looked at, and what of it decided.
func (e *env) seen(c guichet.RuleCondition) guichet.Seen {
	s := guichet.Seen{Field: c.Field, Key: c.Key, Value: e.value(c)}
	if len(e.found) == 0 {
		return s
	}
	if c.Field == guichet.RuleWords {
		return guichet.Seen{Field: c.Field, Found: e.found[0].Found}
	}
	if e.found[0].Found != s.Value {
		s.Found = e.found[0].Found
	}
	return s
}

// value is a field of the ticket; for words, those that were sought.
func (e *env) value(c guichet.RuleCondition) string {
	switch c.Field {
	case guichet.RuleAnswer:
		return strings.Join(e.answer(c.Key), ", ")
	case guichet.RuleWords:
		return strings.Join(c.Values[:min(len(c.Values), 5)], ", ")
	}
	return e.variable(string(c.Field))
}

// variable is the value of a variable of the language, as it is kept in an explanation.
func (e *env) variable(name string) string {
	t := e.facts.Ticket
	switch name {
	case "service":
		return string(t.ServiceID)
	case "organisation":
		return string(t.OrganisationID)
	case "tag", "tags":
		return strings.Join(t.Tags, " ")
	case "time", "hour", "calendar":
		return e.facts.At.Format("15:04")
	case "weekday":
		return string(rune('0' + e.Weekday))
	case "title":
		return t.Title
	case "location":
		return t.Location
	case "audience":
		return e.Audience
	}
	return map[string]string{"offering": e.Offering, "kind": e.Kind, "channel": e.Channel, "work_place": e.WorkPlace,
		"urgency": e.Urgency, "impact": e.Impact, "priority": e.Priority, "team": e.Team}[name]
}

// seenByHand is what an expression written by hand read: its variables, and what its functions found.
func (e *env) seenByHand(p part) []guichet.Seen {
	var out []guichet.Seen
	for _, name := range p.names {
		out = append(out, guichet.Seen{Field: fieldOf(name), Value: e.variable(name)})
	}
	for _, s := range e.found {
		if s.Field != "" {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		out = append(out, guichet.Seen{Field: guichet.RuleByHand, Value: p.text})
	}
	return out
}

// fieldOf is the field that a variable of the language is.
func fieldOf(name string) guichet.RuleField {
	switch name {
	case "tags":
		return guichet.RuleTag
	case "hour":
		return guichet.RuleTime
	}
	return guichet.RuleField(name)
}
