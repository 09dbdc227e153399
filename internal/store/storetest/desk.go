package storetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
)

// The cast of the tests: one person for each part in the play.
const (
	Rita guichet.ID = "rita" // asks, in the laboratory of Lyon
	Ben  guichet.ID = "ben"  // has the need, same place
	Stan guichet.ID = "stan" // a stranger, in Rennes
	Dora guichet.ID = "dora" // directs Lyon, and so agrees first to what Lyon asks for
	Olga guichet.ID = "olga" // owns Moodle with Omar: both must agree
	Omar guichet.ID = "omar"
	Mona guichet.ID = "mona" // moderates the services for teaching
	Max  guichet.ID = "max"  // moderates the network
	Ann  guichet.ID = "ann"  // technician, support, N1
	Bob  guichet.ID = "bob"  // technician, support, N1
	Cleo guichet.ID = "cleo" // technician, network, N2
	Dan  guichet.ID = "dan"  // technician, core, N3
	Fay  guichet.ID = "fay"  // functional administrator: reads everything
	Tom  guichet.ID = "tom"  // technical administrator: reads nothing
)

// Services, teams, offerings and workflows of the desk of the tests.
const (
	Learning guichet.ID = "learning" // theme
	Moodle   guichet.ID = "moodle"   // handled by Support, closed by the requester's word
	Homework guichet.ID = "homework" // below Moodle
	Network  guichet.ID = "network"  // theme, handled by NetworkTeam, closed by a moderator
	Wifi     guichet.ID = "wifi"     // below Network; routed to its team by a rule
	Phones   guichet.ID = "phones"   // closed when opened: a call that is only recorded

	Support     guichet.ID = "support"
	NetworkTeam guichet.ID = "network-team"
	Core        guichet.ID = "core"

	Incident guichet.ID = "moodle-incident" // a form
	Access   guichet.ID = "moodle-access"   // asks for two agreements

	Validated guichet.ID = "validated" // the requester validates, silence closes
	Moderated guichet.ID = "moderated" // a moderator closes
	Recorded  guichet.ID = "recorded"  // closed on creation
)

// Desk is the configuration that the tests of the store and of the use cases share.
func Desk() *guichet.Desk {
	low, medium, high := guichet.GradeLow, guichet.GradeMedium, guichet.GradeHigh
	return &guichet.Desk{
		Name: "Assistance", Locale: "fr", TimeZone: "Europe/Paris", DefaultFlow: Validated,
		Matrix: guichet.Matrix{
			low:    {low: guichet.PriorityLow, medium: guichet.PriorityLow, high: guichet.PriorityMedium},
			medium: {low: guichet.PriorityLow, medium: guichet.PriorityMedium, high: guichet.PriorityHigh},
			high:   {low: guichet.PriorityMedium, medium: guichet.PriorityHigh, high: guichet.PriorityCritical},
		},
		Organisations: byID(func(o guichet.Organisation) guichet.ID { return o.ID },
			guichet.Organisation{ID: "group", Name: "Groupe", Kind: guichet.OrganisationGroup},
			guichet.Organisation{ID: "lyon", ParentID: "group", Name: "Lyon", Kind: guichet.OrganisationEstablishment},
			guichet.Organisation{ID: "lab", ParentID: "lyon", Name: "Laboratoire", Kind: guichet.OrganisationSite},
			guichet.Organisation{ID: "rennes", ParentID: "group", Name: "Rennes", Kind: guichet.OrganisationEstablishment}),
		Teams: byID(func(t guichet.Team) guichet.ID { return t.ID },
			guichet.Team{ID: Support, Name: "Support", Level: guichet.Level1},
			guichet.Team{ID: NetworkTeam, Name: "Réseau", Level: guichet.Level2},
			guichet.Team{ID: Core, Name: "Cœur de réseau", Level: guichet.Level3}),
		Services:  services(),
		Offerings: offerings(),
		Roles: byID(func(r guichet.Role) guichet.ID { return r.ID },
			guichet.Role{ID: "moderator", Name: "Modérateur", Permissions: []guichet.Permission{guichet.PermissionRead,
				guichet.PermissionWork, guichet.PermissionModerate, guichet.PermissionOpenFor}},
			guichet.Role{ID: "technician", Name: "Technicien", Permissions: []guichet.Permission{guichet.PermissionWork}},
			guichet.Role{ID: "director", Name: "Directeur"},
			guichet.Role{ID: "owner", Name: "Responsable"},
			guichet.Role{ID: "administrator", Name: "Administrateur technico-fonctionnel", Permissions: []guichet.Permission{
				guichet.PermissionRead, guichet.PermissionConfigure, guichet.PermissionPeople}},
			guichet.Role{ID: "operator", Name: "Administrateur technique", Permissions: []guichet.Permission{guichet.PermissionOperate}}),
		Workflows: workflows(),
		Rules: []guichet.Rule{
			{ID: "wifi", Name: "Wifi au réseau", When: guichet.RuleWhen{All: []guichet.RuleCondition{{Field: guichet.RuleService, Values: []string{string(Wifi)}}}},
				Then: guichet.RuleThen{TeamID: guichet.ServiceTeam}},
			{ID: "exam", Name: "Examens à Bob", When: guichet.RuleWhen{All: []guichet.RuleCondition{{Field: guichet.RuleWords, Values: []string{"examen"}}}},
				Then: guichet.RuleThen{TeamID: Support, AssigneeID: Bob, Urgency: high, Impact: high}},
		},
	}
}

func services() map[guichet.ID]guichet.Service {
	return byID(func(s guichet.Service) guichet.ID { return s.ID },
		guichet.Service{ID: Learning, Name: "Enseigner"},
		guichet.Service{ID: Moodle, ParentID: Learning, Name: "Moodle", TeamID: Support},
		guichet.Service{ID: Homework, ParentID: Moodle, Name: "Devoirs"},
		guichet.Service{ID: Network, Name: "Réseau", TeamID: NetworkTeam, WorkflowID: Moderated, Position: 1},
		guichet.Service{ID: Wifi, ParentID: Network, Name: "Wifi"},
		guichet.Service{ID: Phones, Name: "Téléphonie", WorkflowID: Recorded, Position: 2},
		guichet.Service{ID: "retired", Name: "Ancien", Position: 3, State: guichet.ServiceClosed},
		guichet.Service{ID: "students", Name: "Étudiants", Profiles: []string{"student"}, Position: 4})
}

func offerings() map[guichet.ID]guichet.Offering {
	return byID(func(o guichet.Offering) guichet.ID { return o.ID },
		guichet.Offering{ID: Incident, ServiceID: Moodle, Name: "Signaler un problème", Kind: guichet.KindIncident,
			Form: guichet.Form{Fields: []guichet.Field{
				{Key: "where", Type: guichet.FieldChoice, Label: "Où ?", Options: []guichet.Option{
					{Value: "course", Label: "Dans un cours"}, {Value: "other", Label: "Ailleurs"}}},
				{Key: "course", Type: guichet.FieldText, Label: "Quel cours ?", Required: true,
					ShowIf: &guichet.Condition{Field: "where", Values: []string{"course"}}},
			}}},
		guichet.Offering{ID: Access, ServiceID: Moodle, Name: "Demander un accès", Kind: guichet.KindRequest,
			Approval: []guichet.ApprovalStep{
				{Name: "Direction", Approvers: []guichet.ApproverSpec{{Role: "director"}}},
				{Name: "Responsables", Approvers: []guichet.ApproverSpec{{Role: "owner"}, {Login: string(Omar)}}, All: true},
			}})
}

// Fill saves the desk and its cast. Every login is the identifier; nobody has a password.
func Fill(t testing.TB, s *store.Store) {
	t.Helper()
	ctx := context.Background()
	err := s.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SaveDesk(ctx, Desk()); err != nil {
			return err
		}
		for _, role := range cast() {
			if err := role.save(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("fill: %v", err)
	}
}

// part is what a person of the cast is and holds.
type part struct {
	person guichet.Person
	team   guichet.ID
	grants []guichet.Grant
}

func cast() []part {
	return []part{
		member(Rita, "Rita", "Durand", "lab"),
		member(Ben, "Ben", "Élan", "lab"),
		member(Stan, "Stan", "Morvan", "rennes"),
		member(Dora, "Dora", "Lefèvre", "lyon", guichet.Grant{RoleID: "director", OrganisationID: "lyon"}),
		member(Olga, "Olga", "Perrin", "group", guichet.Grant{RoleID: "owner", ServiceID: Moodle}),
		member(Omar, "Omar", "Benali", "group"),
		member(Mona, "Mona", "Girard", "group", guichet.Grant{RoleID: "moderator", ServiceID: Learning}),
		member(Max, "Max", "Roche", "group", guichet.Grant{RoleID: "moderator", ServiceID: Network}),
		member(Ann, "Ann", "Blanc", "lyon", technician...).in(Support),
		member(Bob, "Bob", "Noël", "lyon", technician...).in(Support),
		member(Cleo, "Cléo", "Marchand", "rennes", technician...).in(NetworkTeam),
		member(Dan, "Dan", "Le Goff", "rennes", technician...).in(Core),
		member(Fay, "Fay", "Dumas", "group", guichet.Grant{RoleID: "administrator"}),
		member(Tom, "Tom", "Faure", "group", guichet.Grant{RoleID: "operator"}),
	}
}

var technician = []guichet.Grant{{RoleID: "technician"}}

func member(id guichet.ID, given, family string, organisation guichet.ID, grants ...guichet.Grant) part {
	return part{person: guichet.Person{ID: id, OrganisationID: organisation, GivenName: given, FamilyName: family,
		Email: string(id) + "@example.org", EmployeeNumber: "E-" + string(id), Phone: "04 72 43 83 83", Profile: "staff",
		Locale: "fr", TimeZone: "Europe/Paris", Active: true}, grants: grants}
}

func (p part) in(team guichet.ID) part {
	p.team = team
	return p
}

func (p part) save(ctx context.Context, tx *store.Tx) error {
	who := p.person.ID
	if err := tx.SavePerson(ctx, p.person); err != nil {
		return err
	}
	err := tx.SaveIdentity(ctx, guichet.Identity{ID: who, PersonID: who, Kind: guichet.IdentityLocal, Subject: string(who)})
	if err == nil && p.team != "" {
		err = tx.JoinTeam(ctx, p.team, who)
	}
	for _, g := range p.grants {
		if err != nil {
			break
		}
		g.ID, g.PersonID = who+"-"+g.RoleID, who
		err = tx.SaveGrant(ctx, g)
	}
	return err
}

// Actor reads a person of the cast, who acts through the desk's screens.
func Actor(t testing.TB, s *store.Store, person guichet.ID) guichet.Actor {
	t.Helper()
	var a guichet.Actor
	err := s.Read(context.Background(), func(tx *store.Tx) (err error) {
		a, err = tx.Actor(context.Background(), person, guichet.ChannelDesk)
		return err
	})
	if err != nil {
		t.Fatalf("actor %s: %v", person, err)
	}
	return a
}

// Clock is a clock that moves when told to, for many goroutines.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts a clock on a Monday at noon.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 3, 16, 12, 0, 0, 0, time.UTC)} }

// Now reads the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func byID[T any](id func(T) guichet.ID, list ...T) map[guichet.ID]T {
	out := make(map[guichet.ID]T, len(list))
	for _, x := range list {
		out[id(x)] = x
	}
	return out
}

// Person adds a person beside the cast.
func Person(t testing.TB, s *store.Store, p guichet.Person) {
	t.Helper()
	err := s.Write(context.Background(), func(tx *store.Tx) error { return tx.SavePerson(context.Background(), p) })
	if err != nil {
		t.Fatalf("person %s: %v", p.ID, err)
	}
}

// Asked is a query as it is typed, which must have no problem.
func Asked(text string) guichet.Query {
	q, problems := guichet.ParseQuery(text)
	if len(problems) > 0 {
		panic(text + ": " + problems[0].Code)
	}
	return q
}
