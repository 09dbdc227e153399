package presets

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"guichet"
)

// written gives the files of a preset as a folder.
func written(t interface {
	Helper()
	Fatal(...any)
}, p Preset) fstest.MapFS {
	t.Helper()
	files, err := p.Files()
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	for _, f := range files {
		out[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return out
}

var (
	sameNouns = cmp.Options{cmpopts.IgnoreUnexported(Preset{}, guichet.Desk{}, guichet.Calendar{}), cmpopts.EquateEmpty()}
	sameDesks = cmp.Options{cmpopts.IgnoreUnexported(guichet.Desk{}, guichet.Calendar{}), cmpopts.EquateEmpty()}
)

// What is exported is read back as it was, and is then written as it was.
func TestExportIsReadBack(t *testing.T) {
	for _, name := range Names() {
		p := load(t, name)
		folder := written(t, p)
		again, err := read(folder, name)
		if err == nil {
			err = again.Check()
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff(p, again, sameNouns); d != "" {
			t.Errorf("%s: read back:\n%s", name, d)
		}
		for file, was := range folder {
			if is := written(t, again)[file]; string(is.Data) != string(was.Data) {
				t.Errorf("%s/%s: written again:\n%s", name, file, cmp.Diff(string(was.Data), string(is.Data)))
			}
		}
	}
}

// The same, by way of the desk as it is kept in the database, which knows nothing of files.
func TestExportOfADeskIsReadBack(t *testing.T) {
	for _, name := range Names() {
		p := load(t, name)
		again, err := read(written(t, Of(&p.Desk, Known{Grants: p.Grants, People: p.People})), name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff(p.Desk, again.Desk, sameDesks); d != "" {
			t.Errorf("%s: read back:\n%s", name, d)
		}
		before, after := slices.SortedFunc(slices.Values(p.Grants), compareGrants), slices.SortedFunc(slices.Values(again.Grants), compareGrants)
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("%s: grants:\n%s", name, d)
		}
	}
}

// notExported are the fields that no file holds, each with its reason.
var notExported = map[string]string{
	"Desk.Revision":      "moves with every change",
	"Desk.RulesVersion":  "counted where it is imported",
	"Desk.Past":          "older versions belong to the tickets that follow them",
	"Desk.PastOfferings": "older versions belong to the tickets that answered them",
	"Offering.Version":   "counted where it is imported",
	"Form.Version":       "counted where it is imported",
	"Workflow.Version":   "counted where it is imported",
	"Service.Version":    "moves with every change",
	"Calendar.Version":   "counted where it is imported",
	"Template.Version":   "counted where it is imported",
	"Team.Members":       "people are exported on demand",
	"Team.Version":       "counted where it is imported",

	"Organisation.Version": "counted where it is imported",
}

// Each field of each noun of guichet.Desk is filled, written and read back. A field that a kind forgets fails here:
// give it a place in the file, or its reason in notExported.
func TestEveryFieldIsExported(t *testing.T) {
	for _, yes := range []bool{true, false} {
		var d guichet.Desk
		(&filler{t: t, yes: yes}).desk(&d)
		readBack(t, d)
	}
}

func readBack(t *testing.T, d guichet.Desk) {
	t.Helper()
	again, err := read(written(t, Of(&d, Known{})), "")
	if err != nil {
		t.Fatal(err)
	}
	for i := range again.Offerings {
		again.Offerings[i].Version, again.Offerings[i].Form.Version = 0, 0
	}
	for i := range again.Workflows {
		again.Workflows[i].Version = 0
	}
	for i := range again.Calendars {
		again.Calendars[i].Version = 0
	}
	for i := range again.Templates {
		again.Templates[i].Version = 0
	}
	again.fillDesk()
	if diff := cmp.Diff(d, again.Desk, sameDesks); diff != "" {
		t.Fatalf("lost on the way:\n%s", diff)
	}
}

// filler fills every field of a desk with something of its own.
type filler struct {
	t   testing.TB
	n   int
	yes bool // what is said of everything
}

// desk fills a desk: nothing in it is empty, and nothing makes sense.
func (f *filler) desk(d *guichet.Desk) {
	f.fill(reflect.ValueOf(d).Elem(), "")
	d.TimeZone = "Europe/Paris"
	d.Matrix = guichet.Matrix{}
	for _, impact := range []guichet.Grade{"low", "medium", "high"} {
		d.Matrix[impact] = map[guichet.Grade]guichet.Priority{"low": "a" + guichet.Priority(impact), "medium": "b", "high": "c"}
	}
	identify(d.Organisations, func(o *guichet.Organisation, id guichet.ID) { o.ID, o.ParentID = id, parentOf(id) })
	identify(d.Services, func(s *guichet.Service, id guichet.ID) { s.ID, s.ParentID = id, parentOf(id) })
	identify(d.Offerings, func(o *guichet.Offering, id guichet.ID) { o.ID = id })
	identify(d.Teams, func(x *guichet.Team, id guichet.ID) { x.ID = id })
	identify(d.Roles, func(r *guichet.Role, id guichet.ID) { r.ID = id })
	identify(d.Templates, func(x *guichet.Template, id guichet.ID) { x.ID = id })
	identify(d.Calendars, func(x *guichet.Calendar, id guichet.ID) { x.ID = id })
	identify(d.Workflows, func(w *guichet.Workflow, id guichet.ID) { w.ID = id })
}

// identify gives the two nodes of a filled map identifiers that fit their keys: "a", and "b" below it.
func identify[T any](m map[guichet.ID]T, set func(*T, guichet.ID)) {
	values := slices.Collect(maps.Values(m))
	clear(m)
	for i, id := range []guichet.ID{"a", "b"} {
		set(&values[i], id)
		m[id] = values[i]
	}
}

func parentOf(id guichet.ID) guichet.ID {
	if id == "b" {
		return "a"
	}
	return ""
}

// fill puts something into every exported field below a value.
func (f *filler) fill(v reflect.Value, path string) {
	f.n++
	switch v.Kind() {
	case reflect.Struct:
		f.fillStruct(v)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0), path)
		f.fill(v.Index(1), path)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key, path)
			f.fill(value, path)
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("%s %d", path, f.n))
	case reflect.Bool:
		v.SetBool(f.yes)
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Int8, reflect.Int16:
		v.SetInt(int64(f.n%50 + 1))
	case reflect.Float64:
		v.SetFloat(float64(f.n) + 0.5)
	default:
		f.t.Fatalf("%s: how is a %s filled?", path, v.Type())
	}
}

func (f *filler) fillStruct(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		zone, err := time.LoadLocation("Europe/Paris")
		if err != nil {
			f.t.Fatal(err)
		}
		v.Set(reflect.ValueOf(time.Date(2026, 9, 1, f.n%24, 30, 0, 0, zone)))
		return
	}
	switch v.Type() {
	case reflect.TypeFor[guichet.Date]():
		v.Set(reflect.ValueOf(guichet.Date{Year: 2026, Month: 12, Day: f.n%31 + 1}))
		return
	case reflect.TypeFor[guichet.Span]():
		v.Set(reflect.ValueOf(guichet.Span{From: f.n % 600, To: 700 + f.n%600}))
		return
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		path := v.Type().Name() + "." + field.Name
		if field.IsExported() && notExported[path] == "" {
			f.fill(v.Field(i), path)
		}
	}
}

var tricky = rapid.OneOf(rapid.SampledFrom([]string{"yes", "no", "null", "~", "12", "1e3", "2026-11-26", "a: b", "- x", "# x", "{a", "’ « » : ;\u202f!",
	" bords ", "deux\nlignes\n", "\n", "fin\n\n", "tab\tx", "\r\nx", "a\n b\n", "@service", "R&D", "'", `"`, "\u2028x", "*a", "!x", "é\u00a0:"}), rapid.StringN(1, 20, 60))

// Any text that a database keeps is read back as it was, on a line of its own and among others.
func TestTextsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.ReplaceAll(tricky.Draw(t, "text"), "\x00", "x")
		d := guichet.Desk{Name: text, Contact: text, TimeZone: "UTC",
			Roles:    map[guichet.ID]guichet.Role{"r": {ID: "r", Name: text, Permissions: []guichet.Permission{guichet.Permission(text)}}},
			Services: map[guichet.ID]guichet.Service{"s": {ID: "s", Description: text, Profiles: []string{text}, State: guichet.ServiceOpen}},
			Offerings: map[guichet.ID]guichet.Offering{"o": {ID: "o", Form: guichet.Form{Fields: []guichet.Field{
				{Key: "k", Help: text, Options: []guichet.Option{{Value: text, Label: text}}}}}}}}
		again, err := read(written(t, Of(&d, Known{})), "")
		if err != nil {
			t.Fatal(err)
		}
		got := []string{again.Desk.Name, again.Desk.Contact, again.Roles[0].Name, string(again.Roles[0].Permissions[0]),
			again.Services[0].Description, again.Services[0].Profiles[0], again.Offerings[0].Form.Fields[0].Help,
			again.Offerings[0].Form.Fields[0].Options[0].Value, again.Offerings[0].Form.Fields[0].Options[0].Label}
		for _, is := range got {
			if is != text {
				t.Fatalf("%q was read back as %q", text, is)
			}
		}
	})
}

// A reason that no longer names a field would hide the loss of the next one of that name.
func TestReasonsNameFields(t *testing.T) {
	unnamed := maps.Clone(notExported)
	for _, noun := range []any{guichet.Desk{}, guichet.Offering{}, guichet.Form{}, guichet.Workflow{}, guichet.Team{}, guichet.Template{}, guichet.Service{}, guichet.Calendar{}, guichet.Organisation{}} {
		kind := reflect.TypeOf(noun)
		for i := range kind.NumField() {
			delete(unnamed, kind.Name()+"."+kind.Field(i).Name)
		}
	}
	if len(unnamed) > 0 {
		t.Errorf("no such fields: %v", unnamed)
	}
}
