package directory

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"guichet"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// JobImport applies a part of an import; its payload is the import's identifier.
const JobImport = "directory.import"

// States of an import.
const (
	ImportReading   = "reading"   // the columns are to be chosen
	ImportPreview   = "preview"   // what it would do is known
	ImportRunning   = "running"   // it is being applied
	ImportDone      = "done"      // it was applied
	ImportCancelled = "cancelled" // it was stopped; what was applied stays
)

// Options of an import.
type Options struct {
	Header       []string   `json:"header"`
	Sample       []string   `json:"sample"` // the first line, to recognise the columns by
	Delimiter    string     `json:"delimiter"`
	Latin        bool       `json:"latin,omitempty"`
	Columns      []string   `json:"columns"`                // what each column holds; empty: it is passed over
	Organisation guichet.ID `json:"organisation,omitempty"` // of who has none in the file; with Absent, the one that the file is the whole of
	Absent       bool       `json:"absent,omitempty"`       // close the records of who is not in the file
}

// Choice is what is chosen of an import before its preview.
type Choice struct {
	Columns      []string
	Organisation guichet.ID
	Absent       bool
}

// Import is an import as its author sees it.
type Import struct {
	store.Import
	Options Options
	Counts  map[string]int
}

// Applied reports whether nothing is left to do or to undo.
func (m Import) Over() bool { return m.State == ImportDone || m.State == ImportCancelled }

// Work is how many lines have something to apply.
func (m Import) Work() int {
	return m.Counts[LineCreate] + m.Counts[LineChange] + m.Counts[LineLeave]
}

func decodeImport(m store.Import) (Import, error) {
	out := Import{Import: m}
	err := json.Unmarshal([]byte(m.Options), &out.Options)
	if m.Counts != "" {
		err = errors.Join(err, json.Unmarshal([]byte(m.Counts), &out.Counts))
	}
	return out, err
}

func (m *Import) encode() (store.Import, error) {
	options, err := json.Marshal(m.Options)
	counts, failed := json.Marshal(m.Counts)
	m.Import.Options, m.Import.Counts = string(options), string(counts)
	return m.Import, errors.Join(err, failed)
}

// Upload receives a file and recognises its columns. Nothing of the directory changes. When the columns
// are plain, the preview is made at once. Errors: invalid file.
func (d *Directory) Upload(ctx context.Context, actor guichet.Actor, kind, name string, body []byte) (Import, error) {
	var m Import
	if !slices.Contains(ImportKinds(), kind) {
		return m, guichet.Invalid("kind", "field.unknown_value")
	}
	t, err := parseTable(body)
	if err != nil {
		return m, err
	}
	err = d.change(ctx, actor, "page", func(c *change) error {
		m = Import{Import: store.Import{ID: guichet.NewID(c.Now), AuthorID: actor.Person.ID, Kind: kind,
			Name: markup.FileName(name), State: ImportReading, Total: len(t.Rows), CreatedAt: c.Now},
			Options: Options{Header: t.Header, Sample: t.Rows[0].Cells, Delimiter: string(t.Delimiter), Latin: t.Latin,
				Columns: guess(kind, t.Header)}}
		if !c.keeps("") && len(c.actor.Keeping()) == 1 {
			m.Options.Organisation = c.actor.Keeping()[0]
		}
		row, err := m.encode()
		if err != nil {
			return err
		}
		if err := c.InsertImport(ctx, row, body); err != nil {
			return err
		}
		if ready := !slices.Contains(m.Options.Columns, "") && checkColumns(kind, m.Options.Columns) == nil; ready {
			return c.preview(&m, t)
		}
		return nil
	})
	return m, err
}

// importOf reads an import of the actor's; anybody else's is not found.
func importOf(ctx context.Context, tx *store.Tx, actor guichet.Actor, id guichet.ID) (Import, error) {
	m, err := tx.Import(ctx, id)
	if err != nil || m.AuthorID != actor.Person.ID {
		return Import{}, guichet.NotFound("import")
	}
	return decodeImport(m)
}

// Preview compares the file with the directory, by the columns chosen, and keeps what it would do. Errors:
// not found; invalid choice; conflict once it is being applied.
func (d *Directory) Preview(ctx context.Context, actor guichet.Actor, id guichet.ID, in Choice) (Import, error) {
	var m Import
	err := d.change(ctx, actor, "import", func(c *change) (err error) {
		if m, err = importOf(ctx, c.Tx, actor, id); err != nil {
			return err
		}
		if m.State != ImportReading && m.State != ImportPreview {
			return guichet.Conflict("import.begun")
		}
		if err := c.choose(&m, in); err != nil {
			return err
		}
		body, err := c.ImportBody(ctx, id)
		if err != nil {
			return err
		}
		t, err := parseTable(body)
		if err != nil {
			return err
		}
		return c.preview(&m, t)
	})
	return m, err
}

// choose checks what is chosen, and writes it on the import.
func (c *change) choose(m *Import, in Choice) error {
	var p guichet.Problems
	if len(in.Columns) != len(m.Options.Header) {
		p.Add("columns", "field.unknown_value")
	} else {
		p.Merge(checkColumns(m.Kind, in.Columns))
	}
	if in.Organisation != "" || in.Absent && !c.keeps("") {
		c.place(&p, in.Organisation)
	}
	if in.Absent && m.Kind != ImportPeople {
		p.Add("absent", "field.unknown_value")
	}
	m.Options.Columns, m.Options.Organisation, m.Options.Absent = in.Columns, in.Organisation, in.Absent
	return p.Err()
}

// plan says what a file would do.
func (c *change) plan(m Import, t table) ([]Line, error) {
	if m.Kind == ImportOrganisations {
		return c.planOrganisations(t, m.Options)
	}
	return c.planPeople(t, m.Options)
}

// preview makes and keeps the lines of an import.
func (c *change) preview(m *Import, t table) error {
	lines, err := c.plan(*m, t)
	if err != nil {
		return err
	}
	return c.keepLines(m, lines)
}

func (c *change) keepLines(m *Import, lines []Line) (err error) {
	if m.Fingerprint, err = fingerprint(lines); err != nil {
		return err
	}
	m.State, m.Counts, m.Total = ImportPreview, counts(lines), len(lines)
	rows := make([]store.ImportLine, len(lines))
	for i, l := range lines {
		body, err := json.Marshal(l)
		if err != nil {
			return err
		}
		rows[i] = store.ImportLine{Seq: i + 1, Line: l.Line, Action: l.Action, Body: string(body)}
	}
	if err := c.ReplaceImportLines(c.ctx, m.ID, rows); err != nil {
		return err
	}
	row, err := m.encode()
	if err != nil {
		return err
	}
	return c.UpdateImport(c.ctx, row)
}

// Apply begins to apply an import whose preview was read; seen is its fingerprint. When anything that the
// preview shows has changed since, nothing is applied and the preview is made anew: moved is true. Errors:
// not found; invalid when there are faulty lines and skip does not say to leave them out; conflict once it
// is being applied.
func (d *Directory) Apply(ctx context.Context, actor guichet.Actor, id guichet.ID, seen string, skip bool) (moved bool, err error) {
	err = d.change(ctx, actor, "import", func(c *change) error {
		m, err := importOf(ctx, c.Tx, actor, id)
		if err != nil {
			return err
		}
		if m.State != ImportPreview {
			return guichet.Conflict("import.begun")
		}
		body, err := c.ImportBody(ctx, id)
		if err != nil {
			return err
		}
		t, err := parseTable(body)
		if err != nil {
			return err
		}
		lines, err := c.plan(m, t)
		if err != nil {
			return err
		}
		now, err := fingerprint(lines)
		if err != nil {
			return err
		}
		if moved = now != seen; moved {
			return c.keepLines(&m, lines)
		}
		if m.Counts[LineFaulty] > 0 && !skip {
			return guichet.Invalid("skip", "import.faulty")
		}
		return c.start(&m)
	})
	return moved, err
}

// start hands the lines to a job.
func (c *change) start(m *Import) error {
	m.State, m.Done = ImportRunning, 0
	row, err := m.encode()
	if err != nil {
		return err
	}
	if err := c.UpdateImport(c.ctx, row); err != nil {
		return err
	}
	if err := c.audited("import", m.Kind, m.ID, m.Name, ""); err != nil {
		return err
	}
	return c.Enqueue(c.ctx, store.Job{Kind: JobImport, Key: JobImport + ":" + string(m.ID), Payload: string(m.ID)})
}

// Cancel gives an import up: before it was applied nothing happens; while it is, what was applied stays.
func (d *Directory) Cancel(ctx context.Context, actor guichet.Actor, id guichet.ID) error {
	return d.change(ctx, actor, "import", func(c *change) error {
		m, err := importOf(ctx, c.Tx, actor, id)
		if err != nil || m.Over() {
			return err
		}
		return c.finish(&m, ImportCancelled)
	})
}

// finish ends an import; the file is not kept.
func (c *change) finish(m *Import, state string) error {
	m.State, m.FinishedAt = state, c.Now
	row, err := m.encode()
	if err != nil {
		return err
	}
	if err := c.UpdateImport(c.ctx, row); err != nil {
		return err
	}
	return c.ForgetImportBody(c.ctx, m.ID)
}

// importsShown is how many imports are listed.
const importsShown = 20

// Imports lists the actor's imports, newest first. Error: not found for who keeps no directory.
func (d *Directory) Imports(ctx context.Context, actor guichet.Actor) ([]Import, error) {
	if len(actor.Keeping()) == 0 {
		return nil, guichet.NotFound("page")
	}
	var out []Import
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.ImportsOf(ctx, actor.Person.ID, importsShown)
		for _, m := range list {
			x, failed := decodeImport(m)
			err = errors.Join(err, failed)
			out = append(out, x)
		}
		return err
	})
	return out, err
}

// linePage is how many lines a page shows.
const linePage = 100

// Lines is an import with a page of its lines.
type Lines struct {
	Import
	Lines []Line
	Next  int // after which the next page begins; 0 when there is no more
}

// ImportLines reads an import with the lines of one action after a place. Error: not found for anybody but
// its author.
func (d *Directory) ImportLines(ctx context.Context, actor guichet.Actor, id guichet.ID, action string, after int) (Lines, error) {
	var v Lines
	if len(actor.Keeping()) == 0 {
		return v, guichet.NotFound("import")
	}
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		if v.Import, err = importOf(ctx, tx, actor, id); err != nil {
			return err
		}
		rows, err := tx.ImportLines(ctx, id, action, after, linePage+1)
		if err != nil {
			return err
		}
		if len(rows) > linePage {
			rows = rows[:linePage]
			v.Next = rows[linePage-1].Seq
		}
		v.Lines, err = decodeLines(rows)
		return err
	})
	return v, err
}

func decodeLines(rows []store.ImportLine) ([]Line, error) {
	out := make([]Line, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Body), &out[i]); err != nil {
			return nil, err
		}
		out[i].Seq, out[i].Line, out[i].Action = r.Seq, r.Line, r.Action
	}
	return out, nil
}
