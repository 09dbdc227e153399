package api

import (
	"strconv"
	"time"

	"guichet"
	"guichet/internal/ticketing"
)

// Ref names an object: its identifier, and the name that people know it by.
type Ref struct {
	ID   guichet.ID `json:"id"`
	Name string     `json:"name"`
}

// ref is nil for what is not set.
func ref(id guichet.ID, name string) *Ref {
	if id == "" {
		return nil
	}
	return &Ref{id, name}
}

// Ticket is a ticket in short: in lists, and after an act. What is not set is absent.
type Ticket struct {
	Number        int64            `json:"number"`
	Kind          guichet.Kind     `json:"kind"`
	State         guichet.State    `json:"state"`
	Title         string           `json:"title"`
	LastMessage   string           `json:"last_message,omitempty"`
	Requester     *Ref             `json:"requester,omitempty"`
	Beneficiary   *Ref             `json:"beneficiary,omitempty"`
	Organisation  *Ref             `json:"organisation,omitempty"`
	Service       *Ref             `json:"service,omitempty"`
	Team          *Ref             `json:"team,omitempty"`
	Technician    *Ref             `json:"technician,omitempty"`
	Level         guichet.Level    `json:"level,omitempty"`
	Urgency       guichet.Grade    `json:"urgency"`
	Impact        guichet.Grade    `json:"impact,omitempty"`
	Priority      guichet.Priority `json:"priority"`
	Channel       guichet.Channel  `json:"channel"`
	Tags          []string         `json:"tags,omitempty" nullable:"false"`
	PendingReason string           `json:"pending_reason,omitempty"`
	PendingUntil  time.Time        `json:"pending_until,omitzero"`
	CloseAt       time.Time        `json:"close_at,omitzero"`
	OpenedAt      time.Time        `json:"opened_at"`
	UpdatedAt     time.Time        `json:"updated_at"`
	Version       int64            `json:"version"`
}

// shown is what the shape of a ticket depends on beside the ticket: the names, and whether the reader
// handles it; a row says so itself. Who does not is told neither impact nor level, which are ways of working.
type shown struct {
	desk  *guichet.Desk
	names map[guichet.ID]string
	agent bool
}

func (s shown) person(id guichet.ID) *Ref { return ref(id, s.names[id]) }

func (s shown) service(id guichet.ID) *Ref { return ref(id, s.desk.ServiceName(id)) }

func (s shown) team(id guichet.ID) *Ref { return ref(id, s.desk.Teams[id].Name) }

func (s shown) organisation(id guichet.ID) *Ref { return ref(id, s.desk.Organisations[id].Name) }

func (s shown) ticket(t guichet.Ticket) Ticket {
	out := Ticket{Number: t.Number, Kind: t.Kind, State: t.State, Title: t.Title, LastMessage: t.LastMessage,
		Requester: s.person(t.RequesterID), Beneficiary: s.person(t.BeneficiaryID),
		Organisation: s.organisation(t.OrganisationID), Service: s.service(t.ServiceID), Team: s.team(t.TeamID),
		Technician: s.person(t.AssigneeID), Level: t.Level, Urgency: t.Urgency, Impact: t.Impact, Priority: t.Priority,
		Channel: t.Channel, PendingReason: t.PendingReason, PendingUntil: utc(t.PendingUntil), CloseAt: utc(t.CloseAt),
		OpenedAt: utc(t.OpenedAt), UpdatedAt: utc(t.UpdatedAt), Version: t.Version, Tags: t.Tags}
	return out.forReader(s.agent)
}

func (s shown) row(t ticketing.Row) Ticket {
	beneficiary := t.Beneficiary
	if t.BeneficiaryID == t.RequesterID {
		beneficiary = t.Requester
	}
	out := Ticket{Number: t.Number, Kind: t.Kind, State: t.State, Title: t.Title, LastMessage: t.LastMessage,
		Requester: ref(t.RequesterID, t.Requester), Beneficiary: ref(t.BeneficiaryID, beneficiary),
		Organisation: s.organisation(t.OrganisationID), Service: s.service(t.ServiceID), Team: s.team(t.TeamID),
		Technician: ref(t.AssigneeID, t.Assignee), Level: t.Level, Urgency: t.Urgency, Impact: t.Impact,
		Priority: t.Priority, Channel: t.Channel, PendingReason: t.PendingReason, PendingUntil: utc(t.PendingUntil),
		CloseAt: utc(t.CloseAt), OpenedAt: utc(t.OpenedAt), UpdatedAt: utc(t.UpdatedAt), Version: t.Version, Tags: t.Tags}
	return out.forReader(t.Handled)
}

func (t Ticket) forReader(agent bool) Ticket {
	if !agent {
		t.Level, t.Impact, t.Tags = "", "", nil
	}
	return t
}

// utc is a time as it is written: in UTC, to the microsecond, which is what the database keeps.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// address is where a ticket is found.
func address(number int64) string { return prefix + "/tickets/" + strconv.FormatInt(number, 10) }
