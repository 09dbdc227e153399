package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// asking is a step on its way to its approvers.
type asking struct {
	plan      guichet.ApprovalPlan
	approvals []guichet.Approval
	event     guichet.Event
}

// ask puts the question of a step to its approvers, and to the deputies of those who are away (A2).
func ask(ctx context.Context, tx *store.Tx, t *guichet.Ticket, plan guichet.ApprovalPlan, step int) (asking, error) {
	s := plan.Step(step)
	found, err := seats(ctx, tx, *t, s)
	if err != nil {
		return asking{}, err
	}
	t.ApprovalStep = step
	plan.Begin(step, tx.Now)
	q := asking{plan: plan, event: own(tx, t, guichet.EventApprovalRequested)}
	q.approvals, err = questions(ctx, tx, *t, s, found)
	return q, err
}

// approval asks the first of the steps that the request goes through. Who would answer at the later
// ones is known to exist before anybody is asked.
func (o *opening) approval(ctx context.Context, steps []guichet.ApprovalStep) (asking, error) {
	for _, s := range steps[1:] {
		if _, err := seats(ctx, o.tx, o.ticket, s); err != nil {
			return asking{}, err
		}
	}
	return ask(ctx, o.tx, &o.ticket, guichet.ApprovalPlan{Steps: steps}, 1)
}

// seats are those who answer at a step, as many as must agree at least.
func seats(ctx context.Context, tx *store.Tx, t guichet.Ticket, s guichet.ApprovalStep) ([]guichet.Approver, error) {
	found, err := approvers(ctx, tx, t, s.Approvers)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, guichet.Conflict("approval.nobody", "Step", s.Name)
	case len(found) < s.Wanted(len(found)):
		return nil, guichet.Conflict("approval.too_few", "Step", s.Name, "Found", len(found), "Need", s.Need)
	}
	return found, nil
}

// questions are what approvers are asked, and the deputies of those of them who are away.
func questions(ctx context.Context, tx *store.Tx, t guichet.Ticket, s guichet.ApprovalStep, found []guichet.Approver) ([]guichet.Approval, error) {
	all, err := deputised(ctx, tx, t, found)
	var list []guichet.Approval
	for _, a := range all {
		list = append(list, guichet.Approval{ID: guichet.NewID(tx.Now), TicketID: t.ID, Step: t.ApprovalStep, StepName: s.Name,
			ApproverID: a.PersonID, ForID: a.ForID, All: s.All, Need: s.Need, Chosen: a.Chosen, AskedAt: tx.Now})
	}
	return list, err
}

// deputised adds the deputies of those who are away now, but who asks and those who have left.
func deputised(ctx context.Context, tx *store.Tx, t guichet.Ticket, found []guichet.Approver) ([]guichet.Approver, error) {
	var people []guichet.ID
	for _, a := range found {
		people = append(people, a.PersonID)
	}
	away, err := tx.AbsencesOf(ctx, people, tx.Now)
	if err != nil || len(away) == 0 {
		return found, err
	}
	var named []guichet.ID
	for _, a := range away {
		named = append(named, a.DeputyID)
	}
	known, err := tx.People(ctx, named)
	barred := []guichet.ID{t.RequesterID, t.BeneficiaryID}
	for _, id := range named {
		if !known[id].Active {
			barred = append(barred, id)
		}
	}
	return guichet.WithDeputies(found, away, barred...), err
}

// approvers lists who answers at a step, without the requester and the beneficiary: nobody agrees
// to what he or she asks for.
func approvers(ctx context.Context, tx *store.Tx, t guichet.Ticket, specs []guichet.ApproverSpec) ([]guichet.Approver, error) {
	var out []guichet.Approver
	for _, spec := range specs {
		found, err := named(ctx, tx, t, spec)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			known := func(a guichet.Approver) bool { return a.PersonID == id }
			if id != t.RequesterID && id != t.BeneficiaryID && !slices.ContainsFunc(out, known) {
				out = append(out, guichet.Approver{PersonID: id, Chosen: spec})
			}
		}
	}
	return out, nil
}

// named lists the active persons whom a step names in one way.
func named(ctx context.Context, tx *store.Tx, t guichet.Ticket, spec guichet.ApproverSpec) ([]guichet.ID, error) {
	if spec.Role != "" {
		return tx.Holders(ctx, []guichet.ID{spec.Role}, t.OrganisationID, t.ServiceID)
	}
	if spec.Login != "" {
		p, _, err := tx.PersonByLogin(ctx, spec.Login)
		return ifActive(p, err)
	}
	desk, err := tx.Desk(ctx)
	if err != nil || spec.Team != "" {
		return desk.Teams[spec.Team].Members, err
	}
	owner := desk.Owner(t.ServiceID)
	if !spec.Owner || owner == "" {
		return nil, nil
	}
	return ifActive(tx.Person(ctx, owner))
}

// ifActive is a person who is there to answer; the other approvers of a step do when nobody answers by
// that name any more.
func ifActive(p guichet.Person, err error) ([]guichet.ID, error) {
	switch {
	case err == nil && p.Active:
		return []guichet.ID{p.ID}, nil
	case err != nil && guichet.KindOf(err) != guichet.KindNotFound:
		return nil, err
	}
	return nil, nil
}

// applying are the steps that a request asks for, given its answers.
func applying(steps []guichet.ApprovalStep, answers []guichet.Answer) []guichet.ApprovalStep {
	var out []guichet.ApprovalStep
	for _, s := range steps {
		if s.Applies(answers) {
			out = append(out, s)
		}
	}
	return out
}

// planOf reads the steps of a ticket as they stood when it was opened.
func planOf(ctx context.Context, tx *store.Tx, l loaded, approvals []guichet.Approval) (guichet.ApprovalPlan, error) {
	plan, err := tx.Plan(ctx, l.ticket.ID)
	if err != nil || len(plan.Steps) > 0 || len(approvals) == 0 {
		return plan, err
	}
	plan.Steps = l.desk.Offerings[l.ticket.OfferingID].Approval // opened before its steps were kept
	for _, a := range approvals {
		if a.Step == l.ticket.ApprovalStep {
			plan.AskedAt = a.AskedAt
		}
	}
	return plan, nil
}

// keep writes the questions of a step and what is to be done about them in time.
func (q asking) keep(ctx context.Context, tx *store.Tx, t guichet.Ticket) error {
	for _, a := range q.approvals {
		if err := tx.InsertApproval(ctx, a); err != nil {
			return err
		}
		if err := tx.AddParty(ctx, t.ID, guichet.Party{PersonID: a.ApproverID, Role: guichet.PartyApprover}); err != nil {
			return err
		}
	}
	q.plan.TicketID = t.ID
	if err := tx.SavePlan(ctx, q.plan); err != nil {
		return err
	}
	return timer(ctx, tx, JobApproval, t.ID, store.Job{RunAt: q.plan.LookAt(t.ApprovalStep, tx.Now)})
}

// AnswerApproval records the answer of an approver. A refusal needs its reason, and ends the ticket
// once too few can agree; the last agreement of the last step opens it. Errors: not found for anybody
// but the approver, invalid without a reason, conflict when it was answered or is no longer waited for.
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
	approvals, err := tx.Approvals(ctx, t.ID)
	if err != nil {
		return t, err
	}
	if err := over(t, a, approvals); err != nil {
		return t, err
	}
	if err := standsIn(ctx, tx, a); err != nil {
		return t, err
	}
	if err := tx.DecideApproval(ctx, a.ID, decision, reason); err != nil {
		return t, err
	}
	l, err := complete(ctx, tx, t)
	if err != nil {
		return t, err
	}
	a.Decision, a.Reason = decision, reason
	return l.advance(ctx, tx, actor, a)
}

// over says why a question waits for its answer no more: it was given, by the approver or by another
// for the same seat; somebody else was asked instead; the ticket has moved on.
func over(t guichet.Ticket, a guichet.Approval, approvals []guichet.Approval) error {
	switch {
	case a.Decision != "":
		return guichet.Conflict("approval.decided")
	case a.Withdrawn:
		return guichet.Conflict("approval.passed")
	case t.State != guichet.StateAwaitingApproval || t.ApprovalStep != a.Step:
		return guichet.Conflict("approval.over")
	}
	for _, other := range approvals {
		if other.Step == a.Step && other.Seat() == a.Seat() && other.Decision != "" && !other.Withdrawn {
			return guichet.Conflict("approval.filled", "PersonID", string(other.ApproverID))
		}
	}
	return nil
}

// standsIn refuses the answer of a deputy whose time is over: a deputy answers while the other is away,
// and not after. Whoever is back answers for himself (seed 001: the director signs).
func standsIn(ctx context.Context, tx *store.Tx, a guichet.Approval) error {
	if a.ForID == "" {
		return nil
	}
	away, err := tx.AbsencesOf(ctx, []guichet.ID{a.ForID}, tx.Now)
	if err == nil && away.Deputy(a.ForID) != a.ApproverID {
		err = guichet.Conflict("approval.deputy_over")
	}
	return err
}

// advance draws the consequence of the answers given so far to the present step, a being the last.
func (l loaded) advance(ctx context.Context, tx *store.Tx, actor guichet.Actor, a guichet.Approval) (guichet.Ticket, error) {
	approvals, err := tx.Approvals(ctx, l.ticket.ID)
	if err != nil {
		return l.ticket, err
	}
	plan, err := planOf(ctx, tx, l, approvals)
	if err != nil {
		return l.ticket, err
	}
	act := guichet.Act{Text: a.Reason, ForID: a.ForID}
	switch verdict := guichet.StepVerdict(approvals, l.ticket.ApprovalStep); {
	case verdict == guichet.DecisionRefused:
		act.Action = guichet.ActionRefuse
		return l.decide(ctx, tx, actor, act)
	case verdict == guichet.DecisionApproved && l.ticket.ApprovalStep < len(plan.Steps):
		return l.nextStep(ctx, tx, plan, given(tx, actor, a))
	case verdict == guichet.DecisionApproved:
		act.Action = guichet.ActionApprove
		return l.decide(ctx, tx, actor, act)
	}
	after := l.ticket
	return after, save(ctx, tx, l.ticket, &after, []guichet.Event{given(tx, actor, a)})
}

func (l loaded) nextStep(ctx context.Context, tx *store.Tx, plan guichet.ApprovalPlan, last guichet.Event) (guichet.Ticket, error) {
	after := l.ticket
	q, err := ask(ctx, tx, &after, plan, l.ticket.ApprovalStep+1)
	if err != nil {
		return l.ticket, err
	}
	if err := save(ctx, tx, l.ticket, &after, []guichet.Event{last, q.event}); err != nil {
		return l.ticket, err
	}
	return after, q.keep(ctx, tx, after)
}

// given is what an answer that ends nothing leaves in the timeline.
func given(tx *store.Tx, actor guichet.Actor, a guichet.Approval) guichet.Event {
	kind := guichet.EventApprovalGiven
	if a.Decision == guichet.DecisionRefused {
		kind = guichet.EventApprovalDeclined
	}
	return guichet.Event{At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: kind, Text: a.Reason, RefID: a.ForID}
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
		if a.ApproverID != actor.Person.ID {
			continue
		}
		if err = over(l.ticket, a, approvals); err == nil {
			err = standsIn(ctx, tx, a)
		}
		if err == nil {
			return a, nil
		}
	}
	return guichet.Approval{}, err
}
