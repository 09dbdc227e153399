package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"guichet"
	"guichet/internal/ticketing"
)

func (f *face) ticketRoutes() {
	register(f, route{id: listID, method: http.MethodGet, path: "/tickets", tag: "tickets", errors: readErrors}, f.listTickets)
	register(f, route{id: "open_ticket", method: http.MethodPost, path: "/tickets", tag: "tickets",
		status: http.StatusCreated, errors: writeErrors}, f.openTicket)
	register(f, route{id: "view_ticket", method: http.MethodGet, path: "/tickets/{number}", tag: "tickets",
		errors: findErrors}, f.viewTicket)
	register(f, route{id: actID, method: http.MethodPost, path: "/tickets/{number}/actions/{action}", tag: "tickets",
		errors: writeErrors}, f.act)
}

// Answers are the answers to the fields of a form, by key: one text, or several.
type Answers map[string]Values

// Values is a text or a list of texts.
type Values []string

// UnmarshalJSON reads either.
func (v *Values) UnmarshalJSON(b []byte) error {
	var one string
	if err := json.Unmarshal(b, &one); err == nil {
		*v = Values{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(v))
}

// Schema describes either.
func (Values) Schema(huma.Registry) *huma.Schema {
	text := &huma.Schema{Type: huma.TypeString}
	return &huma.Schema{OneOf: []*huma.Schema{text, {Type: huma.TypeArray, Items: text}}}
}

// NewTicket is a ticket to open.
type NewTicket struct {
	Service     guichet.ID        `json:"service,omitempty"`
	Offering    guichet.ID        `json:"offering,omitempty"`
	Kind        guichet.Kind      `json:"kind,omitempty" enum:"incident,request"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Urgency     guichet.Grade     `json:"urgency,omitempty" enum:"low,medium,high"`
	Beneficiary string            `json:"beneficiary,omitempty"`
	Requester   string            `json:"requester,omitempty"`
	Phone       string            `json:"phone,omitempty"`
	Location    string            `json:"location,omitempty"`
	WorkPlace   guichet.WorkPlace `json:"work_place,omitempty" enum:"on_site,at_home"`
	Channel     guichet.Channel   `json:"channel,omitempty" enum:"portal,desk,mail,phone,counter,api,widget"`
	Answers     Answers           `json:"answers,omitempty"`
	Observers   []guichet.ID      `json:"observers,omitempty"`
	Template    guichet.ID        `json:"template,omitempty"`
}

type openInput struct {
	Key  string `header:"Idempotency-Key" pattern:"^[!-~]{1,200}$"`
	Body NewTicket
}

type openOutput struct {
	Location string `header:"Location"`
	Body     Ticket
}

func (f *face) openTicket(ctx context.Context, actor guichet.Actor, in *openInput) (*openOutput, error) {
	b := in.Body
	answers := make(map[string][]string, len(b.Answers))
	for key, values := range b.Answers {
		answers[key] = values
	}
	t, err := f.Desk.Open(ctx, actor, ticketing.Open{Service: b.Service, Offering: b.Offering, Kind: b.Kind,
		Title: b.Title, Description: b.Description, Urgency: b.Urgency, Requester: b.Requester,
		Beneficiary: b.Beneficiary, Phone: b.Phone, Location: b.Location, WorkPlace: b.WorkPlace, Channel: b.Channel,
		Answers: answers, Observers: b.Observers, Template: b.Template, Key: in.Key})
	if err != nil {
		return nil, err
	}
	short, err := f.short(ctx, actor, t)
	return &openOutput{address(t.Number), short}, err
}

// short is a ticket as it has become, for who has just acted on it and may not see it any more.
func (f *face) short(ctx context.Context, actor guichet.Actor, t guichet.Ticket) (Ticket, error) {
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return Ticket{}, err
	}
	handles, err := f.Desk.Handles(ctx, actor, t)
	if err != nil {
		return Ticket{}, err
	}
	names, err := f.Directory.Names(ctx, t.RequesterID, t.BeneficiaryID, t.AssigneeID)
	return shown{desk, names, handles}.ticket(t), err
}

type listInput struct {
	State        []guichet.State    `query:"state" enum:"awaiting_approval,rejected,new,assigned,pending,resolved,closed,cancelled"`
	Open         bool               `query:"open"`
	Service      guichet.ID         `query:"service"`
	Team         []guichet.ID       `query:"team"`
	Assignee     guichet.ID         `query:"assignee"`
	Requester    guichet.ID         `query:"requester"`
	Priority     []guichet.Priority `query:"priority" enum:"low,medium,high,critical"`
	Kind         []guichet.Kind     `query:"kind" enum:"incident,request,problem"`
	Tag          string             `query:"tag"`
	Organisation guichet.ID         `query:"organisation"`
	Q            string             `query:"q"`
	Limit        int                `query:"limit" minimum:"1" maximum:"100" default:"50"`
	Cursor       string             `query:"cursor"`
}

// TicketPage is a page of a list, the most recently changed first.
type TicketPage struct {
	Tickets    []Ticket `json:"tickets" nullable:"false"`
	NextCursor string   `json:"next_cursor,omitempty"`
}

type listOutput struct{ Body TicketPage }

// maxWords is the length of a text to search for, in characters.
const maxWords = 200

func (f *face) listTickets(ctx context.Context, actor guichet.Actor, in *listInput) (*listOutput, error) {
	q, err := in.query(actor.Person.ID)
	if err != nil {
		return nil, err
	}
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return nil, err
	}
	page, err := f.Desk.List(ctx, actor, q)
	if err != nil {
		return nil, err
	}
	s := shown{desk: desk}
	out := TicketPage{Tickets: []Ticket{}, NextCursor: encodeCursor(page.Next)}
	for _, r := range page.Rows {
		out.Tickets = append(out.Tickets, s.row(r))
	}
	return &listOutput{out}, nil
}

// Words that stand for persons in filters.
const (
	wordMe   = "me"
	wordNone = "none"
)

func (in *listInput) query(me guichet.ID) (ticketing.Query, error) {
	var p guichet.Problems
	query := parsed(in.Q, &p)
	after, ok := decodeCursor(in.Cursor)
	if !ok {
		p.Add("cursor", "field.unknown_value")
	}
	q := ticketing.Query{States: in.State, Open: in.Open, ServiceID: in.Service, TeamIDs: in.Team,
		Priorities: in.Priority, Kinds: in.Kind, Organisation: in.Organisation, Tag: guichet.CleanTag(in.Tag), Query: query, After: after, Limit: in.Limit}
	switch in.Assignee {
	case wordMe:
		q.AssigneeID = me
	case wordNone:
		q.Unassigned = true
	default:
		q.AssigneeID = in.Assignee
	}
	switch in.Requester {
	case "":
	case wordMe:
		q.RequesterIDs = []guichet.ID{me}
	default:
		q.RequesterIDs = []guichet.ID{in.Requester}
	}
	return q, p.Err()
}

// encodeCursor makes a place in a list into a text that means nothing to anybody else.
func encodeCursor(c ticketing.Cursor) string {
	if c.ID == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.UpdatedAt.UnixMicro(), 10) + " " + string(c.ID)))
}

var cursorPattern = regexp.MustCompile(`^[0-9]{1,18} [0-9a-z]{1,64}$`)

func decodeCursor(text string) (ticketing.Cursor, bool) {
	if text == "" {
		return ticketing.Cursor{}, true
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || !cursorPattern.Match(b) {
		return ticketing.Cursor{}, false
	}
	at, id, _ := strings.Cut(string(b), " ")
	micros, err := strconv.ParseInt(at, 10, 64)
	return ticketing.Cursor{UpdatedAt: time.UnixMicro(micros), ID: guichet.ID(id)}, err == nil
}
