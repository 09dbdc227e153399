package guichet

import (
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// FieldType is what a field of a form holds.
type FieldType string

// The types of fields.
const (
	FieldText        FieldType = "text"
	FieldLongText    FieldType = "long_text"
	FieldNumber      FieldType = "number"
	FieldDate        FieldType = "date" // 2006-01-02
	FieldChoice      FieldType = "choice"
	FieldMultiChoice FieldType = "multi_choice"
	FieldYesNo       FieldType = "yes_no"
	FieldEmail       FieldType = "email"
	FieldPhone       FieldType = "phone"
)

// Option is a possible answer of a choice.
type Option struct {
	Value string `json:"value" yaml:"value"`
	Label string `json:"label" yaml:"label"`
}

// Condition shows a field only when another one holds one of the values.
type Condition struct {
	Field  string   `json:"field" yaml:"field"`
	Values []string `json:"values" yaml:"values"`
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
	Prefill  string     `json:"prefill,omitempty" yaml:"prefill,omitempty"` // phone, location, email of the person
}

// Form is what an offering asks beyond the title and the description. Every version is kept.
type Form struct {
	Version int     `json:"version" yaml:"-"`
	Fields  []Field `json:"fields" yaml:"fields"`
}

// Answer is the answer to a field, with the label that was asked.
type Answer struct {
	Key    string   `json:"key"`
	Label  string   `json:"label"`
	Values []string `json:"values"`           // as typed or chosen
	Labels []string `json:"labels,omitempty"` // of the chosen options
}

// MaxAnswer is the length of an answer above which it is refused, in characters.
const MaxAnswer = 4000

// Optional is the form as it is put to somebody who records a call or a mail: what is answered is
// checked, but nobody is there to answer the rest.
func (f Form) Optional() Form {
	fields := slices.Clone(f.Fields)
	for i := range fields {
		fields[i].Required = false
	}
	return Form{Version: f.Version, Fields: fields}
}

// Check validates answers by field key and returns them in the order of the form. Each problem
// is attached to "answers.KEY". Answers to hidden fields are dropped; unknown keys are refused.
func (f Form) Check(given map[string][]string) ([]Answer, error) {
	var p Problems
	var answers []Answer
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if _, known := f.field(key); !known {
			p.Add("answers."+key, "field.unknown")
		}
	}
	for _, field := range f.Fields {
		if !f.shown(field, given, len(f.Fields)) {
			continue
		}
		values := trimmed(given[field.Key])
		field.check(&p, values)
		if len(values) > 0 {
			answers = append(answers, Answer{field.Key, field.Label, values, field.labels(values)})
		}
	}
	return answers, p.Err()
}

func (f Form) field(key string) (Field, bool) {
	i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return f.Fields[i], true
}

// shown reports whether a field is asked, given the other answers: the field it depends on is asked
// too, and holds one of the values. Conditions that go round in a circle hide their fields; depth
// counts the steps left.
func (f Form) shown(field Field, given map[string][]string, depth int) bool {
	if field.ShowIf == nil {
		return true
	}
	on, known := f.field(field.ShowIf.Field)
	if !known || depth == 0 || !f.shown(on, given, depth-1) {
		return false
	}
	return slices.ContainsFunc(trimmed(given[on.Key]), func(v string) bool {
		return slices.Contains(field.ShowIf.Values, v)
	})
}

func (f Field) check(p *Problems, values []string) {
	name := "answers." + f.Key
	if len(values) == 0 {
		if f.Required {
			p.Add(name, "field.required")
		}
		return
	}
	if len(values) > 1 && f.Type != FieldMultiChoice {
		p.Add(name, "field.one_value")
		return
	}
	if f.Type == FieldMultiChoice && len(values) > len(f.Options) {
		p.Add(name, "field.choice")
		return
	}
	for _, v := range values {
		if code := f.problem(v); code != "" {
			p.Add(name, code, "Limit", MaxAnswer, "Length", utf8.RuneCountInString(v))
			return
		}
	}
}

var (
	numberPattern = regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]+)?$`)
	// Four digits or more, parted as people write them, no-break spaces included.
	phonePattern = regexp.MustCompile(`^\(?\+?([ \x{00A0}\x{202F}().\-/]{0,3}[0-9]){4,20}\)?$`)
)

// ValidPhone reports whether s looks like a telephone number, internal extensions included.
func ValidPhone(s string) bool { return phonePattern.MatchString(s) }

func (f Field) problem(v string) string {
	if utf8.RuneCountInString(v) > MaxAnswer {
		return "field.too_long"
	}
	wrong := false
	code := "field." + string(f.Type)
	switch f.Type {
	case FieldNumber:
		wrong = !numberPattern.MatchString(v)
	case FieldDate:
		_, err := time.Parse(time.DateOnly, v)
		wrong = err != nil
	case FieldChoice, FieldMultiChoice:
		wrong, code = !f.offers(v), "field.choice"
	case FieldYesNo:
		wrong, code = v != "yes" && v != "no", "field.choice"
	case FieldEmail:
		address, err := mail.ParseAddress(v)
		wrong = err != nil || address.Address != v // the address alone, without a name
	case FieldPhone:
		wrong = !ValidPhone(v)
	}
	if wrong {
		return code
	}
	return ""
}

func (f Field) offers(v string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == v })
}

func (f Field) labels(values []string) []string {
	var out []string
	for _, v := range values {
		for _, o := range f.Options {
			if o.Value == v {
				out = append(out, o.Label)
			}
		}
	}
	return out
}

func trimmed(values []string) []string {
	var out []string
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}
