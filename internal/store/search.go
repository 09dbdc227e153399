package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/lexis"
)

// textsPerTicket parts the numbers of the indexed texts: those of a ticket follow one another, and
// those of newer tickets come later.
const textsPerTicket = 1 << 20

// newestTexts is how many texts a search over the desk looks at, the newest first: words that stand in
// more of them are not worth reading everything for.
const newestTexts = 1000

// Index adds the text of an event of a ticket to the full-text index, once.
func (tx *Tx) Index(ctx context.Context, t guichet.Ticket, e guichet.Event, text string) error {
	return tx.index(ctx, t, 2*e.Seq, text, e.Internal)
}

// IndexFiles adds the names of the files that came with an event, once.
func (tx *Tx) IndexFiles(ctx context.Context, t guichet.Ticket, e guichet.Event, names []string) error {
	return tx.index(ctx, t, 2*e.Seq+1, strings.Join(names, " "), e.Internal)
}

func (tx *Tx) index(ctx context.Context, t guichet.Ticket, place int64, text string, internal bool) error {
	tokens := lexis.Tokens(text)
	if len(tokens) == 0 {
		return nil
	}
	return tx.exec(ctx, tx.store.d.insertSearch(), t.Number*textsPerTicket+place, strings.Join(tokens, " "), string(t.ID), internal)
}

// search writes the branches of a query with words. It finds the tickets from the newest texts that
// hold the words; or, when there are too many such texts, it looks through the tickets of a person one
// by one, so that the old ones are found too.
func (tx *Tx) search(ctx context.Context, p *plan, q understood, entries []entry, rest understood, tokens []string) error {
	d := tx.store.d
	match := d.match(tokens)
	common, err := tx.isCommon(ctx, match)
	if err != nil {
		return err
	}
	holds := d.matches(p.arg(match))
	if !common || slices.ContainsFunc(entries, func(e entry) bool { return e.column != takingPart }) {
		p.fromTexts(d, holds, q)
		return nil
	}
	p.start(q, rest)
	p.and(p.inTexts(d, holds, q))
	for _, e := range entries {
		p.enter(e, q.phases())
	}
	return nil
}

// tokens are those of the words to find, or of the words to leave out.
func (q understood) tokens(not bool) []string {
	var sought []string
	for _, t := range q.Query.Of(guichet.QueryWords) {
		if t.Not == not {
			sought = append(sought, t.Values...)
		}
	}
	return lexis.Tokens(strings.Join(sought, " "))
}

// wordless reports a query for words none of which can be found: signs only.
func (q understood) wordless() bool {
	return slices.ContainsFunc(q.Query.Of(guichet.QueryWords), func(t guichet.QueryTerm) bool { return !t.Not })
}

// without leaves out the tickets that hold some words.
func (p *plan) without(d dialect, q understood) {
	for _, token := range q.tokens(true) {
		p.and("NOT " + p.inTexts(d, d.matches(p.arg(d.match([]string{token}))), q))
	}
}

// inTexts is the condition that a text of the ticket, which the reader may know, meets another.
func (p *plan) inTexts(d dialect, holds string, q understood) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM search WHERE %[1]s AND %[2]s > t.number * %[3]d AND %[2]s < (t.number + 1) * %[3]d AND %[4]s)",
		holds, d.document(), textsPerTicket, p.readable("search", q.Scope))
}

// isCommon reports whether more texts hold the words than are looked at.
func (tx *Tx) isCommon(ctx context.Context, match string) (bool, error) {
	n, err := one(ctx, tx, "count", single[int], `SELECT COUNT(*) FROM (SELECT 1 FROM search WHERE `+
		tx.store.d.matches("$1")+` LIMIT $2) AS texts`, match, newestTexts)
	return n == newestTexts, err
}

// fromTexts enters by the full-text index.
func (p *plan) fromTexts(d dialect, holds string, q understood) {
	p.start(q, q)
	var phases []string
	for _, phase := range q.phases() {
		phases = append(phases, strconv.Itoa(phase))
	}
	b := branch{at: "t.updated_at", id: "t.id", repeats: "DISTINCT", from: fmt.Sprintf(
		"(SELECT search.ticket_id, search.internal FROM search WHERE %s ORDER BY %s DESC LIMIT %d) AS h CROSS JOIN ticket t",
		holds, d.document(), newestTexts)}
	b.where = p.joined(b, []string{"t.id = h.ticket_id", p.readable("h", q.Scope), "t.phase IN (" + strings.Join(phases, ", ") + ")"})
	p.branches = append(p.branches, b)
}

// readable: a text may be known to the reader. Internal ones are for those who handle the ticket.
func (p *plan) readable(texts string, s guichet.Scope) string {
	return "(" + texts + ".internal = FALSE OR " + p.handles(s) + ")"
}
