package guichet

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Facts is what the rules know of a ticket that arrives.
type Facts struct {
	Ticket   Ticket
	Audience string    // profile of the beneficiary
	At       time.Time // in the time zone of the desk
	Waits    bool      // its form asks for an approval already
	Approved bool      // it was approved: the rules ask for no other approval
}

// Verdict is how the conditions of a rule answer.
type Verdict struct {
	Holds bool
	Saw   []Seen // what decided: of a rule that holds, every value; of another, those that failed
	Fault string // why it cannot be judged; such a rule does not hold
}

// Judge says whether the conditions of a rule hold. The rules of application, here, do not know how
// conditions are read.
type Judge func(Rule, Facts) Verdict

// Routing is what the rules make of a ticket.
type Routing struct {
	Ticket    Ticket
	Skills    []string       // that the technician must have
	Approval  []ApprovalStep // to be asked before anybody works
	Observers []ID
	Parent    int64
	Templates []ID // to apply, in their order
	CloseWith ID   // what is said as the ticket is closed
	Announced ID   // the announcement to join to, or ServiceAnnouncement
	Trace     Trace
}

// Route examines the rules in their order. Each rule that holds changes the ticket, and the next ones
// see it changed. While an approval is waited for, the ticket is qualified but given to nobody: the
// rules run again once it was given.
func (d *Desk) Route(f Facts, judge Judge) Routing {
	r := Routing{Ticket: f.Ticket, Trace: Trace{Version: d.RulesVersion}}
	for _, rule := range d.Rules {
		if rule.Off {
			continue
		}
		f.Ticket = r.Ticket
		v := judge(rule, f)
		if !v.Holds {
			r.Trace.pass(rule, v)
			continue
		}
		changes := d.follow(&r, rule.Then, f.Approved)
		r.Trace.Rules = append(r.Trace.Rules,
			RuleTrace{ID: rule.ID, Name: rule.Name, Saw: v.Saw, Changes: changes, Last: !rule.Continue})
		if !rule.Continue {
			break
		}
	}
	if f.Waits || len(r.Approval) > 0 {
		r.wait()
	}
	if r.CloseWith != "" {
		t := &r.Ticket
		t.State, t.AssigneeID, t.AffectedID, t.ResolvedAt, t.ClosedAt = StateClosed, "", t.ServiceID, f.At.UTC(), f.At.UTC()
	}
	return r
}

// Ran reports whether a rule held.
func (r Routing) Ran() bool { return len(r.Trace.Rules) > 0 }

// Idle reports whether the rules that held changed nothing.
func (r Routing) Idle() bool {
	return !slices.ContainsFunc(r.Trace.Rules, func(t RuleTrace) bool { return len(t.Changes) > 0 })
}

// follow gives the ticket what a rule sets, and tells what that changed.
func (d *Desk) follow(r *Routing, then RuleThen, approved bool) []Change {
	before := r.Ticket
	if draft := d.Templates[then.Template].Ticket; draft != nil {
		d.carry(&r.Ticket, RuleThen{ServiceID: draft.ServiceID, TeamID: draft.TeamID, Urgency: draft.Urgency, Impact: draft.Impact})
	}
	d.carry(&r.Ticket, then)
	changes := Diff(before, r.Ticket)
	set := func(field string, to ...string) {
		for _, v := range to {
			changes = append(changes, Change{Field: field, To: v})
		}
	}
	for _, id := range then.Observers {
		if !slices.Contains(r.Observers, id) {
			r.Observers = append(r.Observers, id)
			set("observer", string(id))
		}
	}
	if !approved {
		for _, step := range then.Approval {
			r.Approval = append(r.Approval, step)
			set("approval", step.Name)
		}
	}
	if then.Template != "" && !slices.Contains(r.Templates, then.Template) {
		r.Templates = append(r.Templates, then.Template)
		set("template", string(then.Template))
	}
	if d.Templates[then.CloseWith].speaks() { // a ticket is not closed without a word: a moderator sees to it
		r.CloseWith = then.CloseWith
		set("close_with", string(then.CloseWith))
	}
	if then.Parent != 0 && then.Parent != r.Parent {
		r.Parent = then.Parent
		set("parent", strconv.FormatInt(then.Parent, 10))
	}
	if then.Announcement != "" && then.Announcement != r.Announced {
		r.Announced = then.Announcement
		set("announcement", string(then.Announcement))
	}
	r.Skills = CleanTags(append(r.Skills, then.Skills...))
	set("skill", then.Skills...)
	return changes
}

// carry sets what a rule says of a ticket itself. With a team the ticket is assigned, in the pool
// unless the rule names a technician of that team; a rule that outlived its team leaves it to a moderator.
func (d *Desk) carry(t *Ticket, then RuleThen) {
	if known(d.Services, string(then.ServiceID)) {
		t.ServiceID = then.ServiceID
	}
	t.Urgency = cmp.Or(then.Urgency, t.Urgency)
	t.Impact = cmp.Or(then.Impact, t.Impact)
	t.Priority = d.Matrix.Priority(t.Impact, t.Urgency)
	if len(then.Tags) > 0 {
		t.Tags = CleanTags(append(slices.Clone(t.Tags), then.Tags...))
	}
	id := then.TeamID
	if id == ServiceTeam {
		id = d.ServiceTeam(t.ServiceID)
	}
	d.Receive(t, id)
	if then.AssigneeID != "" && d.Teams[t.TeamID].Has(then.AssigneeID) {
		t.AssigneeID = then.AssigneeID
	}
	t.Level = cmp.Or(then.Level, t.Level)
}

// Receive gives a new ticket to the pool of a team; a team that is gone receives nothing.
func (d *Desk) Receive(t *Ticket, id ID) {
	if team, known := d.Teams[id]; known {
		t.State, t.TeamID, t.AssigneeID, t.Level = StateAssigned, id, "", team.Level
	}
}

// handing are the fields by which a ticket is given to somebody.
var handing = []string{"state", "team", "technician", "level", "close_with", "template"}

// wait leaves the ticket with nobody until it was approved.
func (r *Routing) wait() {
	t := &r.Ticket
	t.State, t.TeamID, t.AssigneeID, t.Level = StateAwaitingApproval, "", "", ""
	r.CloseWith, r.Templates = "", nil // said once it is approved
	for i := range r.Trace.Rules {
		r.Trace.Rules[i].Changes = slices.DeleteFunc(r.Trace.Rules[i].Changes,
			func(c Change) bool { return slices.Contains(handing, c.Field) })
	}
}

// Why is the trace in few words: each rule that ran, then the values that it saw.
func (t Trace) Why() []string {
	var out []string
	for _, r := range t.Rules {
		out = append(out, r.Name)
		for _, s := range r.Saw {
			out = append(out, s.short())
		}
	}
	return out
}

func (s Seen) short() string {
	v := cmp.Or(s.Found, s.Value)
	switch s.Field {
	case RuleWords:
		return "«\u00a0" + v + "\u00a0»"
	case RuleAnswer:
		return s.Key + " = " + v
	}
	return v
}

// separates reports what parts words.
func separates(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func joined(list []string) string { return strings.Join(list, " ") }

func answer(answers []Answer, key string) []string {
	for _, a := range answers {
		if a.Key == key {
			return a.Values
		}
	}
	return nil
}

func common[T ~string](wanted, have []T) T {
	for _, v := range have {
		if slices.Contains(wanted, v) {
			return v
		}
	}
	return ""
}
