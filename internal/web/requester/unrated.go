package requester

import (
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/web/site"
)

// What the reader is asked to rate: few at once, and those that were declined are not asked about again.
const (
	maxUnrated  = 2
	maxDeclined = 30
)

// unratedOf lists the closed tickets on which the reader's opinion is welcome.
func unratedOf(q *site.Request) ([]guichet.Ticket, error) {
	list, err := q.Desk.Unrated(q.R.Context(), q.Actor)
	if len(list) == 0 || err != nil {
		return nil, err
	}
	declined := declinedBy(q)
	list = slices.DeleteFunc(list, func(t guichet.Ticket) bool { return slices.Contains(declined, number(t.Number)) })
	return list[:min(len(list), maxUnrated)], nil
}

func declinedBy(q *site.Request) []string {
	return strings.Split(q.Preference(guichet.PreferenceUnrated), ",")
}

// decline keeps that the reader does not wish to rate a ticket.
func decline(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	if _, err := q.Form(); err != nil { // a form of ours, not what another program posts
		return err
	}
	list, err := q.Desk.Unrated(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(t guichet.Ticket) bool { return t.Number == n }) {
		return guichet.NotFound("ticket")
	}
	kept := slices.DeleteFunc(append(declinedBy(q), number(n)), func(s string) bool { _, err := strconv.ParseInt(s, 10, 64); return err != nil })
	kept = kept[max(0, len(kept)-maxDeclined):]
	if err := q.Prefer(guichet.Chosen{guichet.PreferenceUnrated: strings.Join(kept, ",")}); err != nil {
		return err
	}
	return q.Redirect("/", q.P.T("unrated.declined", "Number", q.P.Ticket(n)))
}
