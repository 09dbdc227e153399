package admin

import (
	"net/http"
	"net/url"
	"strconv"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func importRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /admin/imports", Handle: keepers(imports)},
		{Pattern: "POST /admin/imports", Handle: keepers(uploadImport)},
		{Pattern: "GET /admin/imports/{id}", Handle: keepers(oneImport)},
		{Pattern: "POST /admin/imports/{id}/preview", Handle: keepers(previewImport)},
		{Pattern: "POST /admin/imports/{id}/apply", Handle: keepers(applyImport)},
		{Pattern: "POST /admin/imports/{id}/cancel", Handle: keepers(cancelImport)},
	}
}

func importURL(id guichet.ID) string { return "/admin/imports/" + string(id) }

// importsPage is where a file is given, above those that were.
type importsPage struct {
	Kind  string
	Mine  []directory.Import
	Wrong kit.Errors
}

func imports(q *site.Request) error {
	return showImports(q, ok, importsPage{Kind: q.R.URL.Query().Get("kind")})
}

func showImports(q *site.Request, status int, v importsPage) (err error) {
	if v.Kind == "" {
		v.Kind = directory.ImportPeople
	}
	if v.Mine, err = q.Directory.Imports(q.R.Context(), q.Actor); err != nil {
		return err
	}
	return q.Render(status, importsView(q, page(q, q.P.T("admin.imports"), "imports"), v))
}

func uploadImport(q *site.Request) error {
	u, err := q.Upload("file", directory.MaxFile)
	v := importsPage{Kind: u.Get("kind")}
	switch {
	case guichet.KindOf(err) == guichet.KindTooLarge && err != nil:
		v.Wrong = kit.Errors{"file": q.Message(err)}
		return showImports(q, http.StatusRequestEntityTooLarge, v)
	case err != nil:
		return err
	case u.Name == "" || len(u.Content) == 0:
		v.Wrong = kit.Errors{"file": q.P.Error("field.required", nil)}
		return showImports(q, invalid, v)
	}
	m, err := q.Directory.Upload(q.R.Context(), q.Actor, u.Get("kind"), u.Name, u.Content)
	if v.Wrong = q.FieldErrors(err); v.Wrong != nil {
		return showImports(q, invalid, v)
	}
	if err != nil {
		return err
	}
	return q.Redirect(importURL(m.ID), "")
}

// importPage is an import: its columns to choose, its preview, its progress or its end.
type importPage struct {
	directory.Lines
	Action  string // of the lines shown; empty: all
	After   int
	Columns []string // chosen
	Chosen  directory.Choice
	Choose  bool // the columns are to be chosen
	refusal
}

func oneImport(q *site.Request) error {
	v := q.R.URL.Query()
	after, _ := strconv.Atoi(v.Get("after")) // anything else is the beginning
	return showImport(q, ok, importPage{Action: v.Get("show"), After: after, Choose: v.Has("columns")})
}

func showImport(q *site.Request, status int, v importPage) (err error) {
	if v.Lines, err = q.Directory.ImportLines(q.R.Context(), q.Actor, pathID(q), v.Action, v.After); err != nil {
		return err
	}
	if v.Columns == nil {
		v.Columns = v.Options.Columns
		v.Chosen = directory.Choice{Organisation: v.Options.Organisation, Absent: v.Options.Absent}
	}
	v.Choose = v.State == directory.ImportReading || v.State == directory.ImportPreview && v.Choose
	return q.Render(status, importView(q, page(q, q.P.T("import.one", "Name", v.Name), "imports"), v))
}

func previewImport(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	in := directory.Choice{Columns: form.Values["column"], Organisation: guichet.ID(form.Get("organisation")), Absent: form.Get("absent") == "yes"}
	_, err = q.Directory.Preview(q.R.Context(), q.Actor, pathID(q), in)
	if err == nil {
		return q.Redirect(importURL(pathID(q)), "")
	}
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	return showImport(q, status, importPage{Columns: in.Columns, Chosen: in, Choose: true, refusal: r})
}

func applyImport(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	moved, err := q.Directory.Apply(q.R.Context(), q.Actor, pathID(q), form.Get("seen"), form.Get("skip") == "yes")
	switch {
	case moved && err == nil:
		return q.Redirect(importURL(pathID(q)), q.P.T("import.moved"))
	case err == nil:
		return q.Redirect(importURL(pathID(q)), q.P.T("import.started"))
	}
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	return showImport(q, status, importPage{refusal: r})
}

func cancelImport(q *site.Request) error {
	err := q.Directory.Cancel(q.R.Context(), q.Actor, pathID(q))
	return done(q, err, importURL(pathID(q)), q.P.T("import.cancelled"))
}

// columnOptions are what a column may hold.
func columnOptions(q *site.Request, kind string) []kit.Option {
	out := []kit.Option{nothing(q.P.T("import.column.none"))}
	for _, f := range directory.ImportFields(kind) {
		out = append(out, kit.Option{Value: f, Label: fieldName(q, kind, f)})
	}
	return out
}

// fieldName names a field of a file.
func fieldName(q *site.Request, kind, field string) string {
	if kind == directory.ImportOrganisations {
		return q.P.T("organisation." + field)
	}
	return q.P.T("person." + field)
}

// column reads the choice of a column; a form may send fewer than there are.
func (v importPage) column(i int) string {
	if i < len(v.Columns) {
		return v.Columns[i]
	}
	return ""
}

func (v importPage) sample(i int) string {
	if i < len(v.Options.Sample) {
		return v.Options.Sample[i]
	}
	return ""
}

// url is the address of the lines of an action, after a place.
func (v importPage) url(action string, after int) string {
	values := url.Values{}
	if action != "" {
		values.Set("show", action)
	}
	if after > 0 {
		values.Set("after", strconv.Itoa(after))
	}
	if len(values) == 0 {
		return importURL(v.ID)
	}
	return importURL(v.ID) + "?" + values.Encode()
}

// faultText says why a line cannot be applied.
func faultText(q *site.Request, kind string, f guichet.FieldError) string {
	said := q.Message(&guichet.Error{Code: f.Code, Args: wholeNumbers(f.Args)})
	if f.Field == "" || f.Field == "key" {
		return said
	}
	return fieldName(q, kind, f.Field) + q.P.T("role.colon") + said
}

// wholeNumbers gives back to numbers what their keeping as text took: they are whole.
func wholeNumbers(args map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range args {
		if n, ok := v.(float64); ok {
			v = int(n)
		}
		out[k] = v
	}
	return out
}

// said is a value before or after; kinds have names.
func said(q *site.Request, d directory.Difference, value string) string {
	switch {
	case value == "":
		return "–"
	case d.Field == "kind" && guichet.OrganisationKind(value).Valid():
		return q.P.T("organisation.kind." + value)
	}
	return value
}

func absentOf(v importPage) []string {
	if v.Chosen.Absent {
		return []string{"yes"}
	}
	return nil
}

// firstLogin is the login of the local account of a person, if there is one.
func firstLogin(v personPage) string {
	for _, i := range v.Identities {
		if i.Kind == guichet.IdentityLocal {
			return i.Login
		}
	}
	return ""
}
