package requester_test

import (
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"guichet"
	"guichet/internal/presets"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

// stage is the portal of the desk of the tests, its cast signed in.
func stage(t *testing.T) *webtest.Stage {
	t.Helper()
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	s.SignIn(storetest.Rita, storetest.Ben, storetest.Stan, storetest.Dora, storetest.Olga, storetest.Omar, storetest.Mona, storetest.Ann)
	return s
}

func address(t guichet.Ticket) string { return "/tickets/" + strconv.FormatInt(t.Number, 10) }

// open opens a ticket on Moodle, or as asked for.
func open(s *webtest.Stage, person guichet.ID, in ticketing.Open) guichet.Ticket {
	s.Helper()
	if in.Service == "" && in.Offering == "" {
		in.Service = storetest.Moodle
	}
	if in.Kind == "" {
		in.Kind = guichet.KindIncident
	}
	in.Title, in.Description = "Le cours ne s’ouvre pas", "Une page blanche apparaît."
	t, err := s.Desk.Open(s.Ctx, storetest.Actor(s.T, s.Store, person), in)
	if err != nil {
		s.Fatalf("open: %v", err)
	}
	return t
}

func do(s *webtest.Stage, person guichet.ID, t guichet.Ticket, acts ...guichet.Act) guichet.Ticket {
	s.Helper()
	for _, act := range acts {
		var err error
		if t, err = s.Desk.Do(s.Ctx, storetest.Actor(s.T, s.Store, person), t.Number, act); err != nil {
			s.Fatalf("%s: %v", act.Action, err)
		}
	}
	return t
}

// solved is a ticket of Rita that Ann resolved.
func solved(s *webtest.Stage) guichet.Ticket {
	s.Helper()
	t := do(s, storetest.Mona, open(s, storetest.Rita, ticketing.Open{}), guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
	return do(s, storetest.Ann, t, guichet.Act{Action: guichet.ActionClaim}, guichet.Act{Action: guichet.ActionResolve, Text: "Le serveur a redémarré."})
}

func waiting(s *webtest.Stage, t guichet.Ticket, person guichet.ID) guichet.ID {
	s.Helper()
	list, err := s.Desk.WaitingApprovals(s.Ctx, storetest.Actor(s.T, s.Store, person))
	if err != nil {
		s.Fatal(err)
	}
	for _, w := range list {
		if w.Number == t.Number {
			return w.ID
		}
	}
	s.Fatalf("nothing waits for %s", person)
	return ""
}

// TestEveryStateHasAWellMadePage shows tickets in all their states to their requester, in both languages.
func TestEveryStateHasAWellMadePage(t *testing.T) {
	for _, locale := range []string{"fr", "en"} {
		t.Run(locale, func(t *testing.T) {
			s := stage(t)
			for _, who := range []guichet.ID{storetest.Rita, storetest.Dora} {
				s.Change(who, func(p *guichet.Person) { p.Locale = locale })
			}
			asked := open(s, storetest.Rita, ticketing.Open{Offering: storetest.Access, Kind: guichet.KindRequest, Beneficiary: string(storetest.Ben)})
			held := do(s, storetest.Mona, open(s, storetest.Rita, ticketing.Open{}), guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
			held = do(s, storetest.Ann, held, guichet.Act{Action: guichet.ActionClaim},
				guichet.Act{Action: guichet.ActionHold, PendingReason: ticketing.PendingRequester, Text: "Quel cours ?"})
			gone := do(s, storetest.Rita, open(s, storetest.Rita, ticketing.Open{}), guichet.Act{Action: guichet.ActionCancel, Text: "C’est revenu."})
			done := solved(s)
			closed := do(s, storetest.Rita, solved(s), guichet.Act{Action: guichet.ActionValidate, RatingTime: 5, RatingAnswers: 4})
			rita := []string{"/", "/tickets", "/tickets?show=closed", "/tickets?show=others", "/services", "/ask", "/ask?text=moodle+cours", "/ask?text=zzz",
				"/services/moodle", "/services/moodle/moodle-incident", "/services/moodle/moodle-access?q=acc%C3%A8s", "/profile", "/accessibilite",
				"/approvals", address(asked) + "/sent"}
			for _, x := range []guichet.Ticket{asked, held, gone, done, closed, open(s, storetest.Rita, ticketing.Open{Service: storetest.Phones})} {
				rita = append(rita, address(x))
			}
			wellMade(s, storetest.Rita, locale, rita...)
			wellMade(s, storetest.Dora, locale, "/", "/approvals", "/approvals/"+string(waiting(s, asked, storetest.Dora)), address(asked))
		})
	}
}

func wellMade(s *webtest.Stage, person guichet.ID, locale string, paths ...string) {
	s.Helper()
	for _, path := range paths {
		for _, fault := range s.Get(person, path).Expect(http.StatusOK).Faults(locale) {
			s.Errorf("%s: %s", path, fault)
		}
	}
}

// TestEveryFormOfThePresetsIsWellMade walks from the themes down to every form, as those who sign in
// to the demonstrations.
func TestEveryFormOfThePresetsIsWellMade(t *testing.T) {
	for _, name := range presets.Names() {
		t.Run(name, func(t *testing.T) {
			p, err := presets.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			s := webtest.New(t)
			s.Write(func(tx *store.Tx) error { return p.Save(s.Ctx, tx) })
			for i, login := range []string{"demandeur", "demandeur2"} {
				person, known := p.Person(login)
				if !known {
					t.Fatalf("nobody signs in as %s", login)
				}
				locale := []string{"fr", "en"}[i]
				s.Change(person.ID, func(p *guichet.Person) { p.Locale = locale })
				s.SignIn(person.ID)
				shown := 0
				for id := range p.Desk.Services {
					if p.Desk.Shows(id, person.Person, s.Clock.Now()) {
						shown += len(p.Desk.OfferingsOf(id))
					}
				}
				if forms := walk(s, person.ID, locale); forms != shown || forms == 0 {
					t.Errorf("%s reaches %d forms of %d", login, forms, shown)
				}
			}
		})
	}
}

// walk opens every page that is reached from the services; it returns how many of them are forms.
func walk(s *webtest.Stage, person guichet.ID, locale string) int {
	s.Helper()
	todo, seen, forms := []string{"/services"}, map[string]bool{}, 0
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		page := s.Get(person, path).Expect(http.StatusOK)
		for _, fault := range page.Faults(locale) {
			s.Errorf("%s: %s", path, fault)
		}
		if len(page.Values("key")) > 0 {
			forms++
		}
		for _, to := range page.Links("/services/") {
			if !seen[to] {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	return forms
}

func TestWhatIsNotForTheReaderIsNotThere(t *testing.T) {
	s := stage(t)
	desk := storetest.Desk()
	desk.Services["later"] = guichet.Service{ID: "later", Name: "Bientôt", OpensAt: s.Clock.Now().Add(time.Hour)}
	for _, service := range []guichet.ID{"later", "students", "retired"} {
		desk.Offerings[service+"-ask"] = guichet.Offering{ID: service + "-ask", ServiceID: service, Name: "Demander", Kind: guichet.KindRequest}
	}
	s.Write(func(tx *store.Tx) error { return tx.SaveDesk(s.Ctx, desk) })
	for _, service := range []string{"later", "students", "retired", "unknown"} {
		form := "/services/" + service + "/" + service + "-ask"
		s.Get(storetest.Rita, "/services/"+service).Expect(http.StatusNotFound)
		s.Get(storetest.Rita, form).Expect(http.StatusNotFound)
		s.Post(storetest.Rita, form, nil).Expect(http.StatusNotFound)
	}
	s.Get(storetest.Rita, "/services/moodle/later-ask").Expect(http.StatusNotFound) // an offering of another service
	s.Clock.Add(2 * time.Hour)
	s.Change(storetest.Rita, func(p *guichet.Person) { p.Profile = "student" })
	s.Get(storetest.Rita, "/services/later/later-ask").Expect(http.StatusOK)
	s.Get(storetest.Rita, "/services/students/students-ask").Expect(http.StatusOK)
}

func TestTheListOfTicketsIsPaged(t *testing.T) {
	s := stage(t)
	wanted := map[string]bool{}
	for range 30 {
		wanted[address(open(s, storetest.Rita, ticketing.Open{}))] = true
		s.Clock.Add(time.Minute)
	}
	first := s.Get(storetest.Rita, "/tickets").Expect(http.StatusOK)
	next := first.Links("/tickets?after=")
	if len(next) != 1 {
		t.Fatalf("%d pages follow the first", len(next))
	}
	second := s.Get(storetest.Rita, next[0]).Expect(http.StatusOK)
	links := append(first.Links("/tickets/"), second.Links("/tickets/")...)
	slices.Sort(links)
	if len(slices.Compact(links)) != len(wanted) {
		t.Errorf("%d tickets on two pages, %d were opened", len(slices.Compact(links)), len(wanted))
	}
	s.Get(storetest.Ben, "/tickets").Says("Aucun ticket en cours")
}
