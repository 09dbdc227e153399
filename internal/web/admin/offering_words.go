package admin

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/web/answering"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// offeringChange is a difference between two states of an offering.
type offeringChange struct {
	What  string // added, removed, changed, moved, settings
	Label string
	Parts []string
}

// offeringChanges lists what differs: first the settings, then the fields by their keys.
func offeringChanges(a, b guichet.Offering) []offeringChange {
	var out []offeringChange
	settings := func(o guichet.Offering) guichet.Offering {
		o.Form, o.Version = guichet.Form{}, 0
		return o
	}
	if parts := differing(settings(a), settings(b)); len(parts) > 0 {
		out = append(out, offeringChange{What: "settings", Parts: parts})
	}
	for _, f := range a.Form.Fields {
		if _, still := b.Form.Field(f.Key); !still {
			out = append(out, offeringChange{What: "removed", Label: f.Label})
		}
	}
	for _, f := range b.Form.Fields {
		before, known := a.Form.Field(f.Key)
		if !known {
			out = append(out, offeringChange{What: "added", Label: f.Label})
		} else if parts := differing(before, f); len(parts) > 0 {
			out = append(out, offeringChange{What: "changed", Label: f.Label, Parts: parts})
		}
	}
	if len(out) == 0 && !slices.Equal(keysOf(a.Form), keysOf(b.Form)) {
		out = append(out, offeringChange{What: "moved"})
	}
	return out
}

func keysOf(f guichet.Form) []string {
	var out []string
	for _, x := range f.Fields {
		out = append(out, x.Key)
	}
	return out
}

// differing names the parts in which two nouns differ, by the keys under which they are kept.
func differing(a, b any) []string {
	var x, y map[string]any
	for v, into := range map[*map[string]any]any{&x: a, &y: b} {
		text, err := json.Marshal(into)
		if err != nil || json.Unmarshal(text, v) != nil {
			return nil
		}
	}
	var out []string
	for _, key := range slices.Sorted(maps.Keys(merged(x, y))) {
		if !reflect.DeepEqual(x[key], y[key]) {
			out = append(out, key)
		}
	}
	return out
}

func merged(x, y map[string]any) map[string]any {
	out := maps.Clone(x)
	maps.Copy(out, y)
	return out
}

// changeWords says a difference.
func changeWords(q *site.Request, c offeringChange) string {
	var parts []string
	for _, p := range c.Parts {
		parts = append(parts, known(q, "admin.part.", p))
	}
	return q.P.T("admin.change."+c.What, "Label", c.Label, "Parts", strings.Join(parts, ", "))
}

func (d offeringData) field(q *site.Request, name, label string) kit.Field {
	f := kit.Field{Name: name, Label: q.P.T("admin.offering." + label), Value: d.Typed.Get(name), Errors: d.Errors}
	if help := "admin.offering." + label + ".help"; q.P.Has(help) {
		f.Help = q.P.T(help)
	}
	return f
}

// part is an input of the field i.
func (d offeringData) part(q *site.Request, i int, name string) kit.Field {
	full := at("fields", i, name)
	f := kit.Field{Name: full, Label: q.P.T("admin.field." + name), Value: d.Typed.Get(full), Errors: d.Errors}
	if help := "admin.field." + name + ".help"; q.P.Has(help) {
		f.Help = q.P.T(help)
	}
	return f
}

func (d offeringData) optionalPart(q *site.Request, i int, name string) kit.Field {
	f := d.part(q, i, name)
	f.Optional = q.P.T("optional")
	return f
}

// wrong reports whether something is wrong with the field or the step.
func (d offeringData) wrong(part string, i int) bool {
	prefix := at(part, i) + "."
	for name := range d.Errors {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// opens reports whether a field is shown open: it was just touched, or something is wrong with it.
func (d offeringData) opens(i int) bool {
	return d.Open == "field-"+strconv.Itoa(i) || d.wrong("fields", i)
}

// faults lists what is wrong, in the order of the form.
func (d offeringData) labels(q *site.Request) (order []string, labels map[string]string) {
	labels = map[string]string{"name": q.P.T("admin.offering.name"), "service": q.P.T("admin.offering.service"),
		"workflow": q.P.T("admin.offering.workflow"), "fields": q.P.T("admin.offering.fields"), "approval": q.P.T("admin.offering.approval")}
	order = []string{"name", "service", "kind", "workflow"}
	names := slices.Sorted(maps.Keys(d.Errors))
	slices.SortStableFunc(names, func(a, b string) int { return row(a) - row(b) })
	for _, name := range names {
		parts := strings.SplitN(name, ".", 3)
		i := row(name)
		if len(parts) < 3 || i < 0 {
			continue
		}
		switch {
		case parts[0] == "fields" && i < len(d.Value.Form.Fields):
			labels[name] = d.Value.Form.Fields[i].Label + " – " + known(q, "admin.field.", parts[2])
		case parts[0] == "approval":
			labels[name] = q.P.T("admin.step", "Number", strconv.Itoa(i+1)) + " – " + known(q, "admin.step.", parts[2])
		}
		order = append(order, name)
	}
	return order, labels
}

// row is the number of the row that a path names; -1 for none.
func row(path string) int {
	parts := strings.SplitN(path, ".", 3)
	if len(parts) < 2 {
		return -1
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return -1
	}
	return n
}

func typeOptions(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, t := range guichet.FieldTypes() {
		out = append(out, kit.Option{Value: string(t), Label: q.P.T("admin.type." + string(t))})
	}
	return out
}

func prefillOptions(q *site.Request) []kit.Option {
	out := []kit.Option{{Label: q.P.T("admin.prefill.none")}}
	for _, p := range guichet.Prefills() {
		out = append(out, kit.Option{Value: string(p), Label: q.P.T("admin.prefill." + string(p))})
	}
	return out
}

func comparisonOptions(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, c := range guichet.Comparisons() {
		out = append(out, kit.Option{Value: string(c), Label: q.P.T("admin.is." + string(c))})
	}
	return out
}

// condition is a condition in the designer.
type condition struct {
	Of       string // the path of what it is of
	Fault    string // the path under which what is wrong is said
	Label    string
	Help     string
	Value    *guichet.Condition
	Subjects []kit.Option // what it may look at
}

// showIf is the condition of the field i: it looks at the fields above, and at who asks.
func (d offeringData) showIf(q *site.Request, i int) condition {
	return condition{Of: at("fields", i), Fault: at("fields", i, "show_if"), Label: q.P.T("admin.field.show_if"), Value: d.Value.Form.Fields[i].ShowIf,
		Subjects: append(subjects(q, d.Value.Form.Fields[:i]), kit.Option{Value: guichet.AskerProfile, Label: q.P.T("form.when.profile")},
			kit.Option{Value: guichet.AskerOrganisation, Label: q.P.T("form.when.organisation")})}
}

// stepIf is the condition of a step: it looks at the answers.
func (d offeringData) stepIf(q *site.Request, i int) condition {
	return condition{Of: at("approval", i), Fault: at("approval", i, "if"), Label: q.P.T("admin.step.if"), Help: q.P.T("admin.step.if.help"),
		Value: d.Value.Approval[i].If, Subjects: subjects(q, d.Value.Form.Fields)}
}

func subjects(q *site.Request, fields []guichet.Field) []kit.Option {
	out := []kit.Option{{Label: q.P.T("admin.test.none")}}
	for _, f := range fields {
		out = append(out, kit.Option{Value: f.Key, Label: f.Label})
	}
	return out
}

// rows is how many rows a condition has: those that are filled, and one more.
func (c condition) rows() int {
	n := 1
	if c.Value != nil {
		n += len(c.Value.Tests())
	}
	return min(n, maxTests)
}

func (d offeringData) testField(q *site.Request, c condition, n int, name string) kit.Field {
	full := at(c.Of, "test", n, name)
	return kit.Field{Name: full, Label: q.P.T("admin.test." + name), Value: d.Typed.Get(full)}
}

// when says the condition of a field in words, for the list.
func (d offeringData) when(q *site.Request, i int) string {
	c := d.Value.Form.Fields[i].ShowIf
	if c == nil {
		return ""
	}
	return answering.When(q.P, q.Config, d.Value.Form, *c)
}

func natureOptions(q *site.Request) []kit.Option {
	return []kit.Option{{Value: "request", Label: q.P.T("kind.request")}, {Value: "incident", Label: q.P.T("kind.incident")},
		{Value: "", Label: q.P.T("admin.offering.kind.any")}}
}

func (d offeringData) step(i int) stepForm {
	return stepForm{d.Value.Approval[i], i, d.Typed, d.Errors, d.People}
}

func needOptions(q *site.Request) []kit.Option {
	out := []kit.Option{{Value: "", Label: q.P.T("admin.need.any")}, {Value: "all", Label: q.P.T("admin.need.all")}}
	for n := 2; n <= 5; n++ {
		out = append(out, kit.Option{Value: strconv.Itoa(n), Label: q.P.T("admin.need.some", "Number", strconv.Itoa(n))})
	}
	return out
}

func fileKindOptions(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, k := range guichet.FileKinds() {
		out = append(out, kit.Option{Value: string(k), Label: q.P.T("form.file." + string(k))})
	}
	return out
}
