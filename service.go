package guichet

import (
	"cmp"
	"slices"
	"time"
)

// ServiceState says whether a service is asked for.
type ServiceState string

// The states of a service; an empty one is open.
const (
	ServiceDraft  ServiceState = "draft"
	ServiceOpen   ServiceState = "open"
	ServiceClosed ServiceState = "closed"
)

// ServiceStates lists the states in the order of a life.
func ServiceStates() []ServiceState { return []ServiceState{ServiceDraft, ServiceOpen, ServiceClosed} }

// Service is a node of the catalogue tree: a service, a sub-service, a theme, a subject. What a
// node leaves empty it takes from its parent.
type Service struct {
	ID            ID
	ParentID      ID
	Name          string
	Description   string
	Icon          string       // name of an icon of the set
	OwnerID       ID           // the person who answers for it
	TeamID        ID           // team that handles it
	Teams         map[Level]ID // teams to which its tickets rise
	WorkflowID    ID
	Providers     []Provider
	Profiles      []string // audience: empty for everybody
	Organisations []ID     // audience: these and those below them; empty for all
	Position      int      // order among its siblings
	OpensAt       time.Time
	ClosesAt      time.Time
	State         ServiceState
	Skills        []string // that the dispatch of a team looks for
	Version       int64    // moves with every change: optimistic locking
}

// Provider is an outside company that works on a service (DOMAIN E).
type Provider struct {
	Name      string `json:"name" yaml:"name"`
	Contact   string `json:"contact,omitempty" yaml:"contact,omitempty"`     // address, phone, portal
	Reference string `json:"reference,omitempty" yaml:"reference,omitempty"` // of the contract, of the customer
}

// Open reports whether the service is meant to be asked for, whatever the date.
func (s Service) Open() bool { return s.State == "" || s.State == ServiceOpen }

// OpenAt reports whether the service may be asked for at a time.
func (s Service) OpenAt(now time.Time) bool {
	return s.Open() && !now.Before(s.OpensAt) && (s.ClosesAt.IsZero() || now.Before(s.ClosesAt))
}

// meantFor reports whether a person is of the audience of a service; path is that of the person's
// organisation.
func (s Service) meantFor(p Person, path []ID) bool {
	if len(s.Profiles) > 0 && !slices.Contains(s.Profiles, p.Profile) {
		return false
	}
	return len(s.Organisations) == 0 ||
		slices.ContainsFunc(path, func(o ID) bool { return slices.Contains(s.Organisations, o) })
}

// Shows reports whether a person may ask something of a service now: it and its ancestors are
// open, and meant for the person's profile and organisation.
func (d *Desk) Shows(id ID, p Person, now time.Time) bool {
	path, above := d.ServicePath(id), d.OrganisationPath(p.OrganisationID)
	for _, s := range path {
		if service := d.Services[s]; !service.OpenAt(now) || !service.meantFor(p, above) {
			return false
		}
	}
	return len(path) > 0
}

// OpenNow reports whether a service and those above it are open at a time, for somebody.
func (d *Desk) OpenNow(id ID, now time.Time) bool {
	path := d.ServicePath(id)
	return len(path) > 0 && !slices.ContainsFunc(path, func(s ID) bool { return !d.Services[s].OpenAt(now) })
}

// Children returns the services directly below a parent (empty: the themes) that a person may see,
// in their order.
func (d *Desk) Children(parent ID, p Person, now time.Time) []Service {
	return slices.DeleteFunc(d.Below(parent), func(s Service) bool { return !d.Shows(s.ID, p, now) })
}

// Below returns all the services directly below a parent, in their order.
func (d *Desk) Below(parent ID) []Service {
	var out []Service
	for _, s := range d.Services {
		if s.ParentID == parent {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Service) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// TeamOfService is the team to which the tickets of a service rise: that of the level, of the service
// or of its nearest ancestor that names one.
func (d *Desk) TeamOfService(service ID, level Level) (team, from ID) {
	for _, s := range d.ServicePath(service) {
		if team := d.Services[s].Teams[level]; team != "" {
			return team, s
		}
	}
	return "", ""
}

// Limits of a service.
const (
	maxServiceName = 120
	maxServiceText = 500
	maxProviders   = 20
	maxAudience    = 100
)

// CheckService says what is wrong with a service as it is about to be saved.
func (d *Desk) CheckService(s Service) error {
	var p Problems
	if !ValidKey(string(s.ID)) {
		p.Add("id", "form.key")
	}
	p.Text("name", s.Name, maxServiceName)
	p.AtMost("description", s.Description, maxServiceText)
	if s.State != "" && !slices.Contains(ServiceStates(), s.State) {
		p.Add("state", "field.unknown_value")
	}
	d.checkPlace(&p, s)
	d.checkChain(&p, s)
	if !s.ClosesAt.IsZero() && !s.ClosesAt.After(s.OpensAt) {
		p.Add("closes_at", "service.closes_before")
	}
	if len(s.Profiles) > maxAudience || len(s.Organisations) > maxAudience {
		p.Add("profiles", "field.too_many", "Limit", maxAudience)
	}
	if len(s.Skills) > maxRuleTags {
		p.Add("skills", "field.too_many", "Limit", maxRuleTags)
	}
	for _, o := range s.Organisations {
		if _, known := d.Organisations[o]; !known {
			p.Add("organisations", "field.unknown_value")
		}
	}
	return p.Err()
}

// checkPlace holds a service against the tree: below something that exists, and not below itself.
func (d *Desk) checkPlace(p *Problems, s Service) {
	if s.ParentID == "" {
		return
	}
	if _, known := d.Services[s.ParentID]; !known {
		p.Add("parent", "field.unknown_value")
	}
	if slices.Contains(d.ServicePath(s.ParentID), s.ID) {
		p.Add("parent", "service.below_itself")
	}
}

func (d *Desk) checkChain(p *Problems, s Service) {
	if _, known := d.Teams[s.TeamID]; s.TeamID != "" && !known {
		p.Add("team", "field.unknown_value")
	}
	for level, team := range s.Teams {
		if _, known := d.Teams[team]; !known || !level.Valid() {
			p.Add("teams", "field.unknown_value")
		}
	}
	if _, known := d.Workflows[s.WorkflowID]; s.WorkflowID != "" && !known {
		p.Add("workflow", "field.unknown_value")
	}
	if len(s.Providers) > maxProviders {
		p.Add("providers", "field.too_many", "Limit", maxProviders)
	}
	for _, x := range s.Providers {
		p.Text("providers", x.Name, maxServiceName)
		p.AtMost("providers", x.Contact+x.Reference, maxServiceText)
	}
}
