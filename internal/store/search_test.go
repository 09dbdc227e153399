package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// Words that stand in many tickets still find the old ticket of
// whoever asks, and nothing internal.
func TestCommonWordsFindMyOldTicket(t *testing.T) {
	s := Open(t, nil)
	Fill(t, s)
	ctx := context.Background()
	add := func(tx *store.Tx, i int, who guichet.ID, internal bool) error {
		at := time.Unix(int64(1_000_000+i), 0)
		ticket := guichet.Ticket{ID: guichet.ID(fmt.Sprint("t", i)), State: guichet.StateNew, RequesterID: who, BeneficiaryID: who, OpenedByID: who, OpenedAt: at, UpdatedAt: at}
		if err := tx.InsertTicket(ctx, &ticket); err != nil {
			return err
		}
		if err := tx.AddParty(ctx, ticket.ID, guichet.Party{PersonID: who, Role: guichet.PartyRequester}); err != nil {
			return err
		}
		return tx.Index(ctx, ticket, guichet.Event{Seq: 1, Kind: guichet.EventFollowedUp, Internal: internal}, "Mots de passe")
	}
	err := s.Write(ctx, func(tx *store.Tx) error {
		if err := add(tx, 0, Rita, false); err != nil {
			return err
		}
		if err := add(tx, 1, Rita, true); err != nil {
			return err
		}
		for i := range 1100 {
			if err := add(tx, i+2, Stan, false); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who   guichet.ID
		limit int
		want  int
	}{{Rita, 10, 1}, {Stan, 10, 10}, {Fay, 2000, 1102}} {
		err := s.Read(ctx, func(tx *store.Tx) error {
			rows, _, err := tx.Tickets(ctx, store.TicketQuery{Scope: Actor(t, s, c.who).Scope(), Query: Asked("mot de passe"), Limit: c.limit})
			if len(rows) != c.want {
				t.Errorf("%s finds %d tickets, want %d", c.who, len(rows), c.want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A phrase whose words are everywhere and that stands in an old ticket only is found, page by page: no page reads the
// texts of all of them.
func TestAPhraseOfCommonWordsIsFoundPageByPage(t *testing.T) {
	s := Open(t, nil)
	Fill(t, s)
	ctx := context.Background()
	err := s.Write(ctx, func(tx *store.Tx) error {
		for i := range 3100 {
			at := time.Unix(int64(1_000_000+i), 0)
			ticket := guichet.Ticket{ID: guichet.ID(fmt.Sprint("t", i)), State: guichet.StateNew, RequesterID: Stan, BeneficiaryID: Stan, OpenedByID: Stan,
				Description: "Le passe des mots de la veille", OpenedAt: at, UpdatedAt: at}
			if i == 5 {
				ticket.Description = "Un mot de passe de la veille"
			}
			if err := tx.InsertTicket(ctx, &ticket); err != nil {
				return err
			}
			if err := tx.Index(ctx, ticket, guichet.Event{Kind: guichet.EventOpened}, ticket.Description); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	asker := Actor(t, s, Fay)
	q := store.TicketQuery{Scope: asker.Scope(), Asker: asker, Query: Asked(`"mot de passe"`), Limit: 50}
	var pages []int
	for {
		var rows []store.TicketRow
		err := s.Read(ctx, func(tx *store.Tx) (err error) { rows, q.After, err = tx.Tickets(ctx, q); return err })
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, len(rows))
		if len(rows) == 1 && rows[0].Number != 6 {
			t.Errorf("found %d", rows[0].Number)
		}
		if q.After == (store.Cursor{}) {
			break
		}
	}
	if len(pages) != 2 || pages[0] != 0 || pages[1] != 1 {
		t.Errorf("pages of %v tickets, want none, then one", pages)
	}
}
