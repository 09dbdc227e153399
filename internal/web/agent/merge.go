package agent

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// mergeData is the page on which a merge is looked at before it is done.
type mergeData struct {
	Number  int64
	Into    bool // this ticket is closed for the other; otherwise the others are closed for it
	Kind    guichet.MergeKind
	Typed   url.Values
	Preview *ticketing.MergePreview
	Errors  kit.Errors
}

// mergeOf reads what a page or a form asks for.
func mergeOf(q *site.Request, form url.Values) (d mergeData, into int64, in ticketing.Merging, err error) {
	n, err := q.Number()
	if err != nil {
		return d, 0, in, err
	}
	d = mergeData{Number: n, Into: form.Get("way") != "from", Kind: guichet.MergeKind(form.Get("kind")), Typed: form}
	if !d.Kind.Valid() {
		d.Kind = guichet.MergeWhole
	}
	others, err := numbersOf(form.Get("other"), nil)
	if err == nil && d.Into && len(others) > 1 {
		err = guichet.Invalid("other", "links.one")
	}
	in = ticketing.Merging{Kind: d.Kind, Follow: form.Get("follow") != "", Share: form.Get("share") != "", Text: form.Get("text"), From: others}
	into = n
	if d.Into && len(others) == 1 {
		in.From, into = []int64{n}, others[0]
	}
	return d, into, in, err
}

func mergePage(q *site.Request) error {
	typed := q.R.URL.Query()
	d, into, in, err := mergeOf(q, typed)
	if err == nil && typed.Get("other") != "" {
		return previewMerge(q, ok, d, into, in)
	}
	if err == nil || guichet.KindOf(err) == guichet.KindInvalid {
		d.Errors = q.FieldErrors(err)
		return showMerge(q, ok, d)
	}
	return err
}

// previewMerge shows what a merge would do, or why it cannot be.
func previewMerge(q *site.Request, status int, d mergeData, into int64, in ticketing.Merging) error {
	preview, err := q.Desk.MergePreview(q.R.Context(), q.Actor, into, in)
	switch kind := guichet.KindOf(err); {
	case err == nil:
		d.Preview = &preview
	case kind == guichet.KindInvalid:
		d.Errors, status = q.FieldErrors(err), invalid
	case kind == guichet.KindConflict || kind == guichet.KindDenied:
		d.Errors, status = kit.Errors{"other": q.Message(err)}, site.Status(kind)
	case kind == guichet.KindNotFound && d.Into: // the other one
		d.Errors, status = kit.Errors{"other": q.P.Error("link.unknown", map[string]any{"Number": strconv.FormatInt(into, 10)})}, invalid
	default:
		return err
	}
	return showMerge(q, status, d)
}

func showMerge(q *site.Request, status int, d mergeData) error {
	v, err := q.Desk.Look(q.R.Context(), q.Actor, d.Number, ticketing.Look{Last: 1})
	if err != nil {
		return err
	}
	if !v.Works {
		return guichet.Denied("action.denied")
	}
	return workspace(q, status, q.Page(q.P.T("links.merge.title"), ""), func(p kit.Page, groups []kit.Group) templ.Component { return mergeView(q, p, groups, d, v) })
}

func merge(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	d, into, in, err := mergeOf(q, form.Values)
	if err == nil {
		err = q.Desk.Merge(q.R.Context(), q.Actor, into, in)
	}
	switch kind := guichet.KindOf(err); {
	case err == nil:
		return q.Redirect(ticketURL(into)+"?grouped="+joinNumbers(in.From), q.P.N("links.merged."+string(in.Kind), len(in.From)))
	case kind == guichet.KindInvalid || kind == guichet.KindConflict || kind == guichet.KindDenied || kind == guichet.KindNotFound && d.Into:
		if d.Errors = q.FieldErrors(err); d.Errors == nil {
			d.Errors = kit.Errors{"other": q.Message(err)}
		}
		return showMerge(q, site.Status(kind), d)
	default:
		return err
	}
}

func joinNumbers(list []int64) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(out, "-")
}

func unmerge(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	err = q.Desk.Unmerge(q.R.Context(), q.Actor, n)
	if guichet.KindOf(err) == guichet.KindConflict && err != nil {
		return q.Redirect(ticketURL(n)+"?alone=yes", q.Message(err))
	}
	if err != nil {
		return err
	}
	return q.Redirect(trailOf(q).on(ticketURL(n)), q.P.T("links.unmerged"))
}

// splitData is the page on which a message becomes a ticket.
type splitData struct {
	ticketing.SplitPreview
	Typed  url.Values
	Errors kit.Errors
}

func splitPage(q *site.Request) error { return showSplit(q, ok, splitData{Typed: q.R.URL.Query()}) }

func showSplit(q *site.Request, status int, d splitData) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	if d.SplitPreview, err = q.Desk.SplitPreview(q.R.Context(), q.Actor, n, guichet.ID(d.Typed.Get("message"))); err != nil {
		return err
	}
	return workspace(q, status, q.Page(q.P.T("links.split.title"), ""), func(p kit.Page, groups []kit.Group) templ.Component { return splitView(q, p, groups, d) })
}

func (d splitData) field(q *site.Request, name, value string) kit.Field {
	if d.Typed.Has(name) {
		value = d.Typed.Get(name)
	}
	return kit.Field{Name: name, Label: q.P.T("desk.field." + name), Value: value, Errors: d.Errors}
}

func (d splitData) title(q *site.Request) kit.Field {
	f := d.field(q, "title", d.Ticket.Title)
	f.Label, f.Max = q.P.T("links.field.title"), guichet.MaxTitle
	return f
}

func split(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	t, err := q.Desk.Split(q.R.Context(), q.Actor, n, ticketing.Splitting{Event: guichet.ID(form.Get("message")), Title: form.Get("title"),
		Service: guichet.ID(form.Get("service")), Kind: guichet.Kind(form.Get("kind"))})
	if errs := q.FieldErrors(err); errs != nil {
		return showSplit(q, invalid, splitData{Typed: form.Values, Errors: errs})
	}
	if guichet.KindOf(err) == guichet.KindConflict && err != nil {
		return q.Redirect(trailOf(q).on(ticketURL(n)), q.Message(err))
	}
	if err != nil {
		return err
	}
	return q.Redirect(ticketURL(n)+"?apart="+strconv.FormatInt(t.Number, 10), q.P.T("links.split.done", "Number", q.P.Ticket(t.Number)))
}

func unsplit(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	err = q.Desk.Unsplit(q.R.Context(), q.Actor, n)
	if kind := guichet.KindOf(err); err != nil && kind != guichet.KindConflict {
		return err
	}
	notice := q.P.T("links.unsplit.done")
	if err != nil {
		notice = q.Message(err)
	}
	return q.Redirect(trailOf(q).on(ticketURL(n)), notice)
}

// undoable are the tickets that were just grouped with this one, or made of its messages: the page offers to undo that.
func undoable(q *site.Request, v ticketing.View) (merged, apart []int64) {
	for word := range strings.SplitSeq(q.R.URL.Query().Get("grouped"), "-") {
		for _, l := range v.Links {
			r := l.Relation()
			if (r == guichet.RelationAbsorbs || r == guichet.RelationHasDuplicate) && strconv.FormatInt(l.Number, 10) == word {
				merged = append(merged, l.Number)
			}
		}
	}
	for _, l := range v.Links {
		if l.Relation() == guichet.RelationSplitInto && strconv.FormatInt(l.Number, 10) == q.R.URL.Query().Get("apart") {
			apart = append(apart, l.Number)
		}
	}
	return merged, apart
}
