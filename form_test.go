package guichet

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func options(values ...string) []Option {
	var out []Option
	for _, v := range values {
		out = append(out, Option{v, strings.ToUpper(v)})
	}
	return out
}

func oneField(typ FieldType) Form {
	f := Field{Key: "k", Type: typ, Label: "K"}
	if typ == FieldChoice || typ == FieldMultiChoice {
		f.Options = options("red", "blue")
	}
	return Form{Fields: []Field{f}}
}

func TestEachTypeOfFieldKnowsItsAnswers(t *testing.T) {
	long := strings.Repeat("é", MaxAnswer)
	for _, c := range []struct {
		typ   FieldType
		right []string
		wrong []string
		code  string
	}{
		{FieldText, []string{"x", "Ünïcode « … »", long}, []string{long + "é"}, "field.too_long"},
		{FieldLongText, []string{"a\nb", long}, []string{long + "é"}, "field.too_long"},
		{FieldNumber, []string{"0", "-12", "+3", "12.5", "12,5", "007"},
			[]string{"a", "1e5", "0x10", "NaN", "Inf", "infinity", "1,2,3", "1 000", "--1", "1.", ".5", "1_0", "１２"}, "field.number"},
		{FieldDate, []string{"2026-02-28", "2024-02-29"}, []string{"2026-02-29", "28/02/2026", "2026-2-8", "hier", "2026-02-28T10:00"}, "field.date"},
		{FieldChoice, []string{"red", "blue"}, []string{"RED", "green", "r"}, "field.choice"},
		{FieldMultiChoice, []string{"red"}, []string{"green"}, "field.choice"},
		{FieldYesNo, []string{"yes", "no"}, []string{"oui", "true", "1", "Yes"}, "field.choice"},
		{FieldEmail, []string{"a@b.fr", "prenom.nom+x@sous.domaine.fr"},
			[]string{"a", "a@", "@b", "Jean <a@b.fr>", "<a@b.fr>", "a@b.fr, c@d.fr", "a@b.fr\r\nBcc: c@d.fr", "a b@c.fr"}, "field.email"},
		{FieldPhone, []string{"4512"}, []string{"quatre"}, "field.phone"},
	} {
		for _, v := range c.right {
			if _, err := oneField(c.typ).Check(map[string][]string{"k": {v}}, Asking{}); err != nil {
				t.Errorf("%s %.40q is refused: %v", c.typ, v, err)
			}
		}
		for _, v := range c.wrong {
			_, err := oneField(c.typ).Check(map[string][]string{"k": {v}}, Asking{})
			if diff := cmp.Diff([]string{"answers.k: " + c.code}, faults(err)); diff != "" {
				t.Errorf("%s %.40q (-want +got):\n%s", c.typ, v, diff)
			}
		}
	}
}

func TestHowManyAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		typ    FieldType
		values []string
		want   []string
	}{
		{"one text", FieldText, []string{"a", "b"}, []string{"answers.k: field.one_value"}},
		{"one choice", FieldChoice, []string{"red", "blue"}, []string{"answers.k: field.one_value"}},
		{"blanks do not count", FieldText, []string{"a", " ", ""}, nil},
		{"several choices", FieldMultiChoice, []string{"red", "blue"}, nil},
		{"several, one of them wrong", FieldMultiChoice, []string{"red", "green"}, []string{"answers.k: field.choice"}},
		{"more than there are", FieldMultiChoice, []string{"red", "blue", "red"}, []string{"answers.k: field.choice"}},
	} {
		_, err := oneField(c.typ).Check(map[string][]string{"k": c.values}, Asking{})
		if diff := cmp.Diff(c.want, faults(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// movingForm asks for a printer's floor only of who moves a printer.
func movingForm() Form {
	return Form{Fields: []Field{
		{Key: "moves", Type: FieldYesNo, Label: "Déménagez-vous ?", Required: true},
		{Key: "what", Type: FieldChoice, Label: "Quoi ?", Required: true, Options: options("desk", "printer"),
			ShowIf: &Condition{Field: "moves", Values: []string{"yes"}}},
		{Key: "floor", Type: FieldNumber, Label: "Étage", Required: true, ShowIf: &Condition{Field: "what", Values: []string{"printer", "copier"}}},
		{Key: "note", Type: FieldLongText, Label: "Précisions"},
	}}
}

func TestFormCheck(t *testing.T) {
	answer := func(key, label, value string, labels ...string) Answer {
		field, _ := movingForm().Field(key)
		return Answer{key, label, field.Type, []string{value}, labels}
	}
	for _, c := range []struct {
		name  string
		given map[string][]string
		want  []Answer
		wrong []string
	}{
		{"nothing given", nil, nil, []string{"answers.moves: field.required"}},
		{"blanks are nothing", map[string][]string{"moves": {"  "}}, nil, []string{"answers.moves: field.required"}},
		{"the rest is hidden", map[string][]string{"moves": {"no"}}, []Answer{answer("moves", "Déménagez-vous ?", "no")}, nil},
		{"what is shown is asked", map[string][]string{"moves": {"yes"}}, []Answer{answer("moves", "Déménagez-vous ?", "yes")},
			[]string{"answers.what: field.required"}},
		{"all of it, trimmed, in the order of the form", map[string][]string{"note": {" merci "}, "floor": {" 2 "}, "what": {"printer"}, "moves": {"yes"}},
			[]Answer{answer("moves", "Déménagez-vous ?", "yes"), answer("what", "Quoi ?", "printer", "PRINTER"),
				answer("floor", "Étage", "2"), answer("note", "Précisions", "merci")}, nil},
		{"hidden answers are dropped, right or wrong", map[string][]string{"moves": {"yes"}, "what": {"desk"}, "floor": {"top"}},
			[]Answer{answer("moves", "Déménagez-vous ?", "yes"), answer("what", "Quoi ?", "desk", "DESK")}, nil},
		{"what depends on the hidden is hidden", map[string][]string{"moves": {"no"}, "what": {"printer"}},
			[]Answer{answer("moves", "Déménagez-vous ?", "no")}, nil},
		{"unknown keys", map[string][]string{"moves": {"no"}, "zoo": {"x"}, "admin": {"yes"}},
			[]Answer{answer("moves", "Déménagez-vous ?", "no")}, []string{"answers.admin: field.unknown", "answers.zoo: field.unknown"}},
		{"every problem at once", map[string][]string{"moves": {"maybe"}, "note": {strings.Repeat("x", MaxAnswer+1)}}, nil,
			[]string{"answers.moves: field.choice", "answers.note: field.too_long"}},
	} {
		got, err := movingForm().Check(c.given, Asking{})
		if diff := cmp.Diff(c.wrong, faults(err)); diff != "" {
			t.Errorf("%s: faults (-want +got):\n%s", c.name, diff)
		}
		if c.want == nil && c.wrong != nil {
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: answers (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestConditionsDoNotDependOnTheOrderOfFields(t *testing.T) {
	form := Form{Fields: []Field{
		{Key: "b", Type: FieldText, Label: "B", Required: true, ShowIf: &Condition{Field: "a", Values: []string{"x"}}},
		{Key: "a", Type: FieldText, Label: "A"},
	}}
	if _, err := form.Check(map[string][]string{"a": {"x"}}, Asking{}); len(faults(err)) != 1 {
		t.Errorf("b is asked when a is x: %v", err)
	}
	if _, err := form.Check(map[string][]string{"a": {"y"}}, Asking{}); err != nil {
		t.Errorf("b is not asked when a is y: %v", err)
	}
}

func TestConditionsInACircleHideTheirFields(t *testing.T) {
	form := Form{Fields: []Field{
		{Key: "a", Type: FieldText, Required: true, ShowIf: &Condition{Field: "b", Values: []string{"x"}}},
		{Key: "b", Type: FieldText, Required: true, ShowIf: &Condition{Field: "a", Values: []string{"x"}}},
		{Key: "c", Type: FieldText, Required: true, ShowIf: &Condition{Field: "c", Values: []string{"x"}}},
		{Key: "d", Type: FieldText, Required: true, ShowIf: &Condition{Field: "nowhere", Values: []string{"x"}}},
	}}
	got, err := form.Check(map[string][]string{"a": {"x"}, "b": {"x"}, "c": {"x"}}, Asking{})
	if err != nil || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestValidPhone(t *testing.T) {
	for _, s := range []string{"4512", "01 23 45 67 89", "01.23.45.67.89", "01-23-45-67-89", "+33 1 23 45 67 89", "+33 (0)1 23 45 67 89",
		"(+33) 1 23 45 67 89", "0123456789", "01/23/45/67/89", "01\u00a023\u202f45\u00a067 89", "00 33 1 23 45 67 89", "(4501)"} {
		if !ValidPhone(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"", "123", "....", "----", "    ", "()()", "quatre", "0123456789abc", "++33123456", "01 23 45 67 89\n", "01 23\n45",
		"javascript:1234", strings.Repeat("1", 21), "1     234", "(450)", "１２３４"} {
		if ValidPhone(s) {
			t.Errorf("%q is accepted", s)
		}
	}
}

func FuzzValidPhone(f *testing.F) {
	for _, s := range []string{"4512", "+33 (0)1 23 45 67 89", "01\u00a023\u202f45", "123", "\xff1234", "((((1234"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !ValidPhone(s) {
			return
		}
		digits := 0
		for _, r := range s {
			switch {
			case r >= '0' && r <= '9':
				digits++
			case unicode.IsLetter(r) || unicode.IsControl(r) || r == unicode.ReplacementChar:
				t.Fatalf("%q holds %q", s, r)
			}
		}
		if digits < 4 || digits > 20 || len([]rune(s)) > 90 {
			t.Fatalf("%q has %d digits", s, digits)
		}
	})
}

// Whatever is typed, the check ends; what it accepts, it accepts again as it returned it.
func FuzzFormCheck(f *testing.F) {
	for _, v := range []string{"", " x ", "12,5", "2026-02-28", "red", "yes", "a@b.fr", "+33 1 23 45 67 89", "\x00", "\xff\xfe", "a@b.fr\r\nBcc:"} {
		f.Add(v, "printer", "zoo")
	}
	form := movingForm()
	for _, typ := range []FieldType{FieldText, FieldLongText, FieldNumber, FieldDate, FieldChoice, FieldMultiChoice, FieldYesNo, FieldEmail, FieldPhone} {
		field := oneField(typ).Fields[0]
		field.Key = string(typ)
		form.Fields = append(form.Fields, field)
	}
	f.Fuzz(func(t *testing.T, value, other, key string) {
		given := map[string][]string{"moves": {value}, "what": {other}, key: {value, other}}
		for _, field := range form.Fields[4:] {
			given[field.Key] = append(given[field.Key], value)
		}
		answers, err := form.Check(given, Asking{})
		if _, known := form.Field(key); !known && err == nil {
			t.Fatalf("the key %q is unknown, and accepted", key)
		}
		if err != nil && (KindOf(err) != KindInvalid || len(faults(err)) == 0) {
			t.Fatalf("refused without a reason: %v", err)
		}
		again := map[string][]string{}
		for _, a := range answers {
			again[a.Key] = a.Values
			if a.Key == key || err == nil && len(a.Values) > 1 && a.Key != string(FieldMultiChoice) {
				continue
			}
			if strings.TrimSpace(a.Values[0]) != a.Values[0] || a.Values[0] == "" {
				t.Fatalf("%q is not trimmed", a.Values[0])
			}
		}
		if err != nil {
			return
		}
		twice, err := form.Check(again, Asking{})
		if diff := cmp.Diff(answers, twice); err != nil || diff != "" {
			t.Fatalf("accepted, then not (%v):\n%s", err, diff)
		}
	})
}

func TestAHostileFormIsToldOfAHundredFaults(t *testing.T) {
	given := map[string][]string{}
	for i := range 20_000 {
		given[fmt.Sprint("unknown", i)] = []string{"x"}
	}
	_, err := Form{Fields: []Field{{Key: "a", Type: FieldText, Required: true}}}.Check(given, Asking{})
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindInvalid || len(e.Fields) != 100 {
		t.Errorf("%.200v", err)
	}
}
