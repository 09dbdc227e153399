package guichet

import "slices"

// Trace explains an automatic decision on a ticket: the rules that ran, what they saw and changed,
// those that were examined in vain, and how the team chose its technician. Identifiers and keys are
// kept; the faces show names.
type Trace struct {
	Version  int         `json:"version,omitempty"` // of the rules
	Rules    []RuleTrace `json:"rules,omitempty"`
	Passed   []RuleTrace `json:"passed,omitempty"` // examined, did not hold; the first ones
	More     int         `json:"more,omitempty"`   // how many more did not hold
	Dispatch *Dispatched `json:"dispatch,omitempty"`
}

// RuleTrace is a rule that was examined: the values that decided, and what it changed.
type RuleTrace struct {
	ID      ID       `json:"id"`
	Name    string   `json:"name"`
	Saw     []Seen   `json:"saw,omitempty"`
	Changes []Change `json:"changes,omitempty"`
	Last    bool     `json:"last,omitempty"`  // it ended the examination
	Fault   string   `json:"fault,omitempty"` // why it could not be judged
}

// Seen is a value that a condition looked at; Found says what of it decided, where that is not the
// value itself: the word of a text, the service above.
type Seen struct {
	Field RuleField `json:"field"`
	Key   string    `json:"key,omitempty"`
	Value string    `json:"value,omitempty"`
	Found string    `json:"found,omitempty"`
}

// Unanswerable says that a step of approval was not asked for, and why: the rules that asked for it are at
// fault.
func (t *Trace) Unanswerable(step ApprovalStep, fault string) {
	for i := range t.Rules {
		asks := func(c Change) bool { return c.Field == "approval" && c.To == step.Name }
		if slices.ContainsFunc(t.Rules[i].Changes, asks) {
			t.Rules[i].Changes, t.Rules[i].Fault = slices.DeleteFunc(t.Rules[i].Changes, asks), fault
		}
	}
}

// maxPassed is how many of the rules that did not hold are kept in a trace.
const maxPassed = 30

func (t *Trace) pass(r Rule, v Verdict) {
	if len(t.Passed) >= maxPassed {
		t.More++
		return
	}
	t.Passed = append(t.Passed, RuleTrace{ID: r.ID, Name: r.Name, Saw: v.Saw, Fault: v.Fault})
}

// People are those whom an explanation names.
func (t *Trace) People() []ID {
	if t == nil {
		return nil
	}
	var out []ID
	for _, r := range t.Rules {
		for _, c := range r.Changes {
			if c.Field == "technician" || c.Field == "observer" {
				out = append(out, ID(c.From), ID(c.To))
			}
		}
	}
	if t.Dispatch != nil {
		out = append(out, t.Dispatch.PersonID)
		for _, c := range t.Dispatch.Candidates {
			out = append(out, c.PersonID)
		}
	}
	return out
}
