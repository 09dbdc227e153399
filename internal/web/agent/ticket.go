package agent

import (
	"cmp"
	"maps"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/live"
	"guichet/internal/ticketing"
	"guichet/internal/web/answering"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
	"guichet/internal/web/thread"
)

// attempt is what somebody sent and could not be done as it stands: what was typed, what is wrong
// with it, and what others did meanwhile.
type attempt struct {
	Open    string // the action whose form is shown open
	Mode    string // the mode of the composer
	Typed   url.Values
	Errors  kit.Errors
	Refusal string // why it could not be done, when no field is to blame
	Seen    int64  // the last event that was on the page
	Files   []ticketing.File
}

// ticketData is a ticket as an agent sees it. Its page is made of some sixty components, each of which keeps what it is
// given: they share one, which dataOf fills.
type ticketData struct{ *ticketParts }

type ticketParts struct {
	attempt
	View    ticketing.View
	Groups  []thread.Group
	Actions []action
	Modes   []string
	Claim   *guichet.Transition
	News    []string // what happened since the reader opened the page
	Older   string   // address of the page with the older events
	Before  int      // how many of them there are
	Latest  bool     // the latest come first
	History ticketing.History
	Newest  string         // address of the newest ones, when older ones are shown
	Key     string         // of the message, so that it is sent once
	Kept    []kit.KeptFile // files of the attempt
	People  []kit.Option
	Answers []answering.Told

	Onlookers []live.Present // others who are on the ticket now
	Draft     kit.Draft      // what the reader typed here and has not sent
	Answered  bool           // the page comes back with what was typed

	Trail  trail      // the list from which it was opened
	Beside neighbours // the tickets before and after it there

	Inserted string // name of the template whose text was just put into the composer
}

func ticket(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	before := number(q.R.URL.Query().Get("before"))
	v, err := q.Desk.Look(q.R.Context(), q.Actor, n, ticketing.Look{Before: before, Last: shown(q, before), Composer: true})
	if err != nil {
		return err
	}
	if !v.Agent {
		return q.Redirect("/tickets/"+version(n), "") // whoever only takes part reads it on the portal
	}
	if into := v.LeadsTo(); into > 0 && q.R.URL.Query().Get("alone") == "" {
		return q.Redirect(trailOf(q).on(ticketURL(into)), q.P.T("links.forwarded", "Number", q.P.Ticket(n)))
	}
	visit(q, &v)
	data, err := dataOf(q, v, attempt{Seen: number(q.R.URL.Query().Get("seen"))})
	if err != nil {
		return err
	}
	if before > 0 {
		data.Newest = data.Trail.on(ticketURL(n))
	}
	return renderTicket(q, ok, data)
}

// visit notes that the reader has the ticket on screen. A page that is asked again while it is open still says what
// was new when it was opened.
func visit(q *site.Request, v *ticketing.View) {
	if q.R.Header.Get("Sec-Purpose") == "" { // a browser that fetches ahead shows nothing
		q.Desk.Saw(q.Actor, *v)
	}
	if since := q.R.URL.Query().Get("since"); since != "" {
		v.Seen = min(v.Seen, number(since))
	}
}

func renderTicket(q *site.Request, status int, data ticketData) error {
	page := q.Page(data.View.Ticket.Title, "")
	return workspace(q, status, page, func(page kit.Page, groups []kit.Group) templ.Component { return ticketView(q, page, groups, data) })
}

// dataOf prepares the page of a view.
func dataOf(q *site.Request, v ticketing.View, a attempt) (ticketData, error) {
	data := ticketData{&ticketParts{attempt: a, View: v, Groups: thread.Tell(q, v, true), Modes: modes(v), News: news(q, v, a.Seen), Key: site.FormKey(a.Typed), Trail: trailOf(q)}}
	data.People = technicians(v)
	for _, tr := range v.Actions {
		switch {
		case tr.Action == guichet.ActionClaim:
			data.Claim = &tr
		case onPanel[tr.Action]:
			data.Actions = append(data.Actions, actionOf(q, data, tr))
		}
	}
	data.older(q)
	if data.Latest = q.Preference(guichet.PreferenceTimeline) == "newest"; data.Latest {
		data.Groups = thread.Backwards(data.Groups)
	}
	history, err := q.Desk.History(q.R.Context(), q.Actor, v.Ticket.RequesterID, v.Ticket.ID)
	if err != nil {
		return data, err
	}
	data.History = history
	if data.Beside, err = data.Trail.neighbours(q, v.Ticket.Number); err != nil {
		return data, err
	}
	data.restore(q)
	data.Kept = q.KeepFiles(data.Files)
	data.Answers = answering.Tell(q, v.Ticket.Answers, v.Documents)
	present, err := onlookers(q, v.Ticket.Number)
	data.Onlookers = present[v.Ticket.Number]
	return data, err
}

// How much of a timeline a page shows: the last events, and on demand as many as a page bears.
const (
	lastShown = 20
	mostShown = 500
)

// shown is how many events the reader asks for.
func shown(q *site.Request, before int64) int {
	n := number(q.R.URL.Query().Get("last"))
	switch {
	case before > 0:
		return mostShown
	case n < lastShown:
		return lastShown
	}
	return int(min(n, mostShown))
}

// older says how many events come before those shown, and where: all of them on the same page, as long as a page
// bears them.
func (d ticketData) older(q *site.Request) {
	v := d.View
	if !v.More {
		return
	}
	first := v.Events[0]
	if d.Before = int(first.Seq) - 2; d.Before <= 0 { // the opening stands there already
		return
	}
	to := ticketURL(v.Ticket.Number)
	if number(q.R.URL.Query().Get("last")) >= mostShown || q.R.URL.Query().Has("before") {
		d.Older = d.Trail.on(to + "?before=" + version(first.Seq))
		return
	}
	d.Older = d.Trail.on(to + "?last=" + version(v.Ticket.LastSeq) + "&since=" + version(v.Seen) + "#" + thread.Anchor(first.ID))
}

// restore fills the composer with what was typed and not sent, unless the page comes back with what was typed
// just now.
func (d ticketData) restore(q *site.Request) {
	d.Answered = d.Typed != nil
	d.Draft = q.Draft(draftOf(d.View.Ticket.Number))
	if !d.Answered && d.Draft.Typed != nil {
		d.Typed, d.Files = d.Draft.Typed, q.DraftFiles(d.Draft)
		d.Mode = d.Typed.Get("mode")
	}
	if (d.Mode == "" || !d.Answered && !slices.Contains(d.Modes, d.Mode)) && len(d.Modes) > 0 {
		d.Mode = d.Modes[0]
	}
}

// modes lists what the reader may add: on a ticket that is over, a note for the colleagues only.
func modes(v ticketing.View) []string {
	switch {
	case !v.Works:
		return nil
	case v.Ticket.State.Final():
		return []string{"note"}
	case may(v, guichet.ActionResolve):
		return []string{"reply", "note", "task", "solution"}
	}
	return []string{"reply", "note", "task"}
}

func may(v ticketing.View, a guichet.Action) bool {
	return slices.ContainsFunc(v.Actions, func(tr guichet.Transition) bool { return tr.Action == a })
}

// technicians lists who may be given work, each once, with his or her teams.
func technicians(v ticketing.View) []kit.Option {
	at := map[guichet.ID]int{}
	var out []kit.Option
	byName := func(a, b guichet.Team) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) }
	for _, team := range slices.SortedFunc(maps.Values(v.Desk.Teams), byName) {
		for _, id := range team.Members {
			i, listed := at[id]
			who, known := v.People[id]
			switch {
			case listed:
				out[i].Label += ", " + team.Name
			case known:
				at[id] = len(out)
				out = append(out, kit.Option{Value: string(id), Label: who.Name() + " – " + team.Name})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b kit.Option) int { return compareText(a.Label, b.Label) })
	return out
}

// news says what happened after an event, newest last.
func news(q *site.Request, v ticketing.View, seen int64) []string {
	if seen == 0 {
		return nil
	}
	later := v
	later.Events = slices.DeleteFunc(byOthers(q, v.Events), func(e guichet.Event) bool { return e.Seq <= seen })
	var out []string
	for _, g := range thread.Tell(q, later, true) {
		if g.Item != nil {
			out = append(out, q.P.T("desk.news."+g.Item.Kind, "Actor", g.Item.Name))
		}
		for _, l := range g.Lines {
			out = append(out, sentence(l))
		}
	}
	return out
}

func sentence(l thread.Item) string {
	text := l.Text
	for _, d := range l.Detail {
		text += " · " + d
	}
	return text
}

// dispatched is the choice by which the present technician, or the pool, has the ticket, if it is among
// what is shown.
func dispatched(v ticketing.View) *guichet.Dispatched {
	for _, e := range slices.Backward(v.Events) {
		switch {
		case e.Trace != nil && e.Trace.Dispatch != nil:
			if d := e.Trace.Dispatch; d.PersonID == v.Ticket.AssigneeID && d.TeamID == v.Ticket.TeamID {
				return d
			}
			return nil
		case e.Kind == guichet.EventClaimed || e.Kind == guichet.EventAssigned || e.Kind == guichet.EventEscalated:
			return nil // somebody decided since
		}
	}
	return nil
}

// mayOpenRules reports whether the reader may look at the rules themselves.
func mayOpenRules(q *site.Request) bool { return q.Actor.Configures("", q.Config) }

// name is how somebody whom an explanation names is called.
func (d ticketData) name(id guichet.ID) string {
	if p, known := d.View.People[id]; known {
		return p.Name()
	}
	return "–"
}

// routed is the event by which a rule routed the ticket, if it is among those shown.
func routed(v ticketing.View) *guichet.Event {
	for i := len(v.Events) - 1; i >= 0; i-- {
		if v.Events[i].Kind == guichet.EventRouted && len(v.Events[i].Why) > 0 {
			return &v.Events[i]
		}
	}
	return nil
}
