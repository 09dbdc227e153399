package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// Query says which persons of the directory to list.
type Query struct {
	Text         string
	Organisation guichet.ID
	Role         guichet.ID
	Gone         bool // those whose record is closed, instead of the others
	All          bool // both
	After        guichet.ID
	Limit        int
}

// Page is a page of persons, in the order of their names.
type Page struct {
	People []guichet.Person
	Next   guichet.ID // after which the next page begins; empty when there is no more
}

// People lists persons of the organisations whose directory the actor keeps. Error: denied without that
// permission.
func (d *Directory) People(ctx context.Context, actor guichet.Actor, q Query) (Page, error) {
	if !actor.Has(guichet.PermissionPeople) {
		return Page{}, guichet.Denied("denied")
	}
	if q.Limit <= 0 || q.Limit > MaxPage {
		q.Limit = MaxPage
	}
	var page Page
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		page, err = pageOf(ctx, tx, actor, q)
		return err
	})
	return page, err
}

// pageOf reads one person more than asked for, which tells whether there is a next page.
func pageOf(ctx context.Context, tx *store.Tx, actor guichet.Actor, q Query) (Page, error) {
	kept, err := tx.ListPeople(ctx, store.PeopleQuery{Roots: actor.Keeping(), Organisation: q.Organisation,
		Text: strings.TrimSpace(markup.Clean(q.Text)), Role: q.Role, Active: q.All || !q.Gone, Inactive: q.All || q.Gone,
		After: q.After, Limit: q.Limit + 1})
	if err != nil || len(kept) <= q.Limit {
		return Page{People: kept}, err
	}
	return Page{People: kept[:q.Limit], Next: kept[q.Limit-1].ID}, nil
}

// sortByName orders things as a French reader expects, by name and then by key.
func sortByName[T any](list []T, of func(T) (string, guichet.ID)) {
	slices.SortFunc(list, func(a, b T) int {
		nameA, idA := of(a)
		nameB, idB := of(b)
		return cmp.Or(strings.Compare(lexis.SortKey(nameA), lexis.SortKey(nameB)), cmp.Compare(idA, idB))
	})
}
