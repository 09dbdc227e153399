package store_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// lined is what stands in line behind a transaction that is held.
type lined struct {
	ctx  context.Context
	jobs bool
	fn   func(tx *store.Tx) error
}

// lineUp holds a transaction until all the others wait, in their order, and returns what each came to.
func lineUp(t *testing.T, s *store.Store, waiting func() int, list ...lined) []error {
	t.Helper()
	outcomes := make([]error, len(list))
	held, release := make(chan struct{}), make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		_ = s.WriteJobs(context.Background(), func(*store.Tx) error {
			close(held)
			<-release
			return nil
		})
	})
	<-held
	for i, l := range list {
		work.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					outcomes[i] = fmt.Errorf("panic: %v", p)
				}
			}()
			write := s.Write
			if l.jobs {
				write = s.WriteJobs
			}
			outcomes[i] = write(l.ctx, l.fn)
		})
		for waiting() < i+1 {
			runtime.Gosched()
		}
	}
	close(release)
	work.Wait()
	return outcomes
}

func person(ctx context.Context, tx *store.Tx, id guichet.ID) error {
	return tx.SavePerson(ctx, guichet.Person{ID: id, Active: true})
}

// known lists which of some persons are there, as any reader sees them.
func known(t *testing.T, s *store.Store, ids ...guichet.ID) (found []guichet.ID) {
	t.Helper()
	err := s.Read(context.Background(), func(tx *store.Tx) error {
		people, err := tx.People(context.Background(), ids)
		for _, id := range ids {
			if people[id].ID != "" {
				found = append(found, id)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Several transactions share one wait for the disk: each sees those before it, nobody else sees any of them and
// nothing follows from them before they are durable, and what fails, panics or is given up is undone alone.
func TestTransactionsShareACommit(t *testing.T) {
	Embedded(t)
	s := Open(t, nil)
	waiting, ctx := s.LineUp(), context.Background()
	given, giveUp := context.WithCancel(ctx)
	refused := errors.New("refused")
	outcomes := lineUp(t, s, waiting,
		lined{ctx, false, func(tx *store.Tx) error {
			return errors.Join(person(ctx, tx, "first"), tx.Enqueue(ctx, store.Job{Kind: "k"}))
		}},
		lined{ctx, false, func(tx *store.Tx) error { return errors.Join(person(ctx, tx, "refused"), refused) }},
		lined{ctx, false, func(tx *store.Tx) error { panic(person(ctx, tx, "panicked") == nil) }},
		lined{given, false, func(tx *store.Tx) error {
			err := person(given, tx, "given up")
			giveUp()
			return errors.Join(err, person(given, tx, "too late"))
		}},
		lined{ctx, false, func(tx *store.Tx) error {
			people, err := tx.People(ctx, []guichet.ID{"first", "refused", "panicked", "given up"})
			if len(people) != 1 || people["first"].ID == "" {
				t.Errorf("the last one sees %v", people)
			}
			if early := known(t, s, "first"); len(early) > 0 {
				t.Errorf("others see %v before it is durable", early)
			}
			select {
			case <-s.Woken():
				t.Error("the runner is woken before the job is durable")
			default:
			}
			return errors.Join(err, person(ctx, tx, "last"))
		}})
	if outcomes[0] != nil || !errors.Is(outcomes[1], refused) || !strings.Contains(fmt.Sprint(outcomes[2]), "panic: true") ||
		guichet.CodeOf(outcomes[3]) != "storage.interrupted" || outcomes[4] != nil {
		t.Errorf("outcomes: %v", outcomes)
	}
	want := []guichet.ID{"first", "last"}
	if got := known(t, s, "first", "refused", "panicked", "given up", "too late", "last"); !slices.Equal(got, want) {
		t.Errorf("kept: %v, want %v", got, want)
	}
	select {
	case <-s.Woken():
	default:
		t.Error("the runner is not woken")
	}
}

// Who gives up while waiting leaves the line: nothing of it runs.
func TestWhoGivesUpLeavesTheLine(t *testing.T) {
	Embedded(t)
	s := Open(t, nil)
	waiting := s.LineUp()
	err := s.Write(context.Background(), func(*store.Tx) error {
		ctx, giveUp := context.WithCancel(context.Background())
		left := make(chan error)
		go func() {
			left <- s.Write(ctx, func(tx *store.Tx) error {
				t.Error("it runs")
				return nil
			})
		}()
		for waiting() == 0 {
			runtime.Gosched()
		}
		giveUp()
		return <-left
	})
	if guichet.CodeOf(err) != "storage.interrupted" || waiting() != 0 {
		t.Errorf("%v, %d wait", err, waiting())
	}
}

// Jobs and people take turns: people who came later do not wait for all the jobs, nor jobs for all the people.
func TestPeopleDoNotWaitBehindAllJobs(t *testing.T) {
	Embedded(t)
	s := Open(t, nil)
	waiting, ctx := s.LineUp(), context.Background()
	var order []string
	says := func(word string, jobs bool) lined {
		return lined{ctx, jobs, func(*store.Tx) error {
			order = append(order, word)
			return nil
		}}
	}
	lineUp(t, s, waiting, says("job", true), says("job", true), says("person", false), says("person", false))
	// The transaction that was held is of a job, and takes those who wait behind it: a group of jobs, then people.
	if got := strings.Join(order, " "); got != "job job person person" {
		t.Errorf("without end: %s", got)
	}
	s.EndGroups()
	order = nil
	lineUp(t, s, waiting, says("job", true), says("job", true), says("person", false), says("person", false))
	if got := strings.Join(order, " "); got != "person job person job" {
		t.Errorf("each in a group of its own: %s", got)
	}
}

// When the disk is full, each who was told that it is written finds it, and nobody else.
func TestAFullDiskIsToldToAllWhoShareIt(t *testing.T) {
	Embedded(t)
	s := Open(t, nil)
	waiting, ctx := s.LineUp(), context.Background()
	pragma(t, s, fmt.Sprint("max_page_count = ", pragma(t, s, "page_count")+6))
	big := func(id guichet.ID) lined {
		return lined{ctx, false, func(tx *store.Tx) error {
			return tx.SavePerson(ctx, guichet.Person{ID: id, GivenName: strings.Repeat("x", 100_000), Active: true})
		}}
	}
	small := func(id guichet.ID) lined {
		return lined{ctx, false, func(tx *store.Tx) error { return person(ctx, tx, id) }}
	}
	ids := []guichet.ID{"small", "big", "after"}
	for i, err := range lineUp(t, s, waiting, small("small"), big("big"), small("after")) {
		if there := len(known(t, s, ids[i])) == 1; there != (err == nil) {
			t.Errorf("%s: told %v, there %t", ids[i], err, there)
		}
		if err != nil && guichet.KindOf(err) != guichet.KindUnavailable {
			t.Errorf("%s: %v", ids[i], err)
		}
	}
	pragma(t, s, "max_page_count = 100000")
	if err := s.Ready(ctx); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if found, err := s.Check(ctx); err != nil || len(found) > 0 {
		t.Errorf("check: %v %v", found, err)
	}
}

// Many write at once, some fail, some give up: what was acknowledged is there, and nothing else.
func TestManyWriters(t *testing.T) {
	s := Open(t, nil)
	var work sync.WaitGroup
	var mu sync.Mutex
	var all, acknowledged []guichet.ID
	for w := range 16 {
		work.Go(func() {
			for i := range 12 {
				id := guichet.ID(fmt.Sprintf("%d-%d", w, i))
				ctx, giveUp := context.WithCancel(context.Background())
				err := s.Write(ctx, func(tx *store.Tx) error {
					err := person(ctx, tx, id)
					switch {
					case i%4 == 1:
						err = errors.Join(err, errors.New("refused"))
					case i%4 == 2:
						giveUp()
						err = errors.Join(err, person(ctx, tx, id))
					}
					return err
				})
				giveUp()
				mu.Lock()
				if all = append(all, id); err == nil {
					acknowledged = append(acknowledged, id)
				}
				mu.Unlock()
			}
		})
	}
	work.Wait()
	if got := known(t, s, all...); len(acknowledged) != 96 || !sameSet(got, acknowledged) {
		t.Errorf("%d acknowledged, %d there", len(acknowledged), len(got))
	}
}

func sameSet(a, b []guichet.ID) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
