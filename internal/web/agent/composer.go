package agent

import (
	"net/url"
	"strconv"
	"time"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/site"
)

func composerRoutes() []site.Route {
	return []site.Route{
		{Pattern: "POST /desk/tickets/{number}/outgoing/{id}/undo", Handle: agents(takeBack)},
		{Pattern: "GET /desk/tickets/{number}/colleagues", Handle: agents(colleagues)},
		{Pattern: "POST /desk/preview", Handle: agents(preview)},
		{Pattern: "GET " + site.UnsentURL, Handle: agents(unsent)},
		{Pattern: "POST " + site.UnsentURL + "/{id}/discard", Handle: agents(discard)},
	}
}

// told is somebody who is told of a message: a person, or a team at its own address.
type told struct {
	Name string
	How  string // by mail, or only here
	Mail bool
}

// told lists whom a message of a mode is told to, by the rule that tells them.
func (d ticketData) told(q *site.Request, mode string) []told {
	var out []told
	teamDone := false
	for _, r := range d.View.Told[guichet.Mode(mode)] {
		team := d.View.Desk.Teams[d.View.Ticket.TeamID]
		if r.Why == guichet.ToldTeam {
			if !teamDone {
				name := q.P.T("composer.team", "Name", team.Name, "Count", q.P.Number(len(team.Members)))
				out = append(out, told{Name: name, How: q.P.T("composer.by_mail"), Mail: true})
			}
			teamDone = true
			continue
		}
		who := d.View.People[r.PersonID]
		t := told{Name: d.called(q, r, who), How: q.P.T("composer.no_mail")}
		if who.Email != "" && who.Active {
			t.How, t.Mail = q.P.T("composer.by_mail"), true
		}
		out = append(out, t)
	}
	return out
}

// called names a reader, and why he or she is one when that is not plain.
func (d ticketData) called(q *site.Request, r guichet.Recipient, who guichet.Person) string {
	if r.Why != guichet.ToldRequester || r.PersonID == d.View.Ticket.RequesterID {
		return who.Name()
	}
	if r.PersonID == d.View.Ticket.BeneficiaryID {
		return q.P.T("composer.beneficiary", "Name", who.Name())
	}
	return q.P.T("composer.observer", "Name", who.Name())
}

// mayHold reports whether a reply may make the ticket wait for its requester.
func (d ticketData) mayHold() bool {
	_, known := d.View.Desk.Flow(d.View.Ticket).Reason(ticketing.PendingRequester)
	return known && may(d.View, guichet.ActionHold)
}

// send sends a message, a note or a solution: at once, or when the time is over for which its author may take
// it back. It returns the number of the ticket on which it stands, another one when the ticket was over (A10),
// and the seconds until it leaves.
func send(q *site.Request, n int64, form site.Form) (int64, int, error) {
	mode := form.Get("mode")
	wait, _ := strconv.Atoi(q.Preference(guichet.PreferenceUndo)) // a number, by the list of its values
	m := ticketing.Message{Mode: guichet.Mode(mode), Files: form.Files, Key: form.Get("key"), Delay: time.Duration(wait) * time.Second,
		Seen: number(form.Get("seen"))}
	m.Text, m.Hold = form.Get(mode+".text"), form.Get(mode+".hold") != ""
	if m.Mode == guichet.ModeSolution {
		m.ServiceID, m.Version = guichet.ID(form.Get("solution.service")), number(form.Get("version"))
		m.Despite = form.Get("solution.despite") != ""
	}
	sent, err := q.Desk.Send(q.R.Context(), q.Actor, n, m)
	if sent.Said.FollowOn {
		n = sent.Said.Ticket.Number
	}
	return n, wait, err
}

// takeBack takes back a message that has not left, and puts its text in the composer again.
func takeBack(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	o, files, err := q.Desk.TakeBack(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if guichet.KindOf(err) == guichet.KindConflict {
		return q.Redirect(trailOf(q).on(ticketURL(n)), q.Message(err))
	}
	if err != nil {
		return err
	}
	mode := string(o.Mode)
	typed := url.Values{"mode": {mode}, mode + ".text": {o.Message.Text}}
	if o.Message.ServiceID != "" {
		typed.Set("solution.service", string(o.Message.ServiceID))
	}
	if o.Message.Hold {
		typed.Set("reply.hold", "yes")
	}
	if err := q.KeepDraft(draftOf(n), typed, files); err != nil {
		return err
	}
	return q.Redirect(trailOf(q).on(ticketURL(n)+"#composer"), q.P.T("composer.undone"))
}

// colleagues are those whom a note may name, for the scripts.
func colleagues(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	list, err := q.Desk.Mentionable(q.R.Context(), q.Actor, n, q.R.URL.Query().Get("q"))
	if err != nil {
		return err
	}
	names := []string{}
	for _, p := range list {
		names = append(names, p.Name())
	}
	return q.JSON(names)
}

// preview shows a text as its readers will see it.
func preview(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	text := []rune(form.Get("text"))
	return q.Render(ok, previewView(q.Page("", ""), q.Markup.HTML(string(text[:min(len(text), guichet.MaxText)]))))
}

// leftOf is how long a message may still be taken back, in milliseconds.
func leftOf(o guichet.Outgoing, now time.Time) string {
	return strconv.FormatInt(max(o.DueAt.Sub(now).Milliseconds(), 0), 10)
}

func secondsOf(o guichet.Outgoing, now time.Time) string {
	return strconv.Itoa(max(int(o.DueAt.Sub(now).Round(time.Second).Seconds()), 0))
}
