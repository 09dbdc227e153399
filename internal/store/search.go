package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/lexis"
)

// The classes of what words find, the best last (docs/adr/0019).
const (
	foundAnywhere = 1 + iota
	foundInSolution
	foundInTitle
)

const (
	// newestDocs is how many tickets that hold the words are looked at for one page, the newest first; the next
	// page goes on from there.
	newestDocs = 20_000
	// fewTickets is how many tickets of one person are looked at one by one.
	fewTickets = 512
	// rareTickets is how many tickets hold words that are rare: all of them are read at once.
	rareTickets = 32
	// maxWindow bounds one reading of the index.
	maxWindow = 2048
	// verifiedAtOnce is for how many tickets the texts are read together, to look for a phrase.
	verifiedAtOnce = 60
	// maxVerified is for how many tickets the texts are read for one page: a phrase of common words that stands nowhere
	// must not make who looks for it read the whole desk at once.
	maxVerified = 3000
)

// sought is what the words of a query ask of the index.
type sought struct {
	tokens  []string   // that a ticket must hold
	phrases [][]string // folded words that one of its texts must hold in this order
	without [][]string // each: tokens that it must not hold together
}

// words reads those of a query; ok is false when what is asked cannot be found: signs only.
func (q TicketQuery) words() (w sought, ok bool) {
	asked := false
	for _, t := range q.Query.Of(guichet.QueryWords) {
		for _, v := range t.Values {
			tokens := lexis.Tokens(v)
			switch {
			case len(tokens) == 0:
				asked = asked || !t.Not
			case t.Not:
				w.without = append(w.without, tokens)
			default:
				w.tokens = append(w.tokens, tokens...)
				if t.Phrase {
					w.phrases = append(w.phrases, lexis.Words(v))
				}
			}
		}
	}
	slices.Sort(w.tokens)
	w.tokens = slices.Compact(w.tokens)
	return w, len(w.tokens) > 0 || !asked
}

// hit is a ticket that words found.
type hit struct {
	number int64
	class  int
}

// compareHits puts the better class first, then the newer ticket.
func compareHits(a, b hit) int {
	if a.class != b.class {
		return b.class - a.class
	}
	switch {
	case a.number > b.number:
		return -1
	case a.number < b.number:
		return 1
	}
	return 0
}

// place is the cursor after a hit.
func (h hit) place() Cursor {
	return Cursor{UpdatedAt: time.UnixMicro(int64(h.class)).UTC(), ID: guichet.ID(strconv.FormatInt(h.number, 10))}
}

// hitAt reads the place where a page of hits begins.
func hitAt(c Cursor) hit {
	n, err := strconv.ParseInt(string(c.ID), 10, 64)
	if err != nil {
		return hit{1 << 62, foundInTitle}
	}
	return hit{n, int(micros(c.UpdatedAt))}
}

// finder carries out a query with words.
type finder struct {
	*Tx
	q        understood
	words    sought
	after    hit
	limit    int
	internal bool // words are sought in internal notes too
	hits     []hit
	verified int    // how many tickets had their texts read
	stop     Cursor // where that was enough
}

// find returns the tickets of a query with words in their order, and the place where the next page begins.
func (tx *Tx) find(ctx context.Context, asked TicketQuery) ([]hit, Cursor, error) {
	words, ok := asked.words()
	q, err := tx.understand(ctx, asked)
	if err != nil || q.nothing || !ok || len(q.phases()) == 0 {
		return nil, Cursor{}, err
	}
	f := &finder{Tx: tx, q: q, words: words, after: hitAt(asked.After), limit: asked.Limit,
		internal: q.Scope.All || asked.Asker.HandlesTickets()}
	f.q.After = Cursor{}
	all, err := f.few(ctx)
	if err != nil {
		return nil, Cursor{}, err
	}
	stop := Cursor{}
	if !all {
		if stop, err = f.newest(ctx); err != nil {
			return nil, Cursor{}, err
		}
	}
	if len(f.hits) > f.limit {
		f.hits = f.hits[:f.limit]
		stop = f.hits[f.limit-1].place()
	}
	return f.hits, stop, nil
}

// few looks at the tickets of a person one by one, when they are few: the old ones are found too, however
// common the words are. It reports whether that was all there is.
func (f *finder) few(ctx context.Context) (all bool, err error) {
	entries, rest, err := f.entries(ctx, f.q)
	ofOthers := func(e entry) bool { return e.column != takingPart && e.column != "t.assignee_id" }
	if err != nil || len(entries) == 0 || f.q.byDue() || slices.ContainsFunc(entries, ofOthers) {
		return false, err
	}
	p := &plan{}
	p.limit = p.arg(fewTickets + 1)
	p.start(f.q, rest)
	for _, e := range entries {
		p.enter(e, f.q.phases())
	}
	d := f.store.d
	class, readable := f.class(p), f.readable(p)
	rows, err := many(ctx, f.Tx, scanHit, `SELECT t.number, CASE WHEN `+readable+` THEN `+class+` ELSE 0 END
		FROM (SELECT g.id FROM (`+p.together()+`) AS g LIMIT `+p.limit+`) AS f CROSS JOIN ticket t CROSS JOIN ticket_words
		WHERE t.id = f.id AND `+d.document()+` = t.number`, p.args...)
	if err != nil || len(rows) > fewTickets {
		return false, err
	}
	rows = slices.DeleteFunc(rows, func(h hit) bool { return h.class == 0 || compareHits(f.after, h) >= 0 })
	slices.SortFunc(rows, compareHits)
	for chunk := range slices.Chunk(rows, verifiedAtOnce) {
		if err := f.keep(ctx, chunk); err != nil || len(f.hits) > f.limit {
			return true, err
		}
	}
	return true, nil
}

func scanHit(r scanner) (h hit, err error) { return h, r.Scan(&h.number, &h.class) }

// newest reads the index class by class, the newest tickets first, until the page is full. It returns where it
// stopped when it looked at many without filling it. What few tickets hold is read at once after the titles.
func (f *finder) newest(ctx context.Context) (Cursor, error) {
	looked := 0
	for class := f.after.class; class >= foundAnywhere; class-- {
		if class == min(f.after.class, foundInSolution) {
			if all, err := f.rare(ctx); all || err != nil {
				return f.stop, err
			}
		}
		at := hit{1 << 62, class}
		if class == f.after.class {
			at = f.after
		}
		for window := f.firstWindow(); ; window = min(2*window, maxWindow) {
			docs, hits, err := f.window(ctx, at, window)
			if err != nil {
				return Cursor{}, err
			}
			if err := f.keep(ctx, hits); err != nil || len(f.hits) > f.limit || f.stop != (Cursor{}) {
				return f.stop, err
			}
			if len(docs) < window {
				break
			}
			at.number, looked = docs[len(docs)-1], looked+len(docs)
			if looked >= newestDocs {
				return at.place(), nil
			}
		}
	}
	return Cursor{}, nil
}

// firstWindow is a page when everything that is read is shown, and more when some of it is not.
func (f *finder) firstWindow() int {
	if f.q.Scope.All && len(f.q.phases()) == allPhases && len(f.words.phrases) == 0 {
		return f.limit + 1
	}
	return min(4*(f.limit+1), maxWindow)
}

// rare reads all the tickets that hold the words, in whatever class below the titles, when they are few: each class by
// itself looks every word up again. It reports whether that was all.
func (f *finder) rare(ctx context.Context) (all bool, err error) {
	query, args := f.rareSQL()
	docs, hits, err := f.read(ctx, query, args)
	if err != nil || len(docs) >= rareTickets {
		return false, err
	}
	hits = slices.DeleteFunc(hits, func(h hit) bool { return h.class == foundInTitle || compareHits(f.after, h) >= 0 })
	slices.SortFunc(hits, compareHits)
	return true, f.keep(ctx, hits)
}

func (f *finder) rareSQL() (string, []any) {
	p := &plan{}
	found := f.index(p, f.anywhere(), hit{number: 1 << 62}, rareTickets, true)
	return f.judged(p, found, f.class(p)), p.args
}

// window reads the next tickets of a class, and tells those that the query holds.
func (f *finder) window(ctx context.Context, at hit, size int) (docs []int64, hits []hit, err error) {
	query, args := f.windowSQL(at, size)
	return f.read(ctx, query, args)
}

func (f *finder) windowSQL(at hit, size int) (string, []any) {
	p := &plan{}
	found := f.index(p, f.match(at.class), at, size, !f.q.Scope.All || len(f.words.without) > 0)
	return f.judged(p, found, strconv.Itoa(at.class)), p.args
}

// read lists what a statement found, and of that what the query holds.
func (f *finder) read(ctx context.Context, query string, args []any) (docs []int64, hits []hit, err error) {
	type row struct {
		hit
		holds sql.NullBool
	}
	rows, err := many(ctx, f.Tx, func(r scanner) (x row, err error) { return x, r.Scan(&x.number, &x.class, &x.holds) }, query, args...)
	for _, r := range rows {
		docs = append(docs, r.number)
		if r.holds.Bool {
			hits = append(hits, r.hit)
		}
	}
	return docs, hits, err
}

// index is the part of a statement that finds the newest tickets before a place.
func (f *finder) index(p *plan, match string, before hit, size int, withTokens bool) string {
	d, tokens := f.store.d, ""
	if withTokens {
		tokens = ", ticket_words.tokens AS tokens"
	}
	return fmt.Sprintf("SELECT %[1]s AS doc%[2]s FROM ticket_words WHERE %[3]s AND %[1]s < %[4]s ORDER BY %[1]s DESC LIMIT %[5]s",
		d.document(), tokens, d.matches(p.arg(match)), p.arg(before.number), p.arg(size))
}

// judged is the statement that tells of what was found in which class it stands, and whether the query holds it.
func (f *finder) judged(p *plan, found, class string) string {
	p.conditions(f.q)
	p.known(f.q)
	if phases := f.q.phases(); len(phases) < allPhases {
		p.and("t.phase IN (" + numbers(phases) + ")")
	}
	p.and(f.readable(p))
	return `SELECT ticket_words.doc, ` + class + `, (` + p.sql() + `) FROM (` + found + `) AS ticket_words CROSS JOIN ticket t
		WHERE t.number = ticket_words.doc ORDER BY ticket_words.doc DESC`
}

func numbers(list []int) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, ", ")
}

// match is the query of the engine for a class, without the classes above it.
func (f *finder) match(class int) string {
	s := f.store.d.syntax()
	title := s.all(f.words.tokens, inTitle)
	switch class {
	case foundInTitle:
		return title
	case foundInSolution:
		return s.but(s.all(f.words.tokens, inTitle, inSolution), title)
	}
	return s.but(f.anywhere(), s.all(f.words.tokens, inTitle, inSolution))
}

// anywhere is the query of the engine for all classes.
func (f *finder) anywhere() string {
	places := []string{""}
	if f.internal {
		places = append(places, inNote)
	}
	return f.store.d.syntax().all(f.words.tokens, places...)
}

// class is the class of a ticket whose words are at hand; 0 when it does not hold those that are sought.
func (f *finder) class(p *plan) string {
	all := func(places ...string) string {
		var each []string
		for _, token := range f.words.tokens {
			each = append(each, f.held(p, token, places...))
		}
		return strings.Join(each, " AND ")
	}
	anywhere := []string{""}
	if f.internal {
		anywhere = append(anywhere, inNote)
	}
	return fmt.Sprintf("CASE WHEN %s THEN %d WHEN %s THEN %d WHEN %s THEN %d ELSE 0 END", all(inTitle), foundInTitle,
		all(inTitle, inSolution), foundInSolution, all(anywhere...), foundAnywhere)
}

// held is the condition that the ticket at hand holds a token in one of some places.
func (f *finder) held(p *plan, token string, places ...string) string {
	var either []string
	for _, place := range places {
		either = append(either, f.store.d.holds(p.arg(f.store.d.held(place+token))))
	}
	return anyOf(either)
}

// readable is the condition that the ticket at hand is found by what the reader may know of it, and holds
// nothing of what is left out. Internal notes are for those who handle the ticket.
func (f *finder) readable(p *plan) string {
	conditions, handles := []string{"1 = 1"}, ""
	if f.internal && (!f.q.Scope.All || len(f.words.without) > 0) {
		handles = p.handles(f.q.Scope)
	}
	if f.internal && !f.q.Scope.All {
		public := make([]string, len(f.words.tokens))
		for i, token := range f.words.tokens {
			public[i] = f.held(p, token, "")
		}
		conditions = append(conditions, "("+handles+" OR "+strings.Join(public, " AND ")+")")
	}
	for _, tokens := range f.words.without {
		conditions = append(conditions, "NOT "+f.holdsAll(p, tokens, handles))
	}
	return strings.Join(conditions, " AND ")
}

func (f *finder) holdsAll(p *plan, tokens []string, handles string) string {
	each := make([]string, len(tokens))
	for i, token := range tokens {
		each[i] = f.held(p, token, "")
		if f.internal {
			each[i] = "(" + each[i] + " OR " + handles + " AND " + f.held(p, token, inNote) + ")"
		}
	}
	return "(" + strings.Join(each, " AND ") + ")"
}

// without writes the condition of a list without words to find, but with words to leave out.
func (tx *Tx) without(p *plan, q understood) {
	words, _ := q.words()
	if len(words.without) == 0 {
		return
	}
	f := &finder{Tx: tx, q: q, words: sought{without: words.without}, internal: q.Scope.All || q.Asker.HandlesTickets()}
	p.and("NOT EXISTS (SELECT 1 FROM ticket_words WHERE " + tx.store.d.document() + " = t.number AND NOT (" + f.readable(p) + "))")
}

// rowsOf reads the rows of hits, in their order.
func (tx *Tx) rowsOf(ctx context.Context, q TicketQuery, hits []hit) ([]TicketRow, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	var b builder
	marks := make([]string, len(hits))
	for i, h := range hits {
		marks[i] = b.arg(h.number)
	}
	list, err := many(ctx, tx, scanRow, b.rowsSQL(q)+"t.number IN ("+strings.Join(marks, ", ")+")", b.args...)
	if err != nil {
		return nil, err
	}
	rows := make(map[int64]TicketRow, len(list))
	for _, r := range list {
		rows[r.Number] = r
	}
	out := make([]TicketRow, 0, len(hits))
	for _, h := range hits {
		if r, known := rows[h.number]; known {
			out = append(out, r)
		}
	}
	return out, nil
}
