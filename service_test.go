package guichet

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAudienceByOrganisationDatesAndState(t *testing.T) {
	d := testDesk()
	at := func(id ID, change func(*Service)) {
		s := Service{ID: id, Name: string(id)}
		change(&s)
		d.Services[id] = s
	}
	at("for-lyon", func(s *Service) { s.Organisations = []ID{"lyon"} })
	at("below-lyon", func(s *Service) { s.ParentID = "for-lyon" })
	at("staff-of-lyon", func(s *Service) { s.Organisations, s.Profiles = []ID{"lyon", "nowhere"}, []string{"staff"} })
	at("draft", func(s *Service) { s.State = ServiceDraft })
	at("closed", func(s *Service) { s.State = ServiceClosed })
	at("past", func(s *Service) { s.ClosesAt = noon })
	at("until-later", func(s *Service) { s.ClosesAt = noon.Add(1) })
	at("opens-now", func(s *Service) { s.OpensAt = noon })
	d.Index()
	lab, rennes := Person{OrganisationID: "lab", Profile: "staff"}, Person{OrganisationID: "rennes", Profile: "staff"}
	for _, c := range []struct {
		service ID
		person  Person
		want    bool
	}{
		{"for-lyon", lab, true}, {"for-lyon", rennes, false}, {"for-lyon", Person{}, false},
		{"for-lyon", Person{OrganisationID: "group"}, false}, // above is not within
		{"below-lyon", lab, true}, {"below-lyon", rennes, false},
		{"staff-of-lyon", lab, true}, {"staff-of-lyon", Person{OrganisationID: "lab", Profile: "student"}, false},
		{"draft", lab, false}, {"closed", lab, false}, {"past", lab, false}, {"until-later", lab, true}, {"opens-now", lab, true},
	} {
		if got := d.Shows(c.service, c.person, noon); got != c.want {
			t.Errorf("%s to %s %s: %v", c.service, c.person.Profile, c.person.OrganisationID, got)
		}
	}
}

func TestATicketRisesToTheTeamOfItsService(t *testing.T) {
	d := testDesk()
	moodle := d.Services["moodle"]
	moodle.Teams = map[Level]ID{Level2: "core", Level3: "gone"}
	d.Services["moodle"] = moodle
	d.Index()
	ticket := ticketIn(StateAssigned) // of homework, below moodle
	for level, want := range map[Level]ID{Level2: "core", Level3: "core", LevelRD: ""} {
		if got := d.teamOfLevel(level, ticket); got != want {
			t.Errorf("%s: %q, want %q", level, got, want)
		}
	}
	ticket.ServiceID = "wifi"
	if got := d.teamOfLevel(Level2, ticket); got != "network" {
		t.Errorf("of a service that names none: %q", got)
	}
}

// moderatedDesk is the desk of the tests, in which moderators qualify.
func moderatedDesk() *Desk {
	d := testDesk()
	d.Roles["moderator"] = Role{ID: "moderator", Permissions: []Permission{PermissionModerate}}
	return d
}

func TestChainIsInherited(t *testing.T) {
	d := moderatedDesk()
	moodle := d.Services["moodle"]
	moodle.OwnerID, moodle.Teams, moodle.Providers = rita, map[Level]ID{Level2: "network"}, []Provider{{Name: "Kelis"}}
	d.Services["moodle"] = moodle
	homework := d.Services["homework"]
	homework.Teams = map[Level]ID{Level3: "core"}
	d.Services["homework"] = homework
	d.Roles["director"] = Role{ID: "director"}
	d.Offerings = map[ID]Offering{"ask": {ID: "ask", ServiceID: "moodle", Approval: []ApprovalStep{{Name: "Direction", Approvers: []ApproverSpec{{Role: "director"}}}}}}
	d.Index()
	grants := []Grant{
		{PersonID: mona, RoleID: "moderator"},
		{TeamID: "pedago", RoleID: "moderator", ServiceID: "homework", OrganisationID: "lyon"},
		{PersonID: cleo, RoleID: "moderator", ServiceID: "wifi"},
		{PersonID: dan, RoleID: "director", ServiceID: "moodle"},
	}
	want := Chain{
		Owner:      Holder{PersonID: rita, From: "moodle"},
		Moderators: []Holder{{PersonID: mona, RoleID: "moderator"}, {TeamID: "pedago", RoleID: "moderator", From: "homework", OrganisationID: "lyon"}},
		Team:       Holder{TeamID: "pedago", From: "moodle"},
		Levels:     []LevelHolder{{Level2, Holder{TeamID: "network", From: "moodle"}}, {Level3, Holder{TeamID: "core", From: "homework"}}},
		Approvers:  []Holder{{PersonID: dan, RoleID: "director", From: "moodle"}},
		Providers:  []ProviderFrom{{Provider{Name: "Kelis"}, "moodle"}},
	}
	if diff := cmp.Diff(want, d.Chain("homework", grants)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWarningsSayWhatIsMissing(t *testing.T) {
	everybody := []Grant{{PersonID: mona, RoleID: "moderator"}}
	for _, c := range []struct {
		name    string
		service Service
		grants  []Grant
		want    []WarningCode
	}{
		{"nothing", Service{TeamID: "pedago"}, everybody, nil},
		{"no moderator, no team", Service{}, nil, []WarningCode{WarnModerator, WarnTeam}},
		{"nobody in the team", Service{TeamID: "empty"}, everybody, []WarningCode{WarnTeamEmpty}},
		{"a team of a level that is gone", Service{TeamID: "pedago", Teams: map[Level]ID{Level3: "gone"}}, everybody, []WarningCode{WarnTeamEmpty}},
		{"the owner has left", Service{TeamID: "pedago", OwnerID: rita}, everybody, []WarningCode{WarnOwnerGone}},
		{"a draft whose day has come", Service{TeamID: "pedago", State: ServiceDraft, OpensAt: noon}, everybody, []WarningCode{WarnDraft}},
		{"a draft whose day is to come", Service{TeamID: "pedago", State: ServiceDraft, OpensAt: noon.Add(1)}, everybody, nil},
		{"past its last day", Service{TeamID: "pedago", ClosesAt: noon}, everybody, []WarningCode{WarnClosed}},
		{"below a closed one", Service{TeamID: "pedago", ParentID: "retired"}, everybody, []WarningCode{WarnHidden}},
		{"an organisation that is gone", Service{TeamID: "pedago", Organisations: []ID{"paris"}}, everybody, []WarningCode{WarnAudience}},
		{"closed", Service{State: ServiceClosed}, nil, nil},
	} {
		d := moderatedDesk()
		c.service.ID = "s"
		d.Services["s"] = c.service
		d.Teams["empty"] = Team{ID: "empty"}
		d.Offerings = map[ID]Offering{"o": {ID: "o", ServiceID: "s"}}
		d.Index()
		if got := d.Warnings(c.service, c.grants, []ID{rita}, noon); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	d := moderatedDesk()
	d.Offerings = map[ID]Offering{"o": {ID: "o", ServiceID: "moodle", Approval: []ApprovalStep{{Approvers: []ApproverSpec{{Role: "director"}}}}}}
	d.Index()
	if got := d.Warnings(d.Services["homework"], everybody, nil, noon); !slices.Equal(got, []WarningCode{WarnApprover}) {
		t.Errorf("nobody may approve: %v", got)
	}
	if got := d.Warnings(d.Services["wifi"], everybody, nil, noon); !slices.Equal(got, []WarningCode{WarnOffering}) {
		t.Errorf("nothing can be asked: %v", got)
	}
}

func TestWhatMakesAServiceUnusable(t *testing.T) {
	d := testDesk()
	for _, c := range []struct {
		name    string
		service Service
		want    []string
	}{
		{"nothing", Service{ID: "new", Name: "Nouveau", ParentID: "moodle", TeamID: "core", Teams: map[Level]ID{Level2: "network"}}, nil},
		{"no name, no key", Service{}, []string{"id: form.key", "name: field.required"}},
		{"below itself", Service{ID: "moodle", Name: "M", ParentID: "homework"}, []string{"parent: service.below_itself"}},
		{"its own parent", Service{ID: "moodle", Name: "M", ParentID: "moodle"}, []string{"parent: service.below_itself"}},
		{"unknown words", Service{ID: "x", Name: "X", ParentID: "nowhere", TeamID: "no", WorkflowID: "no", State: "odd", Organisations: []ID{"no"}, Teams: map[Level]ID{"N9": "core"}},
			[]string{"organisations: field.unknown_value", "parent: field.unknown_value", "state: field.unknown_value", "team: field.unknown_value",
				"teams: field.unknown_value", "workflow: field.unknown_value"}},
		{"closes before it opens", Service{ID: "x", Name: "X", OpensAt: noon, ClosesAt: noon}, []string{"closes_at: service.closes_before"}},
	} {
		if diff := cmp.Diff(c.want, faults(d.CheckService(c.service))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
