package searching_test

import (
	"context"
	"slices"
	"testing"

	"guichet"
	. "guichet/internal/store/storetest"
)

// Tickets like another one are found by the words of their titles, among those that one may see.
func TestSimilarTickets(t *testing.T) {
	s := newStage(t)
	first := s.open(Rita, "Imprimante du hall bloquée", "x")
	second := s.open(Stan, "Imprimantes bloquées au hall", "x")
	third := s.open(Stan, "Imprimante sans encre", "x")
	s.open(Stan, "Borne éteinte", "imprimante bloquée")
	for _, c := range []struct {
		who  guichet.ID
		of   guichet.Ticket
		want []int64
	}{
		{Fay, first, []int64{second.Number, third.Number}}, {Fay, third, []int64{second.Number, first.Number}},
		{Rita, first, nil}, {Stan, second, []int64{third.Number}},
	} {
		rows, err := s.seek.Similar(context.Background(), Actor(t, s.store, c.who), c.of)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, r := range rows {
			got = append(got, r.Number)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s, like %d: %v, want %v", c.who, c.of.Number, got, c.want)
		}
	}
}
