package guichet

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// Offering is what a requester can ask of a service: an incident form or a request form.
type Offering struct {
	ID          ID             `json:"id" yaml:"id"`
	ServiceID   ID             `json:"service" yaml:"service"`
	Name        string         `json:"name" yaml:"name"`
	Description string         `json:"description,omitempty" yaml:"description,omitempty"`
	Kind        Kind           `json:"kind,omitempty" yaml:"kind,omitempty"` // empty: the requester says
	Form        Form           `json:"form" yaml:"form"`
	Approval    []ApprovalStep `json:"approval,omitempty" yaml:"approval,omitempty"`
	WorkflowID  ID             `json:"workflow,omitempty" yaml:"workflow,omitempty"`
	Checklists  []ID           `json:"checklists,omitempty" yaml:"checklists,omitempty"` // templates: points to check on its tickets
	Position    int            `json:"position,omitempty" yaml:"position,omitempty"`     // order among those of its service
	Retired     bool           `json:"retired,omitempty" yaml:"retired,omitempty"`       // no longer asked; its tickets keep it
	Skills      []string       `json:"skills,omitempty" yaml:"skills,omitempty"`         // that the dispatch of a team looks for
	Version     int            `json:"version" yaml:"-"`
}

// Desk is the whole configuration of a desk, as one immutable value: catalogue, workflows, roles,
// teams, rules. Revision changes with every change of it.
type Desk struct {
	Revision      int64
	Name          string
	Locale        string
	TimeZone      string
	Contact       string // how to reach the desk otherwise, for the foot of the portal
	Remote        string // template of the address by which equipment is reached from afar; empty: it is not
	SignInHelp    string // what to do when one cannot sign in, for those who have not
	Look          Look
	Matrix        Matrix
	Organisations map[ID]Organisation
	Services      map[ID]Service
	Offerings     map[ID]Offering // newest versions
	PastOfferings map[ID][]Offering
	Teams         map[ID]Team
	Roles         map[ID]Role
	Workflows     map[ID]Workflow // newest versions
	Past          map[ID][]Workflow
	Rules         []Rule
	Templates     map[ID]Template // newest versions
	Calendars     map[ID]Calendar
	Levels        []ServiceLevel // service levels, in their order
	RulesVersion  int            // of the rules; 0: never published on their own
	DefaultFlow   ID

	organisations, services Tree
	made                    *sync.Map // of *made
}

// Index prepares the trees. It must be called once after the desk was filled.
func (d *Desk) Index() {
	orgs, services := map[ID]ID{}, map[ID]ID{}
	for id, o := range d.Organisations {
		orgs[id] = o.ParentID
	}
	for id, s := range d.Services {
		services[id] = s.ParentID
	}
	for id, c := range d.Calendars {
		d.Calendars[id] = c.Prepared()
	}
	d.organisations, d.services, d.made = NewTree(orgs), NewTree(services), new(sync.Map)
}

// made is what was made from a desk and lives as long as it does.
type made struct {
	once  sync.Once
	value any
}

// Made returns what is made from the desk, made the first time and kept with it: a configuration is compiled once and
// not for each ticket. The key says what it is; nobody changes what is returned.
func (d *Desk) Made(key any, build func(*Desk) any) any {
	if d.made == nil { // not indexed
		return build(d)
	}
	kept, _ := d.made.LoadOrStore(key, new(made))
	m := kept.(*made)
	m.once.Do(func() { m.value = build(d) })
	return m.value
}

// Clone returns a copy whose maps and lists may be changed without touching d. The values in them are
// shared: replace them, do not change them in place. Index it when it is ready.
func (d *Desk) Clone() *Desk {
	c := *d
	c.Matrix = maps.Clone(d.Matrix)
	c.Organisations, c.Services, c.Offerings = maps.Clone(d.Organisations), maps.Clone(d.Services), maps.Clone(d.Offerings)
	c.Teams, c.Roles = maps.Clone(d.Teams), maps.Clone(d.Roles)
	c.Workflows, c.Past = maps.Clone(d.Workflows), maps.Clone(d.Past)
	c.Rules, c.Templates = slices.Clone(d.Rules), maps.Clone(d.Templates)
	c.PastOfferings = maps.Clone(d.PastOfferings)
	c.Calendars, c.Levels = maps.Clone(d.Calendars), slices.Clone(d.Levels)
	c.made = nil // what was made from d
	return &c
}

// Place tells the rules of rights where a ticket stands.
func (d *Desk) Place(parties []Party) Place { return Place{d.organisations, d.services, parties} }

// ServicePath returns a service and its ancestors, nearest first.
func (d *Desk) ServicePath(id ID) []ID { return d.services.Path(id) }

// OrganisationPath returns an organisation and its ancestors, nearest first.
func (d *Desk) OrganisationPath(id ID) []ID { return d.organisations.Path(id) }

// ServiceTeam returns the team that handles a service: its own or the nearest ancestor's.
func (d *Desk) ServiceTeam(id ID) ID {
	for _, s := range d.ServicePath(id) {
		if team := d.Services[s].TeamID; team != "" {
			return team
		}
	}
	return ""
}

// FlowOf returns the workflow of a new ticket: of its offering, of its service or the nearest
// ancestor, or the desk's own.
func (d *Desk) FlowOf(service, offering ID) Workflow {
	if w, known := d.Workflows[d.Offerings[offering].WorkflowID]; known {
		return w
	}
	for _, s := range d.ServicePath(service) {
		if w, known := d.Workflows[d.Services[s].WorkflowID]; known {
			return w
		}
	}
	return d.Workflows[d.DefaultFlow]
}

// FollowFlow returns the workflow of a ticket that goes on after another one: the service's, or the
// desk's own where tickets of the service are closed as they are opened.
func (d *Desk) FollowFlow(service ID) Workflow {
	if w := d.FlowOf(service, ""); w.Policy() != ClosureOnOpen {
		return w
	}
	return d.Workflows[d.DefaultFlow]
}

// OfferingsUnder lists the offerings whose tickets follow a workflow, in the order of their keys.
func (d *Desk) OfferingsUnder(workflow ID) []Offering {
	var out []Offering
	for _, o := range d.Offerings {
		if d.FlowOf(o.ServiceID, o.ID).ID == workflow {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b Offering) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Flow returns the version of the workflow that a ticket follows.
func (d *Desk) Flow(t Ticket) Workflow {
	for _, w := range d.Past[t.WorkflowID] {
		if w.Version == t.Workflow {
			return w
		}
	}
	return d.Workflows[t.WorkflowID]
}

// Called is what the workflow of a ticket calls a state, for agents and for requesters; empty names are
// the usual words. What is assigned and in the pool keeps them: it waits to be taken, whatever the
// workflow calls the work.
func (d *Desk) Called(workflow ID, version int, s State, held bool) StepName {
	if s == StateAssigned && !held {
		return StepName{State: s}
	}
	return d.Flow(Ticket{WorkflowID: workflow, Workflow: version}).Step(s)
}

// ServiceName is the name of a service with its parents, from the top ("Moodle / Devoirs").
func (d *Desk) ServiceName(id ID) string {
	name := ""
	for _, s := range d.ServicePath(id) {
		if name != "" {
			name = " / " + name
		}
		name = d.Services[s].Name + name
	}
	return name
}

// OfferingsOf returns what can be asked of a service, in their order; a service that has none of
// its own takes those of its nearest ancestor.
func (d *Desk) OfferingsOf(service ID) []Offering {
	for _, s := range d.ServicePath(service) {
		own := slices.DeleteFunc(d.OwnOfferings(s), func(o Offering) bool { return o.Retired })
		if len(own) > 0 {
			return own
		}
	}
	return nil
}

// OfferingFor is the offering meant by a service and a kind: the one of that kind, or the one that
// leaves the kind to the requester.
func (d *Desk) OfferingFor(service ID, kind Kind) Offering {
	list := d.OfferingsOf(service)
	for _, o := range list {
		if o.Kind == kind && kind != "" {
			return o
		}
	}
	for _, o := range list {
		if o.Kind == "" {
			return o
		}
	}
	return Offering{}
}

// OwnOfferings returns the offerings of a service itself, the retired ones too, in their order.
func (d *Desk) OwnOfferings(service ID) []Offering {
	var out []Offering
	for _, o := range d.Offerings {
		if o.ServiceID == service {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b Offering) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// OfferingAt returns an offering as it was at a version; the newest one stands for a version that is
// not kept.
func (d *Desk) OfferingAt(id ID, version int) Offering {
	for _, o := range d.PastOfferings[id] {
		if o.Version == version {
			return o
		}
	}
	return d.Offerings[id]
}
