package presets

import (
	"slices"

	"guichet"
)

var (
	fieldTypes = []guichet.FieldType{guichet.FieldText, guichet.FieldLongText, guichet.FieldNumber, guichet.FieldDate,
		guichet.FieldChoice, guichet.FieldMultiChoice, guichet.FieldYesNo, guichet.FieldEmail, guichet.FieldPhone}
	prefills = []string{"", "phone", "location", "email"}
)

// checkForm holds that each field can be shown and answered.
func (p Preset) checkForm(f *folder, o guichet.Offering) {
	var above []guichet.Field
	for _, field := range o.Form.Fields {
		say := func(text string) { f.fault(fileOfferings, o.ID, "%s: field %q: %s", o.ID, field.Key, text) }
		if field.Key == "" || field.Label == "" {
			say("a key and a label are needed")
		}
		if slices.ContainsFunc(above, func(x guichet.Field) bool { return x.Key == field.Key }) {
			say("stands twice")
		}
		if !slices.Contains(fieldTypes, field.Type) || !slices.Contains(prefills, field.Prefill) {
			say("unknown type or prefill")
		}
		choice := field.Type == guichet.FieldChoice || field.Type == guichet.FieldMultiChoice
		if choice != (len(field.Options) > 0) {
			say("options belong to choices, and choices need them")
		}
		if c := field.ShowIf; c != nil && !answerable(above, *c) {
			say("show_if names no answer of a field above it")
		}
		above = append(above, field)
	}
}

// answerable reports whether a condition can hold: its field is one of those above, and may be
// answered by each of the values.
func answerable(above []guichet.Field, c guichet.Condition) bool {
	i := slices.IndexFunc(above, func(x guichet.Field) bool { return x.Key == c.Field })
	if i < 0 || len(c.Values) == 0 {
		return false
	}
	possible := []string{"yes", "no"}
	for _, o := range above[i].Options {
		possible = append(possible, o.Value)
	}
	return !slices.ContainsFunc(c.Values, func(v string) bool { return !slices.Contains(possible, v) })
}
