package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// LookAtApproval is the handler of JobApproval: it looks at the present step of a ticket that waits for
// an agreement. Nobody answered in time: others are asked, or it is refused. Approvers have left: who
// stands in their place is asked. Some are away: so are their deputies; some are back: their deputies are
// not any more. It is time to recall: those who have not answered are told again. A ticket that moved on
// meanwhile is left.
func (d *Desk) LookAtApproval(ctx context.Context, tx *store.Tx, j store.Job) error {
	t, err := tx.TicketByID(ctx, guichet.ID(j.Payload))
	if err != nil || t.State != guichet.StateAwaitingApproval || t.ApprovalStep == 0 {
		return err
	}
	l, err := complete(ctx, tx, t)
	if err != nil {
		return err
	}
	w := standing{loaded: l}
	if w.approvals, err = tx.Approvals(ctx, t.ID); err != nil {
		return err
	}
	if w.plan, err = planOf(ctx, tx, l, w.approvals); err != nil {
		return err
	}
	return w.look(ctx, tx)
}

// standing is a ticket whose present step waits for answers.
type standing struct {
	loaded
	plan      guichet.ApprovalPlan
	approvals []guichet.Approval
}

func (w *standing) look(ctx context.Context, tx *store.Tx) error {
	if !w.plan.ExpiresAt.IsZero() && !tx.Now.Before(w.plan.ExpiresAt) {
		return w.expire(ctx, tx)
	}
	q := asking{plan: w.plan}
	if err := w.replace(ctx, tx, &q); err != nil {
		return err
	}
	if err := w.relieve(ctx, tx); err != nil {
		return err
	}
	if err := w.deputise(ctx, tx, &q); err != nil {
		return err
	}
	var events []guichet.Event
	if len(q.approvals) > 0 {
		events = append(events, own(tx, &w.ticket, guichet.EventApprovalPassed))
	}
	if due := w.plan.RemindAt(w.ticket.ApprovalStep); !due.IsZero() && !tx.Now.Before(due) {
		q.plan.RemindedAt = tx.Now
		events = append(events, own(tx, &w.ticket, guichet.EventApprovalReminded))
	}
	return w.write(ctx, tx, q, events)
}

// write keeps what a look has changed, and asks for the next one.
func (w standing) write(ctx context.Context, tx *store.Tx, q asking, events []guichet.Event) error {
	if len(events) > 0 {
		after := w.ticket
		if err := save(ctx, tx, w.ticket, &after, events); err != nil {
			return err
		}
	}
	return q.keep(ctx, tx, w.ticket)
}

// open lists the questions of the present step whose seat nobody has filled.
func (w standing) open() []guichet.Approval {
	return slices.DeleteFunc(slices.Clone(w.approvals), func(a guichet.Approval) bool {
		return a.Step != w.ticket.ApprovalStep || !a.Awaits(w.approvals)
	})
}

// replace asks those who stand now where an approver who has left was named. Nothing is withdrawn
// without somebody to ask instead: an agreement is not had because somebody left.
func (w *standing) replace(ctx context.Context, tx *store.Tx, q *asking) error {
	gone, err := w.left(ctx, tx)
	if err != nil || len(gone) == 0 {
		return err
	}
	for spec, leavers := range bySpec(gone) {
		found, err := approvers(ctx, tx, w.ticket, []guichet.ApproverSpec{spec})
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(a guichet.Approver) bool { return w.asked(a.PersonID) })
		if len(found) == 0 {
			continue
		}
		for _, a := range w.approvals {
			if slices.Contains(leavers, a.Seat()) && a.Step == w.ticket.ApprovalStep {
				if err := tx.WithdrawApproval(ctx, a.ID); err != nil {
					return err
				}
			}
		}
		fresh, err := questions(ctx, tx, w.ticket, w.counts(), found)
		if err != nil {
			return err
		}
		q.approvals = append(q.approvals, fresh...)
	}
	return nil
}

// counts is the present step as it counts now: any one of those who were asked when it was passed on.
func (w standing) counts() guichet.ApprovalStep {
	s := w.plan.Step(w.ticket.ApprovalStep)
	if w.plan.Passed {
		s.All, s.Need = false, 0
	}
	return s
}

// left lists the open questions whose own approver is active no more.
func (w standing) left(ctx context.Context, tx *store.Tx) ([]guichet.Approval, error) {
	var ids []guichet.ID
	for _, a := range w.open() {
		ids = append(ids, a.Seat())
	}
	people, err := tx.People(ctx, ids)
	return slices.DeleteFunc(w.open(), func(a guichet.Approval) bool { return people[a.Seat()].Active }), err
}

func bySpec(list []guichet.Approval) map[guichet.ApproverSpec][]guichet.ID {
	out := map[guichet.ApproverSpec][]guichet.ID{}
	for _, a := range list {
		out[a.Chosen] = append(out[a.Chosen], a.Seat())
	}
	return out
}

// asked reports whether a person has a question of the present step.
func (w standing) asked(person guichet.ID) bool {
	return slices.ContainsFunc(w.approvals, func(a guichet.Approval) bool {
		return a.Step == w.ticket.ApprovalStep && a.ApproverID == person && !a.Withdrawn
	})
}

// relieve withdraws the open questions of deputies whose time is over. The one who is back has a question
// of the same seat.
func (w *standing) relieve(ctx context.Context, tx *store.Tx) error {
	for i, a := range w.approvals {
		if a.ForID == "" || a.Step != w.ticket.ApprovalStep || !a.Awaits(w.approvals) {
			continue
		}
		err := standsIn(ctx, tx, a)
		if guichet.CodeOf(err) == "approval.deputy_over" {
			w.approvals[i].Withdrawn = true
			err = tx.WithdrawApproval(ctx, a.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// deputise asks the deputies of those who went away after they were asked.
func (w standing) deputise(ctx context.Context, tx *store.Tx, q *asking) error {
	var seated []guichet.Approver
	for _, a := range append(slices.Clone(w.approvals), q.approvals...) {
		if a.Step == w.ticket.ApprovalStep && !a.Withdrawn {
			seated = append(seated, guichet.Approver{PersonID: a.ApproverID, ForID: a.ForID, Chosen: a.Chosen})
		}
	}
	all, err := deputised(ctx, tx, w.ticket, seated)
	if err != nil {
		return err
	}
	open := w.open()
	for _, d := range all[len(seated):] {
		if slices.ContainsFunc(open, func(a guichet.Approval) bool { return a.ApproverID == d.ForID }) {
			s := w.counts()
			q.approvals = append(q.approvals, guichet.Approval{ID: guichet.NewID(tx.Now), TicketID: w.ticket.ID,
				Step: w.ticket.ApprovalStep, StepName: s.Name, ApproverID: d.PersonID, ForID: d.ForID, All: s.All, Need: s.Need,
				Chosen: d.Chosen, AskedAt: tx.Now})
		}
	}
	return nil
}

// expire ends the wait: those who are named for that are asked, once, or the request is refused.
func (w standing) expire(ctx context.Context, tx *store.Tx) error {
	step := w.plan.Step(w.ticket.ApprovalStep)
	found, err := approvers(ctx, tx, w.ticket, step.Fallback)
	if err != nil {
		return err
	}
	if len(found) == 0 || w.plan.Passed {
		end := w.desk.Expire(w.ticket, tx.Now)
		return save(ctx, tx, w.ticket, &end.Ticket, []guichet.Event{end.Event})
	}
	for _, a := range w.approvals {
		if a.Step != w.ticket.ApprovalStep {
			continue
		}
		if err := tx.WithdrawApproval(ctx, a.ID); err != nil {
			return err
		}
	}
	q := asking{plan: w.plan}
	q.plan.Begin(w.ticket.ApprovalStep, tx.Now)
	q.plan.Passed = true
	step.All, step.Need = false, 0
	if q.approvals, err = questions(ctx, tx, w.ticket, step, found); err != nil {
		return err
	}
	return w.write(ctx, tx, q, []guichet.Event{own(tx, &w.ticket, guichet.EventApprovalPassed)})
}
