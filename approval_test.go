package guichet

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// vote is a step with its seats, some of which two persons may fill, in the order in which they answer.
func vote(t *rapid.T) []Approval {
	seats := rapid.IntRange(1, 6).Draw(t, "seats")
	all := rapid.Bool().Draw(t, "all")
	need := 0
	if !all {
		need = rapid.IntRange(1, seats).Draw(t, "need")
	}
	var list []Approval
	for i := range seats {
		seat := ID(fmt.Sprintf("p%d", i))
		list = append(list, Approval{ID: seat, Step: 1, ApproverID: seat, All: all, Need: need})
		if rapid.Bool().Draw(t, "deputy") {
			list = append(list, Approval{ID: seat + "d", Step: 1, ApproverID: seat + "d", ForID: seat, All: all, Need: need})
		}
	}
	return list
}

// decisions are answers, each seat filled once at most.
func decisions(t *rapid.T, list []Approval) []Approval {
	out, filled := slices.Clone(list), map[ID]bool{}
	for _, i := range rapid.Permutation(indices(list)).Draw(t, "order") {
		d := rapid.SampledFrom([]Decision{"", DecisionApproved, DecisionRefused}).Draw(t, "answer")
		if d != "" && !filled[out[i].Seat()] {
			out[i].Decision, filled[out[i].Seat()] = d, true
		}
	}
	return out
}

func indices(list []Approval) []int {
	out := make([]int, len(list))
	for i := range list {
		out[i] = i
	}
	return out
}

// A slow oracle: every way in which those who have not answered may still do so.
func slowVerdict(list []Approval) Decision {
	seats := Seats(list, 1)
	yes, open := 0, 0
	for _, d := range seats {
		switch d {
		case DecisionApproved:
			yes++
		case "":
			open++
		}
	}
	need := max(list[0].Need, 1)
	if list[0].All {
		need = len(seats)
	}
	can, must := false, true
	for more := range open + 1 {
		if yes+more >= need {
			can = true
		} else {
			must = false
		}
	}
	switch {
	case must:
		return DecisionApproved
	case !can:
		return DecisionRefused
	}
	return ""
}

func TestAVerdictIsGivenAsSoonAsItIsCertain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := decisions(t, vote(t))
		if got, want := StepVerdict(list, 1), slowVerdict(list); got != want {
			t.Fatalf("%q, want %q: %+v", got, want, list)
		}
	})
}

func TestTheOrderOfAnswersDoesNotMatterAndAVerdictStands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := decisions(t, vote(t))
		mixed := rapid.Permutation(list).Draw(t, "mixed")
		if StepVerdict(mixed, 1) != StepVerdict(list, 1) {
			t.Fatalf("mixed: %q, %q", StepVerdict(mixed, 1), StepVerdict(list, 1))
		}
		so := slices.Clone(list)
		for i := range so {
			so[i].Decision = ""
		}
		verdict := Decision("")
		for _, i := range rapid.Permutation(indices(list)).Draw(t, "times") {
			so[i].Decision = list[i].Decision
			now := StepVerdict(so, 1)
			if verdict != "" && now != verdict {
				t.Fatalf("%q became %q", verdict, now)
			}
			verdict = now
		}
	})
}

func TestTheFirstAnswerOfAnyDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := vote(t)
		for i := range list {
			list[i].All, list[i].Need = false, 0
		}
		if got := StepVerdict(list, 1); got != "" {
			t.Fatalf("nobody answered: %q", got)
		}
		first := rapid.SampledFrom([]Decision{DecisionApproved, DecisionRefused}).Draw(t, "first")
		list[rapid.IntRange(0, len(list)-1).Draw(t, "who")].Decision = first
		if got := StepVerdict(list, 1); got != first {
			t.Fatalf("%q, want %q", got, first)
		}
	})
}

func TestAWithdrawnQuestionDoesNotCount(t *testing.T) {
	list := []Approval{{Step: 1, ApproverID: "a", All: true, Decision: DecisionRefused, Withdrawn: true},
		{Step: 1, ApproverID: "b", Decision: DecisionApproved}, {Step: 1, ApproverID: "c"}}
	if got := StepVerdict(list, 1); got != DecisionApproved {
		t.Errorf("%q", got)
	}
	if list[0].Awaits(list) || list[1].Awaits(list) || !list[2].Awaits(list) {
		t.Error("who is awaited")
	}
	if got := StepVerdict(list[:1], 1); got != "" {
		t.Errorf("nobody is left: %q", got)
	}
}

func TestDeputiesAreAsked(t *testing.T) {
	away := Absences{{PersonID: "a", DeputyID: "x"}, {PersonID: "b", DeputyID: "a"}, {PersonID: "c", DeputyID: "x"},
		{PersonID: "d", DeputyID: "r"}, {PersonID: "x", DeputyID: "y"}, {PersonID: "e"}}
	var asked []Approver
	for _, p := range []ID{"a", "b", "c", "d", "e", "f"} {
		asked = append(asked, Approver{PersonID: p})
	}
	got := WithDeputies(asked, away, "r")
	want := append(slices.Clone(asked), Approver{PersonID: "x", ForID: "a"}) // b's has a seat, c's has answered for a, d's asks, x's own is one hop too far
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(got, WithDeputies(got, away, "r")); diff != "" {
		t.Errorf("asked again: %s", diff)
	}
}

func TestWhenAStepIsLookedAt(t *testing.T) {
	at := func(days int) time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).AddDate(0, 0, days) }
	p := ApprovalPlan{Steps: []ApprovalStep{{Remind: 2, Expire: 5}, {}}}
	p.Begin(1, at(0))
	for _, c := range []struct {
		reminded, remind, expires time.Time
		now, look                 time.Time
	}{
		{time.Time{}, at(2), at(5), at(0), at(1)},
		{time.Time{}, at(2), at(5), at(1).Add(time.Hour), at(2)},
		{at(2), at(4), at(5), at(3), at(4)},
		{at(4), time.Time{}, at(5), at(4).Add(time.Hour), at(5)}, // no reminder at the moment it ends
	} {
		p.RemindedAt = c.reminded
		if !p.RemindAt(1).Equal(c.remind) || !p.ExpiresAt.Equal(c.expires) || !p.LookAt(1, c.now).Equal(c.look) {
			t.Errorf("reminded %s: remind %s, look %s", c.reminded, p.RemindAt(1), p.LookAt(1, c.now))
		}
	}
	p.Begin(2, at(6))
	if !p.RemindAt(2).IsZero() || !p.ExpiresAt.IsZero() || !p.RemindedAt.IsZero() || !p.LookAt(2, at(6)).Equal(at(7)) {
		t.Errorf("a step without dates: %+v", p)
	}
}

func TestWhatIsWrongWithSteps(t *testing.T) {
	d := &Desk{Teams: map[ID]Team{"team": {}}, Roles: map[ID]Role{"director": {}}}
	form := Form{Fields: []Field{{Key: "cost", Type: FieldText, Label: "Coût"}}}
	ann := []ApproverSpec{{Login: "ann"}}
	for _, c := range []struct {
		want string
		step ApprovalStep
	}{
		{"", ApprovalStep{Name: "a", Approvers: []ApproverSpec{{Team: "team"}, {Role: "director"}, {Owner: true}, {Login: "ann"}}, Need: 3, Remind: 2, Expire: 5,
			Fallback: ann, If: &Condition{Field: "cost", Values: []string{"x"}}}},
		{"name field.required", ApprovalStep{Approvers: ann}},
		{"approvers field.required", ApprovalStep{Name: "a"}},
		{"approvers approval.one_way", ApprovalStep{Name: "a", Approvers: []ApproverSpec{{Login: "ann", Team: "team"}}}},
		{"approvers approval.one_way", ApprovalStep{Name: "a", Approvers: []ApproverSpec{{}}}},
		{"approvers approval.unknown_team", ApprovalStep{Name: "a", Approvers: []ApproverSpec{{Team: "none"}}}},
		{"approvers approval.unknown_role", ApprovalStep{Name: "a", Approvers: []ApproverSpec{{Role: "none"}}}},
		{"fallback approval.unknown_role", ApprovalStep{Name: "a", Approvers: ann, Expire: 1, Fallback: []ApproverSpec{{Role: "none"}}}},
		{"need approval.need", ApprovalStep{Name: "a", Approvers: ann, Need: -1}},
		{"need approval.need", ApprovalStep{Name: "a", Approvers: ann, All: true, Need: 1}},
		{"need approval.need_too_high", ApprovalStep{Name: "a", Approvers: ann, Need: 2}},
		{"remind approval.days", ApprovalStep{Name: "a", Approvers: ann, Remind: -1}},
		{"expire approval.days", ApprovalStep{Name: "a", Approvers: ann, Expire: 1000}},
		{"remind approval.remind_late", ApprovalStep{Name: "a", Approvers: ann, Remind: 5, Expire: 5}},
		{"fallback approval.fallback_never", ApprovalStep{Name: "a", Approvers: ann, Fallback: ann}},
		{"if approval.if_unknown", ApprovalStep{Name: "a", Approvers: ann, If: &Condition{Field: "other", Values: []string{"x"}}}},
		{"if approval.if_unknown", ApprovalStep{Name: "a", Approvers: ann, If: &Condition{Field: "cost"}}},
	} {
		err := d.CheckApproval([]ApprovalStep{c.step}, form)
		var e *Error
		got := ""
		if errors.As(err, &e) {
			for _, f := range e.Fields {
				got += f.Field[len("approval.0."):] + " " + f.Code
			}
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.step, got, c.want)
		}
	}
	if err := d.CheckApproval(make([]ApprovalStep, MaxApprovalSteps+1), form); err == nil {
		t.Error("too many steps")
	}
}
