// Package answering puts the form of an offering to whoever fills it: on the portal, at the desk, and in
// the preview of who designs it.
package answering

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/i18n"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// Sheet is a form with what was typed into it.
type Sheet struct {
	P        i18n.Printer
	Desk     *guichet.Desk
	Form     guichet.Form // as it is put to the person
	Asking   guichet.Asking
	Typed    url.Values
	Errors   kit.Errors
	Services []kit.Option            // that the person sees
	Places   []string                // suggestions
	People   map[string][]kit.Option // candidates for a name, by field
	Kept     []kit.KeptFile          // files received already, those of fields only
}

// prefix begins the names of the fields of an offering's own form.
const prefix = "answers."

// Name is the name of a field on the page.
func Name(f guichet.Field) string { return prefix + f.Key }

// New puts a form to a person.
func New(q *site.Request, d *guichet.Desk, form guichet.Form, person guichet.Person) Sheet {
	asking := d.AskingOf(person, q.Time())
	s := Sheet{P: q.P, Desk: d, Form: form.For(asking), Asking: asking, Typed: url.Values{}}
	s.Form.Fields = slices.DeleteFunc(s.Form.Fields, guichet.Field.Never)
	for _, f := range form.Fields {
		switch f.Type {
		case guichet.FieldService:
			s.Services = servicesFor(q, d, person)
		case guichet.FieldPlace:
			s.Places = places(d, person)
		}
	}
	return s
}

// ForAnybody puts a form to whoever records what somebody else asks: nothing is compulsory, and what
// depends on the person is there.
func ForAnybody(q *site.Request, form guichet.Form) Sheet {
	s := New(q, q.Config, form.Optional(), q.Actor.Person)
	s.Form = form.Optional()
	for i, f := range s.Form.Fields {
		if f.ShowIf != nil {
			c := f.ShowIf.ForAnybody()
			s.Form.Fields[i].ShowIf = &c
		}
	}
	return s
}

func servicesFor(q *site.Request, d *guichet.Desk, person guichet.Person) []kit.Option {
	var out []kit.Option
	for _, n := range site.Tree(d) {
		if d.Shows(n.Service.ID, person, q.Time()) {
			out = append(out, kit.Option{Value: string(n.Service.ID), Label: strings.Repeat("\u2003", n.Depth) + n.Service.Name})
		}
	}
	return out
}

// places are those that anybody may know: the person's own, and the sites of the organisation.
func places(d *guichet.Desk, person guichet.Person) []string {
	var out []string
	for _, o := range d.Organisations {
		if o.Kind == guichet.OrganisationSite || o.Kind == guichet.OrganisationEstablishment {
			out = append(out, o.Name)
		}
	}
	slices.Sort(out)
	if person.Location != "" {
		out = append([]string{person.Location}, out...)
	}
	return slices.Compact(out)
}

// Fill fills the form beforehand: from the address, which names fields by their keys, else from what
// is known of the person.
func (s *Sheet) Fill(person guichet.Person, address url.Values) {
	for _, f := range s.Form.Fields {
		known := f.Filled(person, s.Desk.Organisations[person.OrganisationID].Name)
		if given := address[f.Key]; len(given) > 0 {
			s.Typed[Name(f)] = given
		} else if known != "" {
			s.Typed.Set(Name(f), known)
		}
	}
}

// Again is the form as it comes back with what was typed and what is wrong with it.
func (s *Sheet) Again(q *site.Request, typed url.Values, errors kit.Errors, kept []kit.KeptFile) {
	s.Typed, s.Errors, s.People = typed, errors, map[string][]kit.Option{}
	for _, f := range s.Form.Fields {
		text := strings.TrimSpace(typed.Get(Name(f)))
		if f.Type == guichet.FieldPerson && text != "" && (errors[Name(f)] != "" || typed.Get(Name(f)+"_choice") != "") {
			s.People[f.Key] = q.Candidates(text)
		}
	}
	for _, k := range kept {
		if k.Field != "" {
			s.Kept = append(s.Kept, k)
		}
	}
}

// Given are the answers that were typed, by key; fields that the form no longer has are among them.
func Given(typed url.Values) map[string][]string {
	out := map[string][]string{}
	for name, values := range typed {
		key, found := strings.CutPrefix(name, prefix)
		if !found || strings.HasSuffix(key, "_choice") {
			continue
		}
		if chosen := typed.Get(name + "_choice"); chosen != "" {
			values = []string{chosen}
		}
		out[key] = values
	}
	return out
}

// Lost are the answers to fields that the form no longer has, with the label they had.
func Lost(d *guichet.Desk, o guichet.Offering, version int, typed url.Values) []guichet.Answer {
	var out []guichet.Answer
	before := d.OfferingAt(o.ID, version).Form
	given := Given(typed)
	for _, key := range slices.Sorted(maps.Keys(given)) {
		values := slices.DeleteFunc(slices.Clone(given[key]), func(v string) bool { return strings.TrimSpace(v) == "" })
		if _, known := o.Form.Field(key); known || len(values) == 0 {
			continue
		}
		field, _ := before.Field(key)
		if field.Label == "" {
			field.Label = key
		}
		out = append(out, guichet.Answer{Key: key, Label: field.Label, Type: field.Type, Values: values})
	}
	return out
}

// Version is the version of the form that was filled in; 0 when the page does not say.
func Version(typed url.Values) int {
	n, err := strconv.Atoi(typed.Get("form_version"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Order is the order of the fields on the page.
func (s Sheet) Order() []string {
	var out []string
	for _, f := range slices.Concat(s.Needed().Form.Fields, s.Rest().Form.Fields) {
		out = append(out, Name(f))
	}
	return out
}

// Needed are the fields that must be answered, with those on which that depends; the rest comes after.
func (s Sheet) Needed() Sheet { return s.only(true) }

// Rest are the other fields.
func (s Sheet) Rest() Sheet { return s.only(false) }

func (s Sheet) only(needed bool) Sheet {
	first := map[string]bool{}
	for _, f := range slices.Backward(s.Form.Fields) {
		if !f.Required && !first[f.Key] {
			continue
		}
		first[f.Key] = true
		if f.ShowIf != nil {
			for _, t := range f.ShowIf.Tests() {
				first[t.Field] = true
			}
		}
	}
	s.Form.Fields = slices.DeleteFunc(slices.Clone(s.Form.Fields), func(f guichet.Field) bool { return first[f.Key] != needed })
	return s
}

// Labels are the labels of the fields.
func (s Sheet) Labels() map[string]string {
	out := map[string]string{}
	for _, f := range s.Form.Fields {
		out[Name(f)] = f.Label
	}
	return out
}

// field is a field as the components show it.
func (s Sheet) field(f guichet.Field, kind string) kit.Field {
	out := kit.Field{Name: Name(f), Label: f.Label, Help: f.Help, Type: kind, Value: s.Typed.Get(Name(f)), Errors: s.Errors}
	if !f.Required {
		out.Optional = s.P.T("optional")
	}
	if f.Type.Bounded() && f.Type != guichet.FieldNumber {
		out.Least, out.Most = f.Bound(f.Limits.Min, s.Asking), f.Bound(f.Limits.Max, s.Asking)
		if f.Type == guichet.FieldDateTime {
			out.Least, out.Most = during(out.Least, "T00:00"), during(out.Most, "T23:59")
		}
	}
	if f.Type.Worded() {
		out.Max = guichet.MaxAnswer
		if f.Limits.MaxLength > 0 {
			out.Max = f.Limits.MaxLength
		}
	}
	if out.Help == "" {
		out.Help = s.hint(f)
	}
	return out
}

// number is a field that a phone answers with its keys of figures.
func (s Sheet) number(f guichet.Field) kit.Field {
	out := s.field(f, "text")
	out.Keypad = "decimal"
	return out
}

func during(day, hour string) string {
	if day == "" {
		return ""
	}
	return day + hour
}

// hint says what a field expects when its designer did not.
func (s Sheet) hint(f guichet.Field) string {
	switch f.Type {
	case guichet.FieldPerson:
		return s.P.T("form.person.help")
	case guichet.FieldEquipment:
		return s.P.T("form.equipment.help")
	case guichet.FieldFile:
		return strings.Join(s.fileKinds(f), ", ")
	}
	return ""
}

func (s Sheet) fileKinds(f guichet.Field) []string {
	var out []string
	for _, k := range f.Limits.Files {
		out = append(out, s.P.T("form.file."+string(k)))
	}
	return out
}

// accept is what a browser proposes to choose among.
func accept(f guichet.Field) string {
	var out []string
	for _, k := range f.Limits.Files {
		out = append(out, k.Extensions()...)
	}
	return strings.Join(out, ",")
}

func options(f guichet.Field) []kit.Option {
	out := make([]kit.Option, len(f.Options))
	for i, o := range f.Options {
		out[i] = kit.Option{Value: o.Value, Label: o.Label}
	}
	return out
}

// suggestions are the places proposed: those that the form names, else those that are known.
func (s Sheet) suggestions(f guichet.Field) []string {
	if len(f.Options) == 0 {
		return s.Places
	}
	var out []string
	for _, o := range f.Options {
		out = append(out, o.Label)
	}
	return out
}

// keptOf are the files received already for a field.
func (s Sheet) keptOf(f guichet.Field) []kit.KeptFile {
	return slices.DeleteFunc(slices.Clone(s.Kept), func(k kit.KeptFile) bool { return k.Field != f.Key })
}

// condition tells the scripts when a field is asked.
func condition(f guichet.Field) templ.Attributes {
	b, err := json.Marshal(f.ShowIf)
	if err != nil || f.ShowIf == nil {
		return nil
	}
	return templ.Attributes{"data-show": string(b)}
}

// When says in words when a field is asked, for who has no scripts and for who designs the form.
func When(p i18n.Printer, d *guichet.Desk, form guichet.Form, c guichet.Condition) string {
	tests := c.Tests()
	words := make([]string, 0, len(tests))
	for _, t := range tests {
		if t.Is != guichet.ComparisonAlways && t.Is != guichet.ComparisonNever {
			words = append(words, testWords(p, d, form, t))
		}
	}
	if len(c.Any) > 0 {
		return strings.Join(words, p.T("form.when.or"))
	}
	return strings.Join(words, p.T("form.when.and"))
}

func testWords(p i18n.Printer, d *guichet.Desk, form guichet.Form, t guichet.Test) string {
	field, _ := form.Field(t.Field)
	label := field.Label
	switch {
	case t.Field == guichet.AskerProfile:
		label = p.T("form.when.profile")
	case t.Field == guichet.AskerOrganisation:
		label = p.T("form.when.organisation")
	case label == "":
		label = t.Field
	}
	is := t.Is
	if is == "" {
		is = guichet.ComparisonOneOf
	}
	var values []string
	for _, v := range t.Values {
		values = append(values, valueWords(p, d, field, t, v))
	}
	return p.T("form.when."+string(is), "Field", label, "Values", strings.Join(values, p.T("form.when.either")))
}

func valueWords(p i18n.Printer, d *guichet.Desk, f guichet.Field, t guichet.Test, v string) string {
	switch t.Field {
	case guichet.AskerOrganisation:
		return d.Organisations[guichet.ID(v)].Name
	case guichet.AskerProfile:
		return kit.Profile(p, v)
	}
	for _, o := range f.Options {
		if o.Value == v {
			return o.Label
		}
	}
	return kit.AnswerText(p, guichet.Answer{Type: f.Type, Values: []string{v}})
}

// Open adds to an opening what the form was answered.
func Open(in *ticketing.Open, form site.Form) {
	in.Answers, in.FormVersion = Given(form.Values), Version(form.Values)
}
