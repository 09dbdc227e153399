package guichet

import (
	"slices"
	"time"
)

// Holder is who has a part in the responsibility for a service, and where that comes from.
type Holder struct {
	PersonID       ID // or
	TeamID         ID
	RoleID         ID // by which it is held, if it is by a role
	From           ID // service that says so; empty: the whole desk
	OrganisationID ID // for these only; empty: for all
}

// Chain is who does what for a service (seed 002), what it takes from its parents included.
type Chain struct {
	Owner      Holder
	Moderators []Holder // who would qualify
	Team       Holder   // who handles
	Levels     []LevelHolder
	Approvers  []Holder
	Providers  []ProviderFrom
}

// LevelHolder is the team of a support level.
type LevelHolder struct {
	Level Level
	Holder
}

// ProviderFrom is an outside company, and the service that names it.
type ProviderFrom struct {
	Provider
	From ID
}

// Levels lists the support levels in the order of escalation.
func Levels() []Level { return []Level{Level1, Level2, Level3, LevelRD} }

// Chain computes the responsibilities for a service, given the grants of the desk.
func (d *Desk) Chain(service ID, grants []Grant) Chain {
	var c Chain
	path := d.ServicePath(service)
	for _, id := range path {
		s := d.Services[id]
		if c.Owner.PersonID == "" && s.OwnerID != "" {
			c.Owner = Holder{PersonID: s.OwnerID, From: id}
		}
		if c.Team.TeamID == "" && s.TeamID != "" {
			c.Team = Holder{TeamID: s.TeamID, From: id}
		}
		for _, p := range s.Providers {
			c.Providers = append(c.Providers, ProviderFrom{p, id})
		}
	}
	for _, level := range Levels() {
		if team, from := d.TeamOfService(service, level); team != "" {
			c.Levels = append(c.Levels, LevelHolder{level, Holder{TeamID: team, From: from}})
		}
	}
	asked := d.approverRoles(service)
	for _, g := range grants {
		if g.ServiceID != "" && !slices.Contains(path, g.ServiceID) {
			continue
		}
		h := Holder{PersonID: g.PersonID, TeamID: g.TeamID, RoleID: g.RoleID, From: g.ServiceID, OrganisationID: g.OrganisationID}
		if slices.Contains(d.Roles[g.RoleID].Permissions, PermissionModerate) {
			c.Moderators = append(c.Moderators, h)
		}
		if slices.Contains(asked, g.RoleID) {
			c.Approvers = append(c.Approvers, h)
		}
	}
	return c
}

// approverRoles are the roles that what is asked of a service names for its approval.
func (d *Desk) approverRoles(service ID) []ID {
	var out []ID
	for _, o := range d.OfferingsOf(service) {
		for _, step := range o.Approval {
			for _, a := range step.Approvers {
				if a.Role != "" && !slices.Contains(out, a.Role) {
					out = append(out, a.Role)
				}
			}
		}
	}
	return out
}

// WarningCode says what is missing from a service.
type WarningCode string

// What may be missing.
const (
	WarnModerator WarningCode = "moderator"    // nobody qualifies
	WarnTeam      WarningCode = "team"         // no team handles it
	WarnTeamEmpty WarningCode = "team_empty"   // nobody belongs to a team of the chain
	WarnOwnerGone WarningCode = "owner_gone"   // its owner has left
	WarnOffering  WarningCode = "offering"     // nothing can be asked of it
	WarnApprover  WarningCode = "approver"     // nobody holds a role that an approval names
	WarnDraft     WarningCode = "draft"        // its opening date has passed and it is still a draft
	WarnClosed    WarningCode = "closed"       // its closing date has passed and it is still open
	WarnHidden    WarningCode = "hidden"       // open below one that is not
	WarnAudience  WarningCode = "organisation" // an organisation of its audience does not exist
)

// Warnings lists the codes, for the texts.
func Warnings() []WarningCode {
	return []WarningCode{WarnModerator, WarnTeam, WarnTeamEmpty, WarnOwnerGone, WarnOffering, WarnApprover, WarnDraft,
		WarnClosed, WarnHidden, WarnAudience}
}

// Warnings says what is missing from a service that is open or about to be; gone are the owners who
// have left.
func (d *Desk) Warnings(s Service, grants []Grant, gone []ID, now time.Time) []WarningCode {
	if s.State == ServiceClosed {
		return nil
	}
	c := d.Chain(s.ID, grants)
	var out []WarningCode
	for _, w := range []struct {
		code    WarningCode
		missing bool
	}{
		{WarnModerator, len(c.Moderators) == 0},
		{WarnTeam, c.Team.TeamID == ""},
		{WarnTeamEmpty, d.emptyTeam(c)},
		{WarnOwnerGone, slices.Contains(gone, c.Owner.PersonID)},
		{WarnOffering, len(d.OfferingsOf(s.ID)) == 0 && len(d.Below(s.ID)) == 0},
		{WarnApprover, d.unapproved(s.ID, c)},
		{WarnDraft, s.State == ServiceDraft && !s.OpensAt.IsZero() && !now.Before(s.OpensAt)},
		{WarnClosed, s.Open() && !s.ClosesAt.IsZero() && !now.Before(s.ClosesAt)},
		{WarnHidden, s.Open() && d.hidden(s)},
		{WarnAudience, slices.ContainsFunc(s.Organisations, func(o ID) bool { return d.Organisations[o].ID == "" })},
	} {
		if w.missing {
			out = append(out, w.code)
		}
	}
	return out
}

// emptyTeam reports whether a team of the chain has nobody, or does not exist.
func (d *Desk) emptyTeam(c Chain) bool {
	teams := []ID{c.Team.TeamID}
	for _, l := range c.Levels {
		teams = append(teams, l.TeamID)
	}
	return slices.ContainsFunc(teams, func(t ID) bool { return t != "" && len(d.Teams[t].Members) == 0 })
}

// unapproved reports whether an approval names a role that nobody holds over the service.
func (d *Desk) unapproved(service ID, c Chain) bool {
	return slices.ContainsFunc(d.approverRoles(service), func(role ID) bool {
		return !slices.ContainsFunc(c.Approvers, func(h Holder) bool { return h.RoleID == role })
	})
}

func (d *Desk) hidden(s Service) bool {
	path := d.ServicePath(s.ID)
	return len(path) > 1 && slices.ContainsFunc(path[1:], func(id ID) bool { return !d.Services[id].Open() })
}
