package searching

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"guichet"
	"guichet/internal/store"
)

// Completion is a way to go on with a query that is being typed: Text takes the place of the characters from
// From up to To.
type Completion struct {
	Text string `json:"text"`
	Hint string `json:"hint"` // what it is, beside the text; may be empty
	From int    `json:"from"`
	To   int    `json:"to"`
}

// maxCompletions is how many are offered at once.
const maxCompletions = 8

// Complete proposes how to go on with the query where the reader types: an operator or, after one, a value. It is
// for those who handle tickets, who know the names of the desk and its people.
func (s *Searching) Complete(ctx context.Context, actor guichet.Actor, locale, text string, at int) ([]Completion, error) {
	if !actor.HandlesTickets() {
		return nil, guichet.NotFound("page")
	}
	runes := []rune(text)
	if len(runes) > guichet.MaxQuery || at < 0 || at > len(runes) {
		return nil, nil
	}
	c := completing{scope: actor.Scope(), locale: locale, at: at}
	c.locate(runes)
	err := s.store.Read(ctx, func(tx *store.Tx) error { return c.offer(ctx, tx) })
	whole := string(runes[min(c.from, at):at]) // what is there already is not offered
	c.out = slices.DeleteFunc(c.out, func(x Completion) bool { return x.Text == whole })
	return c.out[:min(len(c.out), maxCompletions)], err
}

// completing is a place in a query.
type completing struct {
	scope  guichet.Scope // of who types: tags are those of tickets that he or she handles
	locale string
	from   int // where what is typed begins
	at     int
	typed  string
	field  guichet.QueryField // after its operator; empty: a word or an operator
	out    []Completion
}

// locate finds the part of the query that is being typed.
func (c *completing) locate(text []rune) {
	quoted, start := false, 0
	for i, r := range text[:c.at] {
		switch {
		case strings.ContainsRune(`"“”«»`, r):
			quoted = !quoted
		case unicode.IsSpace(r) && !quoted:
			start = i + 1
		}
	}
	if start < c.at && text[start] == '-' {
		start++
	}
	word := string(text[start:c.at])
	c.from, c.typed = start, word
	name, value, colon := strings.Cut(word, ":")
	if !colon {
		return
	}
	field, known := guichet.QueryFieldCalled(name)
	if !known {
		return
	}
	if comma := strings.LastIndex(value, ","); comma >= 0 {
		value = value[comma+1:]
	}
	c.field, c.from = field, c.at-len([]rune(value))
	c.typed = strings.Trim(value, `"“”«»@`)
}

func (c *completing) add(text, hint string) {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ',' }) {
		text = `"` + text + `"`
	}
	if !slices.ContainsFunc(c.out, func(x Completion) bool { return x.Text == text }) {
		c.out = append(c.out, Completion{text, hint, c.from, c.at})
	}
}

func (c *completing) offer(ctx context.Context, tx *store.Tx) error {
	if c.field == "" {
		return c.operators(ctx, tx)
	}
	for _, v := range c.field.Choices() {
		if word := c.field.Word(v, c.locale); guichet.WordBegins(word, c.typed) {
			c.add(word, "")
		}
	}
	desk, err := tx.Desk(ctx)
	if err != nil {
		return err
	}
	switch c.field {
	case guichet.QueryService:
		c.names(services(desk))
	case guichet.QueryTeam:
		c.names(teams(desk))
	case guichet.QueryOrganisation:
		c.names(organisations(desk))
	case guichet.QueryAssignee, guichet.QueryRequester:
		return c.people(ctx, tx)
	case guichet.QueryTag:
		tags, err := tx.Tags(ctx, c.scope, c.typed, maxCompletions)
		for _, t := range tags {
			c.add(t, "")
		}
		return err
	}
	return nil
}

func (c *completing) operators(ctx context.Context, tx *store.Tx) error {
	if name, at := strings.CutPrefix(c.typed, "@"); at {
		c.field, c.typed, c.from = guichet.QueryAssignee, name, c.from+1
		return c.offer(ctx, tx)
	}
	if c.typed == "" && c.from < c.at {
		return nil
	}
	for _, f := range guichet.QueryFields() {
		if name := f.Name(c.locale); guichet.WordBegins(name, c.typed) {
			c.add(name+":", example(f, c.locale))
		}
	}
	return nil
}

// example shows what may follow an operator.
func example(f guichet.QueryField, locale string) string {
	var words []string
	for _, v := range f.Choices() {
		if words = append(words, f.Word(v, locale)); len(words) == 3 {
			break
		}
	}
	return strings.Join(words, ", ")
}

// named is a name of the desk with what tells it from another one.
type named struct{ name, path string }

func services(d *guichet.Desk) (out []named) {
	for id, s := range d.Services {
		out = append(out, named{s.Name, d.ServiceName(id)})
	}
	return out
}

func teams(d *guichet.Desk) (out []named) {
	for _, t := range d.Teams {
		out = append(out, named{t.Name, string(t.Level)})
	}
	return out
}

func organisations(d *guichet.Desk) (out []named) {
	for _, o := range d.Organisations {
		out = append(out, named{o.Name, ""})
	}
	return out
}

// names offers those whose words begin as what is typed, in the order of the alphabet.
func (c *completing) names(list []named) {
	slices.SortFunc(list, func(a, b named) int { return strings.Compare(a.name+a.path, b.name+b.path) })
	for _, n := range list {
		if guichet.WordBegins(n.name, c.typed) {
			c.add(n.name, n.path)
		}
	}
}

func (c *completing) people(ctx context.Context, tx *store.Tx) error {
	if len([]rune(c.typed)) < 2 {
		return nil
	}
	list, err := tx.FindPeople(ctx, c.typed, maxCompletions)
	for _, p := range list {
		c.add(p.Name(), p.Email)
	}
	return err
}
