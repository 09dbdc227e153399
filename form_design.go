package guichet

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Limits of a form.
const (
	MaxFormFields  = 60
	MaxOptions     = 100
	maxFieldTexts  = 200 // characters of a label, an option, a message
	maxFieldHelp   = 500
	maxPattern     = 200
	maxFieldLength = MaxAnswer
	maxFieldCount  = 20
)

// keyPattern is what keys of fields and values of options are made of.
var keyPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,59}$`)

// ValidKey reports whether s may be the key of a field or of anything else that files name.
func ValidKey(s string) bool { return keyPattern.MatchString(s) }

// Check says what makes an offering unusable. The problems of its fields are attached to "fields.N",
// from 0, and those of its approval to "approval.N"; their codes begin with "offering." or "form.".
func (o Offering) Check(d *Desk) error {
	var p Problems
	p.Text("name", o.Name, maxFieldTexts)
	p.AtMost("description", o.Description, maxFieldHelp)
	if _, known := d.Services[o.ServiceID]; !known {
		p.Add("service", "field.unknown_value")
	}
	if o.Kind != "" && o.Kind != KindIncident && o.Kind != KindRequest {
		p.Add("kind", "field.unknown_value")
	}
	if _, known := d.Workflows[o.WorkflowID]; o.WorkflowID != "" && !known {
		p.Add("workflow", "field.unknown_value")
	}
	for _, id := range o.Checklists {
		if d.Templates[id].Kind != TemplateChecklist {
			p.Add("checklists", "template.no_checklist", "Value", string(id))
		}
	}
	if len(o.Skills) > maxRuleTags {
		p.Add("skills", "field.too_many", "Limit", maxRuleTags)
	}
	p.Merge(d.CheckApproval(o.Approval, o.Form))
	p.Merge(o.Form.Design(d))
	return p.Err()
}

// Design says what makes a form unusable: a key that stands twice, a choice without options, a
// condition that nothing can fulfil, a limit that excludes everything.
func (f Form) Design(d *Desk) error {
	var p Problems
	if len(f.Fields) > MaxFormFields {
		p.Add("fields", "field.too_many", "Limit", MaxFormFields)
	}
	for i, field := range f.Fields {
		design{&p, fmt.Sprintf("fields.%d.", i), d, field, f.Fields[:i]}.check()
	}
	return p.Err()
}

// design checks one field of a form.
type design struct {
	p     *Problems
	at    string
	desk  *Desk
	field Field
	above []Field
}

func (x design) add(part, code string, kv ...any) { x.p.Add(x.at+part, code, kv...) }

func (x design) check() {
	f := x.field
	if !ValidKey(f.Key) {
		x.add("key", "form.key")
	}
	if slices.ContainsFunc(x.above, func(other Field) bool { return other.Key == f.Key }) {
		x.add("key", "form.key_twice")
	}
	x.p.Text(x.at+"label", f.Label, maxFieldTexts)
	x.p.AtMost(x.at+"help", f.Help, maxFieldHelp)
	if !slices.Contains(FieldTypes(), f.Type) {
		x.add("type", "field.unknown_value")
	}
	if f.Prefill != "" && !slices.Contains(Prefills(), f.Prefill) {
		x.add("prefill", "field.unknown_value")
	}
	x.options()
	x.limits()
	x.filled()
	if f.ShowIf != nil {
		x.condition()
	}
}

// options hold for choices, which need them, and for places, to which they are suggestions.
func (x design) options() {
	f := x.field
	switch {
	case f.Type.Chooses() && len(f.Options) == 0:
		x.add("options", "form.options_missing")
	case len(f.Options) > 0 && !f.Type.Chooses() && f.Type != FieldPlace:
		x.add("options", "form.options_for_nothing")
	case len(f.Options) > MaxOptions:
		x.add("options", "field.too_many", "Limit", MaxOptions)
	}
	seen := map[string]bool{}
	for _, o := range f.Options {
		if blank(o.Value) || blank(o.Label) || len(o.Value) > maxFieldTexts || len(o.Label) > 2*maxFieldTexts ||
			strings.TrimSpace(o.Value) != o.Value {
			x.add("options", "form.option")
		}
		if seen[o.Value] {
			x.add("options", "form.option_twice", "Text", o.Value)
		}
		seen[o.Value] = true
	}
}

func (x design) limits() {
	f, l := x.field, x.field.Limits
	if !f.Type.Bounded() && (l.Min != "" || l.Max != "") || !f.Type.Several() && (l.MinCount != 0 || l.MaxCount != 0) ||
		!f.Type.Worded() && (l.MinLength != 0 || l.MaxLength != 0 || l.Pattern != "" || l.Message != "") ||
		f.Type != FieldFile && len(l.Files) > 0 {
		x.add("limits", "form.limit_for_nothing")
		return
	}
	for _, bound := range []struct{ part, text string }{{"min", l.Min}, {"max", l.Max}} {
		if bound.text != "" && !f.Type.boundedBy(bound.text) {
			x.add("limits."+bound.part, f.Type.boundFault())
		}
	}
	x.counts("length", l.MinLength, l.MaxLength, maxFieldLength)
	x.counts("count", l.MinCount, l.MaxCount, max(maxFieldCount, len(f.Options)))
	if f.Type.Bounded() && !l.passes(f) {
		x.add("limits.max", "form.bounds_crossed")
	}
	if f.Type == FieldMultiChoice && l.MinCount > len(f.Options) {
		x.add("limits.min_count", "form.count_options")
	}
	if _, err := l.pattern(); err != nil || len(l.Pattern) > maxPattern {
		x.add("limits.pattern", "form.pattern")
	}
	x.p.AtMost(x.at+"limits.message", l.Message, maxFieldTexts)
	for _, k := range l.Files {
		if !slices.Contains(FileKinds(), k) {
			x.add("limits.files", "field.unknown_value")
		}
	}
}

func (x design) counts(what string, least, most, limit int) {
	switch {
	case least < 0 || most < 0 || least > limit || most > limit:
		x.add("limits.max_"+what, "form.count_range", "Limit", limit)
	case most > 0 && least > most:
		x.add("limits.max_"+what, "form.bounds_crossed")
	}
}

// boundedBy reports whether a text may bound the answers of a type.
func (t FieldType) boundedBy(text string) bool {
	if t == FieldDate || t == FieldDateTime {
		_, relative := relativeDays(text)
		return relative || FieldDate.accepts(text)
	}
	return t.accepts(text)
}

func (t FieldType) boundFault() string {
	switch t {
	case FieldNumber:
		return "form.bound_number"
	case FieldTime:
		return "form.bound_time"
	}
	return "form.bound_date"
}

// passes reports whether something may stand between the two bounds. Any day is as good as today
// to tell.
func (l Limits) passes(f Field) bool {
	if l.Min == "" || l.Max == "" || !f.Type.boundedBy(l.Min) || !f.Type.boundedBy(l.Max) {
		return true
	}
	_, a := relativeDays(l.Min)
	_, b := relativeDays(l.Max)
	if a != b { // a fixed day and one that moves: it depends on when
		return true
	}
	whenever := Asking{Now: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	return !ComparisonMore.holds(f.bound(l.Min, whenever), f.bound(l.Max, whenever))
}

// filled checks what the field is filled with beforehand: the form must accept it.
func (x design) filled() {
	f := x.field
	if f.Default == "" {
		return
	}
	switch f.Type {
	case FieldPerson, FieldService, FieldFile:
		x.add("default", "form.default_for_nothing")
		return
	}
	if _, problem := f.read(strings.TrimSpace(f.Default), Asking{}); problem.Code != "" {
		problem.Field = x.at + "default"
		x.p.record(problem)
	}
}

// condition checks that a condition can hold: each test looks at a field above, or at who asks, for
// something that may be answered.
func (x design) condition() {
	tests := x.field.ShowIf.Tests()
	if len(tests) == 0 || len(tests) > maxFieldCount {
		x.add("show_if", "form.condition_empty")
	}
	for _, t := range tests {
		if code := x.fault(t); code != "" {
			x.add("show_if", code, "Text", t.Field)
		}
	}
}

func (x design) fault(t Test) string {
	if t.Is != "" && !slices.Contains(Comparisons(), t.Is) || t.Is.Valued() == (len(t.Values) == 0) {
		return "form.condition_empty"
	}
	if t.Is.Sized() && len(t.Values) != 1 {
		return "form.condition_empty"
	}
	switch t.Field {
	case AskerProfile:
		return ""
	case AskerOrganisation:
		if slices.ContainsFunc(t.Values, func(v string) bool { return x.desk.Organisations[ID(v)].ID == "" }) {
			return "form.condition_value"
		}
		return ""
	}
	i := slices.IndexFunc(x.above, func(f Field) bool { return f.Key == t.Field })
	if i < 0 {
		return "form.condition_field"
	}
	if slices.ContainsFunc(t.Values, func(v string) bool { return !x.above[i].mayBe(v, t.Is) }) {
		return "form.condition_value"
	}
	return ""
}

// mayBe reports whether a value is one that the answers of a field may be compared with.
func (f Field) mayBe(v string, is Comparison) bool {
	switch {
	case is.Sized():
		return f.Type.Bounded() && f.Type.accepts(v)
	case f.Type.Chooses():
		return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == v })
	case f.Type == FieldYesNo:
		return v == "yes" || v == "no"
	}
	return true
}
