package store

import (
	"context"
	"time"

	"guichet"
)

// Candidates reads how the members of a team stand for its next ticket: what they have in hand, and when
// the team last gave them one. Until the transaction ends, nobody else chooses for the same team.
func (tx *Tx) Candidates(ctx context.Context, team guichet.Team) ([]guichet.Candidate, error) {
	if _, err := one(ctx, tx, "team", single[guichet.ID], `SELECT t.id FROM team t WHERE t.id = $1`+tx.lock(), string(team.ID)); err != nil {
		return nil, err
	}
	people, err := tx.People(ctx, team.Members)
	if err != nil {
		return nil, err
	}
	turns, err := tx.turns(ctx, team.ID)
	if err != nil {
		return nil, err
	}
	loads, err := tx.inHand(ctx, team.Members)
	if err != nil {
		return nil, err
	}
	var out []guichet.Candidate
	for _, id := range team.Members {
		if p := people[id]; p.Active {
			out = append(out, guichet.Candidate{PersonID: id, Skills: p.Skills, Open: loads[id].open, Load: loads[id].weight, LastAt: turns[id]})
		}
	}
	return out, nil
}

func (tx *Tx) turns(ctx context.Context, team guichet.ID) (map[guichet.ID]time.Time, error) {
	type turn struct {
		person guichet.ID
		at     time.Time
	}
	list, err := many(ctx, tx, func(r scanner) (t turn, err error) {
		return t, r.Scan(&t.person, moment{&t.at})
	}, `SELECT person_id, at FROM dispatch_turn WHERE team_id = $1`, string(team))
	out := map[guichet.ID]time.Time{}
	for _, t := range list {
		out[t.person] = t.at
	}
	return out, err
}

// load is what a person has in hand, over all teams.
type load struct{ open, weight int }

func (tx *Tx) inHand(ctx context.Context, people []guichet.ID) (map[guichet.ID]load, error) {
	out := map[guichet.ID]load{}
	if len(people) == 0 {
		return out, nil
	}
	type row struct {
		person   guichet.ID
		priority guichet.Priority
		n        int
	}
	var b builder
	list, err := many(ctx, tx, func(r scanner) (x row, err error) {
		return x, r.Scan(&x.person, &x.priority, &x.n)
	}, `SELECT t.assignee_id, t.priority, COUNT(*) FROM ticket t WHERE t.phase = 0 AND t.assignee_id IN `+in(&b, people)+`
		GROUP BY t.assignee_id, t.priority`, b.args...)
	for _, x := range list {
		l := out[x.person]
		out[x.person] = load{l.open + x.n, l.weight + x.n*x.priority.Weight()}
	}
	return out, err
}

// KeepTurn records that a team gave a ticket to one of its members. Turns of one team never fall on the
// same moment, so that their order is known.
func (tx *Tx) KeepTurn(ctx context.Context, team, person guichet.ID) error {
	last, err := one(ctx, tx, "turn", single[int64], `SELECT COALESCE(MAX(at), 0) FROM dispatch_turn WHERE team_id = $1`, string(team))
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO dispatch_turn (team_id, person_id, at) VALUES ($1, $2, $3)
		ON CONFLICT (team_id, person_id) DO UPDATE SET at = excluded.at`, string(team), string(person), max(micros(tx.Now), last+1))
}

// SaveDispatch sets how a team gives out what it receives.
func (tx *Tx) SaveDispatch(ctx context.Context, team guichet.ID, d guichet.Dispatch) error {
	body, err := encoded(d)
	if err != nil {
		return err
	}
	n, err := tx.affected(ctx, `UPDATE team SET dispatch = $2 WHERE id = $1`, string(team), body)
	switch {
	case err != nil:
		return err
	case n == 0:
		return guichet.NotFound("team")
	}
	return tx.touchDesk(ctx)
}

// SaveSkills sets what a person knows.
func (tx *Tx) SaveSkills(ctx context.Context, person guichet.ID, skills []string) error {
	body, err := encoded(guichet.CleanTags(skills))
	if err != nil {
		return err
	}
	n, err := tx.affected(ctx, `UPDATE person SET skills = $2 WHERE id = $1`, string(person), body)
	if err == nil && n == 0 {
		return guichet.NotFound("person")
	}
	return err
}

// saveTags keeps the tags of a ticket where lists find them.
func (tx *Tx) saveTags(ctx context.Context, before []string, t guichet.Ticket) error {
	if len(before)+len(t.Tags) == 0 {
		return nil
	}
	if err := tx.exec(ctx, `DELETE FROM ticket_tag WHERE ticket_id = $1`, string(t.ID)); err != nil {
		return err
	}
	for _, tag := range t.Tags {
		err := tx.exec(ctx, `INSERT INTO ticket_tag (tag, ticket_id, phase, updated_at) VALUES ($1, $2, $3, $4)`,
			tag, string(t.ID), phase(t.State), micros(t.UpdatedAt))
		if err != nil {
			return err
		}
	}
	return nil
}
