package guichet

import (
	"slices"
	"time"
)

// Permission is a right that a role carries over the tickets or the desk of its scope.
type Permission string

// The permissions. What each step of a ticket's life asks is in the workflow, by role.
const (
	PermissionRead      Permission = "ticket.read"      // see tickets, internal notes included
	PermissionFollow    Permission = "ticket.follow"    // see tickets as their requesters do: never what is internal
	PermissionWork      Permission = "ticket.work"      // follow up, note, task, document
	PermissionModerate  Permission = "ticket.moderate"  // see what is to qualify
	PermissionOpenFor   Permission = "ticket.open_for"  // record a ticket received by phone or mail for anybody
	PermissionConfigure Permission = "desk.configure"   // catalogue, workflow, rules, templates
	PermissionOperate   Permission = "desk.operate"     // jobs, mail queue, backups
	PermissionReport    Permission = "desk.report"      // dashboards of the scope
	PermissionPeople    Permission = "directory.manage" // people, teams, grants
)

// Permissions lists every permission, for the checks of configuration files.
func Permissions() []Permission {
	return []Permission{PermissionRead, PermissionFollow, PermissionWork, PermissionModerate, PermissionOpenFor,
		PermissionConfigure, PermissionOperate, PermissionReport, PermissionPeople}
}

// Role is a named set of permissions. Roles are data; workflows name them.
type Role struct {
	ID          ID           `json:"id" yaml:"id"`
	Name        string       `json:"name" yaml:"name"`
	Permissions []Permission `json:"permissions" yaml:"permissions"`
}

// Grant gives a role to a person or to a team over a subtree of organisations and of services.
// An empty root means the whole tree. The grants of an Actor are those that have not ended.
type Grant struct {
	ID             ID
	PersonID       ID // exactly one of PersonID and TeamID is set
	TeamID         ID
	RoleID         ID
	OrganisationID ID
	ServiceID      ID
	EndsAt         time.Time // from when it gives nothing; zero: no end
}

// Area returns how far the grant reaches.
func (g Grant) Area() Area { return Area{g.OrganisationID, g.ServiceID} }

// Ended reports whether the grant gives nothing any more.
func (g Grant) Ended(now time.Time) bool { return !g.EndsAt.IsZero() && !now.Before(g.EndsAt) }

// Area is a pair of subtrees; an empty root means the whole tree.
type Area struct{ OrganisationID, ServiceID ID }

// Channel is the way by which an act reaches the desk.
type Channel string

// The channels (DOMAIN A1).
const (
	ChannelPortal  Channel = "portal"
	ChannelDesk    Channel = "desk"
	ChannelMail    Channel = "mail"
	ChannelPhone   Channel = "phone"
	ChannelCounter Channel = "counter"
	ChannelAPI     Channel = "api"
	ChannelWidget  Channel = "widget"
	ChannelSystem  Channel = "system"
)

// Valid reports whether c is a channel by which a ticket may be opened.
func (c Channel) Valid() bool {
	return slices.Contains([]Channel{ChannelPortal, ChannelDesk, ChannelMail, ChannelPhone,
		ChannelCounter, ChannelAPI, ChannelWidget}, c)
}

// TokenScope limits what an API token may do; an actor without any scope is not limited.
type TokenScope string

// The scopes of tokens.
const (
	TokenRead  TokenScope = "read"
	TokenWrite TokenScope = "write"
)

// Actor is who acts: a person with the roles that he or she holds, through one channel. It is
// always a parameter, never hidden in a context. The zero Actor may do nothing.
type Actor struct {
	Person      Person
	Channel     Channel
	TeamIDs     []ID
	Grants      []Grant // those of the person and of the person's teams
	Roles       map[ID]Role
	TokenScopes []TokenScope
	System      bool // the desk itself: timed jobs and routing
}

// SystemActor is the desk acting by itself (wake-up, automatic closing).
func SystemActor() Actor { return Actor{Channel: ChannelSystem, System: true} }

// MayWrite reports whether the actor's token, if any, allows changes.
func (a Actor) MayWrite() bool {
	return len(a.TokenScopes) == 0 || slices.Contains(a.TokenScopes, TokenWrite)
}

// MayRead reports whether the actor's token, if any, allows looking.
func (a Actor) MayRead() bool {
	return len(a.TokenScopes) == 0 || slices.Contains(a.TokenScopes, TokenRead)
}

// Has reports whether the actor holds a permission somewhere.
func (a Actor) Has(p Permission) bool { return len(a.Areas(p)) > 0 }

// Areas lists where the actor holds a permission.
func (a Actor) Areas(p Permission) []Area {
	var areas []Area
	for _, g := range a.Grants {
		if slices.Contains(a.Roles[g.RoleID].Permissions, p) {
			areas = append(areas, Area{g.OrganisationID, g.ServiceID})
		}
	}
	return compact(areas)
}

// compact drops duplicates, and everything else when one area holds the whole desk.
func compact(areas []Area) []Area {
	if slices.Contains(areas, Area{}) {
		return []Area{{}}
	}
	var out []Area
	for _, a := range areas {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// Scope says which tickets an actor may see. It is the one source of the rule: Sees answers for
// one ticket, the store turns the same value into the condition of lists, and a property test
// holds them equal. The zero Scope matches nothing.
type Scope struct {
	PersonID ID     // tickets in which the person takes part
	TeamIDs  []ID   // tickets assigned to these teams
	Areas    []Area // tickets of these organisations and services
	Followed []Area // likewise, as their requesters see them: what is a problem is the agents' own work
	All      bool   // every ticket: the desk itself
}

// Scope returns what the actor may read.
func (a Actor) Scope() Scope {
	if a.System {
		return Scope{All: true}
	}
	s := Scope{PersonID: a.Person.ID, Areas: a.Areas(PermissionRead)}
	if a.Has(PermissionWork) {
		s.TeamIDs = a.TeamIDs
	}
	if s.All = slices.Contains(s.Areas, Area{}); !s.All {
		s.Followed = a.Areas(PermissionFollow)
	}
	return s
}

// Place is where a ticket stands for the rules of rights: the trees and who takes part.
type Place struct {
	Organisations Tree
	Services      Tree
	Parties       []Party
}

// Sees reports whether the scope holds a ticket.
func (s Scope) Sees(t Ticket, p Place) bool {
	if s.PersonID != "" && slices.ContainsFunc(p.Parties, func(x Party) bool { return x.PersonID == s.PersonID }) {
		return true
	}
	return s.Covers(t, p) || s.follows(t, p)
}

// follows reports whether the scope holds a ticket by an area that its person follows. A problem is followed by
// nobody: requesters have none.
func (s Scope) follows(t Ticket, p Place) bool {
	return t.Kind != KindProblem && slices.ContainsFunc(s.Followed, func(a Area) bool { return p.holds(t, a) })
}

// Covers reports whether the scope holds a ticket by what its person handles: a team or an area.
func (s Scope) Covers(t Ticket, p Place) bool {
	return s.All || t.TeamID != "" && slices.Contains(s.TeamIDs, t.TeamID) ||
		slices.ContainsFunc(s.Areas, func(a Area) bool { return p.holds(t, a) })
}

func (p Place) holds(t Ticket, a Area) bool {
	return p.Organisations.Within(t.OrganisationID, a.OrganisationID) && p.Services.Within(t.ServiceID, a.ServiceID)
}

// May reports whether the actor holds a permission over a ticket: through a grant whose area holds
// it, or as a member of its team who works somewhere.
func (a Actor) May(perm Permission, t Ticket, p Place) bool {
	if a.System {
		return true
	}
	if slices.ContainsFunc(a.Areas(perm), func(x Area) bool { return p.holds(t, x) }) {
		return true
	}
	return t.TeamID != "" && slices.Contains(a.TeamIDs, t.TeamID) && a.Has(perm)
}

// Handles reports whether the actor is on the side of those who handle a ticket, and so sees its internal
// notes: through a role, through its team, as its technician or as that of one of its tasks.
func (a Actor) Handles(t Ticket, p Place) bool {
	return a.System || a.May(PermissionRead, t, p) || a.Is(PerformerTeam, t, p) || a.Helps(p)
}

// Helps reports whether the actor is the technician of the ticket or of one of its tasks.
func (a Actor) Helps(p Place) bool {
	return a.Person.ID != "" && slices.Contains(p.Parties, Party{a.Person.ID, PartyAssignee})
}

// At is the actor at a time: what grants that have ended since gave is gone.
func (a Actor) At(now time.Time) Actor {
	if slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Ended(now) }) {
		a.Grants = slices.DeleteFunc(slices.Clone(a.Grants), func(g Grant) bool { return g.Ended(now) })
	}
	return a
}

// HoldsRole reports whether the actor holds a role over a ticket.
func (a Actor) HoldsRole(role ID, t Ticket, p Place) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.RoleID == role && p.holds(t, Area{g.OrganisationID, g.ServiceID})
	})
}

// Is reports whether the actor is one of the performers that a transition names: a relation to the
// ticket (requester, assignee, team, approver…) or a role held over it.
func (a Actor) Is(performer Performer, t Ticket, p Place) bool {
	me := a.Person.ID
	switch performer {
	case PerformerSystem:
		return a.System
	case PerformerRequester:
		return me != "" && (t.RequesterID == me || t.BeneficiaryID == me)
	case PerformerAssignee:
		return me != "" && t.AssigneeID == me
	case PerformerTeam:
		return t.TeamID != "" && slices.Contains(a.TeamIDs, t.TeamID) && a.Has(PermissionWork)
	case PerformerApprover:
		return me != "" && slices.Contains(p.Parties, Party{me, PartyApprover})
	}
	return a.HoldsRole(ID(performer), t, p)
}

// Configures reports whether the actor may change the configuration of a service and of what lies below
// it; with an empty service, that of the whole desk. A right over some organisations only is none over
// the catalogue, which they share.
func (a Actor) Configures(service ID, d *Desk) bool {
	return a.MayWrite() && slices.ContainsFunc(a.Areas(PermissionConfigure), func(x Area) bool {
		return x.OrganisationID == "" && d.services.Within(service, x.ServiceID)
	})
}

// RolesWith lists the roles that carry a permission, in the order of their keys.
func (d *Desk) RolesWith(p Permission) []ID {
	var out []ID
	for id, r := range d.Roles {
		if slices.Contains(r.Permissions, p) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// HandlesTickets reports whether the actor handles tickets at all, somewhere.
func (a Actor) HandlesTickets() bool {
	return a.System || a.Has(PermissionRead) || a.Has(PermissionWork) || a.Has(PermissionModerate)
}
