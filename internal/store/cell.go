package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"guichet"
)

// cell is where an unfinished ticket stands, as far as views tell tickets apart.
type cell struct {
	team, service, organisation guichet.ID
	level                       guichet.Level
	state                       guichet.State
	priority                    guichet.Priority
	kind                        guichet.Kind
	held                        bool // somebody has it in hand
}

func cellOf(t guichet.Ticket) cell {
	return cell{t.TeamID, t.ServiceID, t.OrganisationID, t.Level, t.State, t.Priority, t.Kind, t.AssigneeID != ""}
}

// ticket is any ticket that stands in the cell, for the rules that look at tickets.
func (c cell) ticket() guichet.Ticket {
	return guichet.Ticket{TeamID: c.team, ServiceID: c.service, OrganisationID: c.organisation, Level: c.level, State: c.state,
		Priority: c.priority, Kind: c.kind}
}

func compareCells(a, b cell) int {
	return cmp.Or(cmp.Compare(a.team, b.team), cmp.Compare(a.service, b.service), cmp.Compare(a.organisation, b.organisation),
		cmp.Compare(a.level, b.level), cmp.Compare(a.state, b.state), cmp.Compare(a.priority, b.priority),
		cmp.Compare(a.kind, b.kind), cmp.Compare(truth(a.held), truth(b.held)))
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// move notes that a ticket comes into its cell (by 1) or leaves it (by -1). The cells are written when the
// transaction ends.
func (tx *Tx) move(t guichet.Ticket, by int64) {
	tx.recounts = true
	if t.State.Final() {
		return
	}
	if tx.cells == nil {
		tx.cells = map[cell]int64{}
	}
	tx.cells[cellOf(t)] += by
}

// saveCells writes what the transaction changed of the cells, as its last statements: they are locked for as
// short as can be, and always in the same order, so that no two transactions wait for each other.
func (tx *Tx) saveCells(ctx context.Context) error {
	for _, c := range slices.SortedFunc(maps.Keys(tx.cells), compareCells) {
		by := tx.cells[c]
		if by == 0 {
			continue
		}
		err := tx.exec(ctx, `INSERT INTO ticket_cell (team_id, service_id, organisation_id, level, state, priority, kind, held, n)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (team_id, service_id, organisation_id, level, state, priority, kind, held)
			DO UPDATE SET n = ticket_cell.n + excluded.n`, string(c.team), string(c.service), string(c.organisation),
			string(c.level), string(c.state), string(c.priority), string(c.kind), c.held, by)
		if err != nil {
			return err
		}
	}
	tx.cells = nil
	return nil
}

// counted is a cell with how many tickets stand in it.
type counted struct {
	cell
	n int64
}

const cellColumns = `t.team_id, t.service_id, t.organisation_id, t.level, t.state, t.priority, t.kind, t.held`

func scanCell(r scanner) (c counted, err error) {
	return c, r.Scan(&c.team, &c.service, &c.organisation, &c.level, &c.state, &c.priority, &c.kind, &c.held, &c.n)
}

// cellsOf reads the cells whose tickets a scope handles.
func (tx *Tx) cellsOf(ctx context.Context, s guichet.Scope) ([]counted, error) {
	var b builder
	b.and("t.n <> 0")
	if !s.All {
		b.and(anyOf(b.handled(s)))
	}
	return many(ctx, tx, scanCell, `SELECT `+cellColumns+`, t.n FROM ticket_cell t WHERE `+b.sql(), b.args...)
}

// cellsFollowed reads the cells whose tickets a scope follows and does not handle.
func (tx *Tx) cellsFollowed(ctx context.Context, s guichet.Scope) ([]counted, error) {
	if len(s.Followed) == 0 {
		return nil, nil
	}
	var b builder
	b.and("t.n <> 0")
	b.and(anyOf(b.followed(s)))
	b.and("(" + anyOf(b.handled(s)) + ") IS NOT TRUE")
	return many(ctx, tx, scanCell, `SELECT `+cellColumns+`, t.n FROM ticket_cell t WHERE `+b.sql(), b.args...)
}

const countCells = `SELECT COALESCE(t.team_id, ''), COALESCE(t.service_id, ''), COALESCE(t.organisation_id, ''), t.level, t.state,
	t.priority, t.kind, t.assignee_id IS NOT NULL, COUNT(*) FROM ticket t WHERE t.phase < 2
	GROUP BY COALESCE(t.team_id, ''), COALESCE(t.service_id, ''), COALESCE(t.organisation_id, ''), t.level, t.state,
	t.priority, t.kind, t.assignee_id IS NOT NULL`

// WrongCells counts the tickets and compares with what is kept: how many cells differ. It reads every
// unfinished ticket.
func (tx *Tx) WrongCells(ctx context.Context) (int, error) {
	kept, err := tx.cellsOf(ctx, guichet.Scope{All: true})
	if err != nil {
		return 0, err
	}
	found, err := many(ctx, tx, scanCell, countCells)
	wrong := map[cell]int64{}
	for _, c := range kept {
		wrong[c.cell] += c.n
	}
	for _, c := range found {
		wrong[c.cell] -= c.n
	}
	maps.DeleteFunc(wrong, func(_ cell, n int64) bool { return n == 0 })
	return len(wrong), err
}

// Recount counts the tickets again and returns how many cells were wrong. Whoever changes a ticket meanwhile
// waits to write its cells.
func (tx *Tx) Recount(ctx context.Context) (int, error) {
	if err := tx.saveCells(ctx); err != nil {
		return 0, err
	}
	if lock := tx.store.d.lockTable("ticket_cell"); lock != "" {
		if err := tx.exec(ctx, lock); err != nil {
			return 0, err
		}
	}
	wrong, err := tx.WrongCells(ctx)
	if err != nil || wrong == 0 {
		return wrong, err
	}
	tx.recounts = true
	if err := tx.exec(ctx, `DELETE FROM ticket_cell WHERE n <> 0 OR n = 0`); err != nil {
		return 0, err
	}
	return wrong, tx.exec(ctx, `INSERT INTO ticket_cell (team_id, service_id, organisation_id, level, state, priority, kind, held, n) `+countCells)
}
