package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"sync/atomic"
	"time"

	"guichet"
)

// News is what a committed transaction tells to those who look on, on this node and on the others. It
// says where to look, not what is there: the database is the truth.
type News struct {
	Tickets  []TicketNews `json:",omitempty"`
	People   []guichet.ID `json:",omitempty"` // whose record or sessions changed
	Sessions []string     `json:",omitempty"` // hashes of the tokens of sessions that ended
	Everyone bool         `json:",omitempty"` // the rights of anybody may have changed
	Lost     bool         `json:",omitempty"` // there was more than could be said: everything may have changed
	Again    []guichet.ID `json:",omitempty"` // whose open pages show something that no ticket tells
	Words    []string     `json:",omitempty"` // what nodes say to one another outside of any transaction
	Node     string       // who says it
}

// TicketNews is that something happened to a ticket: the events, and where it stood before, so that
// those who lose sight of it are told.
type TicketNews struct {
	TicketID  guichet.ID
	Events    []EventNews  `json:",omitempty"`
	Moved     bool         `json:",omitempty"` // TeamID, ServiceID and Kind are those of before
	TeamID    guichet.ID   `json:",omitempty"`
	ServiceID guichet.ID   `json:",omitempty"`
	Kind      guichet.Kind `json:",omitempty"`
	Left      []guichet.ID `json:",omitempty"` // who took part before
}

// EventNews is one event of a ticket.
type EventNews struct {
	Kind     guichet.EventKind
	ActorID  guichet.ID `json:",omitempty"`
	Internal bool       `json:",omitempty"`
}

// Bounds of what is told.
const (
	newsKept     = 256  // transactions that wait for who follows
	newsTickets  = 200  // tickets told of one transaction; beyond, everything may have changed
	newsPayload  = 7800 // bytes of a message between nodes (PostgreSQL takes 8000)
	newsPeople   = 50
	newsSessions = 50
)

// feed carries the news of this node and of the others to the one that follows them.
type feed struct {
	node     string
	news     chan News
	missed   atomic.Bool
	followed atomic.Bool
}

func newFeed() *feed { return &feed{node: rand.Text()[:12], news: make(chan News, newsKept)} }

// publish never waits: what the follower has no room for is lost, and it is told so.
func (f *feed) publish(n News) {
	if !f.followed.Load() || n.empty() {
		return
	}
	select {
	case f.news <- n:
	default:
		f.missed.Store(true)
	}
}

// FollowNews begins to keep news for the one who follows them; before, nobody is told anything.
func (s *Store) FollowNews() { s.feed.followed.Store(true) }

// NextNews waits for news and returns all there are.
func (s *Store) NextNews(ctx context.Context) (News, error) {
	var all News
	select {
	case <-ctx.Done():
		return all, ctx.Err()
	case all = <-s.feed.news:
	}
	for {
		select {
		case n := <-s.feed.news:
			all.add(n)
		default:
			all.Lost = s.feed.missed.Swap(false) || all.Lost
			return all, nil
		}
	}
}

func (n *News) add(more News) {
	n.Tickets, n.People, n.Sessions = append(n.Tickets, more.Tickets...), append(n.People, more.People...), append(n.Sessions, more.Sessions...)
	n.Words, n.Again = append(n.Words, more.Words...), append(n.Again, more.Again...)
	n.Everyone, n.Lost = n.Everyone || more.Everyone, n.Lost || more.Lost
}

// Say tells the other nodes a word that concerns nothing in the database; they get it at most once.
func (s *Store) Say(ctx context.Context, word string) error {
	if !s.d.shared() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for _, payload := range (News{Words: []string{word}, Node: s.feed.node}).payloads() {
		if err := s.d.tell(ctx, s.writer.db, payload); err != nil {
			return classify(s.d, err)
		}
	}
	return nil
}

// hear takes what a node said; its own words were published already.
func (s *Store) hear(payload string) {
	var n News
	if payload == "" || json.Unmarshal([]byte(payload), &n) != nil {
		n = News{Lost: true}
	}
	if n.Node != s.feed.node {
		s.feed.publish(n)
	}
}

func (n News) empty() bool {
	return len(n.Tickets) == 0 && len(n.People) == 0 && len(n.Sessions) == 0 && !n.Everyone && !n.Lost && len(n.Words) == 0 && len(n.Again) == 0
}

// payloads writes the news as messages that PostgreSQL takes.
func (n News) payloads() []string {
	body, err := json.Marshal(n)
	if err == nil && len(body) <= newsPayload {
		return []string{string(body)}
	}
	if half := len(n.Tickets) / 2; half > 0 {
		rest := News{Tickets: n.Tickets[half:], Node: n.Node}
		n.Tickets = n.Tickets[:half]
		return append(n.payloads(), rest.payloads()...)
	}
	body, _ = json.Marshal(News{Lost: true, Node: n.Node}) // plain fields are always written
	return []string{string(body)}
}

// told notes an event of the transaction.
func (tx *Tx) told(e guichet.Event) {
	if t := tx.newsOf(e.TicketID); t != nil {
		t.Events = append(t.Events, EventNews{Kind: e.Kind, ActorID: e.ActorID, Internal: e.Internal})
	}
}

// newsOf is what is told of a ticket; nil when too much happens to say it.
func (tx *Tx) newsOf(ticket guichet.ID) *TicketNews {
	i := slices.IndexFunc(tx.news.Tickets, func(t TicketNews) bool { return t.TicketID == ticket })
	if i >= 0 {
		return &tx.news.Tickets[i]
	}
	if tx.news.Lost || len(tx.news.Tickets) == newsTickets {
		tx.news.Tickets, tx.news.Lost = nil, true
		return nil
	}
	tx.news.Tickets = append(tx.news.Tickets, TicketNews{TicketID: ticket})
	return &tx.news.Tickets[len(tx.news.Tickets)-1]
}

// stood notes where a ticket was before the transaction moved it.
func (tx *Tx) stood(before, after guichet.Ticket) {
	if before.TeamID == after.TeamID && before.ServiceID == after.ServiceID && before.Kind == after.Kind {
		return
	}
	if t := tx.newsOf(before.ID); t != nil && !t.Moved {
		t.Moved, t.TeamID, t.ServiceID, t.Kind = true, before.TeamID, before.ServiceID, before.Kind
	}
}

// left notes that a person took part before.
func (tx *Tx) left(ticket, person guichet.ID) {
	if t := tx.newsOf(ticket); t != nil {
		t.Left = append(t.Left, person)
	}
}

// changed notes that the record or the sessions of a person changed.
func (tx *Tx) changed(person guichet.ID) {
	if tx.news.Everyone || slices.Contains(tx.news.People, person) {
		return
	}
	if tx.news.People = append(tx.news.People, person); len(tx.news.People) > newsPeople {
		tx.news.People, tx.news.Everyone = nil, true
	}
}

// LookAgain has the open pages of a person looked at again once the transaction is committed.
func (tx *Tx) LookAgain(person guichet.ID) {
	if tx.news.Again = append(tx.news.Again, person); len(tx.news.Again) > newsPeople {
		tx.news.Again, tx.news.Lost = nil, true
	}
}

// ended notes that a session ended.
func (tx *Tx) ended(tokenHash string) {
	if tx.news.Sessions = append(tx.news.Sessions, tokenHash); len(tx.news.Sessions) > newsSessions {
		tx.news.Sessions, tx.news.Everyone = nil, true
	}
}

// say sends the news of the transaction with it: the other nodes hear of it once it is committed.
func (tx *Tx) say(ctx context.Context) error {
	tx.news.Node = tx.store.feed.node
	if tx.news.empty() || !tx.store.d.shared() {
		return nil
	}
	for _, payload := range tx.news.payloads() {
		if err := tx.store.d.tell(ctx, tx.tx, payload); err != nil {
			return classify(tx.store.d, err)
		}
	}
	return nil
}

// Before is the ticket where it stood before the news, for who may have seen it then.
func (t TicketNews) Before(now guichet.Ticket, parties []guichet.Party) (guichet.Ticket, []guichet.Party) {
	if t.Moved {
		now.TeamID, now.ServiceID, now.Kind = t.TeamID, t.ServiceID, t.Kind
	}
	parties = slices.Clone(parties)
	for _, person := range t.Left {
		parties = append(parties, guichet.Party{PersonID: person, Role: guichet.PartyAssignee})
	}
	return now, parties
}

// Spot is a ticket with what is needed to decide who sees it.
type Spot struct {
	Ticket  guichet.Ticket
	Parties []guichet.Party
}

// Spots reads where tickets stand, each once; those that are gone are left out.
func (tx *Tx) Spots(ctx context.Context, ids []guichet.ID) (map[guichet.ID]Spot, error) {
	out := make(map[guichet.ID]Spot, len(ids))
	for part := range slices.Chunk(ids, maxIDs) {
		var b builder
		list, err := many(ctx, tx, func(r scanner) (t guichet.Ticket, err error) {
			return t, r.Scan(&t.ID, &t.Number, &t.Kind, &t.State, id(&t.OrganisationID), id(&t.ServiceID), id(&t.TeamID), id(&t.AssigneeID), &t.Version, &t.LastSeq)
		}, `SELECT t.id, t.number, t.kind, t.state, t.organisation_id, t.service_id, t.team_id, t.assignee_id, t.version, t.last_seq
			FROM ticket t WHERE t.id IN `+in(&b, part), b.args...)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			out[t.ID] = Spot{Ticket: t}
		}
		parties, err := tx.PartiesOf(ctx, part)
		if err != nil {
			return nil, err
		}
		for ticket, list := range parties {
			if s, known := out[ticket]; known {
				s.Parties = list
				out[ticket] = s
			}
		}
	}
	return out, nil
}
