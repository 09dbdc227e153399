package api

import (
	"context"
	"net/http"
	"time"

	"guichet"
	"guichet/internal/directory"
)

// importRoutes bring people and organisations in from a file, as the screens do: the file is received,
// what it would do is read, and that very preview is applied.
func (f *face) importRoutes() {
	register(f, route{id: "imports", method: http.MethodGet, path: "/imports", tag: "directory", errors: findErrors}, f.imports)
	register(f, route{id: "upload_import", method: http.MethodPost, path: "/imports", tag: "directory", status: http.StatusCreated, errors: writeErrors}, f.uploadImport)
	register(f, route{id: "import", method: http.MethodGet, path: "/imports/{id}", tag: "directory", errors: findErrors}, f.oneImport)
	register(f, route{id: "preview_import", method: http.MethodPost, path: "/imports/{id}/preview", tag: "directory", errors: writeErrors}, f.previewImport)
	register(f, route{id: "apply_import", method: http.MethodPost, path: "/imports/{id}/apply", tag: "directory", errors: writeErrors}, f.applyImport)
	register(f, route{id: "cancel_import", method: http.MethodPost, path: "/imports/{id}/cancel", tag: "directory", status: http.StatusNoContent, errors: writeErrors}, f.cancelImport)
}

// Import is a file that was received, and what it would do.
type Import struct {
	ID           guichet.ID     `json:"id"`
	Kind         string         `json:"kind"`
	Name         string         `json:"name"`
	State        string         `json:"import_state"`
	Header       []string       `json:"header" nullable:"false"`
	Columns      []string       `json:"columns" nullable:"false"`
	Organisation guichet.ID     `json:"organisation_id,omitempty"`
	Absent       bool           `json:"absent,omitempty"`
	Counts       map[string]int `json:"counts,omitempty"`
	Fingerprint  string         `json:"fingerprint,omitempty"`
	Applied      int            `json:"applied"`
	Total        int            `json:"total"`
	CreatedAt    time.Time      `json:"created_at"`
	FinishedAt   time.Time      `json:"finished_at,omitzero"`
}

func importOf(m directory.Import) Import {
	return Import{ID: m.ID, Kind: m.Kind, Name: m.Name, State: m.State, Header: m.Options.Header, Columns: m.Options.Columns,
		Organisation: m.Options.Organisation, Absent: m.Options.Absent, Counts: m.Counts, Fingerprint: m.Fingerprint,
		Applied: m.Import.Done, Total: m.Total, CreatedAt: m.CreatedAt.UTC(), FinishedAt: utc(m.FinishedAt)}
}

// ImportLine is what one line of the file would do, or has done.
type ImportLine struct {
	Line        int          `json:"line"`
	Action      string       `json:"outcome"`
	Name        string       `json:"name"`
	Object      guichet.ID   `json:"object,omitempty"`
	Differences []Difference `json:"differences,omitempty" nullable:"false"`
	Faults      []LineFault  `json:"faults,omitempty" nullable:"false"`
}

// Difference is a value that a line would change.
type Difference struct {
	Field  string `json:"field"`
	Before string `json:"was,omitempty"`
	After  string `json:"becomes,omitempty"`
}

// LineFault is why a line cannot be applied.
type LineFault struct {
	Field string `json:"field,omitempty"`
	Code  string `json:"code"`
	Text  string `json:"detail"`
}

// ImportPage is an import with some of its lines.
type ImportPage struct {
	Import
	Lines []ImportLine `json:"lines" nullable:"false"`
	Next  int          `json:"next,omitempty"`
}

type importsOutput struct {
	Body struct {
		Imports []Import `json:"imports" nullable:"false"`
	}
}

type importOutput struct{ Body Import }

type importPageOutput struct{ Body ImportPage }

func (f *face) imports(ctx context.Context, actor guichet.Actor, _ *struct{}) (*importsOutput, error) {
	list, err := f.Directory.Imports(ctx, actor)
	out := &importsOutput{}
	out.Body.Imports = make([]Import, len(list))
	for i, m := range list {
		out.Body.Imports[i] = importOf(m)
	}
	return out, err
}

// NewImport is a file of values separated by commas, semicolons or tabs, in UTF-8.
type NewImport struct {
	Kind    string `json:"kind" enum:"people,organisations"`
	Name    string `json:"name"`
	Content string `json:"content"`
}

type newImportInput struct{ Body NewImport }

func (f *face) uploadImport(ctx context.Context, actor guichet.Actor, in *newImportInput) (*importOutput, error) {
	m, err := f.Directory.Upload(ctx, actor, in.Body.Kind, in.Body.Name, []byte(in.Body.Content))
	return &importOutput{importOf(m)}, err
}

type importInput struct {
	ID     guichet.ID `path:"id"`
	Action string     `query:"outcome" enum:"create,change,same,leave,faulty,moved"`
	After  int        `query:"after" minimum:"0"`
}

func (f *face) oneImport(ctx context.Context, actor guichet.Actor, in *importInput) (*importPageOutput, error) {
	v, err := f.Directory.ImportLines(ctx, actor, in.ID, in.Action, in.After)
	if err != nil {
		return nil, err
	}
	out := &importPageOutput{ImportPage{Import: importOf(v.Import), Lines: make([]ImportLine, len(v.Lines)), Next: v.Next}}
	p := f.I18n.Printer(callerOf(ctx).locale, nil)
	for i, l := range v.Lines {
		line := ImportLine{Line: l.Line, Action: l.Action, Name: l.Name, Object: l.Object}
		for _, d := range l.Differences {
			line.Differences = append(line.Differences, Difference(d))
		}
		for _, x := range l.Faults {
			line.Faults = append(line.Faults, LineFault{x.Field, x.Code, p.Error(x.Code, x.Args)})
		}
		out.Body.Lines[i] = line
	}
	return out, nil
}

// ImportChoice is what is chosen of a file before its preview.
type ImportChoice struct {
	Columns      []string   `json:"columns" nullable:"false"`
	Organisation guichet.ID `json:"organisation_id,omitempty"`
	Absent       bool       `json:"absent,omitempty"`
}

type importChoiceInput struct {
	ID   guichet.ID `path:"id"`
	Body ImportChoice
}

func (f *face) previewImport(ctx context.Context, actor guichet.Actor, in *importChoiceInput) (*importOutput, error) {
	m, err := f.Directory.Preview(ctx, actor, in.ID, directory.Choice(in.Body))
	return &importOutput{importOf(m)}, err
}

// ImportApply says which preview is applied.
type ImportApply struct {
	Fingerprint string `json:"fingerprint"`
	Skip        bool   `json:"skip,omitempty"`
}

type importApplyInput struct {
	ID   guichet.ID `path:"id"`
	Body ImportApply
}

// applyImport hands the lines to a job. A preview that is not true any more is made anew, and the caller
// reads it before applying again.
func (f *face) applyImport(ctx context.Context, actor guichet.Actor, in *importApplyInput) (*importOutput, error) {
	moved, err := f.Directory.Apply(ctx, actor, in.ID, in.Body.Fingerprint, in.Body.Skip)
	if err != nil {
		return nil, err
	}
	if moved {
		return nil, guichet.Conflict("import.moved")
	}
	v, err := f.Directory.ImportLines(ctx, actor, in.ID, "", 0)
	return &importOutput{importOf(v.Import)}, err
}

func (f *face) cancelImport(ctx context.Context, actor guichet.Actor, in *idInput) (*struct{}, error) {
	return nil, f.Directory.Cancel(ctx, actor, in.ID)
}
