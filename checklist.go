package guichet

import "time"

// Checklist is the points to check on one ticket. It keeps the words that its template had when it
// was added.
type Checklist struct {
	ID         ID
	TicketID   ID
	TemplateID ID
	Name       string
	AddedByID  ID // empty: the desk itself
	AddedAt    time.Time
	Items      []Check
}

// Check is a point of a checklist on a ticket.
type Check struct {
	Key      string
	Text     Wording
	Required bool // before the ticket is resolved
	DoneByID ID
	DoneAt   time.Time // zero: not done
}

// Done reports whether the point was checked.
func (c Check) Done() bool { return !c.DoneAt.IsZero() }

// NewChecklist makes the points of a template ready for a ticket.
func NewChecklist(id ID, t Template, ticket ID, by ID, at time.Time) Checklist {
	list := Checklist{ID: id, TicketID: ticket, TemplateID: t.ID, Name: t.Name, AddedByID: by, AddedAt: at}
	for _, item := range t.Items {
		list.Items = append(list.Items, Check{Key: item.Key, Text: item.Text, Required: item.Required})
	}
	return list
}

// Progress counts the points done and all of them.
func (l Checklist) Progress() (done, all int) {
	for _, c := range l.Items {
		if c.Done() {
			done++
		}
	}
	return done, len(l.Items)
}

// Unchecked lists the required points that are still to check before a ticket may be resolved.
func Unchecked(lists []Checklist) []Check {
	var out []Check
	for _, l := range lists {
		for _, c := range l.Items {
			if c.Required && !c.Done() {
				out = append(out, c)
			}
		}
	}
	return out
}
