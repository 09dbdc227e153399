package guichet

import (
	"slices"
	"strings"
	"unicode"
)

// Query is what a reader asks of the tickets, as it is typed: words, phrases and operators, in French or in
// English (docs/adr/0019). All of its terms must hold. The zero Query asks nothing.
type Query struct{ Terms []QueryTerm }

// QueryTerm is one condition of a query: any of its values holds or, when Not is set, none does.
type QueryTerm struct {
	Field  QueryField
	Not    bool
	Values []string // in their one form: keys for what is of a closed list, otherwise as typed
	Phrase bool     // of words: these, in this order
	At     int      // where it begins in the text, in characters; Print does not keep it
	Length int      // how long it is there
}

// QueryProblem is what is wrong with a part of a query, and where. Code is a message key; Value is what was
// typed. A query with a problem is not carried out: it would show more than what was asked for.
type QueryProblem struct {
	Code       string
	Value      string
	At, Length int // in characters
}

// QueryField is what a term is about.
type QueryField string

// The fields of the language.
const (
	QueryWords        QueryField = "words" // of the texts; no operator
	QueryStatus       QueryField = "status"
	QueryService      QueryField = "service"
	QueryTeam         QueryField = "team"
	QueryAssignee     QueryField = "assignee"
	QueryRequester    QueryField = "requester"
	QueryOrganisation QueryField = "organisation"
	QueryPriority     QueryField = "priority"
	QueryLevel        QueryField = "level"
	QueryKind         QueryField = "kind"
	QueryTag          QueryField = "tag"
	QueryNumber       QueryField = "number"
	QueryUnread       QueryField = "unread" // whether it holds something new since the last visit of who asks
	QueryIs           QueryField = "is"
	QueryCreated      QueryField = "created"
	QueryUpdated      QueryField = "updated"
	QueryResolved     QueryField = "resolved"
	QueryDue          QueryField = "due"
	QueryResumes      QueryField = "resumes" // when a pending ticket comes back
)

// Values that stand for nobody, and for who asks.
const (
	QueryNone = "@none"
	QueryMe   = "@me"
)

// Values of QueryUnread.
const (
	QueryYes = "yes"
	QueryNo  = "no"
)

// Limits of a query.
const (
	MaxQuery      = 500 // characters
	maxQueryTerms = 40
	maxQueryValue = 20 // of one term
)

// IsZero reports whether nothing is asked.
func (q Query) IsZero() bool { return len(q.Terms) == 0 }

// Of returns the terms about a field.
func (q Query) Of(field QueryField) []QueryTerm {
	var out []QueryTerm
	for _, t := range q.Terms {
		if t.Field == field {
			out = append(out, t)
		}
	}
	return out
}

// Without returns the query less one of its terms.
func (q Query) Without(term int) Query {
	return Query{slices.Delete(slices.Clone(q.Terms), term, term+1)}
}

// And returns the query with one more term.
func (q Query) And(t QueryTerm) Query { return Query{append(slices.Clone(q.Terms), t)} }

// ParseQuery reads a query as it is typed. Accents and case do not matter. What cannot be understood is told
// with its place, and left out of the query.
func ParseQuery(text string) (Query, []QueryProblem) {
	p := queryParser{text: []rune(text)}
	if len(p.text) > MaxQuery {
		p.problem("query.too_long", "", MaxQuery, len(p.text)-MaxQuery)
		p.text = p.text[:MaxQuery]
	}
	for p.skip(); p.at < len(p.text); p.skip() {
		p.term()
	}
	return p.query, p.problems
}

// queryParser reads a query from its beginning to its end.
type queryParser struct {
	text     []rune
	at       int
	query    Query
	problems []QueryProblem
}

func (p *queryParser) problem(code, value string, at, length int) {
	p.problems = append(p.problems, QueryProblem{code, value, at, length})
}

func (p *queryParser) skip() {
	for p.at < len(p.text) && unicode.IsSpace(p.text[p.at]) {
		p.at++
	}
}

// peek is the character at the place; 0 at the end.
func (p *queryParser) peek() rune {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// add records a term that was read from a place up to here.
func (p *queryParser) add(t QueryTerm, from int) {
	t.At, t.Length = from, p.at-from
	if len(p.query.Terms) >= maxQueryTerms {
		if len(p.problems) == 0 || p.problems[len(p.problems)-1].Code != "query.too_many" {
			p.problem("query.too_many", "", from, t.Length)
		}
		return
	}
	p.query.Terms = append(p.query.Terms, t)
}

func (p *queryParser) term() {
	from, not := p.at, false
	if p.peek() == '-' {
		p.at++
		not = true
	}
	switch r := p.peek(); {
	case isQuote(r):
		if words := p.quoted(); words != "" {
			p.add(QueryTerm{Field: QueryWords, Not: not, Values: []string{words}, Phrase: true}, from)
		}
	case r == '@' || r == '#':
		p.short(r, not, from)
	default:
		if field, known := p.operator(); known {
			p.values(field, not, from)
			return
		}
		p.word(not, from)
	}
}

// operator reads the name of a field and its colon, or nothing.
func (p *queryParser) operator() (QueryField, bool) {
	end := p.at
	for end < len(p.text) && (unicode.IsLetter(p.text[end]) || unicode.Is(unicode.Mn, p.text[end])) {
		end++
	}
	if end == len(p.text) || p.text[end] != ':' {
		return "", false
	}
	field, known := QueryFieldCalled(string(p.text[p.at:end]))
	if known {
		p.at = end + 1
	}
	return field, known
}

// word reads a word of the texts. One that looks like an operator is told as such, so that a slip of the hand
// is not taken for a word.
func (p *queryParser) word(not bool, from int) {
	start := p.at
	for p.at < len(p.text) && !unicode.IsSpace(p.text[p.at]) && !isQuote(p.text[p.at]) {
		p.at++
	}
	word := string(p.text[start:p.at])
	name, value, colon := strings.Cut(word, ":")
	if colon && isName(name) && value != "" && !strings.HasPrefix(value, "/") {
		p.problem("query.operator", name, from, p.at-from)
		return
	}
	if word != "" {
		p.add(QueryTerm{Field: QueryWords, Not: not, Values: []string{word}}, from)
	}
}

func isName(s string) bool {
	letters := func(r rune) bool { return !unicode.IsLetter(r) }
	return len([]rune(s)) > 1 && strings.IndexFunc(s, letters) < 0
}

// short reads @name, a technician, or #12, a number.
func (p *queryParser) short(sign rune, not bool, from int) {
	p.at++
	value := p.bare()
	switch {
	case sign == '#' && isNumber(value):
		p.add(QueryTerm{Field: QueryNumber, Not: not, Values: []string{trimZeros(value)}}, from)
	case sign == '@' && value != "":
		p.accept(QueryAssignee, not, []string{value}, from)
	default:
		p.add(QueryTerm{Field: QueryWords, Not: not, Values: []string{string(sign) + value}}, from)
	}
}

// values reads what follows an operator.
func (p *queryParser) values(field QueryField, not bool, from int) {
	for p.peek() == ' ' || p.peek() == '\u00a0' || p.peek() == '\u202f' {
		p.at++
	}
	var values []string
	for {
		if v := p.value(); v != "" {
			values = append(values, v)
		}
		if p.peek() != ',' {
			break
		}
		p.at++
	}
	if len(values) == 0 {
		p.problem("query.value.missing", strings.TrimSpace(string(p.text[from:p.at])), from, p.at-from)
		return
	}
	p.accept(field, not, values, from)
}

// accept brings the values of a term to their one form, and adds it.
func (p *queryParser) accept(field QueryField, not bool, values []string, from int) {
	var out []string
	for _, v := range values {
		value, known := field.canonical(v)
		if !known {
			p.problem("query.value."+string(field), v, from, p.at-from)
			return
		}
		if !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	if len(out) > maxQueryValue {
		p.problem("query.too_many", "", from, p.at-from)
		return
	}
	p.add(QueryTerm{Field: field, Not: not, Values: out}, from)
}

// value reads one value: bare, or in quotes after its sign of comparison, if it has one.
func (p *queryParser) value() string {
	sign := ""
	for strings.ContainsRune("<>=", p.peek()) {
		sign += string(p.text[p.at])
		p.at++
	}
	if isQuote(p.peek()) {
		return sign + p.quoted()
	}
	return sign + p.bare()
}

func (p *queryParser) bare() string {
	from := p.at
	for p.at < len(p.text) && !unicode.IsSpace(p.text[p.at]) && p.text[p.at] != ',' && !isQuote(p.text[p.at]) {
		p.at++
	}
	return string(p.text[from:p.at])
}

// quoted reads up to the closing quote, or to the end of the text.
func (p *queryParser) quoted() string {
	opening := p.peek()
	p.at++
	from := p.at
	for p.at < len(p.text) && !closes(opening, p.text[p.at]) {
		p.at++
	}
	words := strings.Map(func(r rune) rune {
		if isQuote(r) {
			return ' '
		}
		return r
	}, string(p.text[from:p.at]))
	if p.at < len(p.text) {
		p.at++
	}
	return strings.Join(strings.Fields(words), " ")
}

// quotes are those that a keyboard gives: straight, curly and French ones.
const quotes = "\"“”„«»"

func isQuote(r rune) bool { return r != 0 && strings.ContainsRune(quotes, r) }

func closes(opening, r rune) bool {
	switch opening {
	case '«':
		return r == '»'
	case '“', '„':
		return r == '”' || r == '“'
	}
	return r == opening
}

// Print writes the query in its one form, in the language of the reader: what ParseQuery reads as the same.
func (q Query) Print(locale string) string {
	parts := make([]string, len(q.Terms))
	for i, t := range q.Terms {
		parts[i] = t.Print(locale)
	}
	return strings.Join(parts, " ")
}

// Print writes a term in the language of the reader.
func (t QueryTerm) Print(locale string) string {
	sign := ""
	if t.Not {
		sign = "-"
	}
	switch {
	case t.Phrase:
		return sign + `"` + t.Values[0] + `"`
	case t.Field == QueryWords:
		return sign + t.Values[0]
	}
	values := make([]string, len(t.Values))
	for i, v := range t.Values {
		values[i] = quote(t.Field.Word(v, locale))
	}
	return sign + t.Field.Name(locale) + ":" + strings.Join(values, ",")
}

// quote puts a value in quotes when it would be read as something else without.
func quote(v string) string {
	plain := func(r rune) bool { return unicode.IsSpace(r) || r == ',' || isQuote(r) }
	if strings.IndexFunc(v, plain) < 0 {
		return v
	}
	return `"` + v + `"`
}

func isNumber(s string) bool {
	digit := func(r rune) bool { return r < '0' || r > '9' }
	return s != "" && len(s) <= 15 && strings.IndexFunc(s, digit) < 0
}

func trimZeros(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" {
		return t
	}
	return "0"
}
