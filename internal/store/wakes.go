package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"guichet"
)

// Wakes counts the pending tickets that the actor sees and that come back before each of some moments, which follow one
// another; none counts beyond a limit. It reads those alone that come back before the last one. Like the sums of the
// views it is remembered until a ticket changes.
func (tx *Tx) Wakes(ctx context.Context, actor guichet.Actor, moments []time.Time, limit int) ([]Count, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return nil, err
	}
	known := tx.remembered(desk, actor.Scope(), actor)
	var read []int // once, for all the moments
	out := make([]Count, len(moments))
	for i, at := range moments {
		n, err := known.get(fmt.Sprint("wakes ", micros(at)), func() (int, error) {
			if read == nil {
				if read, err = tx.wakes(ctx, actor.Scope(), moments, limit+1); err != nil {
					return 0, err
				}
			}
			return read[i], nil
		})
		if err != nil {
			return nil, err
		}
		out[i] = Count{min(n, limit), n > limit}
	}
	return out, nil
}

func (tx *Tx) wakes(ctx context.Context, scope guichet.Scope, moments []time.Time, limit int) ([]int, error) {
	var b builder
	sums := make([]string, len(moments))
	for i, at := range moments {
		sums[i] = "COUNT(CASE WHEN w.at < " + b.arg(micros(at)) + " THEN 1 END)"
	}
	b.and("t.state = 'pending' AND t.pending_until > 0 AND t.pending_until < " + b.arg(micros(moments[len(moments)-1])))
	b.scope(scope)
	return one(ctx, tx, "count", func(r scanner) ([]int, error) {
		out := make([]int, len(moments))
		to := make([]any, len(moments))
		for i := range out {
			to[i] = &out[i]
		}
		return out, r.Scan(to...)
	}, "SELECT "+strings.Join(sums, ", ")+" FROM (SELECT t.pending_until AS at FROM ticket t WHERE "+b.sql()+
		" ORDER BY t.pending_until, t.id LIMIT "+b.arg(limit)+") AS w", b.args...)
}
