package guichet

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ServiceLevel is what the desk commits itself to for some tickets (H1): how soon somebody is in
// contact with the beneficiary, and how soon it is resolved, in time at work of a calendar. The
// levels of a desk are an ordered list: the first whose conditions hold is a ticket's.
type ServiceLevel struct {
	ID         ID           `json:"id" yaml:"id"`
	Name       string       `json:"name" yaml:"name"`
	When       LevelWhen    `json:"when,omitzero" yaml:"when,omitempty"`
	CalendarID ID           `json:"calendar" yaml:"calendar"`
	Contact    Target       `json:"contact,omitzero" yaml:"contact,omitempty"`
	Resolve    Target       `json:"resolve,omitzero" yaml:"resolve,omitempty"`
	ContactBy  []ContactAct `json:"contact_by,omitempty" yaml:"contact_by,omitempty"` // empty: DefaultContactActs
}

// ServiceLevels is the ordered list of the service levels of a desk, which is edited as one.
type ServiceLevels struct {
	Levels []ServiceLevel `json:"levels"`
}

// LevelWhen is the conditions of a service level; an empty one holds.
type LevelWhen struct {
	Services      []ID       `json:"services,omitempty" yaml:"services,omitempty"`           // or below
	Organisations []ID       `json:"organisations,omitempty" yaml:"organisations,omitempty"` // or below
	Kinds         []Kind     `json:"kinds,omitempty" yaml:"kinds,omitempty"`
	Priorities    []Priority `json:"priorities,omitempty" yaml:"priorities,omitempty"`
}

// Target is a delay, when to warn that it ends, and what follows once it is over.
type Target struct {
	Within Delay      `json:"within,omitempty" yaml:"within,omitempty"` // empty: no target
	Warn   string     `json:"warn,omitempty" yaml:"warn,omitempty"`     // "1h" before, or "80%" of it; empty: no warning
	Breach Escalation `json:"breach,omitzero" yaml:"breach,omitempty"`
}

// Escalation is what the desk does when a delay is over: whom it tells (assignee, team or a role),
// and to whom it gives the ticket.
type Escalation struct {
	Tell   []Performer `json:"tell,omitempty" yaml:"tell,omitempty"`
	Level  Level       `json:"level,omitempty" yaml:"level,omitempty"` // raise the ticket to this level, unless it stands there or above
	TeamID ID          `json:"team,omitempty" yaml:"team,omitempty"`   // assign it to this team
}

// ContactAct is an act that may count as being in contact with the beneficiary.
type ContactAct string

// The acts. Taking a ticket is not speaking to anybody, but a desk may decide that it counts.
const (
	ContactCall    ContactAct = "call"    // a recorded contact: phone, mail, in person
	ContactReply   ContactAct = "reply"   // a public message of an agent
	ContactOpening ContactAct = "opening" // the ticket was recorded from a call or at the counter
	ContactClaim   ContactAct = "claim"
	ContactResolve ContactAct = "resolution"
)

// ContactActs lists the acts in the order in which they are offered.
func ContactActs() []ContactAct {
	return []ContactAct{ContactCall, ContactReply, ContactOpening, ContactResolve, ContactClaim}
}

// DefaultContactActs are the acts that count where a service level does not say.
func DefaultContactActs() []ContactAct {
	return []ContactAct{ContactCall, ContactReply, ContactOpening, ContactResolve}
}

// CountsAsContact lists the acts that count.
func (l ServiceLevel) CountsAsContact() []ContactAct {
	if len(l.ContactBy) == 0 {
		return DefaultContactActs()
	}
	return l.ContactBy
}

// Delay is a time at work as it is written: "4h", "30m", "2d", "1d 4h". A day lasts as long as the
// usual working day of the calendar.
type Delay string

var delayText = regexp.MustCompile(`^(?:(\d{1,4})[dj])?(?:(\d{1,5})h)?(?:(\d{1,6})(?:min|mn|m)?)?$`)

// maxDelay is the longest delay: a year.
const maxDelay = 366 * 24 * time.Hour

// ParseDelay reads a delay as people write it ("2 j", "1 h 30", "45 min") and gives its usual form.
func ParseDelay(text string) (Delay, bool) {
	m := delayText.FindStringSubmatch(strings.ToLower(strings.Join(strings.Fields(text), "")))
	if m == nil || m[0] == "" || m[3] != "" && m[2] == "" && !strings.Contains(m[0], "m") {
		return "", false
	}
	var parts []string
	for i, unit := range []string{"d", "h", "m"} {
		if n, _ := strconv.Atoi(m[i+1]); n > 0 {
			parts = append(parts, strconv.Itoa(n)+unit)
		}
	}
	d := Delay(strings.Join(parts, " "))
	return d, d != "" && d.in(24*time.Hour) <= maxDelay
}

// In is how long a delay is on a calendar; a delay that is not set is 0.
func (d Delay) In(c Calendar) time.Duration { return d.in(c.WorkingDay()) }

func (d Delay) in(day time.Duration) time.Duration {
	var sum time.Duration
	for part := range strings.FieldsSeq(string(d)) {
		n, _ := strconv.Atoi(part[:len(part)-1])
		switch part[len(part)-1] {
		case 'd':
			sum += time.Duration(n) * day
		case 'h':
			sum += time.Duration(n) * time.Hour
		case 'm':
			sum += time.Duration(n) * time.Minute
		}
	}
	return sum
}

// Valid reports whether a delay has its usual form.
func (d Delay) Valid() bool {
	usual, ok := ParseDelay(string(d))
	return ok && usual == d
}

// Days is how many days a delay is written with.
func (d Delay) Days() int {
	if m := delayText.FindStringSubmatch(strings.Join(strings.Fields(string(d)), "")); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

// UnmarshalText reads a delay of a file in any of its forms; one that makes no sense stays as it is
// written, for the check to refuse.
func (d *Delay) UnmarshalText(text []byte) error {
	*d = Delay(text)
	if usual, ok := ParseDelay(string(text)); ok {
		*d = usual
	}
	return nil
}

// Overdue is the event that says that a clock is over, and whom to tell.
func (t Target) Overdue(name ClockName, due time.Time) Event {
	e := Event{Kind: EventOverdue, Internal: true, Channel: ChannelSystem,
		Changes: []Change{{Field: "clock", To: string(name)}, {Field: "due", To: stamp(due)}}}
	if len(t.Breach.Tell) > 0 {
		names := make([]string, len(t.Breach.Tell))
		for i, who := range t.Breach.Tell {
			names[i] = string(who)
		}
		e.Changes = append(e.Changes, Change{Field: "tell", To: strings.Join(names, ",")})
	}
	return e
}

// Told is whom an overdue event is told to: the assignee, the team, roles.
func (e Event) Told() []Performer {
	c, ok := e.Changed("tell")
	if !ok {
		return nil
	}
	var out []Performer
	for name := range strings.SplitSeq(c.To, ",") {
		out = append(out, Performer(name))
	}
	return out
}

// DueSoon is the event that warns that a clock is about to be over.
func DueSoon(name ClockName, due time.Time) Event {
	return Event{Kind: EventDueSoon, Internal: true, Channel: ChannelSystem,
		Changes: []Change{{Field: "clock", To: string(name)}, {Field: "due", To: stamp(due)}}}
}

// Set reports whether there is a target.
func (t Target) Set() bool { return t.Within != "" }

// IsZero reports a target of which nothing is set.
func (t Target) IsZero() bool { return t.Within == "" && t.Warn == "" && t.Breach.IsZero() }

// IsZero reports an escalation that does nothing.
func (e Escalation) IsZero() bool { return len(e.Tell) == 0 && e.Level == "" && e.TeamID == "" }

// IsZero reports conditions that hold for every ticket.
func (w LevelWhen) IsZero() bool {
	return len(w.Services)+len(w.Organisations)+len(w.Kinds)+len(w.Priorities) == 0
}

var percentText = regexp.MustCompile(`^(\d{1,2})\s*%$`)

// WarnAfter is the time at work after which to warn; false when nobody is to be warned.
func (t Target) WarnAfter(c Calendar) (time.Duration, bool) {
	whole := t.Within.In(c)
	if m := percentText.FindStringSubmatch(t.Warn); m != nil {
		n, _ := strconv.Atoi(m[1])
		return whole / 100 * time.Duration(n), whole > 0
	}
	before, ok := ParseDelay(t.Warn)
	after := whole - before.In(c)
	return after, ok && after > 0
}

// ServiceLevelOf is the service level of a ticket: the first that holds, and what made it hold.
func (d *Desk) ServiceLevelOf(t Ticket) (ServiceLevel, []string, bool) {
	for _, l := range d.Levels {
		if seen, ok := d.levelHolds(l.When, t); ok {
			return l, seen, true
		}
	}
	return ServiceLevel{}, nil, false
}

func (d *Desk) levelHolds(w LevelWhen, t Ticket) ([]string, bool) {
	checks := []struct {
		set   bool
		found string
	}{
		{len(w.Services) > 0, string(common(w.Services, d.ServicePath(t.ServiceID)))},
		{len(w.Organisations) > 0, string(common(w.Organisations, d.OrganisationPath(t.OrganisationID)))},
		{len(w.Kinds) > 0, string(common(w.Kinds, []Kind{t.Kind}))},
		{len(w.Priorities) > 0, string(common(w.Priorities, []Priority{t.Priority}))},
	}
	var seen []string
	for _, c := range checks {
		if c.set && c.found == "" {
			return nil, false
		}
		if c.set {
			seen = append(seen, c.found)
		}
	}
	return seen, true
}

// CheckServiceLevels says what makes a list of service levels unusable in a desk. The fields are
// "0.name", "2.contact.within"…
func (d *Desk) CheckServiceLevels(levels []ServiceLevel) error {
	var p Problems
	seen := map[ID]bool{}
	for i, l := range levels {
		at := strconv.Itoa(i) + "."
		p.Text(at+"name", l.Name, maxName)
		if l.ID == "" || seen[l.ID] {
			p.Add(at+"id", "field.unknown_value")
		}
		seen[l.ID] = true
		calendar, known := d.Calendars[l.CalendarID]
		if !known {
			p.Add(at+"calendar", "field.required")
		}
		if !l.Contact.Set() && !l.Resolve.Set() {
			p.Add(at+"contact.within", "level.no_target")
		}
		d.checkTarget(&p, at+"contact.", l.Contact, calendar)
		d.checkTarget(&p, at+"resolve.", l.Resolve, calendar)
		d.checkWhen(&p, at+"when.", l.When)
		for _, a := range l.ContactBy {
			if !slices.Contains(ContactActs(), a) {
				p.Add(at+"contact_by", "field.unknown_value")
			}
		}
	}
	return p.Err()
}

func (d *Desk) checkTarget(p *Problems, at string, t Target, c Calendar) {
	if t.Set() && !t.Within.Valid() {
		p.Add(at+"within", "level.delay")
		return
	}
	if _, ok := t.WarnAfter(c); t.Warn != "" && !ok {
		p.Add(at+"warn", "level.warn")
	}
	for _, who := range t.Breach.Tell {
		_, role := d.Roles[ID(who)]
		if !role && who != PerformerAssignee && who != PerformerTeam {
			p.Add(at+"tell", "workflow.unknown_performer", "Performer", string(who))
		}
	}
	if _, known := d.Teams[t.Breach.TeamID]; t.Breach.TeamID != "" && !known {
		p.Add(at+"team", "field.unknown_value")
	}
	if l := t.Breach.Level; l != "" && (!l.Valid() || d.teamOfLevel(l, Ticket{}) == "") {
		p.Add(at+"level", "escalate.no_team", "Level", string(l))
	}
}

func (d *Desk) checkWhen(p *Problems, at string, w LevelWhen) {
	for _, id := range w.Services {
		if _, known := d.Services[id]; !known {
			p.Add(at+"services", "field.unknown_value")
		}
	}
	for _, id := range w.Organisations {
		if _, known := d.Organisations[id]; !known {
			p.Add(at+"organisations", "field.unknown_value")
		}
	}
	if slices.ContainsFunc(w.Kinds, func(k Kind) bool { return !k.Valid() }) {
		p.Add(at+"kinds", "field.unknown_value")
	}
	if slices.ContainsFunc(w.Priorities, func(x Priority) bool { return !x.Valid() }) {
		p.Add(at+"priorities", "field.unknown_value")
	}
}
