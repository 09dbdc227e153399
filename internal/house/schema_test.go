package house

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// column is a column as a migration declares it.
type column struct {
	place, table, name string
	kind               string // its type, in capitals
	rest               string // what follows the type
	nullable           bool
}

var (
	createTable = regexp.MustCompile(`(?is)CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?\s*\(`)
	addColumn   = regexp.MustCompile(`(?is)ALTER\s+TABLE\s+"?(\w+)"?\s+ADD\s+(?:COLUMN\s+)?([^;]+);`)
	columnParts = regexp.MustCompile(`(?is)^"?(\w+)"?\s+(DOUBLE\s+PRECISION|\w+(?:\s*\([^)]*\))?)(.*)$`)
	notNull     = regexp.MustCompile(`(?i)\bNOT\s+NULL\b|\bPRIMARY\s+KEY\b`)
)

// columns reads every column of the migrations.
func columns(t *testing.T) []column {
	t.Helper()
	var all []column
	for _, name := range filesNamed(t, "internal/store", ".sql") {
		all = append(all, columnsOf(name, plainSQL(read(t, name)))...)
	}
	return all
}

func columnsOf(place, ddl string) []column {
	var all []column
	for _, at := range createTable.FindAllStringSubmatchIndex(ddl, -1) {
		table := ddl[at[2]:at[3]]
		items := splitTop(inside(ddl[at[1]:]))
		keys := primaryKeys(items)
		for _, item := range items {
			if c, ok := columnOf(place, table, item); ok {
				c.nullable = c.nullable && !slices.Contains(keys, c.name)
				all = append(all, c)
			}
		}
	}
	for _, m := range addColumn.FindAllStringSubmatch(ddl, -1) {
		if c, ok := columnOf(place, m[1], m[2]); ok {
			all = append(all, c)
		}
	}
	return all
}

func columnOf(place, table, item string) (column, bool) {
	item = strings.TrimSpace(item)
	first, _, _ := strings.Cut(strings.ToUpper(item), " ")
	first, _, _ = strings.Cut(first, "(")
	if slices.Contains([]string{"", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "CONSTRAINT"}, strings.TrimSpace(first)) {
		return column{}, false
	}
	m := columnParts.FindStringSubmatch(item)
	if m == nil {
		return column{place: place, table: table, name: item}, true
	}
	kind := strings.Join(strings.Fields(strings.ToUpper(m[2])), " ")
	return column{place, table, strings.ToLower(m[1]), kind, m[3], !notNull.MatchString(m[3])}, true
}

// primaryKeys returns the columns of a PRIMARY KEY (a, b) clause: they are never NULL in our use.
func primaryKeys(items []string) []string {
	var names []string
	for _, item := range items {
		clause := strings.ToLower(strings.TrimSpace(item))
		if rest, ok := strings.CutPrefix(clause, "primary key"); ok {
			for name := range strings.SplitSeq(strings.Trim(strings.TrimSpace(rest), "()"), ",") {
				names = append(names, strings.TrimSpace(name))
			}
		}
	}
	return names
}

// inside returns the text up to the parenthesis that closes the one just opened.
func inside(text string) string {
	depth := 1
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			return text[:i]
		}
	}
	return text
}

// splitTop splits at the commas that no parenthesis holds.
func splitTop(text string) []string {
	var parts []string
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}

func TestColumnsAreRead(t *testing.T) {
	got := columnsOf("x.sql", plainSQL(`
		CREATE TABLE tickets ( -- a comment, with a comma
			id TEXT PRIMARY KEY,
			due_at BIGINT,
			weight double  precision NOT NULL DEFAULT 0,
			state VARCHAR(20) NOT NULL CHECK (state IN ('a', 'b')),
			team TEXT REFERENCES teams (id),
			UNIQUE (id, team)
		);
		ALTER TABLE tickets ADD COLUMN open BOOLEAN NOT NULL DEFAULT TRUE;`))
	want := []struct {
		name, kind string
		nullable   bool
	}{
		{"id", "TEXT", false}, {"due_at", "BIGINT", true}, {"weight", "DOUBLE PRECISION", false},
		{"state", "VARCHAR(20)", false}, {"team", "TEXT", true}, {"open", "BOOLEAN", false},
	}
	if len(got) != len(want) {
		t.Fatalf("got %d columns, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		if g := got[i]; g.name != w.name || g.kind != w.kind || g.nullable != w.nullable || g.table != "tickets" {
			t.Errorf("column %d: got %+v, want %+v", i, g, w)
		}
	}
}
