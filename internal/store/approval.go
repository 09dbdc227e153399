package store

import (
	"context"
	"time"

	"guichet"
)

const approvalColumns = `a.id, a.ticket_id, a.step, a.step_name, a.approver_id, a.for_id, a.needs_all, a.need, a.chosen,
	a.decision, a.reason, a.withdrawn, a.asked_at, a.decided_at`

func scanApproval(r scanner) (a guichet.Approval, err error) {
	return a, r.Scan(&a.ID, &a.TicketID, &a.Step, &a.StepName, &a.ApproverID, id(&a.ForID), &a.All, &a.Need, decoded{&a.Chosen},
		&a.Decision, &a.Reason, &a.Withdrawn, moment{&a.AskedAt}, moment{&a.DecidedAt})
}

// InsertApproval puts a question to an approver.
func (tx *Tx) InsertApproval(ctx context.Context, a guichet.Approval) error {
	chosen, err := encoded(a.Chosen)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO approval (id, ticket_id, step, step_name, approver_id, for_id, needs_all, need, chosen,
			decision, reason, withdrawn, asked_at, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, string(a.ID), string(a.TicketID), a.Step, a.StepName,
		string(a.ApproverID), nullable(a.ForID), a.All, a.Need, chosen, string(a.Decision), a.Reason, a.Withdrawn,
		micros(a.AskedAt), micros(a.DecidedAt))
}

// DecideApproval records an answer, once.
func (tx *Tx) DecideApproval(ctx context.Context, approval guichet.ID, d guichet.Decision, reason string) error {
	n, err := tx.affected(ctx, `UPDATE approval SET decision = $1, reason = $2, decided_at = $3
		WHERE id = $4 AND decision = '' AND withdrawn = FALSE`,
		string(d), reason, micros(tx.Now), string(approval))
	if err == nil && n == 0 {
		return guichet.Conflict("approval.decided")
	}
	return err
}

// WithdrawApproval takes a question back: neither it nor its answer counts any more.
func (tx *Tx) WithdrawApproval(ctx context.Context, approval guichet.ID) error {
	return tx.exec(ctx, `UPDATE approval SET withdrawn = TRUE WHERE id = $1`, string(approval))
}

// Approval reads one question.
func (tx *Tx) Approval(ctx context.Context, approval guichet.ID) (guichet.Approval, error) {
	return one(ctx, tx, "approval", scanApproval, `SELECT `+approvalColumns+` FROM approval a WHERE a.id = $1`, string(approval))
}

// Approvals lists the questions of a ticket by step.
func (tx *Tx) Approvals(ctx context.Context, ticket guichet.ID) ([]guichet.Approval, error) {
	return many(ctx, tx, scanApproval, `SELECT `+approvalColumns+` FROM approval a WHERE a.ticket_id = $1
		ORDER BY a.step, a.asked_at, a.id`, string(ticket))
}

// SavePlan keeps the steps of a ticket and where the present one stands.
func (tx *Tx) SavePlan(ctx context.Context, p guichet.ApprovalPlan) error {
	steps, err := encoded(p.Steps)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO approval_plan (ticket_id, steps, asked_at, reminded_at, expires_at, passed)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (ticket_id) DO UPDATE SET asked_at = excluded.asked_at, reminded_at = excluded.reminded_at,
			expires_at = excluded.expires_at, passed = excluded.passed`,
		string(p.TicketID), steps, micros(p.AskedAt), micros(p.RemindedAt), micros(p.ExpiresAt), p.Passed)
}

// Plan reads the steps of a ticket; a ticket that asks for no agreement has none, without an error.
func (tx *Tx) Plan(ctx context.Context, ticket guichet.ID) (guichet.ApprovalPlan, error) {
	list, err := many(ctx, tx, func(r scanner) (p guichet.ApprovalPlan, err error) {
		return p, r.Scan(&p.TicketID, decoded{&p.Steps}, moment{&p.AskedAt}, moment{&p.RemindedAt}, moment{&p.ExpiresAt}, &p.Passed)
	}, `SELECT ticket_id, steps, asked_at, reminded_at, expires_at, passed FROM approval_plan WHERE ticket_id = $1`, string(ticket))
	if err != nil || len(list) == 0 {
		return guichet.ApprovalPlan{TicketID: ticket}, err
	}
	return list[0], nil
}

// WaitingApproval is a question that an approver has not answered yet, with its ticket.
type WaitingApproval struct {
	ID        guichet.ID
	Number    int64
	Title     string
	ServiceID guichet.ID
	Requester string
	StepName  string
	For       string // name of whom the approver answers for, empty: himself
	AskedAt   time.Time
	ExpiresAt time.Time // zero: it is waited for ever
}

// unfilled holds while nobody has answered for the seat of a question.
const unfilled = `a.decision = '' AND a.withdrawn = FALSE AND NOT EXISTS (SELECT 1 FROM approval b
	WHERE b.ticket_id = a.ticket_id AND b.step = a.step AND b.withdrawn = FALSE AND b.decision <> ''
	AND COALESCE(b.for_id, b.approver_id) = COALESCE(a.for_id, a.approver_id))`

// WaitingApprovals lists the questions put to a person whose ticket still waits, oldest first. Those put to
// a deputy are listed while the other is away.
func (tx *Tx) WaitingApprovals(ctx context.Context, person guichet.ID, limit int) ([]WaitingApproval, error) {
	return many(ctx, tx, func(r scanner) (w WaitingApproval, err error) {
		var p, away guichet.Person
		err = r.Scan(&w.ID, &w.Number, &w.Title, id(&w.ServiceID), &w.StepName, moment{&w.AskedAt}, moment{&w.ExpiresAt},
			&p.GivenName, &p.FamilyName, &away.GivenName, &away.FamilyName)
		w.Requester, w.For = p.Name(), away.Name()
		return w, err
	}, `SELECT a.id, t.number, t.title, t.service_id, a.step_name, a.asked_at, COALESCE(l.expires_at, 0), p.given_name, p.family_name,
			COALESCE(f.given_name, ''), COALESCE(f.family_name, '')
		FROM approval a JOIN ticket t ON t.id = a.ticket_id JOIN person p ON p.id = t.requester_id
		LEFT JOIN person f ON f.id = a.for_id LEFT JOIN approval_plan l ON l.ticket_id = a.ticket_id
		WHERE a.approver_id = $1 AND `+unfilled+` AND t.state = 'awaiting_approval' AND a.step = t.approval_step
			AND (a.for_id IS NULL OR EXISTS (SELECT 1 FROM absence x WHERE x.person_id = a.for_id AND x.deputy_id = a.approver_id
				AND x.starts_at <= $3 AND x.ends_at > $3))
		ORDER BY a.asked_at, a.id LIMIT $2`, string(person), limit, micros(tx.Now))
}
