package guichet

import (
	"slices"
	"strconv"
	"strings"
)

// Comparison is how a condition looks at an answer.
type Comparison string

// The comparisons. Those of size hold of numbers, days and hours.
const (
	ComparisonOneOf   Comparison = "one_of" // what an empty one means
	ComparisonNoneOf  Comparison = "none_of"
	ComparisonFilled  Comparison = "filled"
	ComparisonEmpty   Comparison = "empty"
	ComparisonAtLeast Comparison = "at_least"
	ComparisonAtMost  Comparison = "at_most"
	ComparisonMore    Comparison = "more"
	ComparisonLess    Comparison = "less"
	ComparisonAlways  Comparison = "always" // what a condition on who asks becomes, once it is known who does
	ComparisonNever   Comparison = "never"
)

// Comparisons lists those that a form may use.
func Comparisons() []Comparison {
	return []Comparison{ComparisonOneOf, ComparisonNoneOf, ComparisonFilled, ComparisonEmpty, ComparisonAtLeast,
		ComparisonAtMost, ComparisonMore, ComparisonLess}
}

// Valued reports whether a comparison is with values.
func (c Comparison) Valued() bool { return c != ComparisonFilled && c != ComparisonEmpty }

// Sized reports whether a comparison is by size, with one value.
func (c Comparison) Sized() bool {
	return c == ComparisonAtLeast || c == ComparisonAtMost || c == ComparisonMore || c == ComparisonLess
}

// What a condition may look at besides the other fields: who asks.
const (
	AskerProfile      = "@profile"
	AskerOrganisation = "@organisation" // or one above it
)

// Condition says when a field is asked: a test of one answer, or several tests of which all or any
// must hold. An answer that is not asked for counts as empty.
type Condition struct {
	Field  string     `json:"field,omitempty" yaml:"field,omitempty"`
	Is     Comparison `json:"is,omitempty" yaml:"is,omitempty"`
	Values []string   `json:"values,omitempty" yaml:"values,omitempty"`
	All    []Test     `json:"all,omitempty" yaml:"all,omitempty"`
	Any    []Test     `json:"any,omitempty" yaml:"any,omitempty"`
}

// Test looks at one answer, or at who asks.
type Test struct {
	Field  string     `json:"field,omitempty" yaml:"field,omitempty"`
	Is     Comparison `json:"is,omitempty" yaml:"is,omitempty"`
	Values []string   `json:"values,omitempty" yaml:"values,omitempty"`
}

// own is the test that a condition is by itself, if it is one.
func (c Condition) own() (Test, bool) {
	return Test{c.Field, c.Is, c.Values}, c.Field != "" || c.Is != ""
}

// Tests are the tests that a condition is made of.
func (c Condition) Tests() []Test {
	out := slices.Concat(c.All, c.Any)
	if own, is := c.own(); is {
		out = append(out, own)
	}
	return out
}

// holds decides a condition by the answers to the fields it looks at. Without any test it holds.
func (c Condition) holds(answers func(field string) []string) bool {
	passes := func(t Test) bool { return t.holds(answers(t.Field)) }
	fails := func(t Test) bool { return !passes(t) }
	if own, is := c.own(); is && fails(own) {
		return false
	}
	return !slices.ContainsFunc(c.All, fails) && (len(c.Any) == 0 || slices.ContainsFunc(c.Any, passes))
}

// Answered decides a condition by the answers of a ticket; what it says of who asks does not hold.
func (c Condition) Answered(answers []Answer) bool {
	return c.holds(func(field string) []string { return answer(answers, field) })
}

func (t Test) holds(given []string) bool {
	among := func(v string) bool { return slices.Contains(t.Values, v) }
	switch t.Is {
	case ComparisonAlways:
		return true
	case ComparisonNever:
		return false
	case ComparisonFilled:
		return len(given) > 0
	case ComparisonEmpty:
		return len(given) == 0
	case ComparisonNoneOf:
		return !slices.ContainsFunc(given, among)
	case ComparisonAtLeast, ComparisonAtMost, ComparisonMore, ComparisonLess:
		return len(given) > 0 && len(t.Values) > 0 && t.Is.holds(given[0], t.Values[0])
	}
	return slices.ContainsFunc(given, among)
}

// holds compares two sizes: numbers as numbers, days and hours as they are written.
func (c Comparison) holds(given, wanted string) bool {
	order := strings.Compare(given, wanted)
	a, numeric := number(given)
	b, both := number(wanted)
	switch {
	case numeric && both && a < b:
		order = -1
	case numeric && both && a > b:
		order = 1
	case numeric && both:
		order = 0
	case numeric != both:
		return false
	}
	switch c {
	case ComparisonAtLeast:
		return order >= 0
	case ComparisonAtMost:
		return order <= 0
	case ComparisonMore:
		return order > 0
	}
	return order < 0
}

// number reads a number as people write it.
func number(s string) (float64, bool) {
	if !numberPattern.MatchString(s) {
		return 0, false
	}
	v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return v, err == nil
}

// For is the condition once it is known who asks: what it says of the person is decided, what it
// says of answers stays.
func (c Condition) For(a Asking) Condition {
	out := Condition{}
	if own, is := c.own(); is {
		own = own.of(a)
		out.Field, out.Is, out.Values = own.Field, own.Is, own.Values
	}
	for _, t := range c.All {
		out.All = append(out.All, t.of(a))
	}
	for _, t := range c.Any {
		out.Any = append(out.Any, t.of(a))
	}
	return out
}

// ForAnybody is the condition while it is not known who asks: what it says of the person may hold.
func (c Condition) ForAnybody() Condition {
	open := func(t Test) Test {
		if strings.HasPrefix(t.Field, "@") {
			return Test{Is: ComparisonAlways}
		}
		return t
	}
	out := Condition{}
	if own, is := c.own(); is {
		own = open(own)
		out.Field, out.Is, out.Values = own.Field, own.Is, own.Values
	}
	for _, t := range c.All {
		out.All = append(out.All, open(t))
	}
	for _, t := range c.Any {
		out.Any = append(out.Any, open(t))
	}
	return out
}

func (t Test) of(a Asking) Test {
	switch {
	case !strings.HasPrefix(t.Field, "@"):
		return t
	case t.holds(a.about(t.Field)):
		return Test{Is: ComparisonAlways}
	}
	return Test{Is: ComparisonNever}
}

// hopeless reports whether no answer can make a condition hold.
func (c Condition) hopeless() bool {
	never := func(t Test) bool { return t.Is == ComparisonNever }
	own, _ := c.own()
	return never(own) || slices.ContainsFunc(c.All, never) ||
		len(c.Any) > 0 && !slices.ContainsFunc(c.Any, func(t Test) bool { return !never(t) })
}
