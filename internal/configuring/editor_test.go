package configuring_test

import (
	"context"
	"testing"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/configuring"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

type bench struct {
	testing.TB
	ctx      context.Context
	store    *store.Store
	use      *configuring.Configuring
	accounts *account.Accounts
}

func newBench(t testing.TB) *bench {
	t.Helper()
	s := storetest.Open(t, storetest.NewClock().Now)
	storetest.Fill(t, s)
	return &bench{t, context.Background(), s, configuring.New(s), account.New(s, account.NewHasher())}
}

func (b *bench) actor(person guichet.ID) guichet.Actor {
	b.Helper()
	a, err := b.accounts.PersonActor(b.ctx, person, guichet.ChannelDesk)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func (b *bench) flow(id guichet.ID) configuring.Edition[guichet.Workflow] {
	b.Helper()
	e, err := b.use.Workflows.Open(b.ctx, b.actor(storetest.Fay), id)
	if err != nil {
		b.Fatal(err)
	}
	return e
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) kind(err error, want guichet.ErrorKind) {
	b.Helper()
	if err == nil || guichet.KindOf(err) != want {
		b.Fatalf("error %v, want kind %d", err, want)
	}
}

func TestADraftBecomesTheVersionInForce(t *testing.T) {
	b := newBench(t)
	fay := b.actor(storetest.Fay)
	e := b.flow(storetest.Validated)
	if e.Version != 1 || e.Draft != nil || e.Problems != nil {
		t.Fatalf("before: %+v", e)
	}
	changed := e.Value
	changed.AutoCloseDays = 12
	b.must(b.use.Workflows.Keep(b.ctx, fay, e.ID, changed, 0))
	e = b.flow(storetest.Validated)
	if e.Value.AutoCloseDays != 12 || e.Published.AutoCloseDays == 12 || e.Draft.Author != "Fay Dumas" {
		t.Fatalf("draft: %+v", e)
	}
	version, err := b.use.Workflows.Publish(b.ctx, fay, e.ID, 0, " Douze jours ")
	b.must(err)
	e = b.flow(storetest.Validated)
	if version != 2 || e.Version != 2 || e.Draft != nil || e.Published.AutoCloseDays != 12 {
		t.Fatalf("published %d: %+v", version, e)
	}
	if n := e.Versions[0]; n.Note != "Douze jours" || n.Author != "Fay Dumas" || n.Version != 2 {
		t.Fatalf("version: %+v", n)
	}
	acts, err := b.use.History(b.ctx, fay, configuring.Place{})
	b.must(err)
	if len(acts.Acts) != 1 || acts.Acts[0].Actor != "Fay Dumas" || acts.Acts[0].Act != "publish" {
		t.Fatalf("history: %+v", acts)
	}
}

func TestWhatIsFaultyIsKeptButNotPublished(t *testing.T) {
	b := newBench(t)
	fay := b.actor(storetest.Fay)
	e := b.flow(storetest.Validated)
	faulty := e.Value
	faulty.Transitions = nil
	b.must(b.use.Workflows.Keep(b.ctx, fay, e.ID, faulty, 0))
	if e = b.flow(storetest.Validated); e.Problems == nil {
		t.Fatal("nothing is said of what is wrong")
	}
	_, err := b.use.Workflows.Publish(b.ctx, fay, e.ID, 0, "")
	b.kind(err, guichet.KindInvalid)
	if e = b.flow(storetest.Validated); e.Version != 1 || e.Draft == nil {
		t.Fatalf("after a refusal: %+v", e)
	}
	b.must(b.use.Workflows.Discard(b.ctx, fay, e.ID))
	b.kind(b.use.Workflows.Discard(b.ctx, fay, e.ID), guichet.KindConflict)
}

func TestTwoEditorsDoNotEraseOneAnother(t *testing.T) {
	b := newBench(t)
	fay := b.actor(storetest.Fay)
	e := b.flow(storetest.Moderated)
	b.must(b.use.Workflows.Keep(b.ctx, fay, e.ID, e.Value, 0))
	b.kind(b.use.Workflows.Keep(b.ctx, fay, e.ID, e.Value, 0), guichet.KindConflict)
	b.must(b.use.Workflows.Keep(b.ctx, fay, e.ID, e.Value, 1))
	b.kind(b.use.Workflows.Keep(b.ctx, fay, e.ID, e.Value, 1), guichet.KindConflict)
	if got := b.flow(storetest.Moderated).Revision(); got != 2 {
		t.Fatalf("revision %d", got)
	}
}

func TestAnOlderVersionComesBack(t *testing.T) {
	b := newBench(t)
	fay := b.actor(storetest.Fay)
	e := b.flow(storetest.Validated)
	days := e.Value.AutoCloseDays
	e.Value.AutoCloseDays = 3
	b.must(b.use.Workflows.Keep(b.ctx, fay, e.ID, e.Value, 0))
	_, err := b.use.Workflows.Publish(b.ctx, fay, e.ID, 0, "")
	b.must(err)
	b.kind(b.use.Workflows.Restore(b.ctx, fay, e.ID, 7), guichet.KindNotFound)
	b.must(b.use.Workflows.Restore(b.ctx, fay, e.ID, 1))
	if e = b.flow(storetest.Validated); e.Value.AutoCloseDays != days || e.Published.AutoCloseDays != 3 {
		t.Fatalf("restored: %+v", e.Value)
	}
	b.kind(b.use.Workflows.Restore(b.ctx, fay, e.ID, 1), guichet.KindConflict)
}

func TestAnotherPublicationMakesADraftOutdated(t *testing.T) {
	b := newBench(t)
	fay := b.actor(storetest.Fay)
	e := b.flow(storetest.Validated)
	e.Value.AutoCloseDays = 9
	b.must(b.use.Workflows.Keep(b.ctx, fay, e.ID, e.Value, 0))
	b.must(b.store.Write(b.ctx, func(tx *store.Tx) error {
		desk := storetest.Desk()
		w := desk.Workflows[storetest.Validated]
		w.AutoCloseDays = 30
		_, err := tx.Define(b.ctx, store.Definition{Kind: "workflow", ID: w.ID, Body: w})
		return err
	}))
	if e = b.flow(storetest.Validated); !e.Outdated() {
		t.Fatalf("not outdated: %+v", e)
	}
	_, err := b.use.Workflows.Publish(b.ctx, fay, e.ID, 0, "")
	b.kind(err, guichet.KindConflict)
	b.must(b.use.Workflows.Keep(b.ctx, fay, e.ID, e.Value, e.Revision()))
	version, err := b.use.Workflows.Publish(b.ctx, fay, e.ID, 0, "")
	b.must(err)
	if version != 3 {
		t.Fatalf("version %d", version)
	}
}

func TestOnlyWhoConfiguresEdits(t *testing.T) {
	b := newBench(t)
	for _, who := range []guichet.ID{storetest.Rita, storetest.Mona, storetest.Ann, storetest.Tom} {
		a := b.actor(who)
		_, err := b.use.Workflows.Open(b.ctx, a, storetest.Validated)
		b.kind(err, guichet.KindNotFound)
		b.kind(b.use.Workflows.Keep(b.ctx, a, storetest.Validated, guichet.Workflow{}, 0), guichet.KindNotFound)
		b.kind(b.use.Workflows.Create(b.ctx, a, "neuf", guichet.Workflow{}), guichet.KindNotFound)
		if list, err := b.use.Workflows.List(b.ctx, a); err != nil || len(list) > 0 {
			t.Errorf("%s lists %d workflows: %v", who, len(list), err)
		}
	}
	reader := b.actor(storetest.Fay)
	reader.TokenScopes = []guichet.TokenScope{guichet.TokenRead}
	b.kind(b.use.Workflows.Keep(b.ctx, reader, storetest.Validated, guichet.Workflow{}, 0), guichet.KindNotFound)
}

func TestANewObjectHasItsOwnKey(t *testing.T) {
	b := newBench(t)
	fay := b.actor(storetest.Fay)
	o := guichet.Offering{ServiceID: storetest.Moodle, Name: "Emprunter une salle", Kind: guichet.KindRequest}
	b.kind(b.use.Offerings.Create(b.ctx, fay, "Une clé", o), guichet.KindInvalid)
	b.kind(b.use.Offerings.Create(b.ctx, fay, storetest.Incident, o), guichet.KindConflict)
	b.must(b.use.Offerings.Create(b.ctx, fay, "salle", o))
	b.kind(b.use.Offerings.Create(b.ctx, fay, "salle", o), guichet.KindConflict)
	_, err := b.use.Offerings.Publish(b.ctx, fay, "salle", 0, "")
	b.must(err)
	b.must(b.use.Offerings.Remove(b.ctx, fay, "salle"))
	b.must(b.store.Read(b.ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(b.ctx)
		if _, there := desk.Offerings["salle"]; there {
			t.Error("what was removed is there")
		}
		return err
	}))
	b.kind(b.use.Offerings.Create(b.ctx, fay, "salle", o), guichet.KindConflict)
}

// What is published is the draft that was read: when somebody saved meanwhile, nothing is.
func TestOnlyTheDraftThatWasReadIsPublished(t *testing.T) {
	b := newBench(t)
	fay := b.actor(storetest.Fay)
	e := b.flow(storetest.Validated)
	e.Value.AutoCloseDays = 8
	b.must(b.use.Workflows.Keep(b.ctx, fay, e.ID, e.Value, 0))
	read := b.flow(e.ID).Revision()
	e.Value.AutoCloseDays = 9
	b.must(b.use.Workflows.Keep(b.ctx, fay, e.ID, e.Value, read))
	_, err := b.use.Workflows.Publish(b.ctx, fay, e.ID, read, "")
	b.kind(err, guichet.KindConflict)
	if got := b.flow(e.ID); got.Version != e.Version || got.Draft == nil {
		t.Fatalf("published all the same: %+v", got)
	}
	_, err = b.use.Workflows.Publish(b.ctx, fay, e.ID, b.flow(e.ID).Revision(), "")
	b.must(err)
}

// A new object has a key made of its name, and a number behind it where the key was another's.
func TestAKeyIsMadeOfTheName(t *testing.T) {
	b := newBench(t)
	for _, want := range []guichet.ID{"pret-d-images", "pret-d-images-2"} {
		id, err := b.use.Offerings.Begin(b.ctx, b.actor(storetest.Fay), "Prêt d’images", guichet.Offering{ServiceID: storetest.Moodle, Name: "Prêt"})
		b.must(err)
		if id != want {
			t.Errorf("key %q, want %q", id, want)
		}
	}
	_, err := b.use.Offerings.Begin(b.ctx, b.actor(storetest.Rita), "Prêt", guichet.Offering{ServiceID: storetest.Moodle, Name: "Prêt"})
	b.kind(err, guichet.KindNotFound)
}
