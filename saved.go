package guichet

import (
	"slices"
)

// SavedView is a view of the tickets that somebody keeps under a name. Everybody sees it within his or her own
// rights: it shares what is asked, not what is found.
type SavedView struct {
	ID      ID
	OwnerID ID
	Name    string
	Base    string // key of the view that it narrows
	Filter  string // as it stands in an address
	Share
	Place int // in the order that its reader has chosen, from 1; 0: after those, by name
}

// Share says who sees a view beside its owner: nobody, or one of these.
type Share struct {
	TeamID    ID   // the members of this team
	RoleID    ID   // those who hold this role, wherever
	Everybody bool // all who handle tickets
}

// Limits of saved views.
const (
	MaxViewName   = 60 // characters
	MaxViewFilter = 1000
)

// ViewBases lists the keys of the views that may be narrowed and kept.
func ViewBases() []string {
	return []string{"mine", "teams", "pool", "qualify", "due", "pending", "resolved", "unassigned", "open", "closed"}
}

// Check refuses a view without a name, too long, or shared in two ways.
func (v SavedView) Check() error {
	var p Problems
	p.Text("name", v.Name, MaxViewName)
	p.AtMost("filter", v.Filter, MaxViewFilter)
	if !slices.Contains(ViewBases(), v.Base) {
		p.Add("base", "field.unknown_value")
	}
	if ways := v.ways(); ways > 1 {
		p.Add("share", "view.one_share")
	}
	return p.Err()
}

func (s Share) ways() int {
	n := 0
	for _, given := range []bool{s.TeamID != "", s.RoleID != "", s.Everybody} {
		if given {
			n++
		}
	}
	return n
}

// SharesViews reports whether the actor may share a view with any team, with a role and with everybody: who organises
// the work of others. Whoever else handles tickets shares with his or her own teams.
func (a Actor) SharesViews() bool {
	return a.Has(PermissionModerate) || a.Has(PermissionConfigure)
}

// ShareRoles lists the roles with which a view may be shared, in the order of their keys: those that handle tickets.
func (d *Desk) ShareRoles() []ID {
	var out []ID
	for _, p := range []Permission{PermissionRead, PermissionWork, PermissionModerate} {
		out = append(out, d.RolesWith(p)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// MayShare refuses to show a view to those whom the actor may not address. Errors: denied, invalid for a team or a
// role that is none.
func (d *Desk) MayShare(a Actor, s Share) error {
	_, team := d.Teams[s.TeamID]
	switch {
	case s == Share{}, s.TeamID != "" && slices.Contains(a.TeamIDs, s.TeamID):
		return nil
	case !a.SharesViews():
		return Denied("view.share_denied")
	case s.TeamID != "" && !team, s.RoleID != "" && !slices.Contains(d.ShareRoles(), s.RoleID):
		return Invalid("share", "field.unknown_value")
	}
	return nil
}

// RoleIDs lists the roles that the actor holds somewhere.
func (a Actor) RoleIDs() []ID {
	var out []ID
	for _, g := range a.Grants {
		if !slices.Contains(out, g.RoleID) {
			out = append(out, g.RoleID)
		}
	}
	return out
}

// MoveView moves one of the views that a person sees before the one above it, or after the one below, among those that
// are his or her own or among those of others. It reports whether the view is there.
func MoveView(list []SavedView, me, view ID, up bool) bool {
	at := slices.IndexFunc(list, func(v SavedView) bool { return v.ID == view })
	if at < 0 {
		return false
	}
	step := 1
	if up {
		step = -1
	}
	for to := at + step; to >= 0 && to < len(list); to += step {
		if (list[to].OwnerID == me) == (list[at].OwnerID == me) {
			list[at], list[to] = list[to], list[at]
			break
		}
	}
	return true
}
