package announcing_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/announcing"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

type stage struct {
	*testing.T
	ctx      context.Context
	store    *store.Store
	clock    *Clock
	desk     *ticketing.Desk
	use      *announcing.Announcing
	accounts *account.Accounts
}

func newStage(t *testing.T) *stage {
	t.Helper()
	clock := NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	desk := ticketing.New(s)
	return &stage{t, context.Background(), s, clock, desk, announcing.New(s, desk.Announced), account.New(s, account.NewHasher())}
}

func (s *stage) actor(person guichet.ID) guichet.Actor {
	s.Helper()
	a, err := s.accounts.PersonActor(s.ctx, person, guichet.ChannelPortal)
	if err != nil {
		s.Fatal(err)
	}
	return a
}

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) kind(err error, want guichet.ErrorKind) {
	s.Helper()
	if err == nil || guichet.KindOf(err) != want {
		s.Fatalf("error %v, want kind %d", err, want)
	}
}

func (s *stage) publish(who guichet.ID, in announcing.Draft) guichet.Announcement {
	s.Helper()
	a, err := s.use.Publish(s.ctx, s.actor(who), in)
	s.must(err)
	return a
}

func outage() announcing.Draft {
	return announcing.Draft{Kind: guichet.AnnouncementIncident, Title: "Moodle est indisponible", Body: "Depuis 9 h.", Service: Moodle}
}

func (s *stage) titles(who, service guichet.ID) string {
	s.Helper()
	list, err := s.use.Live(s.ctx, s.actor(who), service)
	s.must(err)
	var out []string
	for _, a := range list {
		out = append(out, a.Title)
	}
	return strings.Join(out, ", ")
}

func (s *stage) open(service guichet.ID) guichet.Ticket {
	s.Helper()
	t, err := s.desk.Open(s.ctx, s.actor(Rita), ticketing.Open{Service: service, Kind: guichet.KindIncident, Title: "Rien ne va", Description: "Plus rien."})
	s.must(err)
	return t
}

// run does the jobs that tell tickets, as the runner would.
func (s *stage) run() int {
	s.Helper()
	if Unlucky(s.T) {
		return RunUnlucky(s.T, s.store, map[string]func(context.Context, *store.Tx, store.Job) error{announcing.JobTell: s.use.TellTickets})
	}
	done := 0
	for {
		var jobs []store.Job
		s.must(s.store.Write(s.ctx, func(tx *store.Tx) (err error) {
			jobs, err = tx.ClaimJobs(s.ctx, 10, time.Minute, announcing.JobTell)
			return err
		}))
		if len(jobs) == 0 {
			return done
		}
		for _, j := range jobs {
			s.must(s.store.Write(s.ctx, func(tx *store.Tx) error {
				if err := s.use.TellTickets(s.ctx, tx, j); err != nil {
					return err
				}
				return tx.FinishJob(s.ctx, j)
			}))
			done++
		}
	}
}

func TestItIsShownToItsAudienceForItsTime(t *testing.T) {
	s := newStage(t)
	s.publish(Mona, outage())
	lyon := outage()
	lyon.Title, lyon.Organisations, lyon.Kind = "Lyon seulement", []guichet.ID{"lyon"}, guichet.AnnouncementNews
	s.publish(Mona, lyon)
	later := outage()
	later.Title, later.From, later.Until = "Ce soir", s.clock.Now().Add(5*time.Hour), s.clock.Now().Add(6*time.Hour)
	s.publish(Mona, later)
	for _, c := range []struct {
		who, service guichet.ID
		want         string
	}{
		{Rita, "", "Moodle est indisponible, Lyon seulement"},
		{Stan, "", "Moodle est indisponible"},
		{Rita, Homework, "Moodle est indisponible, Lyon seulement"},
		{Rita, Wifi, ""},
	} {
		if got := s.titles(c.who, c.service); got != c.want {
			t.Errorf("%s, %s: %q", c.who, c.service, got)
		}
	}
	s.clock.Add(5*time.Hour + time.Minute)
	if got := s.titles(Stan, ""); got != "Moodle est indisponible, Ce soir" {
		t.Errorf("in the evening: %q", got)
	}
	s.clock.Add(time.Hour)
	if got := s.titles(Stan, ""); got != "Moodle est indisponible" {
		t.Errorf("after it: %q", got)
	}
}

func TestOnlyThoseWhoModerateItPublishAboutAService(t *testing.T) {
	s := newStage(t)
	for _, who := range []guichet.ID{Rita, Ann, Tom} {
		_, err := s.use.Publish(s.ctx, s.actor(who), outage())
		s.kind(err, guichet.KindNotFound)
		_, err = s.use.List(s.ctx, s.actor(who))
		s.kind(err, guichet.KindNotFound)
	}
	wifi := outage()
	wifi.Service = Wifi
	_, err := s.use.Publish(s.ctx, s.actor(Mona), wifi)
	s.kind(err, guichet.KindInvalid)
	wifi.Service = ""
	_, err = s.use.Publish(s.ctx, s.actor(Mona), wifi)
	s.kind(err, guichet.KindInvalid)
	a := s.publish(Max, announcing.Draft{Kind: guichet.AnnouncementMaintenance, Title: "Réseau", Service: Network})
	s.publish(Fay, wifi)
	s.kind(s.use.Change(s.ctx, s.actor(Mona), a.ID, outage(), 1), guichet.KindNotFound)
	s.kind(s.use.Tell(s.ctx, s.actor(Mona), a.ID, announcing.News{Text: "Rien"}), guichet.KindNotFound)
	list, err := s.use.List(s.ctx, s.actor(Max))
	s.must(err)
	if len(list) != 1 || list[0].Title != "Réseau" {
		t.Errorf("Max lists %+v", list)
	}
}

func TestTwoAuthorsDoNotEraseOneAnother(t *testing.T) {
	s := newStage(t)
	a := s.publish(Mona, outage())
	again := outage()
	again.Title = "Moodle est lent"
	s.must(s.use.Change(s.ctx, s.actor(Fay), a.ID, again, a.Version))
	s.kind(s.use.Change(s.ctx, s.actor(Mona), a.ID, outage(), a.Version), guichet.KindConflict)
	read, err := s.use.Read(s.ctx, s.actor(Rita), a.ID)
	s.must(err)
	if read.Title != "Moodle est lent" || read.Mine || !read.From.Equal(a.From) {
		t.Errorf("%+v", read)
	}
}

func TestItsTicketsAreToldOnceOfEachNews(t *testing.T) {
	s := newStage(t)
	a := s.publish(Mona, outage())
	mona := s.actor(Mona)
	const many = 53 // more than a job tells at once
	var tickets []guichet.Ticket
	for range many {
		ticket := s.open(Moodle)
		s.must(s.desk.JoinAnnouncement(s.ctx, mona, ticket.Number, a.ID))
		tickets = append(tickets, ticket)
	}
	s.kind(s.desk.JoinAnnouncement(s.ctx, mona, tickets[0].Number, a.ID), guichet.KindConflict)
	s.kind(s.desk.JoinAnnouncement(s.ctx, s.actor(Rita), tickets[0].Number, a.ID), guichet.KindDenied)
	s.must(s.desk.LeaveAnnouncement(s.ctx, mona, tickets[many-1].Number, a.ID))
	s.must(s.use.Tell(s.ctx, mona, a.ID, announcing.News{Text: "On cherche."}))
	s.clock.Add(time.Minute)
	s.must(s.use.Tell(s.ctx, mona, a.ID, announcing.News{Text: "C’est réparé.", Ends: true}))
	s.kind(s.use.Tell(s.ctx, mona, a.ID, announcing.News{Text: "Encore"}), guichet.KindConflict)
	if jobs := s.run(); jobs != 4 {
		t.Errorf("%d jobs", jobs)
	}
	for i, ticket := range tickets {
		v, err := s.desk.View(s.ctx, s.actor(Rita), ticket.Number, 0)
		s.must(err)
		var told []string
		for _, e := range v.Events {
			if e.Kind == guichet.EventAnnounced && e.Text != "" {
				told = append(told, e.Text)
			}
		}
		want := "On cherche. C’est réparé."
		if i == many-1 {
			want = ""
		}
		if got := strings.Join(told, " "); got != want {
			t.Fatalf("ticket %d was told %q", i, got)
		}
	}
	if got := s.titles(Rita, ""); got != "" {
		t.Errorf("after the end: %q", got)
	}
	read, err := s.use.Read(s.ctx, s.actor(Rita), a.ID)
	s.must(err)
	if len(read.Notes) != 2 || !read.Notes[0].Ends || read.Notes[0].Author != "Mona Girard" {
		t.Errorf("%+v", read.Notes)
	}
	s.kind(s.desk.JoinAnnouncement(s.ctx, mona, tickets[many-1].Number, a.ID), guichet.KindConflict)
}

// The same on a machine where every round is lost once and then told twice.
func TestOnAnUnluckyMachine(t *testing.T) {
	t.Run("its tickets are told once", TestItsTicketsAreToldOnceOfEachNews)
}

func TestARuleJoinsWhatArrivesToTheFailureOfItsService(t *testing.T) {
	s := newStage(t)
	s.must(s.store.Write(s.ctx, func(tx *store.Tx) error {
		d, err := tx.Desk(s.ctx)
		if err != nil {
			return err
		}
		d = d.Clone()
		d.Rules = []guichet.Rule{{ID: "known", Name: "Panne connue", Then: guichet.RuleThen{Announcement: guichet.ServiceAnnouncement}}}
		return tx.SaveDesk(s.ctx, d)
	}))
	announced := func(ticket guichet.Ticket) []guichet.Announcement {
		v, err := s.desk.View(s.ctx, s.actor(Fay), ticket.Number, 0)
		s.must(err)
		return v.Announced
	}
	if got := announced(s.open(Moodle)); len(got) != 0 {
		t.Errorf("before any announcement: %v", got)
	}
	a := s.publish(Mona, outage())
	news := outage()
	news.Kind = guichet.AnnouncementNews
	s.publish(Mona, news)
	if got := announced(s.open(Homework)); len(got) != 1 || got[0].ID != a.ID {
		t.Errorf("below the service: %v", got)
	}
	if got := announced(s.open(Wifi)); len(got) != 0 {
		t.Errorf("another service: %v", got)
	}
	s.must(s.use.Tell(s.ctx, s.actor(Mona), a.ID, announcing.News{Text: "Fini", Ends: true}))
	if got := announced(s.open(Moodle)); len(got) != 0 {
		t.Errorf("after the end: %v", got)
	}
}

func TestWhatIsNotMeantForSomebodyDoesNotExist(t *testing.T) {
	s := newStage(t)
	lyon := outage()
	lyon.Organisations = []guichet.ID{"lyon"}
	a := s.publish(Mona, lyon)
	later := outage()
	later.From = s.clock.Now().Add(time.Hour)
	coming := s.publish(Mona, later)
	_, err := s.use.Read(s.ctx, s.actor(Stan), a.ID)
	s.kind(err, guichet.KindNotFound)
	_, err = s.use.Read(s.ctx, s.actor(Rita), coming.ID)
	s.kind(err, guichet.KindNotFound)
	if _, err = s.use.Read(s.ctx, s.actor(Mona), coming.ID); err != nil {
		t.Error(err)
	}
}

// A ticket is not joined to what is announced about another service: it may be meant for others, and its title
// would be told to the requester.
func TestATicketJoinsWhatIsAboutItsService(t *testing.T) {
	s := newStage(t)
	about := func(service guichet.ID) guichet.Announcement {
		in := outage()
		in.Service, in.Title = service, "Annonce"
		return s.publish(Fay, in)
	}
	ticket, mona := s.open(Moodle), s.actor(Mona)
	elsewhere := s.desk.JoinAnnouncement(s.ctx, mona, ticket.Number, about(Wifi).ID)
	none := s.desk.JoinAnnouncement(s.ctx, mona, ticket.Number, "none")
	s.kind(elsewhere, guichet.KindNotFound)
	if none == nil || elsewhere.Error() != none.Error() {
		t.Errorf("%v, and of what does not exist %v", elsewhere, none)
	}
	s.must(s.desk.JoinAnnouncement(s.ctx, mona, ticket.Number, about(Learning).ID)) // above it
	s.must(s.desk.JoinAnnouncement(s.ctx, mona, ticket.Number, about("").ID))       // about none in particular
}

func TestMeTooIsCountedOncePerPerson(t *testing.T) {
	s := newStage(t)
	a := s.publish(Mona, outage())
	for i, want := range []bool{true, false} {
		fresh, err := s.use.JoinIncident(s.ctx, s.actor(Rita), a.ID)
		s.must(err)
		if fresh != want {
			t.Errorf("time %d: fresh is %v", i, fresh)
		}
	}
	_, err := s.use.JoinIncident(s.ctx, s.actor(Stan), a.ID)
	s.must(err)
	for who, joined := range map[guichet.ID]bool{Rita: true, Stan: true, Ben: false} {
		read, err := s.use.Read(s.ctx, s.actor(who), a.ID)
		s.must(err)
		live, err := s.use.Live(s.ctx, s.actor(who), "")
		s.must(err)
		if read.People != 2 || read.Joined != joined || live[0].People != 2 || live[0].Joined != joined {
			t.Errorf("%s reads %d, %v and %d, %v", who, read.People, read.Joined, live[0].People, live[0].Joined)
		}
	}
	s.must(s.use.LeaveIncident(s.ctx, s.actor(Stan), a.ID))
	list, err := s.use.List(s.ctx, s.actor(Mona))
	s.must(err)
	if list[0].People != 1 {
		t.Errorf("after one left: %d", list[0].People)
	}
	s.must(s.use.Tell(s.ctx, s.actor(Mona), a.ID, announcing.News{Text: "Fini", Ends: true}))
	_, err = s.use.JoinIncident(s.ctx, s.actor(Ben), a.ID)
	s.kind(err, guichet.KindConflict)
}

func TestMeTooIsForThoseWhomItIsMeantFor(t *testing.T) {
	s := newStage(t)
	lyon := outage()
	lyon.Organisations = []guichet.ID{"lyon"}
	hidden := s.publish(Mona, lyon)
	news := outage()
	news.Kind = guichet.AnnouncementNews
	plain := s.publish(Mona, news)
	_, err := s.use.JoinIncident(s.ctx, s.actor(Stan), hidden.ID)
	s.kind(err, guichet.KindNotFound)
	_, err = s.use.JoinIncident(s.ctx, s.actor(Stan), plain.ID)
	s.kind(err, guichet.KindConflict)
	reader := s.actor(Rita)
	reader.TokenScopes = []guichet.TokenScope{guichet.TokenRead}
	_, err = s.use.JoinIncident(s.ctx, reader, hidden.ID)
	s.kind(err, guichet.KindDenied)
	s.kind(s.use.LeaveIncident(s.ctx, reader, hidden.ID), guichet.KindDenied)
	s.kind(s.use.LeaveIncident(s.ctx, s.actor(Stan), hidden.ID), guichet.KindNotFound)
}
