package demo

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"guichet"
	"guichet/internal/presets"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func load(t *testing.T, name string) presets.Preset {
	t.Helper()
	p, err := presets.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func script(t *testing.T, name string) Script {
	t.Helper()
	s, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// enough is how many tickets each demonstration tells at least.
var enough = map[string]int{"eig": 40, "glevents": 60, "insa": 100, "paris": 100, "ugecam": 50}

func TestScriptsNameWhatExists(t *testing.T) {
	for _, name := range presets.Names() {
		s := script(t, name)
		if err := s.Check(load(t, name)); err != nil {
			t.Errorf("%s:\n%v", name, err)
		}
		if n := len(s.Stories); n < enough[name] || enough[name] == 0 {
			t.Errorf("%s: %d tickets, want %d at least", name, n, enough[name])
		}
		titles := map[string]bool{}
		for _, story := range s.Stories {
			if titles[story.Title] {
				t.Errorf("%s:%d: the title stands twice", scriptFile(name), story.line)
			}
			titles[story.Title] = true
		}
	}
}

func TestScriptFaultsNameTheirPlace(t *testing.T) {
	const good = `tickets:
  - at: -3d 09:00
    from: demandeur
    offering: moodle-demande
    title: Essai
    text: Essai
    ends: new
    steps:
      - {at: 10:00, by: moderateur, do: reply, text: Bonjour}
`
	for _, c := range []struct{ from, to, want string }{
		{"by: moderateur", "by: personne", "demo/insa.yaml:9: unknown person personne"},
		{"from: demandeur", "from: personne", "demo/insa.yaml:5: unknown person personne"},
		{"offering: moodle-demande", "offering: rien", "demo/insa.yaml:5: unknown offering rien"},
		{"title: Essai", "service: chat\n    title: Essai", "does not belong to the service chat"},
		{"do: reply", "do: sing", "demo/insa.yaml:9: nobody can do sing"},
		{"at: 10:00", "at: tomorrow", "demo/insa.yaml:9: tomorrow is not a moment"},
		{"do: reply", "do: assign, team: rien", "demo/insa.yaml:9: unknown team rien"},
		{"ends: new", "end: new", "demo/insa.yaml:7: unknown key end"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		s, err := readScript(fstest.MapFS{"insa.yaml": {Data: []byte(text)}}, "insa")
		if err == nil {
			err = s.Check(load(t, "insa"))
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.to, err, c.want)
		}
	}
}

// played loads a preset into a database and plays its demonstration as if now were the given time.
func played(t *testing.T, name string, now time.Time) *store.Store {
	t.Helper()
	ctx := context.Background()
	clock := new(Clock)
	s := storetest.Open(t, clock.Now)
	p := load(t, name)
	if err := s.Write(ctx, func(tx *store.Tx) error { return p.Save(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
	player := Player{Desk: ticketing.New(s), Clock: clock,
		Actor: func(ctx context.Context, person guichet.ID, channel guichet.Channel) (a guichet.Actor, err error) {
			err = s.Read(ctx, func(tx *store.Tx) error {
				a, err = tx.Actor(ctx, person, channel)
				return err
			})
			return a, err
		}}
	if err := Play(ctx, player, script(t, name), now); err != nil {
		t.Fatal(err)
	}
	return s
}

// plain is a title with ordinary spaces, as the use cases may keep it.
func plain(title string) string { return strings.Join(strings.Fields(title), " ") }

// ended reads where each ticket stands, by title.
func ended(t *testing.T, s *store.Store) map[string]store.TicketRow {
	t.Helper()
	ctx := context.Background()
	rows := map[string]store.TicketRow{}
	desk, query := ticketing.New(s), store.TicketQuery{}
	for {
		page, err := desk.List(ctx, guichet.SystemActor(), query)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			rows[plain(row.Title)] = row
		}
		if page.Next.ID == "" {
			return rows
		}
		query.After = page.Next
	}
}

// The demonstration works on any day of the week and at any hour, and ends where it says.
func TestStoriesEndWhereTheySay(t *testing.T) {
	moments := []string{"2026-11-18T15:30:00Z", "2026-11-16T06:10:00Z", "2026-11-21T19:40:00Z", "2026-11-17T00:05:00Z"}
	for _, name := range presets.Names() {
		for _, moment := range moments {
			t.Run(name+" "+moment, func(t *testing.T) {
				now, err := time.Parse(time.RFC3339, moment)
				if err != nil {
					t.Fatal(err)
				}
				rows := ended(t, played(t, name, now))
				stories := script(t, name).Stories
				if len(rows) != len(stories) {
					t.Errorf("%d tickets for %d stories", len(rows), len(stories))
				}
				for _, story := range stories {
					row := rows[plain(story.Title)]
					if row.State != story.Ends {
						t.Errorf("%s:%d: ends %s, want %s", scriptFile(name), story.line, row.State, story.Ends)
					}
					if row.OpenedAt.After(now) || row.UpdatedAt.After(now) || row.OpenedAt.Before(now.AddDate(0, 0, -50)) {
						t.Errorf("%s:%d: opened %v, updated %v, now %v", scriptFile(name), story.line, row.OpenedAt, row.UpdatedAt, now)
					}
				}
			})
		}
	}
}

// Each preset shows every state that its process has, pools and taken tickets included.
func TestEveryStateIsShown(t *testing.T) {
	now := time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC)
	for _, name := range presets.Names() {
		found, pool, taken := map[guichet.State]int{}, 0, 0
		for _, row := range ended(t, played(t, name, now)) {
			found[row.State]++
			if row.State == guichet.StateAssigned && row.AssigneeID == "" {
				pool++
			}
			if row.State == guichet.StateAssigned && row.AssigneeID != "" {
				taken++
			}
		}
		for _, state := range guichet.States() {
			if name == "glevents" && state == guichet.StateNew {
				if found[state] != 0 { // every ticket goes to a pool
					t.Errorf("glevents: %d tickets wait outside of the pools", found[state])
				}
				continue
			}
			if found[state] < 3 {
				t.Errorf("%s: %d tickets are %s, want three at least", name, found[state], state)
			}
		}
		if pool < 3 || taken < 3 {
			t.Errorf("%s: %d tickets in a pool, %d taken", name, pool, taken)
		}
	}
}

// What a ticket says gives its importance: a whole site without network is critical, whatever its
// requester chose, and the index of a mailbox can wait.
func TestImportanceIsRead(t *testing.T) {
	rows := ended(t, played(t, "glevents", time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC)))
	for title, want := range map[string]guichet.Priority{
		"Le parc de Metz est entièrement coupé":              guichet.PriorityCritical,
		"Internet ne répond plus nulle part au parc de Metz": guichet.PriorityCritical,
		"Plus de réseau sur les quais 3 et 4":                guichet.PriorityCritical,
		"L’indexation de ma boîte mail ne se fait plus":      guichet.PriorityLow,
		"Outlook demande de réindexer à chaque démarrage":    guichet.PriorityLow,
		"Le VPN se coupe pendant mes visioconférences":       guichet.PriorityMedium,
	} {
		if got := rows[title].Priority; got != want {
			t.Errorf("%s: priority %q, want %s", title, got, want)
		}
	}
}

// reader lists the titles of the tickets that a person may see, with their teams.
func reader(t *testing.T, s *store.Store, person guichet.ID) map[string]guichet.ID {
	t.Helper()
	ctx := context.Background()
	var actor guichet.Actor
	err := s.Read(ctx, func(tx *store.Tx) (err error) {
		actor, err = tx.Actor(ctx, person, guichet.ChannelPortal)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	desk, query, seen := ticketing.New(s), store.TicketQuery{}, map[string]guichet.ID{}
	for {
		page, err := desk.List(ctx, actor, query)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			seen[plain(row.Title)] = row.TeamID
		}
		if page.Next.ID == "" {
			return seen
		}
		query.After = page.Next
	}
}

// A hardware fault goes to the correspondents of its own site, who see their site and no other.
func TestCorrespondentsSeeTheirSite(t *testing.T) {
	s := played(t, "ugecam", time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC))
	mine := reader(t, s, "marie-pierre.jean")
	if team := mine["Grésillements sur le poste du secrétariat"]; team != "correspondants-caen" {
		t.Errorf("a telephone of Caen went to %q", team)
	}
	if _, seen := mine["Bourrage de l’imprimante de la salle de soins"]; seen {
		t.Error("a correspondent of Caen sees a printer of Rouen")
	}
	if team := reader(t, s, "sylvain.renault")["Imprimante pour le bureau des kinésithérapeutes"]; team != "correspondants-rouen" {
		t.Errorf("a printer of a site of Rouen went to %q", team)
	}
	if team := reader(t, s, "technicien")["L’application de planning affiche une page blanche"]; team != "correspondants-cherbourg" {
		t.Errorf("a machine that cannot be reached from afar went to %q", team)
	}
}

// Who cannot sign in is helped through a colleague, and follows the ticket all the same.
func TestAColleagueOpensForSomebody(t *testing.T) {
	s := played(t, "ugecam", time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC))
	for _, person := range []guichet.ID{"demandeur", "justine.leroy"} {
		if _, seen := reader(t, s, person)["Mot de passe oublié de ma collègue Justine Leroy"]; !seen {
			t.Errorf("%s does not see the ticket", person)
		}
	}
}

// The form that opens access is signed by the director of the establishment, and by nobody else.
func TestDirectorsSign(t *testing.T) {
	p := load(t, "ugecam")
	for _, id := range []guichet.ID{"acces-ouverture", "acces-fermeture"} {
		steps := p.Desk.Offerings[id].Approval
		if len(steps) != 1 || len(steps[0].Approvers) != 1 || steps[0].Approvers[0].Role != "director" {
			t.Errorf("%s: approved by %+v", id, steps)
		}
	}
	s := played(t, "ugecam", time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC))
	const title = "Déposer des documents dans le dossier de la formation"
	if _, seen := reader(t, s, "approbateur")[title]; !seen {
		t.Error("the director of Rouen is not asked")
	}
	if _, seen := reader(t, s, "eric.toutain")[title]; seen {
		t.Error("the director of Caen is asked about Rouen")
	}
}

// A call of somebody who is not the administrator is closed as it is recorded, and the administrator
// is in copy.
func TestCallsAreReferredToTheAdministrator(t *testing.T) {
	s := played(t, "eig", time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC))
	rows, p := ended(t, s), load(t, "eig")
	if p.Desk.FlowOf("administrateur-renvoi", "renvoi").Policy() != guichet.ClosureOnOpen {
		t.Fatal("a referral stays open")
	}
	referred := 0
	for _, story := range script(t, "eig").Stories {
		if story.Offering != "renvoi" {
			continue
		}
		referred++
		if row := rows[plain(story.Title)]; row.State != guichet.StateClosed || row.Channel != guichet.ChannelPhone {
			t.Errorf("%s: %s by %s", story.Title, row.State, row.Channel)
		}
		for _, person := range story.Observers {
			if _, seen := reader(t, s, person)[plain(story.Title)]; !seen {
				t.Errorf("%s: %s is not in copy", story.Title, person)
			}
		}
	}
	if referred < 3 {
		t.Errorf("%d referrals", referred)
	}
}

// Customers are not offered what only the desk records, and people bear names, not trigrams.
func TestCustomersOfTheVendor(t *testing.T) {
	p := load(t, "eig")
	for _, person := range p.People {
		vendor := slices.Contains(p.Desk.OrganisationPath(person.OrganisationID), "eig")
		if shown := p.Desk.Shows("administrateur-renvoi", person.Person, time.Now()); shown != vendor {
			t.Errorf("%s: referrals are offered: %v", person.ID, shown)
		}
		if name := person.Name(); strings.ContainsAny(name, "()") || strings.ToUpper(name) == name {
			t.Errorf("%q is not the name of a person", name)
		}
	}
}

func TestCalendar(t *testing.T) {
	monday := time.Date(2026, 11, 16, 7, 0, 0, 0, time.UTC) // 8 o'clock in Paris
	sunday := time.Date(2026, 11, 15, 7, 0, 0, 0, time.UTC)
	before := time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		now  time.Time
		text string
		want string
	}{
		{monday, "-1d 09:40", "2026-11-13 09:40"},
		{monday, "-6d 09:40", "2026-11-06 09:40"},
		{sunday, "-1d 09:40", "2026-11-12 09:40"},
		{monday, "+5d 14:00", "2026-11-16 08:00"}, // what is told is never later than now
		{monday, "11:05", "2026-11-05 11:05"},
		{monday, "-1h30m", "2026-11-16 06:30"},
		{monday, "-20d 10:00", "2026-11-05 10:00"}, // nor earlier than what came before
	} {
		cal, err := newCalendar(c.now, "Europe/Paris")
		if err != nil {
			t.Fatal(err)
		}
		got, err := cal.past(c.text, before.In(cal.now.Location()))
		if err != nil || got.Format("2006-01-02 15:04") != c.want {
			t.Errorf("%s from %v: got %v (%v), want %s", c.text, c.now, got, err, c.want)
		}
	}
}
