package operating_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/blob"
	"guichet/internal/operating"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// files is an empty store of files.
func files(t *testing.T) *blob.Store {
	t.Helper()
	s, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// disk is a store of files whose ages the test says.
type disk struct {
	*testing.T
	*blob.Store
	dir string
}

// put keeps a content, as old as said.
func (d disk) put(content string, at time.Time) (hash string) {
	d.Helper()
	ref, err := d.Put(context.Background(), strings.NewReader(content), 1000)
	if err != nil {
		d.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(d.dir, ref.Hash[:2], ref.Hash[2:]), at, at); err != nil {
		d.Fatal(err)
	}
	return ref.Hash
}

func (d disk) has(hash string) bool {
	f, err := d.Open(context.Background(), hash)
	if err == nil {
		_ = f.Close()
	}
	return err == nil
}

// TestFilesOfForgottenDraftsGo holds that what was sent ahead of a form which never left goes from the disk once its
// draft is swept, and that nothing goes which a ticket, a draft or a message on its way still holds, or which is young.
func TestFilesOfForgottenDraftsGo(t *testing.T) {
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.Open(t, clock.Now)
	storetest.Fill(t, s)
	dir := t.TempDir()
	blobs, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = blobs.Close() }()
	d, old := disk{t, blobs, dir}, clock.Now().Add(-60*24*time.Hour)
	forgotten, ofTicket, ofDraft, ofMessage := d.put("forgotten", old), d.put("of a ticket", old), d.put("of a draft", old), d.put("of a message", old)
	young, alone := d.put("young", clock.Now().Add(-24*time.Hour)), d.put("of no draft at all", old)
	both := d.put("of a ticket and of a draft that goes", old)
	draft := func(hash string) string {
		return `{"text":["x"],"kept_file":["c2ln|` + hash + `|9|text/plain|0|0||x.txt"]}`
	}
	named := func(hash string) ticketing.File {
		return ticketing.File{Name: "x.txt", MediaType: "text/plain", Size: 9, Hash: hash}
	}
	ticket, err := ticketing.New(s).Open(ctx, storetest.Actor(t, s, storetest.Rita), ticketing.Open{Title: "x", Description: "x", Kind: guichet.KindIncident,
		Service: storetest.Moodle, Files: []ticketing.File{named(ofTicket), named(both)}})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Write(ctx, func(tx *store.Tx) error {
		keep := func(place, hash string, age time.Duration) error {
			u := guichet.Unsent{PersonID: storetest.Rita, Place: place, Body: draft(hash), SavedAt: tx.Now.Add(-age), Version: 1}
			return tx.SaveUnsent(ctx, storetest.Rita, place, guichet.UnsentPair{Present: u})
		}
		for place, u := range map[string]struct {
			hash string
			age  time.Duration
		}{"ticket:1": {forgotten, 40 * 24 * time.Hour}, "ticket:2": {ofDraft, 20 * 24 * time.Hour}, "ticket:3": {both, 40 * 24 * time.Hour}} {
			if err := keep(place, u.hash, u.age); err != nil {
				return err
			}
		}
		return tx.InsertOutgoing(ctx, guichet.Outgoing{ID: "o1", PersonID: storetest.Ann, TicketID: ticket.ID, Mode: guichet.ModeReply, Channel: guichet.ChannelPortal, CreatedAt: tx.Now, DueAt: tx.Now,
			Message: guichet.OutgoingMessage{Text: "x", Files: []guichet.OutgoingFile{{Name: "x.txt", Hash: ofMessage}}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	o := operating.New(s, blobs, "test")
	if err := s.Write(ctx, func(tx *store.Tx) error { return o.Sweep(ctx, tx, store.Job{}) }); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		hash string
		want bool
	}{"of a swept draft": {forgotten, false}, "of nothing": {alone, false}, "of a ticket": {ofTicket, true}, "of a ticket and a swept draft": {both, true},
		"of a draft": {ofDraft, true}, "of a message on its way": {ofMessage, true}, "sent yesterday": {young, true}} {
		if got := d.has(c.hash); got != c.want {
			t.Errorf("the file %s: there is %v, want %v", name, got, c.want)
		}
	}
}
