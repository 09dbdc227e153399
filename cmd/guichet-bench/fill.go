package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/presets"
	"guichet/internal/store"
)

// Words planted in the texts, to measure the search of a rare word and of a common one.
const (
	rareWord   = "oscilloscope"
	commonWord = "imprimante"
)

// Sizes of the texts, in characters, as those of the desks that were compared.
const (
	descriptionSize = 620
	messageSize     = 350
	messages        = 3
	batchSize       = 500
	requesters      = 2000
	answered        = 2000 // open tickets, among which those that get a follow-up are drawn
)

// password is that of the account by which the pages are asked for.
const password = "mesure-des-vitesses-42"

// desk is what the measures need to know of the database.
type desk struct {
	token    string
	login    string
	tickets  int
	open     []int64 // numbers of some that are open
	offering string  // one that asks nothing but the title and the description
}

// filler writes tickets.
type filler struct {
	rnd    *rand.Rand
	desk   *guichet.Desk
	people []guichet.ID
	agents []guichet.ID
	places []guichet.Service
	start  time.Time
	total  int
}

// fill makes the database hold the tickets asked for, and an agent who sees them all.
func fill(ctx context.Context, o options, r *result) (desk, error) {
	s, err := store.Open(ctx, store.Options{Dir: o.Data})
	if err != nil {
		return desk{}, err
	}
	defer s.Close() //nolint:errcheck // everything is committed
	if _, err := s.Migrate(ctx); err != nil {
		return desk{}, err
	}
	began := time.Now()
	f := &filler{rnd: rand.New(rand.NewPCG(1, 2)), start: time.Now().AddDate(-1, 0, 0), total: o.Tickets} //nolint:gosec // texts only
	if err := f.population(ctx, s); err != nil {
		return desk{}, err
	}
	if err := f.tickets(ctx, s); err != nil {
		return desk{}, err
	}
	r.Tickets, r.FillSeconds = o.Tickets, time.Since(began).Seconds()
	if info, err := os.Stat(filepath.Join(o.Data, "guichet.db")); err == nil {
		r.DatabaseBytes = info.Size()
	}
	return f.access(ctx, s)
}

// population loads the preset and the requesters once.
func (f *filler) population(ctx context.Context, s *store.Store) error {
	p, err := presets.Load("insa")
	if err != nil {
		return err
	}
	err = s.Write(ctx, func(tx *store.Tx) error {
		known, err := tx.Desk(ctx)
		if err != nil || known.Revision > 0 {
			return err
		}
		if err := p.Save(ctx, tx); err != nil {
			return err
		}
		return f.requesters(ctx, tx, p)
	})
	if err != nil {
		return err
	}
	return s.Read(ctx, func(tx *store.Tx) (err error) {
		if f.desk, err = tx.Desk(ctx); err == nil {
			f.know()
		}
		return err
	})
}

func (f *filler) requesters(ctx context.Context, tx *store.Tx, p presets.Preset) error {
	for i := range requesters {
		name := familyNames[i%len(familyNames)] + strconv.Itoa(i/len(familyNames))
		err := tx.SavePerson(ctx, guichet.Person{ID: guichet.ID(fmt.Sprintf("requester-%05d", i)), GivenName: givenNames[i%len(givenNames)],
			FamilyName: name, OrganisationID: p.Organisations[i%len(p.Organisations)].ID, EmployeeNumber: strconv.Itoa(100000 + i),
			Locale: "fr", Active: true})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) know() {
	for i := range requesters {
		f.people = append(f.people, guichet.ID(fmt.Sprintf("requester-%05d", i)))
	}
	for _, team := range f.desk.Teams {
		f.agents = append(f.agents, team.Members...)
	}
	for id, s := range f.desk.Services {
		if s.Open() && f.desk.ServiceTeam(id) != "" {
			f.places = append(f.places, s)
		}
	}
}

// tickets adds what misses, in transactions of some hundreds.
func (f *filler) tickets(ctx context.Context, s *store.Store) error {
	present := 0
	err := s.Read(ctx, func(tx *store.Tx) (err error) {
		present, err = tx.CountTickets(ctx, store.TicketQuery{Scope: guichet.Scope{All: true}}, f.total)
		return err
	})
	for err == nil && present < f.total {
		n := min(batchSize, f.total-present)
		err = s.Write(ctx, func(tx *store.Tx) error {
			for i := range n {
				if err := f.ticket(ctx, tx, present+i); err != nil {
					return err
				}
			}
			return nil
		})
		present += n
	}
	return err
}

// ticket writes one ticket with its thread: one in eight is open, as in a desk in use.
func (f *filler) ticket(ctx context.Context, tx *store.Tx, i int) error {
	at := f.start.Add(time.Duration(i) * (365 * 24 * time.Hour / time.Duration(f.total+1)))
	service := f.places[f.rnd.IntN(len(f.places))]
	requester := f.people[f.rnd.IntN(len(f.people))]
	flow := f.desk.FlowOf(service.ID, "")
	t := guichet.Ticket{ID: guichet.NewID(at), Kind: guichet.KindIncident, State: guichet.StateClosed, Title: f.text(60, i),
		Description: f.text(descriptionSize, i), RequesterID: requester, BeneficiaryID: requester, OpenedByID: requester,
		OrganisationID: "insa-lyon", ServiceID: service.ID, WorkflowID: flow.ID, Workflow: flow.Version,
		Urgency: guichet.GradeMedium, Impact: guichet.GradeMedium, Priority: guichet.PriorityMedium, Channel: guichet.ChannelPortal,
		TeamID: f.desk.ServiceTeam(service.ID), AssigneeID: f.agents[f.rnd.IntN(len(f.agents))],
		OpenedAt: at, UpdatedAt: at.Add(48 * time.Hour), ClosedAt: at.Add(48 * time.Hour), LastSeq: messages + 1}
	if _, known := f.desk.Organisations[t.OrganisationID]; !known {
		t.OrganisationID = ""
	}
	t.Level = f.desk.Teams[t.TeamID].Level
	if i%8 == 0 || i > f.total-200 {
		f.open(&t, i)
	}
	t.LastMessage = t.Description[:min(len(t.Description), 100)]
	return f.write(ctx, tx, t)
}

func (f *filler) open(t *guichet.Ticket, i int) {
	t.State, t.ClosedAt = guichet.StateAssigned, time.Time{}
	switch i % 5 {
	case 0:
		t.AssigneeID = ""
	case 1:
		t.State, t.TeamID, t.AssigneeID, t.Level = guichet.StateNew, "", "", ""
	case 2:
		t.State, t.PendingReason = guichet.StatePending, "requester"
	}
}

func (f *filler) write(ctx context.Context, tx *store.Tx, t guichet.Ticket) error {
	if err := tx.InsertTicket(ctx, &t); err != nil {
		return err
	}
	parties := []guichet.Party{{PersonID: t.RequesterID, Role: guichet.PartyRequester}}
	if t.AssigneeID != "" {
		parties = append(parties, guichet.Party{PersonID: t.AssigneeID, Role: guichet.PartyAssignee})
	}
	for _, p := range parties {
		if err := tx.AddParty(ctx, t.ID, p); err != nil {
			return err
		}
	}
	events := []guichet.Event{{ID: guichet.NewID(t.OpenedAt), TicketID: t.ID, At: t.OpenedAt, ActorID: t.RequesterID, Channel: t.Channel, Kind: guichet.EventOpened}}
	for n := range messages {
		author := t.RequesterID
		if n%2 == 0 && t.AssigneeID != "" {
			author = t.AssigneeID
		}
		at := t.OpenedAt.Add(time.Duration(n+1) * 5 * time.Hour)
		events = append(events, guichet.Event{ID: guichet.NewID(at), TicketID: t.ID, At: at, ActorID: author,
			Channel: guichet.ChannelPortal, Kind: guichet.EventFollowedUp, Text: f.text(messageSize, -1)})
	}
	if err := tx.AppendEvents(ctx, events); err != nil {
		return err
	}
	for i, e := range events {
		text := e.Text
		if i == 0 {
			text = t.Description
		}
		if err := tx.Index(ctx, t, e, text); err != nil {
			return err
		}
	}
	return nil
}

// text makes sentences of about n characters. Some hold the planted words: the number of the
// ticket decides.
func (f *filler) text(n, ticket int) string {
	var b strings.Builder
	if ticket >= 0 && ticket%20 < 9 {
		b.WriteString("Mon " + commonWord + " est en cause. ")
	}
	if ticket >= 0 && ticket%(max(f.total, 5)/5) == 0 {
		b.WriteString("Il s’agit de l’" + rareWord + ". ")
	}
	for b.Len() < n {
		b.WriteString(sentences[f.rnd.IntN(len(sentences))])
		b.WriteByte(' ')
	}
	return strings.TrimSpace(strings.ToValidUTF8(b.String()[:min(b.Len(), n)], ""))
}

// access gives an agent who sees and configures everything a password and a token.
func (f *filler) access(ctx context.Context, s *store.Store) (desk, error) {
	accounts := account.New(s, account.NewHasher())
	login := "mesure-" + strconv.FormatInt(time.Now().Unix(), 36)
	_, err := accounts.Create(ctx, account.NewAccount{Login: login, Password: password, WeakPassword: true,
		Person: guichet.Person{GivenName: "Agent", FamilyName: "Mesure", Locale: "fr"},
		Grants: []guichet.Grant{{RoleID: "moderator"}, {RoleID: "functional_administrator"}}})
	if err != nil {
		return desk{}, err
	}
	d := desk{login: login, tickets: f.total, offering: "moodle-demande"}
	if d.token, err = accounts.CreateToken(ctx, login, "benchmark", nil, time.Time{}); err != nil {
		return d, err
	}
	return d, s.Read(ctx, func(tx *store.Tx) error {
		rows, _, err := tx.Tickets(ctx, store.TicketQuery{Scope: guichet.Scope{All: true}, Open: true, Limit: answered})
		for _, r := range rows {
			d.open = append(d.open, r.Number)
		}
		return err
	})
}
