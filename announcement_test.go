package guichet

import (
	"testing"
	"time"
)

func TestWhenAnAnnouncementIsShown(t *testing.T) {
	from := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	hour := func(n int) time.Time { return from.Add(time.Duration(n) * time.Hour) }
	for _, c := range []struct {
		name         string
		a            Announcement
		at           time.Time
		live, coming bool
	}{
		{"before it begins", Announcement{From: from}, hour(-1), false, true},
		{"as it begins", Announcement{From: from}, from, true, false},
		{"without an end", Announcement{From: from}, hour(9000), true, false},
		{"before its end", Announcement{From: from, Until: hour(2)}, hour(2).Add(-1), true, false},
		{"at its end", Announcement{From: from, Until: hour(2)}, hour(2), false, false},
		{"ended by somebody", Announcement{From: from, EndedAt: hour(1)}, hour(1), false, false},
		{"given up before it began", Announcement{From: from, EndedAt: hour(-2)}, hour(-1), false, false},
	} {
		if c.a.Live(c.at) != c.live || c.a.Coming(c.at) != c.coming {
			t.Errorf("%s: live %t, coming %t", c.name, c.a.Live(c.at), c.a.Coming(c.at))
		}
	}
}

func announcementDesk() *Desk {
	d := &Desk{
		Organisations: map[ID]Organisation{"group": {ID: "group"}, "lyon": {ID: "lyon", ParentID: "group"}, "rennes": {ID: "rennes", ParentID: "group"}},
		Services: map[ID]Service{"learning": {ID: "learning", State: ServiceOpen}, "moodle": {ID: "moodle", ParentID: "learning", State: ServiceOpen},
			"payroll": {ID: "payroll", State: ServiceOpen, Profiles: []string{"staff"}}},
		Roles: map[ID]Role{"moderator": {ID: "moderator", Permissions: []Permission{PermissionModerate}}},
	}
	d.Index()
	return d
}

func TestForWhomAnAnnouncementIsMeant(t *testing.T) {
	d := announcementDesk()
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	student := Person{OrganisationID: "lyon", Profile: "student"}
	for _, c := range []struct {
		name string
		a    Announcement
		want bool
	}{
		{"everybody", Announcement{}, true},
		{"the organisation itself", Announcement{Organisations: []ID{"lyon"}}, true},
		{"an organisation above", Announcement{Organisations: []ID{"group"}}, true},
		{"another organisation", Announcement{Organisations: []ID{"rennes"}}, false},
		{"the profile", Announcement{Profiles: []string{"staff", "student"}}, true},
		{"another profile", Announcement{Profiles: []string{"staff"}}, false},
		{"a service that is seen", Announcement{ServiceID: "moodle"}, true},
		{"a service that is not", Announcement{ServiceID: "payroll"}, false},
		{"both must hold", Announcement{Organisations: []ID{"lyon"}, Profiles: []string{"staff"}}, false},
	} {
		if got := d.Meant(c.a, student, now); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestWhoAnnounces(t *testing.T) {
	d := announcementDesk()
	with := func(g Grant) Actor { g.RoleID = "moderator"; return Actor{Grants: []Grant{g}, Roles: d.Roles} }
	for _, c := range []struct {
		name    string
		actor   Actor
		service ID
		want    bool
	}{
		{"nobody", Actor{}, "moodle", false},
		{"below what one moderates", with(Grant{ServiceID: "learning"}), "moodle", true},
		{"beside it", with(Grant{ServiceID: "moodle"}), "payroll", false},
		{"above it", with(Grant{ServiceID: "moodle"}), "learning", false},
		{"about no service takes the whole desk", with(Grant{ServiceID: "learning"}), "", false},
		{"the whole desk", with(Grant{}), "", true},
		{"over one organisation only", with(Grant{OrganisationID: "lyon"}), "moodle", false},
	} {
		if got := c.actor.Announces(c.service, d); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestWhatIsWrongWithAnAnnouncement(t *testing.T) {
	d := announcementDesk()
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	sound := Announcement{Kind: AnnouncementIncident, Title: "Moodle est indisponible", From: now}
	if err := d.CheckAnnouncement(sound, now); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*Announcement){
		"kind":          func(a *Announcement) { a.Kind = "rumour" },
		"title":         func(a *Announcement) { a.Title = " " },
		"service":       func(a *Announcement) { a.ServiceID = "nothing" },
		"organisations": func(a *Announcement) { a.Organisations = []ID{"mars"} },
		"from":          func(a *Announcement) { a.From = time.Time{} },
		"until":         func(a *Announcement) { a.Until = now.Add(-time.Hour) },
		"next":          func(a *Announcement) { a.NextAt = now },
	} {
		a := sound
		change(&a)
		err := d.CheckAnnouncement(a, now)
		if err == nil || err.(*Error).Fields[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
