package guichet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestStepVerdict(t *testing.T) {
	const yes, no, open = DecisionApproved, DecisionRefused, Decision("")
	ask := func(all bool, answers ...Decision) []Approval {
		var out []Approval
		for _, d := range answers {
			out = append(out, Approval{Step: 2, ApproverID: ID(fmt.Sprint(len(out))), All: all, Decision: d})
		}
		return out
	}
	for _, c := range []struct {
		name      string
		approvals []Approval
		want      Decision
	}{
		{"nobody was asked", nil, open},
		{"nobody answered", ask(false, open, open), open},
		{"any: one yes is enough", ask(false, open, yes, open), yes},
		{"any: one no ends it", ask(false, open, no), no},
		{"any: a no beside a yes", ask(false, yes, no), no},
		{"all: one yes is not enough", ask(true, yes, open), open},
		{"all: everybody", ask(true, yes, yes), yes},
		{"all: one no among yeses", ask(true, yes, no, yes), no},
		{"all, of one person", ask(true, yes), yes},
		{"the other steps do not count", append(ask(true, yes), Approval{Step: 1, Decision: no}, Approval{Step: 3, All: true}), yes},
	} {
		if got := StepVerdict(c.approvals, 2); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPriorityIsImpactThenUrgency(t *testing.T) {
	matrix := testDesk().Matrix
	delete(matrix[GradeLow], GradeHigh)
	matrix[GradeHigh][GradeLow] = "extreme"
	for _, c := range []struct {
		impact, urgency Grade
		want            Priority
	}{
		{GradeHigh, GradeMedium, PriorityHigh}, {GradeMedium, GradeLow, PriorityLow}, {GradeHigh, GradeHigh, PriorityCritical},
		{"", GradeHigh, PriorityHigh}, {GradeHigh, "", PriorityHigh}, {"", "", PriorityMedium}, {"huge", GradeLow, PriorityLow},
		{GradeLow, GradeHigh, PriorityMedium}, {GradeHigh, GradeLow, PriorityMedium},
	} {
		if got := matrix.Priority(c.impact, c.urgency); got != c.want {
			t.Errorf("impact %q, urgency %q: %s, want %s", c.impact, c.urgency, got, c.want)
		}
	}
	if got := Matrix(nil).Priority(GradeHigh, GradeHigh); got != PriorityMedium {
		t.Errorf("without a matrix: %s", got)
	}
}

func TestStates(t *testing.T) {
	open := []State{StateAwaitingApproval, StateNew, StateAssigned, StatePending}
	final := []State{StateClosed, StateRejected, StateCancelled}
	for _, s := range States() {
		if !s.Valid() || s.Open() != slices.Contains(open, s) || s.Final() != slices.Contains(final, s) {
			t.Errorf("%s: valid %v, open %v, final %v", s, s.Valid(), s.Open(), s.Final())
		}
	}
	if len(States()) != len(open)+len(final)+1 || State("").Valid() || State("limbo").Valid() {
		t.Error("the list of states does not hold")
	}
}

func TestLevelsRise(t *testing.T) {
	order := []Level{"", Level1, Level2, Level3, LevelRD}
	for i, a := range order {
		for j, b := range order {
			if a.Above(b) != (i > j) {
				t.Errorf("%q above %q: %v", a, b, a.Above(b))
			}
		}
		if a.Valid() != (i > 0) {
			t.Errorf("%q valid: %v", a, a.Valid())
		}
	}
}

func TestWordsOfATicket(t *testing.T) {
	for word, valid := range map[string]bool{
		"kind incident": KindIncident.Valid(), "kind request": KindRequest.Valid(), "kind problem": KindProblem.Valid(),
		"no kind": !Kind("").Valid(), "a wish": !Kind("wish").Valid(), "no grade": !Grade("").Valid(), "grade high": GradeHigh.Valid(),
		"no place of work": WorkPlace("").Valid(), "at home": WorkAtHome.Valid(), "on the moon": !WorkPlace("moon").Valid(),
		"link": LinkFollowOnOf.Valid(), "no link": !LinkKind("").Valid(), "critical": PriorityCritical.Valid(), "no priority": !Priority("").Valid(),
	} {
		if !valid {
			t.Error(word)
		}
	}
}

func TestAPersonIsShownByName(t *testing.T) {
	for _, c := range []struct {
		p    Person
		want string
	}{
		{Person{GivenName: "Jean-François", FamilyName: "KERSERHO"}, "Jean-François KERSERHO"},
		{Person{FamilyName: "Accueil"}, "Accueil"}, {Person{GivenName: "Ann"}, "Ann"}, {Person{}, ""},
	} {
		if got := c.p.Name(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestIdentifiersSortByTime(t *testing.T) {
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMilli(rapid.Int64Range(0, 1<<45).Draw(t, "ms"))
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := instant.Draw(t, "a"), instant.Draw(t, "b")
		first, second := NewID(a), NewID(b)
		if len(first) != 26 || len(second) != 26 {
			t.Fatalf("%q, %q: 26 characters are wanted", first, second)
		}
		if a.Before(b) && first >= second || b.Before(a) && second >= first {
			t.Fatalf("%v before %v, but %q and %q", a, b, first, second)
		}
	})
	if NewID(noon) >= NewID(noon.Add(time.Millisecond)) {
		t.Error("a millisecond makes no difference")
	}
}

func TestIdentifiersAreUnique(t *testing.T) {
	seen := map[ID]bool{}
	for range 20_000 {
		id := NewID(noon)
		if seen[id] {
			t.Fatalf("%s was made twice", id)
		}
		for _, r := range id {
			if (r < '0' || r > '9') && (r < 'a' || r > 'z') {
				t.Fatalf("%s holds %q", id, r)
			}
		}
		seen[id] = true
	}
}

func TestErrorsSayTheirKindAndCode(t *testing.T) {
	cause := errors.New("disk")
	for _, c := range []struct {
		err  error
		kind ErrorKind
		code string
		text string
	}{
		{NotFound("ticket"), KindNotFound, "ticket.not_found", "ticket.not_found"},
		{Denied("action.denied"), KindDenied, "action.denied", "action.denied"},
		{Conflict("ticket.changed", "Version", 3), KindConflict, "ticket.changed", "ticket.changed"},
		{Unavailable("disk.full", cause), KindUnavailable, "disk.full", "disk.full: disk"},
		{Invalid("title", "field.required"), KindInvalid, "invalid", "invalid [title: field.required]"},
		{fmt.Errorf("open: %w", NotFound("person")), KindNotFound, "person.not_found", "open: person.not_found"},
		{io.EOF, KindInternal, "internal", "EOF"},
	} {
		if KindOf(c.err) != c.kind || CodeOf(c.err) != c.code || c.err.Error() != c.text {
			t.Errorf("%v: kind %d, code %s", c.err, KindOf(c.err), CodeOf(c.err))
		}
	}
	if !errors.Is(Unavailable("disk.full", cause), cause) {
		t.Error("the cause is lost")
	}
}

func TestArgumentsArePairs(t *testing.T) {
	for _, c := range []struct {
		kv   []any
		want map[string]any
	}{
		{nil, nil}, {[]any{"A", 1, "B", "x"}, map[string]any{"A": 1, "B": "x"}}, {[]any{"A", 1, "alone"}, map[string]any{"A": 1}},
	} {
		var e *Error
		errors.As(Conflict("c", c.kv...), &e)
		if diff := cmp.Diff(c.want, e.Args); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.kv, diff)
		}
	}
}

func TestProblems(t *testing.T) {
	var none Problems
	if err := none.Err(); err != nil {
		t.Errorf("no problem: %v", err)
	}
	var p Problems
	p.Text("title", " \u00a0\n", 5)
	p.Text("ok", "éèàùç", 5)
	p.Text("long", "éèàùçœ", 5)
	p.AtMost("empty", "", 0)
	p.Add("title", "field.required")
	p.Add("state", "unreachable", "State", "a")
	p.Add("state", "unreachable", "State", "b")
	p.Merge(Invalid("answers.k", "field.date"))
	p.Merge(nil)
	p.Merge(io.EOF)
	want := []FieldError{
		{Field: "title", Code: "field.required"},
		{"long", "field.too_long", map[string]any{"Limit": 5, "Length": 6}},
		{"state", "unreachable", map[string]any{"State": "a"}},
		{"state", "unreachable", map[string]any{"State": "b"}},
		{Field: "answers.k", Code: "field.date"},
	}
	var e *Error
	if !errors.As(p.Err(), &e) || e.Kind != KindInvalid {
		t.Fatalf("got %v", p.Err())
	}
	if diff := cmp.Diff(want, e.Fields); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
