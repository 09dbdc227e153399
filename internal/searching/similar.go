package searching

import (
	"cmp"
	"context"
	"math"
	"slices"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/store"
)

// Row is what a list shows of a ticket.
type Row = store.TicketRow

const (
	maxSimilar   = 5
	similarAmong = 300 // newest tickets that share a word of the title
)

// Similar finds the tickets whose titles are most like that of a ticket, among those that the actor may see: words
// that few of them share count more, and so does the same service.
func (s *Searching) Similar(ctx context.Context, actor guichet.Actor, t guichet.Ticket) ([]Row, error) {
	var tokens []string
	for _, w := range lexis.Telling(lexis.Words(t.Title)) {
		if token := lexis.Stem(w); !slices.Contains(tokens, token) && len(tokens) < maxTypedWords {
			tokens = append(tokens, token)
		}
	}
	var rows []Row
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Alike(ctx, actor.Scope(), tokens, similarAmong)
		if err != nil {
			return err
		}
		rows, err = tx.RowsByNumber(ctx, closest(t, tokens, list))
		return err
	})
	return rows, err
}

// closest ranks the tickets by the words that they share with a ticket.
func closest(t guichet.Ticket, tokens []string, list []store.Titled) []int64 {
	shared, known := map[int64][]string{}, map[string]int{}
	list = slices.DeleteFunc(list, func(x store.Titled) bool { return x.Number == t.Number })
	for _, x := range list {
		own := lexis.Tokens(x.Title)
		for _, token := range tokens {
			if slices.Contains(own, token) {
				shared[x.Number] = append(shared[x.Number], token)
				known[token]++
			}
		}
	}
	score := func(x store.Titled) (sum float64) {
		for _, token := range shared[x.Number] {
			sum += math.Log(1 + float64(len(list))/float64(known[token]))
		}
		if x.ServiceID == t.ServiceID {
			sum *= 1.25
		}
		return sum
	}
	slices.SortStableFunc(list, func(a, b store.Titled) int { return cmp.Compare(score(b), score(a)) })
	var out []int64
	for _, x := range list {
		if len(shared[x.Number])*3 >= len(tokens) && len(out) < maxSimilar {
			out = append(out, x.Number)
		}
	}
	return out
}
