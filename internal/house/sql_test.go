package house

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// forbidden is a piece of SQL that one of the engines refuses or understands differently.
type forbidden struct {
	what *regexp.Regexp
	say  string
	bad  string // an example it must catch
}

func ban(pattern, say, bad string) forbidden {
	return forbidden{regexp.MustCompile(`(?i)` + pattern), say, bad}
}

// One text per query, for SQLite and PostgreSQL: these words are left out of it. Literals are blanked before the
// search. What really differs lives in internal/store/dialect*.go, which is not searched.
var forbiddenSQL = []forbidden{
	ban(`\bI?LIKE\b`, "case differs between engines: search a column folded in Go", "name LIKE $1"),
	ban(`\b(SIMILAR\s+TO|GLOB|REGEXP)\b|[^!]~\*?\s*\$`, "patterns differ between engines: search a column folded in Go", "name ~* $1"),
	ban(`::`, "write CAST(… AS …)", "$1::text"),
	ban(`\bnow\s*\(`, "pass the time in from Go, in microseconds", "at < now()"),
	ban(`\bCURRENT_(TIMESTAMP|DATE|TIME)\b`, "pass the time in from Go, in microseconds", "DEFAULT CURRENT_TIMESTAMP"),
	ban(`\b(strftime|julianday|datetime|unixepoch|date_trunc|date_part|to_char|extract|age)\s*\(`,
		"compute dates in Go, group by integer division", "strftime('%Y', at)"),
	ban(`\bINTERVAL\s+''`, "compute dates in Go", "INTERVAL '1 day'"),
	ban(`\b(ANY|ALL|SOME)\s*\(\s*(\$|ARRAY)`, "expand IN ($1, $2, …) with the store's helper", "id = ANY($1)"),
	ban(`\bAUTOINCREMENT\b|\b(BIG|SMALL)?SERIAL\b|\bAS\s+IDENTITY\b`, "identifiers are made in Go", "id BIGSERIAL"),
	ban(`\b(lower|upper|initcap)\s*\(`, "SQLite folds ASCII only: fold in Go", "lower(name)"),
	ban(`\?`, "number the placeholders: $1, $2", "id = ?"),
	ban(`\bFOR\s+(NO\s+KEY\s+)?(UPDATE|SHARE)\b|\bSKIP\s+LOCKED\b`, "SQLite has no row locks: use the claim suffix of dialect.go", "SELECT 1 FOR UPDATE"),
	ban(`\bDISTINCT\s+ON\b`, "use a window function", "SELECT DISTINCT ON (a) a"),
	ban(`\bLATERAL\b`, "use a window function or two queries", "JOIN LATERAL x"),
	ban(`\b(GREATEST|LEAST)\s*\(`, "use CASE, or compute in Go", "GREATEST(a, b)"),
	ban(`\b(IFNULL|NVL|IIF)\s*\(`, "use COALESCE or CASE", "IFNULL(a, b)"),
	ban(`\b(group_concat|array_agg|json_\w+|jsonb_\w+|unnest|generate_series)\s*\(`, "assemble lists in Go", "array_agg(x)"),
	ban(`\bINSERT\s+OR\s+(REPLACE|IGNORE|ABORT|ROLLBACK|FAIL)\b|\bREPLACE\s+INTO\b|\bON\s+DUPLICATE\b`,
		"use ON CONFLICT (columns) DO …", "INSERT OR IGNORE INTO t"),
	ban(`\bWITH\s+(RECURSIVE\s+)?\w+\s*(\([^)]*\)\s*)?AS\s*\(\s*(INSERT|UPDATE|DELETE)\b`, "SQLite has no data-modifying CTE: use two statements in the transaction",
		"WITH x AS (DELETE FROM t RETURNING id)"),
	ban(`\bUPDATE\s+\w+\s+(AS\s+)?(?:[a-z]\w?)\s+SET\b`, "name the table itself: an alias as target of UPDATE is not portable", "UPDATE tickets t SET a = 1"),
	ban(`\bMAX\s*\([^)]*\)\s*\+\s*1\b`, "take numbers from a counter row", "SELECT MAX(number) + 1"),
	ban(`\bSTRICT\b|\bWITHOUT\s+ROWID\b|\browid\b|\bctid\b`, "this exists on one engine only", "CREATE TABLE t (a TEXT) STRICT"),
	ban(`\b(PRAGMA|VACUUM|NOTIFY|LISTEN)\b`, "engine commands belong to dialect.go", "PRAGMA foreign_keys"),
	ban(`\bCOLLATE\b`, "sort by a key computed in Go", "ORDER BY name COLLATE NOCASE"),
	ban("`", "quote with double quotes, or better not at all", "SELECT `a`"),
	ban(`\bAS\s+(TIMESTAMP(TZ)?|DATE|DATETIME|VARCHAR|INTEGER|INT|JSONB?|UUID|NUMERIC|BLOB)\b`, "types are TEXT, BIGINT, BOOLEAN, DOUBLE PRECISION or BYTEA", "CAST(x AS JSONB)"),
}

var (
	sqlString  = regexp.MustCompile(`'(?:[^']|'')*'`)
	sqlComment = regexp.MustCompile(`(?m)--.*$`)
	sqlWords   = regexp.MustCompile(`(?i)\b(select|insert\s+into|update\s+\w+|delete\s+from|create\s+\w+|alter\s+table|drop\s+\w+|where|order\s+by|group\s+by|join|on\s+conflict|returning|values\s*\(|and\s+\w+|set\s+\w+|limit\s+\$|from\s+\w+)\b|[=<>]\s*[$(?]`)
)

// plainSQL blanks the literals and removes the comments of a piece of SQL.
func plainSQL(text string) string {
	return sqlString.ReplaceAllString(sqlComment.ReplaceAllString(text, ""), "''")
}

// statement is a piece of SQL found in the project, with its place.
type statement struct{ place, text string }

// statements gathers the migrations and the string literals of internal/store that read like SQL.
func statements(t *testing.T) []statement {
	t.Helper()
	var found []statement
	for _, name := range filesNamed(t, "internal/store", ".sql") {
		found = append(found, statement{name, plainSQL(read(t, name))})
	}
	for _, s := range sources(t, production) {
		if !under(s.dir, "internal/store") && !under(s.dir, "internal/jobs") || isDialect(s.path) {
			continue
		}
		s.literals(func(lit *ast.BasicLit, value string) {
			if sqlWords.MatchString(value) {
				found = append(found, statement{s.at(lit), plainSQL(value)})
			}
		})
	}
	return found
}

func isDialect(name string) bool {
	return path.Dir(name) == "internal/store" && strings.HasPrefix(path.Base(name), "dialect")
}

func TestSQLIsPortable(t *testing.T) {
	for _, st := range statements(t) {
		for _, f := range forbiddenSQL {
			if word := f.what.FindString(st.text); word != "" {
				t.Errorf("%s: %q is not portable: %s", st.place, strings.TrimSpace(word), f.say)
			}
		}
	}
}

func TestForbiddenSQLIsCaught(t *testing.T) {
	for _, f := range forbiddenSQL {
		if !f.what.MatchString(plainSQL(f.bad)) {
			t.Errorf("the rule %q does not catch its own example %q", f.say, f.bad)
		}
	}
	for _, good := range []string{
		`SELECT id FROM tickets WHERE (at, id) > ($1, $2) ORDER BY at DESC NULLS LAST, id LIMIT $3`,
		`INSERT INTO counters (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value`,
		`UPDATE tickets SET state = $1, version = version + 1 WHERE id = $2 AND version = $3`,
		`SELECT COUNT(*) FILTER (WHERE open = TRUE) FROM t WHERE word = 'like now() ?' AND serial_number IS NOT DISTINCT FROM $1`,
		`WITH RECURSIVE up (id) AS (SELECT id FROM organisations WHERE id = $1 UNION ALL SELECT o.parent FROM organisations o JOIN up ON o.id = up.id) SELECT id FROM up`,
	} {
		for _, f := range forbiddenSQL {
			if word := f.what.FindString(plainSQL(good)); word != "" {
				t.Errorf("%q wrongly refused for %q", good, word)
			}
		}
	}
}

// Booleans are compared with TRUE and FALSE: PostgreSQL refuses 0 and 1.
func TestBooleansAreNotNumbers(t *testing.T) {
	booleans := map[string]bool{}
	for _, c := range columns(t) {
		if c.kind == "BOOLEAN" {
			booleans[c.name] = true
		}
		if c.kind == "BOOLEAN" && regexp.MustCompile(`(?i)DEFAULT\s+[01]\b`).MatchString(c.rest) {
			t.Errorf("%s: %s.%s is BOOLEAN: write DEFAULT TRUE or DEFAULT FALSE", c.place, c.table, c.name)
		}
	}
	compared := regexp.MustCompile(`(?i)\b(\w+)\s*(?:=|<>|!=)\s*[01]\b`)
	for _, st := range statements(t) {
		for _, m := range compared.FindAllStringSubmatch(st.text, -1) {
			if booleans[strings.ToLower(m[1])] {
				t.Errorf("%s: %q compares a boolean with a number: write TRUE or FALSE", st.place, m[0])
			}
		}
	}
}

// NULL sorts first on one engine and last on the other: the query says where it wants it.
func TestOrderSaysWhereNullsGo(t *testing.T) {
	nullable := map[string]bool{}
	for _, c := range columns(t) {
		known, seen := nullable[c.name]
		nullable[c.name] = c.nullable && (known || !seen)
	}
	clause := regexp.MustCompile(`(?is)\bORDER\s+BY\s+(.*?)(?:\bLIMIT\b|\bOFFSET\b|\bROWS\b|\)|;|$)`)
	column := regexp.MustCompile(`(?i)^(?:\w+\.)?(\w+)(?:\s+(?:ASC|DESC))?$`)
	for _, st := range statements(t) {
		for _, m := range clause.FindAllStringSubmatch(st.text, -1) {
			for item := range strings.SplitSeq(m[1], ",") {
				c := column.FindStringSubmatch(strings.TrimSpace(item))
				if c != nil && nullable[strings.ToLower(c[1])] {
					t.Errorf("%s: ORDER BY %s may meet NULL: add NULLS FIRST or NULLS LAST", st.place, strings.TrimSpace(item))
				}
			}
		}
	}
}

// namesEngines tells the files that may name an engine: the dialect, what opens the store, the command line and its settings.
func namesEngines(s source) bool {
	base := path.Base(s.path)
	if s.dir == "internal/store" {
		return strings.HasPrefix(base, "dialect") || base == "store.go"
	}
	return under(s.dir, "internal/config") || under(s.dir, "cmd") || under(s.dir, "internal/house")
}

func TestEnginesAreNamedInOnePlace(t *testing.T) {
	engine := regexp.MustCompile(`(?i)sqlite|postgres|pgx`)
	for _, s := range sources(t, func(s source) bool { return written(s) && !namesEngines(s) }) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			name := ""
			switch n := n.(type) {
			case *ast.BasicLit:
				name = n.Value
			case *ast.Ident:
				name = n.Name
			}
			if word := engine.FindString(name); word != "" {
				t.Errorf("%s: %s names an engine; put the difference in internal/store/dialect.go behind a function that says what it is for", s.at(n), name)
			}
			return true
		})
	}
}

// The types that both engines understand alike.
var columnTypes = []string{"TEXT", "BIGINT", "BOOLEAN", "DOUBLE PRECISION", "BYTEA"}

func TestColumnTypes(t *testing.T) {
	for _, c := range columns(t) {
		if !slices.Contains(columnTypes, c.kind) {
			t.Errorf("%s: %s.%s is %q: use one of %s", c.place, c.table, c.name, c.kind, strings.Join(columnTypes, ", "))
		}
	}
}
