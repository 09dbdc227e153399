package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// ask puts the question of a step to its approvers (A2).
func ask(ctx context.Context, tx *store.Tx, t *guichet.Ticket, steps []guichet.ApprovalStep, step int) ([]guichet.Approval, guichet.Event, error) {
	s := steps[step-1]
	approvers, err := approvers(ctx, tx, *t, s)
	if err != nil {
		return nil, guichet.Event{}, err
	}
	if len(approvers) == 0 {
		return nil, guichet.Event{}, guichet.Conflict("approval.nobody", "Step", s.Name)
	}
	var list []guichet.Approval
	for _, a := range approvers {
		list = append(list, guichet.Approval{ID: guichet.NewID(tx.Now), TicketID: t.ID, Step: step, StepName: s.Name,
			ApproverID: a, All: s.All, AskedAt: tx.Now})
	}
	t.ApprovalStep = step
	return list, own(tx, t, guichet.EventApprovalRequested), nil
}

// approvers lists who answers at a step, without the requester and the beneficiary: nobody agrees
// to what he or she asks for.
func approvers(ctx context.Context, tx *store.Tx, t guichet.Ticket, s guichet.ApprovalStep) ([]guichet.ID, error) {
	var out []guichet.ID
	for _, spec := range s.Approvers {
		found, err := named(ctx, tx, t, spec)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			if id != t.RequesterID && id != t.BeneficiaryID && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out, nil
}

func named(ctx context.Context, tx *store.Tx, t guichet.Ticket, spec guichet.ApproverSpec) ([]guichet.ID, error) {
	if spec.Login == "" {
		return tx.Holders(ctx, []guichet.ID{spec.Role}, t.OrganisationID, t.ServiceID)
	}
	p, _, err := tx.PersonByLogin(ctx, spec.Login)
	switch {
	case err == nil:
		return []guichet.ID{p.ID}, nil
	case guichet.KindOf(err) == guichet.KindNotFound:
		err = nil // nobody answers by that name: the other approvers of the step do
	}
	return nil, err
}

// AnswerApproval records the answer of an approver. A refusal needs its reason and ends the ticket;
// the last agreement of the last step opens it. Errors: not found for anybody but the approver,
// invalid without a reason, conflict when it was answered or is no longer waited for.
func (d *Desk) AnswerApproval(ctx context.Context, actor guichet.Actor, approval guichet.ID, decision guichet.Decision, reason string) (guichet.Ticket, error) {
	if !actor.MayWrite() {
		return guichet.Ticket{}, guichet.Denied("token.read_only")
	}
	reason = body(reason)
	if err := checkAnswer(decision, reason); err != nil {
		return guichet.Ticket{}, err
	}
	var t guichet.Ticket
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		a, err := tx.Approval(ctx, approval)
		if err == nil && a.ApproverID != actor.Person.ID {
			err = guichet.NotFound("approval")
		}
		if err != nil {
			return err
		}
		t, err = answer(ctx, tx, actor, a, decision, reason)
		return err
	})
	return t, err
}

func checkAnswer(decision guichet.Decision, reason string) error {
	var p guichet.Problems
	switch decision {
	case guichet.DecisionRefused:
		p.Text("reason", reason, guichet.MaxReason)
	case guichet.DecisionApproved:
		p.AtMost("reason", reason, guichet.MaxReason)
	default:
		p.Add("decision", "field.unknown_value")
	}
	return p.Err()
}

func answer(ctx context.Context, tx *store.Tx, actor guichet.Actor, a guichet.Approval, decision guichet.Decision, reason string) (guichet.Ticket, error) {
	t, err := tx.TicketByID(ctx, a.TicketID)
	if err != nil {
		return t, err
	}
	if a.Decision != "" {
		return t, guichet.Conflict("approval.decided")
	}
	if t.State != guichet.StateAwaitingApproval || t.ApprovalStep != a.Step {
		return t, guichet.Conflict("approval.over")
	}
	if err := tx.DecideApproval(ctx, a.ID, decision, reason); err != nil {
		return t, err
	}
	l, err := complete(ctx, tx, t)
	if err != nil {
		return t, err
	}
	return l.advance(ctx, tx, actor, reason)
}

// advance draws the consequence of the answers given so far to the present step.
func (l loaded) advance(ctx context.Context, tx *store.Tx, actor guichet.Actor, reason string) (guichet.Ticket, error) {
	approvals, err := tx.Approvals(ctx, l.ticket.ID)
	if err != nil {
		return l.ticket, err
	}
	verdict := guichet.StepVerdict(approvals, l.ticket.ApprovalStep)
	steps := l.desk.Offerings[l.ticket.OfferingID].Approval
	switch {
	case verdict == guichet.DecisionRefused:
		return l.decide(ctx, tx, actor, guichet.Act{Action: guichet.ActionRefuse, Text: reason})
	case verdict == guichet.DecisionApproved && l.ticket.ApprovalStep < len(steps):
		return l.nextStep(ctx, tx, actor, steps, reason)
	case verdict == guichet.DecisionApproved:
		return l.decide(ctx, tx, actor, guichet.Act{Action: guichet.ActionApprove, Text: reason})
	}
	after := l.ticket
	return after, save(ctx, tx, l.ticket, &after, []guichet.Event{given(tx, actor, reason)})
}

func (l loaded) nextStep(ctx context.Context, tx *store.Tx, actor guichet.Actor, steps []guichet.ApprovalStep, reason string) (guichet.Ticket, error) {
	after := l.ticket
	approvals, asked, err := ask(ctx, tx, &after, steps, l.ticket.ApprovalStep+1)
	if err != nil {
		return l.ticket, err
	}
	for _, a := range approvals {
		if err := tx.InsertApproval(ctx, a); err != nil {
			return l.ticket, err
		}
		if err := tx.AddParty(ctx, a.TicketID, guichet.Party{PersonID: a.ApproverID, Role: guichet.PartyApprover}); err != nil {
			return l.ticket, err
		}
	}
	return after, save(ctx, tx, l.ticket, &after, []guichet.Event{given(tx, actor, reason), asked})
}

func given(tx *store.Tx, actor guichet.Actor, reason string) guichet.Event {
	return guichet.Event{At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: guichet.EventApprovalGiven, Text: reason}
}

// waiting is the question of a ticket that waits for this actor. Whoever has answered, or was asked
// at a step that is over, is told so.
func (l loaded) waiting(ctx context.Context, tx *store.Tx, actor guichet.Actor) (guichet.Approval, error) {
	approvals, err := tx.Approvals(ctx, l.ticket.ID)
	if err != nil {
		return guichet.Approval{}, err
	}
	err = guichet.Denied("action.denied")
	for _, a := range approvals {
		switch {
		case a.ApproverID != actor.Person.ID:
		case a.Decision != "":
			err = guichet.Conflict("approval.decided")
		case a.Step == l.ticket.ApprovalStep:
			return a, nil
		default:
			err = guichet.Conflict("approval.over")
		}
	}
	return guichet.Approval{}, err
}
