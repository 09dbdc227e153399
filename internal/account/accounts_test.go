package account_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

const password = "une phrase que personne ne devine"

// door is a desk with one account, "alice", and a clock.
type door struct {
	*testing.T
	*account.Accounts
	store *store.Store
	clock *storetest.Clock
	alice guichet.Person
}

func newDoor(t *testing.T) *door {
	t.Helper()
	clock := storetest.NewClock()
	s := storetest.Open(t, clock.Now)
	storetest.Fill(t, s)
	d := &door{T: t, Accounts: account.New(s, account.NewHasher()), store: s, clock: clock}
	var err error
	d.alice, err = d.Create(t.Context(), account.NewAccount{Login: "alice", Password: password,
		Person: guichet.Person{ID: "alice", GivenName: "Alice", FamilyName: "Martin"}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *door) tries(login, password string) (string, string) {
	d.Helper()
	token, _, err := d.SignIn(d.Context(), login, password)
	return token, guichet.CodeOf(err)
}

// open says whether a session still is.
func (d *door) open(token string) bool {
	d.Helper()
	_, err := d.SessionActor(d.Context(), token, guichet.ChannelPortal)
	if err != nil && guichet.KindOf(err) != guichet.KindUnauthenticated {
		d.Fatal(err)
	}
	return err == nil
}

func (d *door) failures(login string) (n int) {
	d.Helper()
	err := d.store.Read(d.Context(), func(tx *store.Tx) (err error) {
		n, _, err = tx.SignInFailures(d.Context(), login)
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return n
}

func TestASessionEndsTwelveHoursAfterItsBeginning(t *testing.T) {
	d := newDoor(t)
	token, _ := d.tries("alice", password)
	for range 47 { // never idle
		d.clock.Add(15 * time.Minute)
		if !d.open(token) {
			t.Fatalf("ended at %s", d.clock.Now())
		}
	}
	d.clock.Add(14 * time.Minute)
	if !d.open(token) {
		t.Error("ended before its twelve hours")
	}
	d.clock.Add(time.Minute)
	if d.open(token) {
		t.Error("open after twelve hours")
	}
}

func TestASessionEndsAfterAnHourWithoutUse(t *testing.T) {
	d := newDoor(t)
	token, _ := d.tries("alice", password)
	d.clock.Add(59 * time.Minute)
	if !d.open(token) {
		t.Error("ended too soon")
	}
	d.clock.Add(time.Hour)
	if d.open(token) {
		t.Error("open after an hour without use")
	}
}

func TestWhoIsNoLongerActiveIsOutAtOnce(t *testing.T) {
	d := newDoor(t)
	token, _ := d.tries("alice", password)
	key, err := d.CreateToken(t.Context(), "alice", "script", nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.TokenActor(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	d.alice.Active = false
	storetest.Person(t, d.store, d.alice)
	if d.open(token) {
		t.Error("the session goes on")
	}
	if _, err := d.TokenActor(t.Context(), key); guichet.KindOf(err) != guichet.KindUnauthenticated || err == nil {
		t.Errorf("the token goes on: %v", err)
	}
	if _, code := d.tries("alice", password); code != "account.wrong_credentials" {
		t.Errorf("signs in: %q", code)
	}
}

func TestWhatNoAccountCanHaveIsRefusedAndForgotten(t *testing.T) {
	d := newDoor(t)
	long := strings.Repeat("é", 101)
	for login, given := range map[string]string{long: password, "alice": strings.Repeat("x", 1025)} {
		if _, code := d.tries(login, given); code != "account.wrong_credentials" {
			t.Errorf("%.10s: %q", login, code)
		}
		if n := d.failures(login); n != 0 {
			t.Errorf("%.10s: %d failures are kept", login, n)
		}
	}
	if _, code := d.tries("al\x00ice\xff", password); code != "account.wrong_credentials" {
		t.Errorf("a broken login: %q", code)
	}
	if token, code := d.tries(" ALICE ", password); token == "" {
		t.Errorf("refused: %q", code)
	}
}

func TestAttemptsAtOnceAreCountedOneByOne(t *testing.T) {
	d := newDoor(t)
	var group sync.WaitGroup
	var looked atomic.Int64
	for range 30 {
		group.Go(func() {
			if _, code := d.tries("alice", "un autre mot de passe"); code == "account.wrong_credentials" {
				looked.Add(1)
			}
		})
	}
	group.Wait()
	if looked.Load() != 5 {
		t.Errorf("%d passwords were looked at before the pause", looked.Load())
	}
	if _, code := d.tries("alice", password); code != "account.throttled" {
		t.Errorf("no pause: %q", code)
	}
	if _, code := d.tries("nobody", "x"); code != "account.wrong_credentials" {
		t.Errorf("a neighbour is refused too: %q", code)
	}
	d.clock.Add(time.Minute + time.Second)
	if token, code := d.tries("alice", password); token == "" || d.failures("alice") != 0 {
		t.Errorf("after the pause: %q", code)
	}
}
