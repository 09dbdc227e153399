package guichet

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// MaxAnswer is the length of an answer above which it is refused, in characters.
const MaxAnswer = 4000

// Asking is what a form has to know besides the answers: who asks, when, and whom or what an
// answer names.
type Asking struct {
	Profile       string
	Organisations []ID      // of the person: its own, and those above
	Now           time.Time // in the time zone of the desk; zero: days have no today, and no bound by it
	// Resolve finds what the answer to a field names, a person, a service or a file, in the form in
	// which it is kept. Without it such answers are refused.
	Resolve func(f Field, typed string) Named
}

// Named is what an answer names.
type Named struct {
	Value string // as kept
	Label string // as shown
	Code  string // what is wrong, when it names nothing: the key of a message
}

// asTyped leaves what answers name as it is: it is looked for when the answers are sent.
func asTyped(_ Field, typed string) Named { return Named{Value: typed} }

// AskingOf is what a form knows of a person at a time.
func (d *Desk) AskingOf(p Person, now time.Time) Asking {
	if zone, err := time.LoadLocation(d.TimeZone); err == nil {
		now = now.In(zone)
	}
	return Asking{Profile: p.Profile, Organisations: d.OrganisationPath(p.OrganisationID), Now: now}
}

// about is what is known of who asks, for the conditions.
func (a Asking) about(subject string) []string {
	switch subject {
	case AskerProfile:
		return trimmed([]string{a.Profile})
	case AskerOrganisation:
		out := make([]string, len(a.Organisations))
		for i, o := range a.Organisations {
			out[i] = string(o)
		}
		return out
	}
	return nil
}

// Check validates answers by field key and returns them in the order of the form. Each problem
// is attached to "answers.KEY". Answers to hidden fields are dropped; unknown keys are refused.
func (f Form) Check(given map[string][]string, a Asking) ([]Answer, error) {
	var p Problems
	var answers []Answer
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if _, known := f.Field(key); !known {
			p.Add("answers."+key, "field.unknown")
		}
	}
	shown := f.shown(given, a)
	for _, field := range f.Fields {
		if !shown(field.Key) {
			continue
		}
		values, labels := field.check(&p, trimmed(given[field.Key]), a)
		if len(values) > 0 {
			answers = append(answers, Answer{field.Key, field.Label, field.Type, values, labels})
		}
	}
	return answers, p.Err()
}

// Shown lists the fields that are asked, given the answers so far.
func (f Form) Shown(given map[string][]string, a Asking) []Field {
	shown := f.shown(given, a)
	return slices.DeleteFunc(slices.Clone(f.Fields), func(x Field) bool { return !shown(x.Key) })
}

// For is the form as it is put to somebody: conditions on who asks are decided.
func (f Form) For(a Asking) Form {
	fields := slices.Clone(f.Fields)
	for i, field := range fields {
		if field.ShowIf != nil {
			c := field.ShowIf.For(a)
			fields[i].ShowIf = &c
		}
	}
	return Form{Version: f.Version, Fields: fields}
}

// Never reports whether no answer can make a field of such a form asked.
func (f Field) Never() bool { return f.ShowIf != nil && f.ShowIf.hopeless() }

// The steps by which it is decided whether a field is asked.
const (
	askedUnknown = iota
	askedDeciding
	askedNo
	askedBroken // its condition looks at nothing, or goes round in a circle: it is not asked
	askedYes
)

// shown makes the function that says whether a field is asked. A field whose condition looks at one
// that does not exist, or that goes round in a circle, is hidden.
func (f Form) shown(given map[string][]string, a Asking) func(key string) bool {
	state := map[string]int{}
	var decide func(key string) int
	decide = func(key string) int {
		if state[key] != askedUnknown {
			return state[key]
		}
		field, known := f.Field(key)
		if !known {
			return askedBroken
		}
		state[key] = askedDeciding
		state[key] = f.decided(field, given, a, decide)
		return state[key]
	}
	return func(key string) bool { return decide(key) == askedYes }
}

func (f Form) decided(field Field, given map[string][]string, a Asking, decide func(string) int) int {
	if field.ShowIf == nil {
		return askedYes
	}
	for _, test := range field.ShowIf.Tests() {
		on := test.Field
		if on == "" || strings.HasPrefix(on, "@") {
			continue
		}
		if s := decide(on); s == askedDeciding || s == askedBroken {
			return askedBroken
		}
	}
	answers := func(key string) []string {
		switch {
		case strings.HasPrefix(key, "@"):
			return a.about(key)
		case decide(key) == askedYes:
			return trimmed(given[key])
		}
		return nil
	}
	if field.ShowIf.holds(answers) {
		return askedYes
	}
	return askedNo
}

// check validates the answers to a field; it returns them as they are kept, with what they name.
func (f Field) check(p *Problems, values []string, a Asking) (kept, labels []string) {
	name := "answers." + f.Key
	if len(values) == 0 {
		if f.Required {
			p.Add(name, "field.required")
		}
		return nil, nil
	}
	if !f.checkCount(p, name, values) {
		return values, nil
	}
	for _, v := range values {
		named, problem := f.read(v, a)
		if problem.Code != "" {
			problem.Field = name
			p.record(problem)
			return values, f.labels(values)
		}
		kept = append(kept, named.Value)
		if named.Label != "" {
			labels = append(labels, named.Label)
		}
	}
	return kept, labels
}

func (f Field) checkCount(p *Problems, name string, values []string) bool {
	n, least, most := len(values), f.Limits.MinCount, f.Limits.MaxCount
	switch {
	case n > 1 && !f.Type.Several():
		p.Add(name, "field.one_value")
	case f.Type == FieldMultiChoice && n > len(f.Options):
		p.Add(name, "field.choice")
	case f.Type.Several() && most > 0 && n > most:
		p.Add(name, "field.count_max", "Limit", most)
	case f.Type.Several() && n < least:
		p.Add(name, "field.count_min", "Limit", least)
	default:
		return true
	}
	return false
}

func (f Field) labels(values []string) []string {
	var out []string
	for _, v := range values {
		for _, o := range f.Options {
			if o.Value == v && f.Type.Chooses() {
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
