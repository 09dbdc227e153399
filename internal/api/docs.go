package api

import (
	"bytes"
	_ "embed" // the page and its style
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"guichet"
	"guichet/internal/i18n"
)

// Addresses of the documentation.
const (
	docsPath  = "/api/docs"
	stylePath = "/api/docs.css"
	specPath  = "/api/openapi.json"
)

//go:embed docs.html
var docsTemplate string

//go:embed docs.css
var docsStyle []byte

// serveDocs writes the specification and the page of each language once, then serves them.
func (f *face) serveDocs() error {
	spec, err := json.Marshal(f.huma.OpenAPI())
	if err != nil {
		return fmt.Errorf("api: %w", err)
	}
	pages := map[string][]byte{}
	for _, locale := range f.I18n.Locales() {
		if pages[locale], err = f.docs(locale); err != nil {
			return fmt.Errorf("api: %w", err)
		}
	}
	f.mux.HandleFunc("GET "+specPath, serve("application/json", func(*http.Request) []byte { return spec }))
	f.mux.HandleFunc("GET "+stylePath, serve("text/css; charset=utf-8", func(*http.Request) []byte { return docsStyle }))
	f.mux.HandleFunc("GET "+docsPath, serve("text/html; charset=utf-8", func(r *http.Request) []byte {
		return pages[callerOf(r.Context()).locale]
	}))
	return nil
}

func serve(mediaType string, content func(*http.Request) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Vary", "Accept-Language")
		_, _ = w.Write(content(r)) // the client went away: nobody is left to tell
	}
}

// page is what the documentation shows.
type page struct {
	i18n.Printer
	Version  string
	Groups   []docGroup
	Objects  []docObject
	Statuses []docStatus
	Queries  []docField // the operators of a query
}

type docGroup struct {
	ID         string
	Title      string
	Operations []docOperation
}

type docOperation struct {
	ID, Method, Path, Summary string
	Params, Body, Takes       []docField
	Answer                    docStatus
	Object                    string // of the answer
	Failures                  []docStatus
	Query                     bool // it takes one
}

type docField struct {
	Name, Text, Type, Object string
	Required                 bool
	Values                   []string
}

type docObject struct {
	Name   string
	Fields []docField
}

type docStatus struct{ Code, Text string }

func (f *face) docs(locale string) ([]byte, error) {
	w := writer{f.I18n.Printer(locale, nil), f.huma.OpenAPI()}
	t, err := template.New("docs").Parse(docsTemplate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, page{w.p, f.Version, w.groups(), w.objects(), w.statuses(), operators(w.p)})
	return b.Bytes(), err
}

// writer reads the specification aloud in one language.
type writer struct {
	p    i18n.Printer
	spec *huma.OpenAPI
}

// tags lists the groups in the order of the page.
func tags() []string { return []string{"catalogue", "tickets", "exchange", "people", "directory"} }

func (w writer) groups() []docGroup {
	var out []docGroup
	for _, tag := range tags() {
		group := docGroup{ID: tag, Title: w.p.T("api.group." + tag)}
		for _, op := range operations(w.spec) {
			if slices.Contains(op.Tags, tag) {
				group.Operations = append(group.Operations, w.operation(op))
			}
		}
		out = append(out, group)
	}
	return out
}

func (w writer) operation(op *huma.Operation) docOperation {
	out := docOperation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: w.p.T("api.operation." + op.OperationID)}
	for _, param := range op.Parameters {
		out.Params = append(out.Params, w.field(param.Name, param.Schema, param.Required))
	}
	out.Query = op.OperationID == listID
	if op.RequestBody != nil {
		for _, media := range op.RequestBody.Content {
			out.Body = w.fields(media.Schema)
		}
	}
	if op.OperationID == actID {
		out.Takes = takenFields()
	}
	for _, code := range slices.Sorted(maps.Keys(op.Responses)) {
		if code >= "400" {
			out.Failures = append(out.Failures, w.status(code))
			continue
		}
		out.Answer = w.status(code)
		for _, media := range op.Responses[code].Content {
			out.Object = objectOf(media.Schema)
		}
	}
	return out
}

// takenFields lists the fields that each action takes.
func takenFields() []docField {
	var out []docField
	for _, action := range guichet.Actions() {
		out = append(out, docField{Name: string(action), Values: takes[action]})
	}
	return out
}

func (w writer) status(code string) docStatus { return docStatus{code, w.p.T("api.status." + code)} }

// statuses lists the ways to fail.
func (w writer) statuses() []docStatus {
	codes := []string{"405"} // of no route: an address that does not take the method
	for _, op := range operations(w.spec) {
		for code := range op.Responses {
			if code >= "400" && !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	slices.Sort(codes)
	var out []docStatus
	for _, code := range codes {
		out = append(out, w.status(code))
	}
	return out
}

func (w writer) objects() []docObject {
	schemas := w.spec.Components.Schemas.Map()
	var out []docObject
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		out = append(out, docObject{name, w.fields(schemas[name])})
	}
	return out
}

func (w writer) fields(s *huma.Schema) []docField {
	for s.Ref != "" {
		s = w.spec.Components.Schemas.SchemaFromRef(s.Ref)
	}
	var out []docField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		out = append(out, w.field(name, s.Properties[name], slices.Contains(s.Required, name)))
	}
	return out
}

func (w writer) field(name string, s *huma.Schema, required bool) docField {
	out := docField{Name: name, Text: fieldText(w.p, name), Type: w.typeOf(s), Object: objectOf(s), Required: required}
	if s.Items != nil {
		s = s.Items
	}
	for _, v := range s.Enum {
		out.Values = append(out.Values, fmt.Sprint(v))
	}
	return out
}

// typeOf names what a field holds.
func (w writer) typeOf(s *huma.Schema) string {
	switch {
	case s.Items != nil && s.Items.Type != "":
		return w.p.T("api.type.list", "Of", w.typeOf(s.Items))
	case s.Items != nil:
		return w.p.T("api.type.objects")
	case s.Format == "date-time":
		return w.p.T("api.type.moment")
	case s.Format == "binary":
		return w.p.T("api.type.file")
	case s.Type == "":
		return w.p.T("api.type.object")
	}
	return w.p.T("api.type." + s.Type)
}

// objectOf is the object that a schema refers to, if any.
func objectOf(s *huma.Schema) string {
	if s.Items != nil {
		s = s.Items
	}
	return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
}

// Example is a query in the language of the page.
func (p page) Example() string { return exampleQueries[p.Locale()] }

// List gives a list of fields to the part of the page that shows it, with the words that it needs.
func (p page) List(fields []docField) fieldList { return fieldList{p.Printer, fields} }

type fieldList struct {
	i18n.Printer
	Fields []docField
}

// Anchor is where the page explains a status.
func (s docStatus) Anchor() string {
	if n, err := strconv.Atoi(s.Code); err != nil || n < http.StatusBadRequest {
		return ""
	}
	return "status-" + s.Code
}
