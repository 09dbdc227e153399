package api

import (
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"guichet"
	"guichet/internal/i18n"
)

// listID is the operation that takes a query.
const listID = "list_tickets"

// exampleQueries ask the same in French and in English, by locale.
var exampleQueries = map[string]string{
	"fr": `statut:ouvert service:moodle assigné:moi créé:>2026-01-01 "page blanche" -test`,
	"en": `status:open service:moodle assigned:me created:>2026-01-01 "page blanche" -test`,
}

// Place is a part of the query that was sent, in characters.
type Place struct {
	Offset int `json:"offset"`
	Length int `json:"length"`
}

// placeOf reads where a problem of a query stands.
func placeOf(e guichet.FieldError) *Place {
	offset, known := e.Args["Offset"].(int)
	if !known {
		return nil
	}
	length, _ := e.Args["Length"].(int)
	return &Place{offset, length}
}

// parsed reads the query of a list, and records what is not understood with its place.
func parsed(text string, p *guichet.Problems) guichet.Query {
	query, problems := guichet.ParseQuery(text)
	for _, x := range problems {
		p.Add("q", x.Code, "Value", x.Value, "Offset", x.At, "Length", x.Length)
	}
	return query
}

// operators tells the language of queries: each operator by its name in both languages, what it is about, what it
// takes.
func operators(p i18n.Printer) []docField {
	var out []docField
	for _, f := range guichet.QueryFields() {
		names := []string{f.Name("fr") + ":", f.Name("en") + ":"}
		out = append(out, docField{Name: strings.Join(slices.Compact(names), " "), Text: p.T("search.field." + string(f)),
			Type: p.T("api.query.takes." + takenBy(f)), Values: choices(f, p.Locale())})
	}
	return out
}

func choices(f guichet.QueryField, locale string) []string {
	var out []string
	for _, v := range f.Choices() {
		out = append(out, f.Word(v, locale))
	}
	return out
}

// takenBy is the kind of values that an operator takes.
func takenBy(f guichet.QueryField) string {
	switch f {
	case guichet.QueryAssignee, guichet.QueryRequester:
		return "person"
	case guichet.QueryService, guichet.QueryTeam, guichet.QueryOrganisation:
		return "name"
	case guichet.QueryTag:
		return "tag"
	case guichet.QueryNumber:
		return "number"
	}
	if slices.Contains(guichet.QueryTimes(), f) {
		return "time"
	}
	return "choice"
}

// describeQuery writes the language of queries in the specification, beside the operation that takes one.
func describeQuery(p i18n.Printer, op *huma.Operation) {
	var b strings.Builder
	for _, key := range []string{"intro", "words", "dates", "wrong"} {
		b.WriteString(p.T("api.query."+key) + "\n\n")
	}
	for _, f := range guichet.QueryFields() {
		names := slices.Compact([]string{"`" + f.Name("fr") + ":`", "`" + f.Name("en") + ":`"})
		b.WriteString("- " + strings.Join(names, " ") + " " + p.T("search.field."+string(f)) + ", " + p.T("api.query.takes."+takenBy(f)))
		french, english := choices(f, "fr"), choices(f, "en")
		for i := range french {
			words := slices.Compact([]string{"`" + french[i] + "`", "`" + english[i] + "`"})
			b.WriteString([]string{": ", "; "}[min(i, 1)] + strings.Join(words, " "))
		}
		b.WriteByte('\n')
	}
	op.Description = b.String()
	for _, param := range op.Parameters {
		if param.Name == "q" {
			param.Description = p.T("api.query.parameter")
			param.Examples = map[string]*huma.Example{"fr": {Value: exampleQueries["fr"]}, "en": {Value: exampleQueries["en"]}}
		}
	}
}
