package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"guichet"
	"guichet/internal/markup"
)

// Limits of a file that is brought in.
const (
	MaxFile    = 10 << 20 // bytes
	maxLines   = 50_000
	maxColumns = 60
	maxCell    = 1000      // characters; more is a quote that was never closed
	maxRecord  = 512 << 10 // bytes of a line with its quoted breaks: twice what the two limits above allow
)

// table is a file of separated values, read.
type table struct {
	Header    []string
	Rows      []row
	Delimiter rune
	Latin     bool // the text was not UTF-8: it was read as Windows-1252
}

// row is a line of a table.
type row struct {
	Line  int // in the file, from 1
	Cells []string
}

var bom = []byte("\xef\xbb\xbf")

// parseTable reads a file of values separated by semicolons, commas or tabs, in UTF-8 or in what Windows
// writes in Western Europe. The first line that holds something names the columns. Empty lines are passed
// over. Errors are of the field "file".
func parseTable(body []byte) (table, error) {
	var t table
	switch {
	case len(body) > MaxFile:
		return t, guichet.Invalid("file", "file.too_large", "Limit", int64(MaxFile))
	case bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")), bytes.IndexByte(body, 0) >= 0:
		return t, guichet.Invalid("file", "import.not_text")
	}
	text := bytes.TrimPrefix(body, bom)
	if !utf8.Valid(text) {
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(text)
		if err != nil {
			return t, guichet.Invalid("file", "import.not_text")
		}
		text, t.Latin = decoded, true
	}
	t.Delimiter = delimiter(text)
	return t, t.read(text)
}

// delimiter is the separator that the first line that is not blank holds most, outside quotes.
func delimiter(text []byte) rune {
	best, most := ';', 0
	counts := map[rune]int{}
	quoted, seen := false, false
	for _, r := range string(text[:min(len(text), 1<<16)]) {
		if r == '"' {
			quoted = !quoted
		}
		if r == '\n' && !quoted && seen {
			break
		}
		seen = seen || r > ' '
		if !quoted {
			counts[r]++
		}
	}
	for _, r := range []rune{';', ',', '\t'} {
		if counts[r] > most {
			best, most = r, counts[r]
		}
	}
	return best
}

func (t *table) read(text []byte) error {
	source := &metered{text: text}
	r := csv.NewReader(source)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = t.Delimiter, -1, true
	for line := 1; ; {
		source.left = maxRecord
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t.whole()
		}
		if errors.Is(err, errRecord) {
			return guichet.Invalid("file", "import.quote", "Line", line)
		}
		if err != nil {
			return guichet.Invalid("file", "import.not_text")
		}
		line, _ = r.FieldPos(0)
		if blank(cells) {
			continue
		}
		if err := t.add(line, cells); err != nil {
			return err
		}
	}
}

// metered gives out a text until a record has taken more than one may: ten million separators in a row are
// as many cells, which weigh far more than the file.
type metered struct {
	text []byte
	left int
}

var errRecord = errors.New("a record is too long")

func (m *metered) Read(p []byte) (int, error) {
	switch {
	case len(m.text) == 0:
		return 0, io.EOF
	case m.left <= 0:
		return 0, errRecord
	}
	n := copy(p[:min(len(p), m.left)], m.text)
	m.text, m.left = m.text[n:], m.left-n
	return n, nil
}

// add keeps a line; cells are cleaned.
func (t *table) add(line int, cells []string) error {
	switch {
	case len(cells) > maxColumns:
		return guichet.Invalid("file", "import.too_wide", "Line", line, "Limit", maxColumns)
	case len(t.Rows) == maxLines:
		return guichet.Invalid("file", "import.too_long", "Limit", maxLines)
	}
	for i, c := range cells {
		if utf8.RuneCountInString(c) > maxCell {
			return guichet.Invalid("file", "import.quote", "Line", line)
		}
		cells[i] = cell(c)
	}
	if t.Header == nil {
		t.Header = cells
		return nil
	}
	t.Rows = append(t.Rows, row{line, cells})
	return nil
}

func (t *table) whole() error {
	if len(t.Rows) == 0 {
		return guichet.Invalid("file", "import.empty")
	}
	return nil
}

func blank(cells []string) bool {
	return strings.TrimSpace(strings.Join(cells, "")) == ""
}

// cell cleans a value; the quote by which an export keeps a spreadsheet from computing it is taken off.
func cell(s string) string {
	s = markup.Line(s)
	if len(s) > 1 && s[0] == '\'' && formula(s[1:]) {
		return s[1:]
	}
	return s
}

// formula reports a value that a spreadsheet would compute.
func formula(s string) bool { return s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) }

// neutral makes a value that no spreadsheet computes.
func neutral(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}
