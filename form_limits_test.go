package guichet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// somebody resolves every answer that names something, but for the word nobody.
func somebody(f Field, typed string) Named {
	if typed == "nobody" {
		return Named{Code: "person.unknown"}
	}
	return Named{Value: typed, Label: strings.ToUpper(typed)}
}

func asking() Asking {
	return Asking{Profile: "staff", Organisations: []ID{"lab", "lyon", "group"}, Now: noon, Resolve: somebody}
}

func TestLimitsOfAnswers(t *testing.T) {
	for _, c := range []struct {
		name  string
		field Field
		right []string
		wrong []string
		code  string
	}{
		{"least number", Field{Type: FieldNumber, Limits: Limits{Min: "2"}}, []string{"2", "2,5", "10"}, []string{"1", "1,99", "-3"}, "field.number_min"},
		{"greatest number", Field{Type: FieldNumber, Limits: Limits{Max: "10"}}, []string{"9", "10"}, []string{"11", "10,1"}, "field.number_max"},
		{"today or later", Field{Type: FieldDate, Limits: Limits{Min: "today"}}, []string{"2026-03-16", "2027-01-01"}, []string{"2026-03-15"}, "field.date_min"},
		{"within thirty days", Field{Type: FieldDate, Limits: Limits{Max: "today+30"}}, []string{"2026-04-15"}, []string{"2026-04-16"}, "field.date_max"},
		{"not before a day", Field{Type: FieldDateTime, Limits: Limits{Min: "2026-09-01"}}, []string{"2026-09-01T00:00"}, []string{"2026-08-31T23:59"}, "field.date_min"},
		{"within the day", Field{Type: FieldDateTime, Limits: Limits{Max: "today"}}, []string{"2026-03-16T23:59"}, []string{"2026-03-17T00:00"}, "field.date_max"},
		{"hours", Field{Type: FieldTime, Limits: Limits{Min: "08:30", Max: "18:00"}}, []string{"08:30", "18:00"}, []string{"08:29"}, "field.time_min"},
		{"length", Field{Type: FieldText, Limits: Limits{MinLength: 3}}, []string{"été"}, []string{"ét"}, "field.too_short"},
		{"greatest length", Field{Type: FieldRichText, Limits: Limits{MaxLength: 3}}, []string{"été"}, []string{"étés"}, "field.too_long"},
		{"pattern", Field{Type: FieldText, Limits: Limits{Pattern: "[A-Z]{2}|[0-9]+", Message: "Deux lettres"}}, []string{"AB", "42"}, []string{"ABC", "x42"}, "field.pattern_says"},
		{"pattern without words", Field{Type: FieldPlace, Limits: Limits{Pattern: "A[0-9]"}}, []string{"A1"}, []string{"B1"}, "field.pattern"},
		{"a faulty pattern blames nobody", Field{Type: FieldText, Limits: Limits{Pattern: "("}}, []string{"x"}, nil, ""},
		{"inventory number", Field{Type: FieldEquipment}, []string{"PC-2024/118", "5CG1234XYZ", "é1"}, []string{"-1", "a;b", "<b>", strings.Repeat("1", 65)}, "field.equipment"},
		{"hour", Field{Type: FieldTime}, []string{"00:00", "23:59"}, []string{"24:00", "8h30", "12:60"}, "field.time"},
		{"day and hour", Field{Type: FieldDateTime}, []string{"2026-02-28T09:00"}, []string{"2026-02-29T09:00", "2026-02-28", "2026-02-28 09:00"}, "field.date_time"},
		{"person", Field{Type: FieldPerson}, []string{"ann"}, []string{"nobody"}, "person.unknown"},
	} {
		c.field.Key = "k"
		form := Form{Fields: []Field{c.field}}
		for _, v := range c.right {
			if _, err := form.Check(map[string][]string{"k": {v}}, asking()); err != nil {
				t.Errorf("%s: %q is refused: %v", c.name, v, err)
			}
		}
		for _, v := range c.wrong {
			_, err := form.Check(map[string][]string{"k": {v}}, asking())
			if diff := cmp.Diff([]string{"answers.k: " + c.code}, faults(err)); diff != "" {
				t.Errorf("%s: %q (-want +got):\n%s", c.name, v, diff)
			}
		}
	}
}

func TestHowManyChoicesAndFiles(t *testing.T) {
	choice := Field{Key: "k", Type: FieldMultiChoice, Options: options("a", "b", "c"), Limits: Limits{MinCount: 2, MaxCount: 2}}
	file := Field{Key: "k", Type: FieldFile, Limits: Limits{MaxCount: 1}}
	for _, c := range []struct {
		field  Field
		values []string
		want   []string
	}{
		{choice, []string{"a"}, []string{"answers.k: field.count_min"}},
		{choice, []string{"a", "b"}, nil},
		{choice, []string{"a", "b", "c"}, []string{"answers.k: field.count_max"}},
		{choice, nil, nil}, // nothing at all is for Required to refuse
		{file, []string{"d1"}, nil},
		{file, []string{"d1", "d2"}, []string{"answers.k: field.count_max"}},
	} {
		_, err := Form{Fields: []Field{c.field}}.Check(map[string][]string{"k": c.values}, asking())
		if diff := cmp.Diff(c.want, faults(err)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.values, diff)
		}
	}
}

func TestWhatAnAnswerNamesIsKept(t *testing.T) {
	form := Form{Fields: []Field{{Key: "who", Type: FieldPerson, Label: "Qui ?"}}}
	got, err := form.Check(map[string][]string{"who": {" ann "}}, asking())
	want := []Answer{{Key: "who", Label: "Qui ?", Type: FieldPerson, Values: []string{"ann"}, Labels: []string{"ANN"}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := form.Check(map[string][]string{"who": {"ann"}}, Asking{}); err == nil {
		t.Error("a person is accepted though nobody looked for one")
	}
}

func TestFilesOfTheKindsAsked(t *testing.T) {
	f := Field{Type: FieldFile, Limits: Limits{Files: []FileKind{FilePDF, FileImage, FileSpreadsheet}}}
	for name, c := range map[string]struct {
		media string
		want  bool
	}{
		"devis.pdf": {"application/pdf", true}, "DEVIS.PDF": {"application/pdf", true}, "faux.pdf": {"text/html", false},
		"photo.jpg": {"image/jpeg", true}, "photo.jpg.exe": {"application/x-msdownload", false}, "page.html": {"application/pdf", false},
		"liste.xlsx": {"application/zip", true}, "sans": {"application/pdf", false},
	} {
		if got := f.AcceptsFile(name, c.media); got != c.want {
			t.Errorf("%s (%s): %v", name, c.media, got)
		}
	}
	if !(Field{Type: FieldFile}).AcceptsFile("x.exe", "") {
		t.Error("without kinds any file is accepted")
	}
}

func TestConditions(t *testing.T) {
	fields := []Field{{Key: "colour", Type: FieldChoice, Options: options("red", "blue", "green")},
		{Key: "n", Type: FieldNumber}, {Key: "day", Type: FieldDate},
		{Key: "hidden", Type: FieldText, ShowIf: &Condition{Field: "colour", Values: []string{"green"}}}}
	is := func(field string, is Comparison, values ...string) Test { return Test{field, is, values} }
	alone := func(x Test) Condition { return Condition{Field: x.Field, Is: x.Is, Values: x.Values} }
	given := map[string][]string{"colour": {"red"}, "n": {"12,5"}, "day": {"2026-09-01"}, "hidden": {"typed, not asked"}}
	for _, c := range []struct {
		name string
		when Condition
		want bool
	}{
		{"nothing", Condition{}, true},
		{"one of", alone(is("colour", "", "red", "blue")), true},
		{"one of, written out", alone(is("colour", ComparisonOneOf, "blue")), false},
		{"none of", alone(is("colour", ComparisonNoneOf, "blue")), true},
		{"none of, and it is", alone(is("colour", ComparisonNoneOf, "blue", "red")), false},
		{"filled", alone(is("n", ComparisonFilled)), true},
		{"empty", alone(is("n", ComparisonEmpty)), false},
		{"at least", alone(is("n", ComparisonAtLeast, "12.5")), true},
		{"more", alone(is("n", ComparisonMore, "12,5")), false},
		{"less, as numbers and not as texts", alone(is("n", ComparisonLess, "100")), true},
		{"at most", alone(is("n", ComparisonAtMost, "12")), false},
		{"a day later than", alone(is("day", ComparisonMore, "2026-08-31")), true},
		{"a number is no day", alone(is("day", ComparisonMore, "1")), false},
		{"what is hidden counts as empty", alone(is("hidden", ComparisonEmpty)), true},
		{"what is hidden is not filled", alone(is("hidden", ComparisonFilled)), false},
		{"all", Condition{All: []Test{is("colour", "", "red"), is("n", ComparisonFilled)}}, true},
		{"all but one", Condition{All: []Test{is("colour", "", "red"), is("n", ComparisonEmpty)}}, false},
		{"any", Condition{Any: []Test{is("colour", "", "blue"), is("n", ComparisonFilled)}}, true},
		{"none of any", Condition{Any: []Test{is("colour", "", "blue"), is("n", ComparisonEmpty)}}, false},
		{"the profile", alone(is(AskerProfile, "", "staff")), true},
		{"another profile", alone(is(AskerProfile, "", "student")), false},
		{"an organisation above", alone(is(AskerOrganisation, "", "lyon")), true},
		{"another organisation", alone(is(AskerOrganisation, "", "rennes")), false},
		{"a field that does not exist", alone(is("nowhere", ComparisonEmpty)), false},
	} {
		form := Form{Fields: append(fields[:len(fields):len(fields)], Field{Key: "x", Type: FieldText, Required: true, ShowIf: &c.when})}
		for way, f := range map[string]Form{"as it is": form, "once it is known who asks": form.For(asking())} {
			_, err := f.Check(given, asking())
			if x, _ := f.Field("x"); x.Never() && c.want {
				t.Errorf("%s, %s: never asked", c.name, way)
			}
			if asked := err != nil; asked != c.want {
				t.Errorf("%s, %s: asked %v", c.name, way, asked)
			}
		}
	}
}

func TestWhatMakesAFormUnusable(t *testing.T) {
	d := testDesk()
	base := Field{Key: "a", Type: FieldChoice, Label: "A", Options: options("x", "y")}
	second := func(f Field) Form {
		f.Key, f.Label = "b", "B"
		if f.Type == "" {
			f.Type = FieldText
		}
		return Form{Fields: []Field{base, f}}
	}
	for _, c := range []struct {
		name string
		form Form
		want []string
	}{
		{"nothing", second(Field{}), nil},
		{"no label, no key", Form{Fields: []Field{{Type: FieldText}}}, []string{"fields.0.key: form.key", "fields.0.label: field.required"}},
		{"twice", Form{Fields: []Field{base, base}}, []string{"fields.1.key: form.key_twice"}},
		{"unknown type", second(Field{Type: "colour"}), []string{"fields.1.type: field.unknown_value"}},
		{"no options", second(Field{Type: FieldMultiChoice}), []string{"fields.1.options: form.options_missing"}},
		{"options of a text", second(Field{Options: options("x")}), []string{"fields.1.options: form.options_for_nothing"}},
		{"an option twice", second(Field{Type: FieldChoice, Options: options("x", "x")}), []string{"fields.1.options: form.option_twice"}},
		{"suggestions of a place", second(Field{Type: FieldPlace, Options: options("x")}), nil},
		{"bounds of a text", second(Field{Limits: Limits{Min: "1"}}), []string{"fields.1.limits: form.limit_for_nothing"}},
		{"no number", second(Field{Type: FieldNumber, Limits: Limits{Min: "few"}}), []string{"fields.1.limits.min: form.bound_number"}},
		{"no day", second(Field{Type: FieldDate, Limits: Limits{Max: "tomorrow"}}), []string{"fields.1.limits.max: form.bound_date"}},
		{"crossed days", second(Field{Type: FieldDate, Limits: Limits{Min: "today+3", Max: "today"}}), []string{"fields.1.limits.max: form.bounds_crossed"}},
		{"crossed numbers", second(Field{Type: FieldNumber, Limits: Limits{Min: "10", Max: "9"}}), []string{"fields.1.limits.max: form.bounds_crossed"}},
		{"crossed lengths", second(Field{Limits: Limits{MinLength: 5, MaxLength: 4}}), []string{"fields.1.limits.max_length: form.bounds_crossed"}},
		{"faulty pattern", second(Field{Limits: Limits{Pattern: "("}}), []string{"fields.1.limits.pattern: form.pattern"}},
		{"a value that is refused", second(Field{Type: FieldNumber, Default: "few"}), []string{"fields.1.default: field.number"}},
		{"a condition on nothing", second(Field{ShowIf: &Condition{}}), []string{"fields.1.show_if: form.condition_empty"}},
		{"a condition on what stands below", Form{Fields: []Field{{Key: "b", Type: FieldText, Label: "B", ShowIf: &Condition{Field: "a", Values: []string{"x"}}}, base}},
			[]string{"fields.0.show_if: form.condition_field"}},
		{"a condition without values", second(Field{ShowIf: &Condition{Field: "a"}}), []string{"fields.1.show_if: form.condition_empty"}},
		{"a condition on an impossible answer", second(Field{ShowIf: &Condition{Field: "a", Values: []string{"z"}}}), []string{"fields.1.show_if: form.condition_value"}},
		{"a condition of size on a choice", second(Field{ShowIf: &Condition{Field: "a", Is: ComparisonMore, Values: []string{"x"}}}), []string{"fields.1.show_if: form.condition_value"}},
		{"an unknown organisation", second(Field{ShowIf: &Condition{Field: AskerOrganisation, Values: []string{"paris"}}}), []string{"fields.1.show_if: form.condition_value"}},
		{"a profile", second(Field{ShowIf: &Condition{Any: []Test{{AskerProfile, "", []string{"staff"}}, {"a", ComparisonFilled, nil}}}}), nil},
	} {
		if diff := cmp.Diff(c.want, faults(c.form.Design(d))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// anyForm draws a form, faulty or not, with conditions in every direction.
func anyForm(t *rapid.T) Form {
	var form Form
	n := rapid.IntRange(1, 7).Draw(t, "fields")
	key := rapid.SampledFrom([]string{"k0", "k1", "k2", "k3", "k4", "k5", "k6", "nowhere", AskerProfile, AskerOrganisation})
	word := rapid.SampledFrom([]string{"x", "y", "yes", "no", "3", "12,5", "2026-09-01", "staff", "lyon", "10:00", ""})
	test := rapid.Custom(func(t *rapid.T) Test {
		is := append(Comparisons(), "", ComparisonAlways, ComparisonNever, "odd")
		return Test{key.Draw(t, "on"), rapid.SampledFrom(is).Draw(t, "is"), rapid.SliceOfN(word, 0, 2).Draw(t, "values")}
	})
	for i := range n {
		f := Field{Key: fmt.Sprint("k", i), Label: "L", Type: rapid.SampledFrom(append(FieldTypes(), "odd")).Draw(t, "type"),
			Required: rapid.Bool().Draw(t, "required"), Options: options("x", "y"), Default: word.Draw(t, "default"),
			Limits: Limits{Min: rapid.SampledFrom([]string{"", "2", "today", "today-3", "x", "08:00"}).Draw(t, "min"),
				Max:      rapid.SampledFrom([]string{"", "9", "today+40000", "2026-12-31"}).Draw(t, "max"),
				MaxCount: rapid.IntRange(-1, 2).Draw(t, "most"), MinLength: rapid.IntRange(-1, 3).Draw(t, "short"),
				Pattern: rapid.SampledFrom([]string{"", "(", "[a-z]+"}).Draw(t, "pattern")}}
		if rapid.Bool().Draw(t, "conditional") {
			f.ShowIf = &Condition{All: rapid.SliceOfN(test, 0, 2).Draw(t, "all"), Any: rapid.SliceOfN(test, 0, 2).Draw(t, "any")}
			if rapid.Bool().Draw(t, "own") {
				own := test.Draw(t, "own test")
				f.ShowIf.Field, f.ShowIf.Is, f.ShowIf.Values = own.Field, own.Is, own.Values
			}
		}
		form.Fields = append(form.Fields, f)
	}
	return form
}

// Whatever the form and the answers: the check ends; a hidden field is never required and never kept;
// what is accepted is accepted again as it was returned; and the form as it is put to a person asks
// the same of that person.
func TestPropertiesOfFormCheck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		form, given := anyForm(t), map[string][]string{}
		for _, f := range form.Fields {
			if rapid.Bool().Draw(t, "answered") {
				given[f.Key] = rapid.SliceOfN(rapid.SampledFrom([]string{"x", " y ", "yes", "3", "12,5", "2026-09-01", "2026-09-01T10:00", "10:00",
					"a@b.fr", "4512", "nobody", "\xff", ""}), 0, 3).Draw(t, "values")
			}
		}
		a := asking()
		answers, err := form.Check(given, a)
		_ = form.Design(testDesk())
		shown := map[string]bool{}
		for _, f := range form.Shown(given, a) {
			shown[f.Key] = true
		}
		for _, x := range answers {
			if !shown[x.Key] {
				t.Fatalf("%s is kept and was not asked", x.Key)
			}
		}
		for _, f := range faults(err) {
			key, _, _ := strings.Cut(strings.TrimPrefix(f, "answers."), ":")
			if !shown[key] {
				t.Fatalf("%s, though it is not asked", f)
			}
		}
		for _, f := range form.For(a).Fields {
			if f.Never() && shown[f.Key] {
				t.Fatalf("%s is never asked, and it is", f.Key)
			}
		}
		if diff := cmp.Diff(keysOf(form.Shown(given, a)), keysOf(form.For(a).Shown(given, a))); diff != "" {
			t.Fatalf("put to the person, it asks otherwise:\n%s", diff)
		}
		if err != nil {
			return
		}
		again := map[string][]string{}
		for _, x := range answers {
			again[x.Key] = x.Values
		}
		twice, err := form.Check(again, a)
		if diff := cmp.Diff(answers, twice); err != nil || diff != "" {
			t.Fatalf("accepted, then not (%v):\n%s", err, diff)
		}
	})
}

func keysOf(fields []Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Key)
	}
	return out
}
