package guichet

import "slices"

// FieldType is what a field of a form holds.
type FieldType string

// The types of fields. A number is written 12 or 12,5; a day 2006-01-02; an hour 15:04; both
// 2006-01-02T15:04, in the time zone of the desk.
const (
	FieldText        FieldType = "text"
	FieldLongText    FieldType = "long_text"
	FieldRichText    FieldType = "rich_text" // Markdown
	FieldNumber      FieldType = "number"
	FieldDate        FieldType = "date"
	FieldTime        FieldType = "time"
	FieldDateTime    FieldType = "date_time"
	FieldChoice      FieldType = "choice"
	FieldMultiChoice FieldType = "multi_choice"
	FieldYesNo       FieldType = "yes_no"
	FieldEmail       FieldType = "email"
	FieldPhone       FieldType = "phone"
	FieldPerson      FieldType = "person"    // somebody of the directory; the answer is an identifier
	FieldPlace       FieldType = "place"     // a text, with suggestions
	FieldService     FieldType = "service"   // of the catalogue that the person sees; the answer is an identifier
	FieldFile        FieldType = "file"      // files that go with the ticket; the answers are identifiers of documents
	FieldEquipment   FieldType = "equipment" // an inventory or serial number
)

// FieldTypes lists the types, in the order in which the designer proposes them.
func FieldTypes() []FieldType {
	return []FieldType{FieldText, FieldLongText, FieldRichText, FieldChoice, FieldMultiChoice, FieldYesNo,
		FieldNumber, FieldDate, FieldTime, FieldDateTime, FieldPerson, FieldPlace, FieldService, FieldEmail,
		FieldPhone, FieldEquipment, FieldFile}
}

// Chooses reports whether the answer is one or several of the options of the field.
func (t FieldType) Chooses() bool { return t == FieldChoice || t == FieldMultiChoice }

// Several reports whether a field may have several answers.
func (t FieldType) Several() bool { return t == FieldMultiChoice || t == FieldFile }

// Bounded reports whether the answers have an order, and so a least and a greatest one.
func (t FieldType) Bounded() bool {
	return t == FieldNumber || t == FieldDate || t == FieldDateTime || t == FieldTime
}

// Worded reports whether the answer is a text that a length and a pattern may bound.
func (t FieldType) Worded() bool {
	return slices.Contains([]FieldType{FieldText, FieldLongText, FieldRichText, FieldPlace, FieldEquipment}, t)
}

// Option is a possible answer of a choice, or a suggestion of a place.
type Option struct {
	Value string `json:"value" yaml:"value"`
	Label string `json:"label" yaml:"label"`
}

// Limits bound the answers to a field; what is empty bounds nothing.
type Limits struct {
	Min       string     `json:"min,omitempty" yaml:"min,omitempty"` // a number, an hour, a day: 2026-09-01, today, today+3
	Max       string     `json:"max,omitempty" yaml:"max,omitempty"`
	MinLength int        `json:"min_length,omitempty" yaml:"min_length,omitempty"` // characters of a text
	MaxLength int        `json:"max_length,omitempty" yaml:"max_length,omitempty"`
	MinCount  int        `json:"min_count,omitempty" yaml:"min_count,omitempty"` // choices, files
	MaxCount  int        `json:"max_count,omitempty" yaml:"max_count,omitempty"`
	Pattern   string     `json:"pattern,omitempty" yaml:"pattern,omitempty"`                 // regular expression that the whole text follows
	Message   string     `json:"pattern_message,omitempty" yaml:"pattern_message,omitempty"` // what is said to who does not follow it
	Files     []FileKind `json:"files,omitempty" yaml:"files,omitempty"`                     // kinds of files; empty: any
}

// Prefill is what a field is filled with beforehand, from the record of who asks.
type Prefill string

// The prefilled values.
const (
	PrefillPhone        Prefill = "phone"
	PrefillLocation     Prefill = "location"
	PrefillEmail        Prefill = "email"
	PrefillName         Prefill = "name"
	PrefillNumber       Prefill = "employee_number"
	PrefillOrganisation Prefill = "organisation"
)

// Prefills lists them.
func Prefills() []Prefill {
	return []Prefill{PrefillName, PrefillEmail, PrefillPhone, PrefillLocation, PrefillNumber, PrefillOrganisation}
}

// Field is a question of a form.
type Field struct {
	Key      string     `json:"key" yaml:"key"`
	Type     FieldType  `json:"type" yaml:"type"`
	Label    string     `json:"label" yaml:"label"`
	Help     string     `json:"help,omitempty" yaml:"help,omitempty"`
	Required bool       `json:"required,omitempty" yaml:"required,omitempty"`
	Options  []Option   `json:"options,omitempty" yaml:"options,omitempty"`
	ShowIf   *Condition `json:"show_if,omitempty" yaml:"show_if,omitempty"`
	Prefill  Prefill    `json:"prefill,omitempty" yaml:"prefill,omitempty"`
	Default  string     `json:"default,omitempty" yaml:"default,omitempty"` // filled in where the record says nothing
	Limits   Limits     `json:"limits,omitzero" yaml:"limits,omitempty"`
}

// Form is what an offering asks beyond the title and the description. Every version is kept.
type Form struct {
	Version int     `json:"version" yaml:"-"`
	Fields  []Field `json:"fields" yaml:"fields"`
}

// Answer is the answer to a field, with the label that was asked.
type Answer struct {
	Key    string    `json:"key"`
	Label  string    `json:"label"`
	Type   FieldType `json:"type,omitempty"`
	Values []string  `json:"values"`           // as typed or chosen
	Labels []string  `json:"labels,omitempty"` // of what was chosen or named
}

// Optional is the form as it is put to somebody who records a call or a mail: what is answered is
// checked, but nobody is there to answer the rest.
func (f Form) Optional() Form {
	fields := slices.Clone(f.Fields)
	for i := range fields {
		fields[i].Required, fields[i].Limits.MinCount = false, 0
	}
	return Form{Version: f.Version, Fields: fields}
}

// FilesLater is the form where nobody has to join files yet.
func (f Form) FilesLater() Form {
	fields := slices.Clone(f.Fields)
	for i := range fields {
		if fields[i].Type == FieldFile {
			fields[i].Required, fields[i].Limits.MinCount = false, 0
		}
	}
	return Form{Version: f.Version, Fields: fields}
}

// Field finds a field by its key.
func (f Form) Field(key string) (Field, bool) {
	i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return f.Fields[i], true
}

// Filled is what a field holds before anybody has typed: what the person's record says of it, or
// else its own value. organisation is the name of the person's.
func (f Field) Filled(p Person, organisation string) string {
	known := map[Prefill]string{PrefillPhone: p.Phone, PrefillLocation: p.Location, PrefillEmail: p.Email,
		PrefillName: p.Name(), PrefillNumber: p.EmployeeNumber, PrefillOrganisation: organisation}[f.Prefill]
	if known == "" {
		return f.Default
	}
	return known
}
