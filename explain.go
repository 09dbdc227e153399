package guichet

import "slices"

// ReasonKind is a way by which somebody has a right.
type ReasonKind string

// The ways.
const (
	ReasonSystem   ReasonKind = "system"   // it is the desk itself
	ReasonGrant    ReasonKind = "grant"    // a role held over the ticket
	ReasonParty    ReasonKind = "party"    // takes part in the ticket
	ReasonTeam     ReasonKind = "team"     // belongs to the ticket's team, and holds what the team's work asks
	ReasonRelation ReasonKind = "relation" // is what the process names: the requester, the technician, an approver
)

// Reason is what gives a right. Grant is the grant that counts, if any.
type Reason struct {
	Kind     ReasonKind
	Grant    Grant
	Party    PartyRole
	Relation Performer
}

// LackKind is what a refused right would have taken.
type LackKind string

// What may be missing.
const (
	LackPermission LackKind = "permission" // no role that he or she holds carries the permission
	LackArea       LackKind = "area"       // Grant would give it, over other organisations or services
	LackParty      LackKind = "party"      // takes no part in the ticket
	LackTeam       LackKind = "team"       // is not of the ticket's team
	LackRelation   LackKind = "relation"   // is not what the process names
	LackRole       LackKind = "role"       // does not hold the role that the process names
	LackState      LackKind = "state"      // the process has no such action now
	LackToken      LackKind = "token"      // the token used does not allow it
)

// Lack is something that would have given the right, or a part of it.
type Lack struct {
	Kind         LackKind
	Permission   Permission
	Grant        Grant // of LackArea
	Organisation bool  // of LackArea: the ticket's organisation is not in it
	Service      bool  // of LackArea: nor is its service
	Performer    Performer
}

// Explanation answers "why may this person?": what gives the right, each thing that would be enough; or
// what is missing. It is the reason behind Sees, May and Performs, and a property test holds them equal.
type Explanation struct {
	Allowed bool
	Because []Reason
	Missing []Lack // empty when allowed
}

func (e *Explanation) because(r ...Reason) { e.Because = append(e.Because, r...) }
func (e *Explanation) missing(l ...Lack)   { e.Missing = append(e.Missing, l...) }

func (e Explanation) concluded() Explanation {
	if e.Allowed = len(e.Because) > 0; e.Allowed {
		e.Missing = nil
	}
	return e
}

// ExplainSees says why the actor sees a ticket or not: the reason behind Scope.Sees.
func (a Actor) ExplainSees(t Ticket, p Place) Explanation {
	var e Explanation
	if a.System {
		e.because(Reason{Kind: ReasonSystem})
		return e.concluded()
	}
	for _, x := range p.Parties {
		if x.PersonID == a.Person.ID && x.PersonID != "" {
			e.because(Reason{Kind: ReasonParty, Party: x.Role})
		}
	}
	if len(e.Because) == 0 {
		e.missing(Lack{Kind: LackParty})
	}
	e.byTeam(a, PermissionWork, t)
	e.byArea(a, PermissionRead, t, p)
	if a.Has(PermissionFollow) && t.Kind != KindProblem {
		e.byArea(a, PermissionFollow, t, p)
	}
	return e.concluded()
}

// ExplainMay says why the actor holds a permission over a ticket or not: the reason behind May.
func (a Actor) ExplainMay(perm Permission, t Ticket, p Place) Explanation {
	var e Explanation
	if a.System {
		e.because(Reason{Kind: ReasonSystem})
		return e.concluded()
	}
	e.byArea(a, perm, t, p)
	e.byTeam(a, perm, t)
	return e.concluded()
}

// byArea looks for grants that carry a permission over the ticket.
func (e *Explanation) byArea(a Actor, perm Permission, t Ticket, p Place) {
	carried := false
	for _, g := range a.Grants {
		if !slices.Contains(a.Roles[g.RoleID].Permissions, perm) {
			continue
		}
		carried = true
		if p.holds(t, g.Area()) {
			e.because(Reason{Kind: ReasonGrant, Grant: g})
		} else {
			e.missing(p.outside(t, g, perm))
		}
	}
	if !carried {
		e.missing(Lack{Kind: LackPermission, Permission: perm})
	}
}

// byTeam looks for a place in the ticket's team, with a grant that carries the permission somewhere.
func (e *Explanation) byTeam(a Actor, perm Permission, t Ticket) {
	if t.TeamID == "" {
		return
	}
	if !slices.Contains(a.TeamIDs, t.TeamID) {
		e.missing(Lack{Kind: LackTeam, Permission: perm})
		return
	}
	for _, g := range a.Grants {
		if slices.Contains(a.Roles[g.RoleID].Permissions, perm) {
			e.because(Reason{Kind: ReasonTeam, Grant: g})
			return
		}
	}
	e.missing(Lack{Kind: LackPermission, Permission: perm})
}

// outside says where the area of a grant leaves a ticket out.
func (p Place) outside(t Ticket, g Grant, perm Permission) Lack {
	return Lack{Kind: LackArea, Permission: perm, Grant: g,
		Organisation: !p.Organisations.Within(t.OrganisationID, g.OrganisationID),
		Service:      !p.Services.Within(t.ServiceID, g.ServiceID)}
}

// ExplainPerforms says why the actor may do an action of the process now or not: the reason behind
// Workflow.Transition and Performs.
func (w Workflow) ExplainPerforms(action Action, actor Actor, t Ticket, p Place) Explanation {
	var e Explanation
	tr, ok := w.Transition(action, t.State)
	if !ok {
		e.missing(Lack{Kind: LackState})
		return e.concluded()
	}
	if !actor.MayWrite() {
		e.missing(Lack{Kind: LackToken})
		return e.concluded()
	}
	for _, by := range tr.By {
		e.byPerformer(actor, by, t, p)
	}
	return e.concluded()
}

// byPerformer looks for what a process names: a relation to the ticket, or a role held over it.
func (e *Explanation) byPerformer(a Actor, by Performer, t Ticket, p Place) {
	switch {
	case by == PerformerTeam:
		e.byTeam(a, PermissionWork, t)
		if t.TeamID == "" {
			e.missing(Lack{Kind: LackRelation, Performer: by})
		}
	case by.Relation() && a.Is(by, t, p):
		e.because(Reason{Kind: ReasonRelation, Relation: by})
	case by.Relation():
		e.missing(Lack{Kind: LackRelation, Performer: by})
	default:
		e.byRole(a, ID(by), t, p)
	}
}

func (e *Explanation) byRole(a Actor, role ID, t Ticket, p Place) {
	held := false
	for _, g := range a.Grants {
		if g.RoleID != role {
			continue
		}
		held = true
		if p.holds(t, g.Area()) {
			e.because(Reason{Kind: ReasonGrant, Grant: g})
		} else {
			e.missing(p.outside(t, g, ""))
		}
	}
	if !held {
		e.missing(Lack{Kind: LackRole, Performer: Performer(role)})
	}
}
