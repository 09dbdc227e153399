package store_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"guichet"
	"guichet/internal/store"
)

// Organisations that are moved, one after the other, leave the tree of the database and that of the rules
// the same: what Scope.Sees says of a ticket is still what the database finds, and lists hold the same.
func TestScopeIsTheSameAfterOrganisationsMoved(t *testing.T) {
	inWorld(t, func(ctx context.Context, r *rapid.T, tx *store.Tx, w *world) {
		ids := keys("o", len(w.desk.Organisations))
		for range rapid.IntRange(1, 4).Draw(r, "moves") {
			node, parent := rapid.SampledFrom(ids).Draw(r, "node"), sometimes(r, "below", ids)
			if w.desk.CheckParent(node, parent) != nil {
				continue
			}
			now, err := tx.Desk(ctx)
			if err != nil {
				r.Fatal(err)
			}
			d := w.desk.Clone()
			d.Organisations[node] = guichet.Organisation{ID: node, ParentID: parent, Version: now.Organisations[node].Version}
			d.Index()
			if err := tx.SaveOrganisation(ctx, d, d.Organisations[node]); err != nil {
				r.Fatal(err)
			}
			w.desk = d
		}
		scope := drawScope(r, w)
		for _, ticket := range w.tickets {
			_, err := tx.Ticket(ctx, scope, ticket.Number)
			if found, sees := err == nil, scope.Sees(ticket, w.desk.Place(w.parties[ticket.ID])); found != sees {
				r.Fatalf("scope %+v, ticket %+v: sees %t, found %t (%v)", scope, ticket, sees, found, err)
			}
		}
		compareLists(ctx, r, tx, w, store.TicketQuery{Scope: scope})
	})
}
