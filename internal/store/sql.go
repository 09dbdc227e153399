package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"guichet"
)

// scanner is a row that can be read.
type scanner interface{ Scan(dest ...any) error }

// query runs a query. Inside a transaction only statements that are prepared already are used:
// preparing needs a connection, and the one that writes is taken.
func (tx *Tx) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	tx.store.statements.Add(1)
	if tx.tx != nil {
		if s := tx.statement(ctx, query); s != nil {
			return s.QueryContext(ctx, args...)
		}
		tx.unprepared = append(tx.unprepared, query)
		return tx.tx.QueryContext(ctx, query, args...)
	}
	s, err := tx.pool.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return tx.pool.db.QueryContext(ctx, query, args...)
	}
	return s.QueryContext(ctx, args...)
}

// statement is a statement of the pool for this transaction, nil when it is not prepared. The turns of a group share them.
func (tx *Tx) statement(ctx context.Context, query string) *sql.Stmt {
	if s := tx.bound[query]; s != nil {
		return s
	}
	s := tx.pool.prepared(query)
	if s == nil {
		return nil
	}
	s = tx.tx.StmtContext(ctx, s)
	if tx.bound == nil {
		tx.bound = map[string]*sql.Stmt{}
	}
	tx.bound[query] = s
	return s
}

// patient bounds a statement by the patience of the engine. Where turns share a transaction, a statement that
// has begun is not interrupted: the engine would undo the transaction of all.
func (tx *Tx) patient(ctx context.Context) (context.Context, context.CancelFunc, error) {
	d := tx.store.d.patience()
	switch {
	case tx.lost != nil:
		return ctx, nil, tx.lost
	case tx.grouped:
		return context.WithoutCancel(ctx), func() {}, classify(tx.store.d, ctx.Err())
	case d > 0:
		ctx, cancel := context.WithTimeout(ctx, d)
		return ctx, cancel, nil
	}
	return ctx, func() {}, nil
}

// failed classifies the error of a statement.
func (tx *Tx) failed(err error) error {
	err = classify(tx.store.d, err)
	if tx.grouped && guichet.KindOf(err) == guichet.KindUnavailable {
		tx.lost = err
	}
	return err
}

// exec runs a statement that returns nothing.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) error {
	_, err := tx.affected(ctx, query, args...)
	return err
}

// affected runs a statement and returns how many rows it touched.
func (tx *Tx) affected(ctx context.Context, query string, args ...any) (int64, error) {
	if tx.tx == nil {
		return 0, errors.New("store: a write outside a transaction")
	}
	tx.store.statements.Add(1)
	ctx, cancel, err := tx.patient(ctx)
	if err != nil {
		return 0, err
	}
	defer cancel()
	var result sql.Result
	if s := tx.statement(ctx, query); s != nil {
		result, err = s.ExecContext(ctx, args...)
	} else {
		tx.unprepared = append(tx.unprepared, query)
		result, err = tx.tx.ExecContext(ctx, query, args...)
	}
	if err != nil {
		return 0, tx.failed(err)
	}
	return result.RowsAffected()
}

// many reads every row of a query. It is the only place, with one, that touches rows.
func many[T any](ctx context.Context, tx *Tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	ctx, cancel, err := tx.patient(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	rows, err := tx.query(ctx, query, args)
	if err != nil {
		return nil, tx.failed(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return out, tx.failed(err)
	}
	return out, nil
}

// one reads the only row of a query; without a row it returns NotFound of the noun.
func one[T any](ctx context.Context, tx *Tx, noun string, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	rows, err := many(ctx, tx, scan, query, args...)
	if err != nil || len(rows) == 0 {
		var zero T
		if err == nil {
			err = guichet.NotFound(noun)
		}
		return zero, err
	}
	return rows[0], nil
}

// single scans the one column of a row.
func single[T any](row scanner) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}

// nullable stores an empty identifier as NULL.
func nullable(id guichet.ID) any {
	if id == "" {
		return nil
	}
	return string(id)
}

// text reads a column that may be NULL into any kind of string.
type text[T ~string] struct{ to *T }

// Scan implements sql.Scanner.
func (t text[T]) Scan(src any) error {
	var s sql.NullString
	if err := s.Scan(src); err != nil {
		return err
	}
	*t.to = T(s.String)
	return nil
}

// id reads an identifier that may be NULL.
func id(to *guichet.ID) text[guichet.ID] { return text[guichet.ID]{to} }

// micros is how a time is stored: microseconds since 1970, 0 when not set.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// moment reads a time.
type moment struct{ to *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(src any) error {
	var n sql.NullInt64
	if err := n.Scan(src); err != nil {
		return err
	}
	*m.to = time.Time{}
	if n.Int64 != 0 {
		*m.to = time.UnixMicro(n.Int64).UTC()
	}
	return nil
}

// encoded stores a value that only Go reads; nothing becomes an empty text.
func encoded(v any) (string, error) {
	b, err := json.Marshal(v)
	if string(b) == "null" {
		return "", err
	}
	return string(b), err
}

// decoded reads what encoded wrote.
type decoded struct{ to any }

// Scan implements sql.Scanner.
func (d decoded) Scan(src any) error {
	var s sql.NullString
	if err := s.Scan(src); err != nil || s.String == "" {
		return err
	}
	return json.Unmarshal([]byte(s.String), d.to)
}

// builder gathers the conditions of a list and their arguments.
type builder struct {
	where []string
	args  []any
}

// arg records an argument and returns its placeholder.
func (b *builder) arg(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// in returns "(…)" with a placeholder for each identifier.
func in[T ~string](b *builder, values []T) string {
	if len(values) == 0 {
		return "(NULL)" // nothing is among nothing
	}
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = b.arg(string(v))
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

func (b *builder) and(condition string) { b.where = append(b.where, condition) }

// sql joins the conditions; none matches nothing, so that a forgotten scope shows nothing.
func (b *builder) sql() string {
	if len(b.where) == 0 {
		return "1 = 0"
	}
	return strings.Join(b.where, " AND ")
}
