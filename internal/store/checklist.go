package store

import (
	"context"

	"guichet"
)

// InsertChecklist adds a checklist to a ticket. Error: conflict when one of the same template is there.
func (tx *Tx) InsertChecklist(ctx context.Context, l guichet.Checklist) error {
	n, err := tx.affected(ctx, `INSERT INTO checklist (id, ticket_id, template_id, name, added_by_id, added_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (ticket_id, template_id) DO NOTHING`,
		string(l.ID), string(l.TicketID), string(l.TemplateID), l.Name, nullable(l.AddedByID), micros(l.AddedAt))
	if err == nil && n == 0 {
		err = guichet.Conflict("checklist.there")
	}
	for i, c := range l.Items {
		if err != nil {
			return err
		}
		err = tx.insertCheck(ctx, l.ID, i, c)
	}
	return err
}

func (tx *Tx) insertCheck(ctx context.Context, list guichet.ID, position int, c guichet.Check) error {
	words, err := encoded(c.Text)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO checklist_item (checklist_id, position, key, words, required, done_by_id, done_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, string(list), position, c.Key, words, c.Required, nullable(c.DoneByID), micros(c.DoneAt))
}

// Checklists lists the checklists of a ticket in the order of their adding, with their points in order.
func (tx *Tx) Checklists(ctx context.Context, ticket guichet.ID) ([]guichet.Checklist, error) {
	lists, err := many(ctx, tx, func(r scanner) (l guichet.Checklist, err error) {
		return l, r.Scan(&l.ID, &l.TicketID, &l.TemplateID, &l.Name, id(&l.AddedByID), moment{&l.AddedAt})
	}, `SELECT id, ticket_id, template_id, name, added_by_id, added_at FROM checklist WHERE ticket_id = $1
		ORDER BY added_at, id`, string(ticket))
	if err != nil || len(lists) == 0 {
		return nil, err
	}
	type row struct {
		list guichet.ID
		item guichet.Check
	}
	items, err := many(ctx, tx, func(r scanner) (x row, err error) {
		return x, r.Scan(&x.list, &x.item.Key, decoded{&x.item.Text}, &x.item.Required, id(&x.item.DoneByID), moment{&x.item.DoneAt})
	}, `SELECT i.checklist_id, i.key, i.words, i.required, i.done_by_id, i.done_at
		FROM checklist_item i JOIN checklist c ON c.id = i.checklist_id WHERE c.ticket_id = $1
		ORDER BY i.checklist_id, i.position`, string(ticket))
	for i := range lists {
		for _, x := range items {
			if x.list == lists[i].ID {
				lists[i].Items = append(lists[i].Items, x.item)
			}
		}
	}
	return lists, err
}

// SetCheck checks a point of a checklist for a person, or takes the check back. It reports whether
// anything changed.
func (tx *Tx) SetCheck(ctx context.Context, list guichet.ID, key string, by guichet.ID, done bool) (bool, error) {
	query, args := `UPDATE checklist_item SET done_by_id = $3, done_at = $4 WHERE checklist_id = $1 AND key = $2 AND done_at = 0`,
		[]any{string(list), key, nullable(by), micros(tx.Now)}
	if !done {
		query, args = `UPDATE checklist_item SET done_by_id = NULL, done_at = 0 WHERE checklist_id = $1 AND key = $2 AND done_at <> 0`,
			args[:2]
	}
	n, err := tx.affected(ctx, query, args...)
	return n > 0, err
}

// DeleteChecklist takes a checklist off its ticket.
func (tx *Tx) DeleteChecklist(ctx context.Context, list guichet.ID) error {
	if err := tx.exec(ctx, `DELETE FROM checklist_item WHERE checklist_id = $1`, string(list)); err != nil {
		return err
	}
	return tx.exec(ctx, `DELETE FROM checklist WHERE id = $1`, string(list))
}
