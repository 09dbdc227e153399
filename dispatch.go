package guichet

import (
	"cmp"
	"slices"
	"time"
)

// DispatchMode is how a team gives out what it receives.
type DispatchMode string

// The ways.
const (
	DispatchPool  DispatchMode = "pool"        // whoever wants it claims it (A4)
	DispatchRound DispatchMode = "round_robin" // each in turn
	DispatchFair  DispatchMode = "fair"        // who has the least to do
)

// DispatchModes lists the ways in the order in which they are offered.
func DispatchModes() []DispatchMode { return []DispatchMode{DispatchPool, DispatchRound, DispatchFair} }

// Dispatch is the setting of a team. The zero one leaves tickets in the pool.
type Dispatch struct {
	Mode DispatchMode `json:"mode,omitempty" yaml:"mode,omitempty"`
}

// Chooses reports whether somebody is chosen at all.
func (d Dispatch) Chooses() bool { return d.Mode == DispatchRound || d.Mode == DispatchFair }

// Check says what is wrong with the setting.
func (d Dispatch) Check() error {
	if d.Mode != "" && !slices.Contains(DispatchModes(), d.Mode) {
		return Invalid("dispatch", "field.unknown_value")
	}
	return nil
}

// Candidate is a member of a team as its dispatch sees him or her.
type Candidate struct {
	PersonID ID        `json:"id"`
	Skills   []string  `json:"-"`
	Open     int       `json:"open"`           // tickets in hand
	Load     int       `json:"load"`           // the same, weighted by their priority
	LastAt   time.Time `json:"-"`              // when the team last gave a ticket to the person
	Away     bool      `json:"away,omitempty"` // absent
	Back     time.Time `json:"back,omitzero"`  // when the absence ends
	Lacks    []string  `json:"lacks,omitempty"`
}

// Dispatched is the choice of a team, with what it was made from.
type Dispatched struct {
	TeamID     ID           `json:"team"`
	Mode       DispatchMode `json:"mode"`
	PersonID   ID           `json:"person,omitempty"` // empty: nobody could be chosen, the ticket is in the pool
	Skills     []string     `json:"skills,omitempty"` // that were needed
	Candidates []Candidate  `json:"candidates,omitempty"`
}

// maxCandidates is how many members of a team an explanation shows.
const maxCandidates = 12

// weights say how much a ticket counts in the load of its technician, by its priority.
var weights = map[Priority]int{PriorityLow: 1, PriorityMedium: 2, PriorityHigh: 3, PriorityCritical: 4}

// Weight is how much a ticket of a priority counts in the load of a technician.
func (p Priority) Weight() int { return cmp.Or(weights[p], weights[PriorityMedium]) }

// Choose chooses who receives a ticket among the members that are present and have the skills: in turn,
// or by load; among equals, who waited longest, then the first in the order given. It depends on nothing
// but its arguments.
func (d Dispatch) Choose(team ID, needed []string, members []Candidate) Dispatched {
	out := Dispatched{TeamID: team, Mode: d.Mode, Skills: needed}
	var able, others []Candidate
	for _, m := range members {
		m.Lacks = lacking(needed, m.Skills)
		if m.Away || len(m.Lacks) > 0 {
			others = append(others, m)
			continue
		}
		able = append(able, m)
	}
	slices.SortStableFunc(able, func(a, b Candidate) int {
		load := 0
		if d.Mode == DispatchFair {
			load = cmp.Compare(a.Load, b.Load)
		}
		return cmp.Or(load, a.LastAt.Compare(b.LastAt))
	})
	if len(able) > 0 && d.Chooses() {
		out.PersonID = able[0].PersonID
	}
	out.Candidates = append(able, others...)
	out.Candidates = out.Candidates[:min(len(out.Candidates), maxCandidates)]
	return out
}

func lacking(needed, have []string) []string {
	var out []string
	for _, s := range needed {
		if !slices.Contains(have, s) {
			out = append(out, s)
		}
	}
	return out
}

// NeededSkills are those that a ticket asks of its technician: of its form, else of its service or the
// nearest above that names some.
func (d *Desk) NeededSkills(t Ticket) []string {
	if skills := d.Offerings[t.OfferingID].Skills; len(skills) > 0 {
		return skills
	}
	for _, s := range d.ServicePath(t.ServiceID) {
		if skills := d.Services[s].Skills; len(skills) > 0 {
			return skills
		}
	}
	return nil
}
