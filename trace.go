package guichet

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

// maxPassed is how many of the rules that did not hold are kept in a trace.
const maxPassed = 30

func (t *Trace) pass(r Rule, v Verdict) {
	if len(t.Passed) >= maxPassed {
		t.More++
		return
	}
	t.Passed = append(t.Passed, RuleTrace{ID: r.ID, Name: r.Name, Saw: v.Saw, Fault: v.Fault})
}
