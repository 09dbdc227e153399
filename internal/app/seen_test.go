package app

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/ticketing"
)

// view reads a ticket as somebody who works on it.
func (r *running) view(t *testing.T, login string, number int64) (guichet.Actor, ticketing.View) {
	t.Helper()
	actor, err := r.Accounts.LoginActor(t.Context(), login, guichet.ChannelDesk)
	if err != nil {
		t.Fatal(err)
	}
	v, err := r.Desk.View(t.Context(), actor, number, 0)
	if err != nil {
		t.Fatal(err)
	}
	return actor, v
}

// kept is how far a person read a ticket, as the database has it.
func kept(t *testing.T, s *store.Store, person, ticket guichet.ID) (seq int64) {
	t.Helper()
	err := s.Read(t.Context(), func(tx *store.Tx) error {
		parts, err := tx.Parts(t.Context(), ticket, person)
		seq = parts.Seen
		return err
	})
	if err != nil {
		t.Error(err) // in a handler too
	}
	return seq
}

// What a request that is in hand at the end sees of a ticket is written, even when all that was seen before is
// written already.
func TestWhatIsSeenWhileTheNodeDrainsIsWritten(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	a, err := New(ctx, Options{Config: liveConfig(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	r := &running{App: a}
	(&house{app: a}).people(t)
	actor, before := r.view(t, "moderateur", r.opens(t, "demandeur"))
	_, during := r.view(t, "moderateur", r.opens(t, "demandeur"))
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		a.Desk.Saw(actor, before)
		stop()
		for kept(t, a.Store, actor.Person.ID, before.Ticket.ID) == 0 && !t.Failed() { // written in its time, or because of the end
		}
		a.Desk.Saw(actor, during)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.serve(ctx, listener, handler) }()
	response, err := http.Get("http://" + listener.Addr().String()) //nolint:noctx // its handler ends by itself
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if seq := kept(t, a.Store, actor.Person.ID, during.Ticket.ID); seq != during.Ticket.LastSeq {
		t.Errorf("read up to %d in the database, want %d", seq, during.Ticket.LastSeq)
	}
}
