package ticketing_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// BenchmarkRehearsal tries another writing of a workflow on the last thousand of twelve hundred tickets,
// each of which lived from its opening to the word of its requester.
func BenchmarkRehearsal(b *testing.B) {
	ctx, clock := context.Background(), storetest.NewClock()
	s := storetest.Open(b, clock.Now)
	storetest.Fill(b, s)
	desk := ticketing.New(s)
	rita, mona, ann, fay := storetest.Actor(b, s, storetest.Rita), storetest.Actor(b, s, storetest.Mona), storetest.Actor(b, s, storetest.Ann), storetest.Actor(b, s, storetest.Fay)
	for i := range ticketing.RehearsedTickets + 200 {
		t, err := desk.Open(ctx, rita, ticketing.Open{Title: fmt.Sprint("Le cours ", i, " ne s’ouvre pas"), Description: "Une page blanche apparaît.",
			Kind: guichet.KindIncident, Service: storetest.Moodle})
		if err != nil {
			b.Fatal(err)
		}
		for _, step := range []struct {
			who guichet.Actor
			act guichet.Act
		}{
			{mona, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support, AssigneeID: storetest.Ann}},
			{ann, guichet.Act{Action: guichet.ActionHold, PendingReason: "requester"}},
			{ann, guichet.Act{Action: guichet.ActionResume}},
			{ann, guichet.Act{Action: guichet.ActionResolve, Text: "Cache vidé"}},
			{rita, guichet.Act{Action: guichet.ActionValidate}},
		} {
			if _, err := desk.Do(ctx, step.who, t.Number, step.act); err != nil {
				b.Fatal(step.act.Action, err)
			}
		}
		clock.Add(time.Minute)
	}
	config, err := desk.Config(ctx)
	if err != nil {
		b.Fatal(err)
	}
	w := config.Workflows[storetest.Validated]
	w.Transitions = append([]guichet.Transition(nil), w.Transitions...)
	for i := range w.Transitions {
		if w.Transitions[i].Action == guichet.ActionHold {
			w.Transitions[i].By = []guichet.Performer{"moderator"}
		}
	}
	for b.Loop() {
		r, err := desk.Rehearse(ctx, fay, w)
		if err != nil || r.Tried != ticketing.RehearsedTickets || r.Differ != r.Tried {
			b.Fatal(r.Tried, r.Differ, err)
		}
	}
}
