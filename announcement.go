package guichet

import (
	"slices"
	"time"
)

// AnnouncementKind says what an announcement is about.
type AnnouncementKind string

// The kinds of announcements (DOMAIN D2).
const (
	AnnouncementIncident    AnnouncementKind = "incident" // something does not work, for many
	AnnouncementMaintenance AnnouncementKind = "maintenance"
	AnnouncementNews        AnnouncementKind = "news"
)

// AnnouncementKinds lists the kinds, the most pressing first.
func AnnouncementKinds() []AnnouncementKind {
	return []AnnouncementKind{AnnouncementIncident, AnnouncementMaintenance, AnnouncementNews}
}

// Announcement is a message to an audience for a time (D2, seed 002: the problem touched many people,
// the moderator publishes an information). The tickets that belong to it are told of each of its news.
type Announcement struct {
	ID            ID
	Kind          AnnouncementKind
	Title         string
	Body          string   // Markdown
	ServiceID     ID       // concerned; empty: none in particular
	Organisations []ID     // audience, or below; empty: every organisation
	Profiles      []string // audience; empty: every profile
	From          time.Time
	Until         time.Time // zero: until somebody ends it
	NextAt        time.Time // when more will be known; zero: not said
	EndedAt       time.Time // zero: goes on
	AuthorID      ID
	UpdatedAt     time.Time
	Version       int64
}

// AnnouncementNote is what was said of an announcement after it was published.
type AnnouncementNote struct {
	ID             ID
	AnnouncementID ID
	At             time.Time
	AuthorID       ID
	Text           string // Markdown
	Ends           bool   // it is over
}

// Limits of an announcement.
const (
	MaxAnnouncement  = 10_000 // characters of its text, and of each of its news
	maxAnnouncedFor  = 400 * 24 * time.Hour
	maxAudienceParts = 50
)

// Live reports whether an announcement is shown at a moment.
func (a Announcement) Live(at time.Time) bool {
	return a.EndedAt.IsZero() && !at.Before(a.From) && (a.Until.IsZero() || at.Before(a.Until))
}

// Coming reports whether an announcement is still to be shown, later than a moment.
func (a Announcement) Coming(at time.Time) bool { return a.EndedAt.IsZero() && at.Before(a.From) }

// Meant reports whether a person belongs to the audience of an announcement. One about a service that
// the person does not see is not meant for him or her either.
func (d *Desk) Meant(a Announcement, p Person, now time.Time) bool {
	if a.ServiceID != "" && !d.Shows(a.ServiceID, p, now) {
		return false
	}
	if len(a.Profiles) > 0 && !slices.Contains(a.Profiles, p.Profile) {
		return false
	}
	above := d.OrganisationPath(p.OrganisationID)
	return len(a.Organisations) == 0 || slices.ContainsFunc(a.Organisations, func(o ID) bool { return slices.Contains(above, o) })
}

// About reports whether an announcement concerns a service: it is about it, about what lies above, or
// about none in particular.
func (d *Desk) About(a Announcement, service ID) bool {
	return a.ServiceID == "" || slices.Contains(d.ServicePath(service), a.ServiceID)
}

// CheckAnnouncement says what is wrong with an announcement at a moment.
func (d *Desk) CheckAnnouncement(a Announcement, now time.Time) error {
	var p Problems
	if !slices.Contains(AnnouncementKinds(), a.Kind) {
		p.Add("kind", "field.unknown_value")
	}
	p.Text("title", a.Title, MaxTitle)
	p.AtMost("body", a.Body, MaxAnnouncement)
	if _, known := d.Services[a.ServiceID]; a.ServiceID != "" && !known {
		p.Add("service", "field.unknown_value")
	}
	if len(a.Organisations) > maxAudienceParts || len(a.Profiles) > maxAudienceParts {
		p.Add("organisations", "field.too_many", "Limit", maxAudienceParts)
	}
	for _, o := range a.Organisations {
		if _, known := d.Organisations[o]; !known {
			p.Add("organisations", "field.unknown_value")
		}
	}
	a.checkDates(&p, now)
	return p.Err()
}

func (a Announcement) checkDates(p *Problems, now time.Time) {
	switch {
	case a.From.IsZero():
		p.Add("from", "field.required")
	case !a.Until.IsZero() && !a.Until.After(a.From):
		p.Add("until", "announcement.ends_first")
	case !a.Until.IsZero() && !a.Until.After(now):
		p.Add("until", "field.past")
	case !a.Until.IsZero() && a.Until.Sub(a.From) > maxAnnouncedFor:
		p.Add("until", "announcement.too_long")
	}
	if !a.NextAt.IsZero() && !a.NextAt.After(now) {
		p.Add("next", "field.past")
	}
}

// Announces reports whether the actor may publish about a service, or about none in particular: who
// moderates it (seed 002), or configures it. Without a service that takes the right over the whole desk.
func (a Actor) Announces(service ID, d *Desk) bool {
	over := func(p Permission) bool {
		return slices.ContainsFunc(a.Areas(p), func(x Area) bool {
			return x.OrganisationID == "" && d.services.Within(service, x.ServiceID)
		})
	}
	return a.MayWrite() && (over(PermissionModerate) || over(PermissionConfigure))
}
