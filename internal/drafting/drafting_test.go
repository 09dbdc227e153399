package drafting_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"guichet"
	"guichet/internal/blob"
	"guichet/internal/drafting"
	"guichet/internal/operating"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

type stage struct {
	*testing.T
	ctx    context.Context
	store  *store.Store
	clock  *Clock
	drafts *drafting.Drafts
}

func newStage(t *testing.T) *stage {
	t.Helper()
	clock := NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	return &stage{t, context.Background(), s, clock, drafting.New(s)}
}

func actor(person guichet.ID) guichet.Actor { return guichet.Actor{Person: guichet.Person{ID: person}} }

func (s *stage) save(who guichet.ID, place, text string, seen int64) guichet.UnsentPair {
	s.Helper()
	p, err := s.drafts.Save(s.ctx, actor(who), drafting.Save{Place: place, Body: `{"text":["` + text + `"]}`, Seen: seen})
	if err != nil {
		s.Fatal(err)
	}
	return p
}

func (s *stage) read(who guichet.ID, place string) (present, older string) {
	s.Helper()
	p, err := s.drafts.Read(s.ctx, actor(who), place)
	if err != nil {
		s.Fatal(err)
	}
	return p.Present.Body, p.Older.Body
}

func TestTextsNotSentAreOnesOwn(t *testing.T) {
	s := newStage(t)
	s.save(Ann, "ticket:1", "Bonjour", 0)
	if got, _ := s.read(Ann, "ticket:1"); got != `{"text":["Bonjour"]}` {
		t.Errorf("kept %q", got)
	}
	if got, _ := s.read(Bob, "ticket:1"); got != "" {
		t.Errorf("somebody else reads %q", got)
	}
	if got, _ := s.read(Ann, "ticket:2"); got != "" {
		t.Errorf("another place holds %q", got)
	}
	if _, err := s.drafts.Forget(s.ctx, actor(Bob), "ticket:1"); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.read(Ann, "ticket:1"); got == "" {
		t.Error("somebody else erased it")
	}
}

func TestTwoDevicesKeepBothTexts(t *testing.T) {
	s := newStage(t)
	desk := s.save(Ann, "ticket:1", "au bureau", 0).Present.Version
	s.save(Ann, "ticket:1", "au bureau, la suite", desk)
	p := s.save(Ann, "ticket:1", "au téléphone", desk)
	if p.Present.Body != `{"text":["au téléphone"]}` || p.Older.Body != `{"text":["au bureau, la suite"]}` {
		t.Fatalf("both are not kept: %+v", p)
	}
	if _, err := s.drafts.Forget(s.ctx, actor(Ann), "ticket:1"); err != nil { // sent
		t.Fatal(err)
	}
	if present, older := s.read(Ann, "ticket:1"); present != "" || older == "" {
		t.Errorf("after sending: %q, %q", present, older)
	}
	if p, err := s.drafts.Swap(s.ctx, actor(Ann), "ticket:1"); err != nil || p.Present.Body != `{"text":["au bureau, la suite"]}` {
		t.Errorf("the other text is not taken up: %+v, %v", p, err)
	}
	if _, err := s.drafts.Forget(s.ctx, actor(Ann), "ticket:1"); err != nil {
		t.Fatal(err)
	}
	if p := s.save(Ann, "ticket:1", "trop tard", p.Present.Version); p.Present.Version != 0 {
		t.Errorf("a saving that comes late brings back %+v", p.Present)
	}
}

func TestTextsNotSentAreBounded(t *testing.T) {
	s := newStage(t)
	for i := range guichet.MaxUnsentPlaces + 5 {
		s.clock.Add(time.Second)
		s.save(Ann, fmt.Sprintf("ticket:%d", i+1), "x", 0)
	}
	if got, _ := s.read(Ann, "ticket:5"); got != "" {
		t.Error("the oldest stays")
	}
	if got, _ := s.read(Ann, "ticket:6"); got == "" {
		t.Error("more went than had to")
	}
	s.save(Ann, "ticket:9999", "late", 12) // it was sent meanwhile: nothing is kept, nothing goes
	if got, _ := s.read(Ann, "ticket:6"); got == "" {
		t.Error("a saving that comes late takes the place of another text")
	}
	reading := guichet.Actor{Person: guichet.Person{ID: Ann}, TokenScopes: []guichet.TokenScope{guichet.TokenRead}}
	if _, err := s.drafts.Save(s.ctx, reading, drafting.Save{Place: "ticket:1", Body: "{}"}); guichet.KindOf(err) != guichet.KindDenied {
		t.Errorf("who only reads: %v", err)
	}
	if _, err := s.drafts.Save(s.ctx, actor(Ann), drafting.Save{Place: "ticket:1", Body: "no"}); guichet.KindOf(err) != guichet.KindInvalid {
		t.Errorf("what is no form: %v", err)
	}
}

func TestOldTextsAreSwept(t *testing.T) {
	s := newStage(t)
	s.save(Ann, "ticket:1", "oublié", 0)
	s.clock.Add(20 * 24 * time.Hour)
	s.save(Ann, "ticket:2", "récent", 0)
	s.clock.Add(11 * 24 * time.Hour)
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = files.Close() }()
	if err := s.store.Write(s.ctx, func(tx *store.Tx) error { return operating.New(s.store, files, "").Sweep(s.ctx, tx, store.Job{}) }); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.read(Ann, "ticket:1"); got != "" {
		t.Errorf("still there: %q", got)
	}
	if got, _ := s.read(Ann, "ticket:2"); got == "" {
		t.Error("what is recent went too")
	}
}
