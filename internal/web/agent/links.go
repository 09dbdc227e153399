package agent

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func linkRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /desk/tickets/{number}/links", Handle: agents(links)},
		{Pattern: "POST /desk/tickets/{number}/links", Handle: agents(link)},
		{Pattern: "POST /desk/tickets/{number}/links/remove", Handle: agents(unlink)},
		{Pattern: "GET /desk/tickets/{number}/merge", Handle: agents(mergePage)},
		{Pattern: "POST /desk/tickets/{number}/merge", Handle: agents(merge)},
		{Pattern: "POST /desk/tickets/{number}/unmerge", Handle: agents(unmerge)},
		{Pattern: "GET /desk/tickets/{number}/split", Handle: agents(splitPage)},
		{Pattern: "POST /desk/tickets/{number}/split", Handle: agents(split)},
		{Pattern: "POST /desk/tickets/{number}/unsplit", Handle: agents(unsplit)},
		{Pattern: "GET /desk/tickets/{number}/problem", Handle: agents(problemPage)},
		{Pattern: "POST /desk/tickets/{number}/problem", Handle: agents(openProblem)},
		{Pattern: "POST /desk/tickets/{number}/known-error", Handle: agents(saveKnownError)},
		{Pattern: "GET /desk/tickets/{number}/below", Handle: agents(below)},
		{Pattern: "POST /desk/tickets/{number}/below", Handle: agents(sendWave)},
		{Pattern: "POST /desk/tickets/{number}/major", Handle: agents(major)},
		{Pattern: "POST /desk/tickets/{number}/major/announcement", Handle: agents(announceMajor)},
	}
}

// under is an address below that of a ticket.
func under(n int64, part string) string { return ticketURL(n) + "/" + part }

// numbersOf reads the numbers of tickets that were typed or ticked: what is no number is told, none is lost.
func numbersOf(typed string, ticked []string) ([]int64, error) {
	var out []int64
	words := append(strings.FieldsFunc(typed, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' || r == '#' }), ticked...)
	for _, w := range words {
		n, err := strconv.ParseInt(w, 10, 64)
		if err != nil || n < 1 {
			return out, guichet.Invalid("other", "link.number", "Text", w)
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out, nil
}

// linksData is the page of the links of a ticket.
type linksData struct {
	ticketing.LinkChoices
	Number int64
	Query  string
	Wrong  []string // what is wrong with the query
	Typed  url.Values
	Errors kit.Errors
	Refuse []string // tickets that could not be joined, and why
}

func links(q *site.Request) error { return showLinks(q, ok, linksData{}) }

func showLinks(q *site.Request, status int, d linksData) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	d.Number, d.Query = n, cmp.Or(q.R.URL.Query().Get("q"), d.Typed.Get("q"))
	query, problems := guichet.ParseQuery(d.Query)
	for _, p := range problems {
		d.Wrong = append(d.Wrong, p.Value)
	}
	d.LinkChoices, err = q.Desk.LinkChoices(q.R.Context(), q.Actor, n, query)
	if errs := q.FieldErrors(err); errs != nil {
		d.Wrong = append(d.Wrong, d.Query)
		d.LinkChoices, err = q.Desk.LinkChoices(q.R.Context(), q.Actor, n, guichet.Query{})
	}
	if err != nil {
		return err
	}
	return workspace(q, status, q.Page(q.P.T("links.title"), ""), func(p kit.Page, groups []kit.Group) templ.Component { return linksPage(q, p, groups, d) })
}

// merging are the relations that are made by closing a ticket for another, each with what is asked of the page.
var merging = map[guichet.Relation]string{
	guichet.RelationDuplicateOf: "way=into&kind=duplicate", guichet.RelationHasDuplicate: "way=from&kind=duplicate",
	guichet.RelationMergedInto: "way=into&kind=merge", guichet.RelationAbsorbs: "way=from&kind=merge",
}

// offered lists what one ticket may be made to another.
func offered() []guichet.Relation {
	return append(guichet.FreeRelations(), guichet.RelationDuplicateOf, guichet.RelationHasDuplicate, guichet.RelationMergedInto, guichet.RelationAbsorbs)
}

func relationOptions(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, r := range offered() {
		out = append(out, kit.Option{Value: string(r), Label: q.P.T("links.as." + string(r))})
	}
	return out
}

func link(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	d := linksData{Typed: form.Values}
	relation := guichet.Relation(form.Get("relation"))
	others, err := numbersOf(form.Get("other"), form.Values["ticket"])
	if how, closes := merging[relation]; closes && err == nil {
		list := make([]string, len(others))
		for i, o := range others {
			list[i] = strconv.FormatInt(o, 10)
		}
		return q.Redirect(under(n, "merge?"+how+"&other="+url.QueryEscape(strings.Join(list, " "))), "")
	}
	var done ticketing.LinkOutcome
	if err == nil {
		done, err = q.Desk.Link(q.R.Context(), q.Actor, n, relation, others)
	}
	switch kind := guichet.KindOf(err); {
	case err == nil && len(done.Refused) == 0:
		return q.Redirect(trailOf(q).on(ticketURL(n)), q.P.N("links.done", len(done.Done)))
	case err == nil:
		for _, r := range done.Refused {
			d.Refuse = append(d.Refuse, q.P.T("links.refused", "Number", q.P.Ticket(r.Number), "Reason", reason(q, r.Err)))
		}
		return showLinks(q, conflict, d)
	case kind == guichet.KindInvalid:
		d.Errors = q.FieldErrors(err)
	case kind == guichet.KindConflict || kind == guichet.KindDenied:
		d.Errors = kit.Errors{"other": q.Message(err)}
	default:
		return err
	}
	return showLinks(q, site.Status(guichet.KindOf(err)), d)
}

func unlink(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	err = q.Desk.Unlink(q.R.Context(), q.Actor, n, guichet.Relation(form.Get("relation")), number(form.Get("other")))
	if guichet.KindOf(err) == guichet.KindInvalid && err != nil {
		return q.Redirect(under(n, "links"), reason(q, err))
	}
	if err != nil {
		return err
	}
	return q.Redirect(under(n, "links"), q.P.T("links.removed"))
}

// removable reports a link that is undone by itself: those of merging and splitting are undone by undoing these.
func (d linksData) removable(l ticketing.Linked) bool { return l.Relation().Free() }

// field is a field of the form.
func (d linksData) field(q *site.Request, name string) kit.Field {
	return kit.Field{Name: name, Label: q.P.T("links.field." + name), Value: d.Typed.Get(name), Errors: d.Errors}
}

func (d linksData) others(q *site.Request) kit.Field {
	f := d.field(q, "other")
	f.Value = cmp.Or(f.Value, q.R.URL.Query().Get("other"))
	f.Help, f.Optional, f.Max = q.P.T("links.field.other.help"), q.P.T("links.optional"), 2000
	return f
}

func (d linksData) relation(q *site.Request) kit.Field {
	f := d.field(q, "relation")
	f.Value = cmp.Or(f.Value, q.R.URL.Query().Get("relation"))
	if f.Value == "" && (d.Ticket.Kind == guichet.KindProblem) {
		f.Value = string(guichet.RelationCauseOf)
	}
	if f.Value == "" && d.Major.Declared() {
		f.Value = string(guichet.RelationParentOf)
	}
	return f
}

// offeredRows are the tickets that may be ticked.
type offeredRows struct {
	Title string
	Rows  []ticketing.Row
}

func (d linksData) lists(q *site.Request) []offeredRows {
	var out []offeredRows
	if len(d.Found) > 0 {
		out = append(out, offeredRows{q.P.N("links.found", len(d.Found)), d.Found})
	}
	if len(d.Similar) > 0 && d.Query == "" {
		out = append(out, offeredRows{q.P.T("links.similar", "Service", d.Desk.ServiceName(d.Ticket.ServiceID)), d.Similar})
	}
	return out
}

func (d linksData) ticked(n int64) bool {
	return slices.Contains(d.Typed["ticket"], strconv.FormatInt(n, 10))
}
