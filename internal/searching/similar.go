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
	maxSimilar  = 5
	newestOf    = 40 // tickets that have a word in their titles, of each word
	similarMost = 6  // times that titles are read, when few of those found are the actor's to see
)

// Similar finds the tickets whose titles are most like that of a ticket, among those that the actor may see: words
// that few have count more, and so does the same service. The index says which are worth reading.
func (s *Searching) Similar(ctx context.Context, actor guichet.Actor, t guichet.Ticket) ([]Row, error) {
	l := likeness{of: t}
	for _, w := range lexis.Telling(lexis.Words(t.Title)) {
		if token := lexis.Stem(w); !slices.Contains(l.tokens, token) && len(l.tokens) < maxTypedWords {
			l.tokens = append(l.tokens, token)
		}
	}
	var rows []Row
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		found, err := tx.NewestTitled(ctx, l.tokens, newestOf)
		if err != nil {
			return err
		}
		near := l.near(found)
		for range similarMost {
			if len(l.close) >= maxSimilar || len(near) == 0 {
				break
			}
			n := min(store.MaxTitles, len(near))
			list, err := tx.TitlesOf(ctx, actor.Scope(), near[:n])
			if err != nil {
				return err
			}
			near = near[n:]
			l.read(list)
		}
		rows, err = tx.RowsByNumber(ctx, l.closest())
		return err
	})
	return rows, err
}

// likeness looks for the tickets that are like one.
type likeness struct {
	of     guichet.Ticket
	tokens []string
	rare   []float64 // what each token says
	close  []scored
}

type scored struct {
	number int64
	score  float64
}

// near ranks the tickets that the index gives for each token by what they share. Where it stopped giving, how dense
// those that it gave stand tells how many have the token.
func (l *likeness) near(found [][]int64) []int64 {
	newest := l.of.Number
	for _, numbers := range found {
		newest = max(newest, slices.Max(append(numbers, 0)))
	}
	score := map[int64]float64{}
	for _, numbers := range found {
		having := float64(max(len(numbers), 1))
		if len(numbers) == newestOf {
			having *= float64(newest) / float64(newest-numbers[len(numbers)-1]+1)
		}
		says := math.Log(1 + float64(newest)/having)
		l.rare = append(l.rare, says)
		for _, n := range numbers {
			score[n] += says
		}
	}
	delete(score, l.of.Number)
	list := make([]scored, 0, len(score))
	for n, s := range score {
		list = append(list, scored{n, s})
	}
	slices.SortFunc(list, byScore)
	out := make([]int64, len(list))
	for i, x := range list {
		out[i] = x.number
	}
	return out
}

// byScore puts the highest first and, of the same, the newest.
func byScore(a, b scored) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.number, a.number))
}

// read keeps the tickets that share a third of the words at least.
func (l *likeness) read(list []store.Titled) {
	for _, x := range list {
		own := lexis.Tokens(x.Title)
		shared, score := 0, 0.0
		for i, token := range l.tokens {
			if slices.Contains(own, token) {
				shared++
				score += l.rare[i]
			}
		}
		if x.ServiceID == l.of.ServiceID {
			score *= 1.25
		}
		if shared > 0 && shared*3 >= len(l.tokens) {
			l.close = append(l.close, scored{x.Number, score})
		}
	}
}

// closest are the numbers of the best, the closest first.
func (l *likeness) closest() []int64 {
	slices.SortFunc(l.close, byScore)
	var out []int64
	for _, x := range l.close[:min(maxSimilar, len(l.close))] {
		out = append(out, x.number)
	}
	return out
}
