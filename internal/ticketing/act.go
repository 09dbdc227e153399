package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// Do performs an action on a ticket. Errors: not found for who may not see the ticket, denied for
// who sees it but may not do that, conflict when the state does not allow it or somebody was
// quicker, invalid with each wrong field.
func (d *Desk) Do(ctx context.Context, actor guichet.Actor, number int64, act guichet.Act) (guichet.Ticket, error) {
	if !actor.MayWrite() {
		return guichet.Ticket{}, guichet.Denied("token.read_only")
	}
	act.Text = body(act.Text)
	var t guichet.Ticket
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if act.Action == guichet.ActionApprove || act.Action == guichet.ActionRefuse {
			t, err = l.answerFor(ctx, tx, actor, act)
			return err
		}
		if err := l.authorise(actor, act.Action); err != nil {
			return err
		}
		t, err = l.decide(ctx, tx, actor, act)
		return err
	})
	return t, err
}

// authorise checks that the actor is among those whom the workflow names for the action: first in
// any state, so that a refusal does not depend on the moment, then in the present one.
func (l loaded) authorise(actor guichet.Actor, action guichet.Action) error {
	flow := l.desk.Flow(l.ticket)
	performs := func(tr guichet.Transition) bool {
		return tr.Action == action && actor.Performs(tr, l.ticket, l.place)
	}
	if !slices.ContainsFunc(flow.Transitions, performs) {
		return guichet.Denied("action.denied")
	}
	if tr, ok := flow.Transition(action, l.ticket.State); ok && !performs(tr) {
		return guichet.Denied("action.denied")
	}
	return nil
}

// answerFor answers the approval of the ticket that waits for the actor.
func (l loaded) answerFor(ctx context.Context, tx *store.Tx, actor guichet.Actor, act guichet.Act) (guichet.Ticket, error) {
	a, err := l.waiting(ctx, tx, actor)
	if err != nil {
		return l.ticket, err
	}
	decision := guichet.DecisionApproved
	if act.Action == guichet.ActionRefuse {
		decision = guichet.DecisionRefused
	}
	if err := checkAnswer(decision, act.Text); err != nil {
		return l.ticket, err
	}
	return answer(ctx, tx, actor, a, decision, act.Text)
}

// step is what an act makes of the ticket: by the rule of its life, its form and what stands below it.
func (l loaded) step(ctx context.Context, tx *store.Tx, actor guichet.Actor, act guichet.Act) (guichet.Step, error) {
	step, err := l.desk.Decide(l.ticket, act, actor, tx.Now)
	if err != nil {
		return step, err
	}
	if err := l.finished(ctx, tx, actor, step.Ticket); err != nil {
		return step, err
	}
	return step, l.childless(ctx, tx, act)
}

// decide applies the rule of life and writes its outcome. A ticket that has just been approved is
// routed like one that has just arrived; the team that receives one without a name chooses who has it.
func (l loaded) decide(ctx context.Context, tx *store.Tx, actor guichet.Actor, act guichet.Act) (guichet.Ticket, error) {
	step, err := l.step(ctx, tx, actor, act)
	if err != nil {
		return l.ticket, err
	}
	events := []guichet.Event{step.Event}
	var routed routed
	switch act.Action {
	case guichet.ActionApprove:
		if routed, err = routeApproved(ctx, tx, l.desk, &step.Ticket); err != nil {
			return l.ticket, err
		}
		if err := routed.join(ctx, tx, &step.Ticket); err != nil {
			return l.ticket, err
		}
		events = append(events, routed.events...)
	case guichet.ActionAssign, guichet.ActionEscalate:
		if err := l.give(ctx, tx, &step); err != nil {
			return l.ticket, err
		}
		events[0] = step.Event
	}
	if err := save(ctx, tx, l.ticket, &step.Ticket, events); err != nil {
		return l.ticket, err
	}
	return step.Ticket, attach(ctx, tx, step.Ticket, routed.parent, routed.announced)
}

// give lets the team that was named choose the technician, when none was. Who gives a ticket back to
// the own team does not receive it again.
func (l loaded) give(ctx context.Context, tx *store.Tx, step *guichet.Step) error {
	former := guichet.ID("")
	if l.ticket.TeamID == step.Ticket.TeamID {
		former = l.ticket.AssigneeID
	}
	trace, err := dispatch(ctx, tx, l.desk, &step.Ticket, dispatching{former: former})
	if err != nil || trace == nil {
		return err
	}
	step.Event.Changes, step.Event.Trace = guichet.Diff(l.ticket, step.Ticket), &guichet.Trace{Dispatch: trace}
	return nil
}

// Wake is the handler of JobWake: the date of a pending ticket has passed, it goes back to work and
// its technician is told (A5). A ticket that moved on meanwhile is left.
func (d *Desk) Wake(ctx context.Context, tx *store.Tx, j store.Job) error {
	return d.timed(ctx, tx, j, func(t guichet.Ticket) (guichet.Action, bool) {
		return guichet.ActionResume, t.State == guichet.StatePending && !t.PendingUntil.IsZero() && !t.PendingUntil.After(tx.Now)
	})
}

// Close is the handler of JobClose: nobody answered the solution in time (A8).
func (d *Desk) Close(ctx context.Context, tx *store.Tx, j store.Job) error {
	return d.timed(ctx, tx, j, func(t guichet.Ticket) (guichet.Action, bool) {
		return guichet.ActionClose, t.State == guichet.StateResolved && !t.CloseAt.IsZero() && !t.CloseAt.After(tx.Now)
	})
}

func (d *Desk) timed(ctx context.Context, tx *store.Tx, j store.Job, due func(guichet.Ticket) (guichet.Action, bool)) error {
	t, err := tx.TicketByID(ctx, guichet.ID(j.Payload))
	if err != nil {
		return err
	}
	action, ok := due(t)
	if !ok {
		return nil
	}
	l, err := complete(ctx, tx, t)
	if err != nil {
		return err
	}
	system := guichet.SystemActor()
	if err := l.authorise(system, action); err != nil {
		return err
	}
	_, err = l.decide(ctx, tx, system, guichet.Act{Action: action})
	return err
}
