package ticketing_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// Acts that many tests need.
var (
	claim   = guichet.Act{Action: guichet.ActionClaim}
	resolve = guichet.Act{Action: guichet.ActionResolve, Text: "Droits remis."}
	closing = guichet.Act{Action: guichet.ActionClose}
	toward  = guichet.Act{Action: guichet.ActionAssign, TeamID: Support}
)

// taken is a ticket of Rita that Ann handles.
func (s *stage) taken() guichet.Ticket {
	s.Helper()
	t := s.open(Rita, ticketing.Open{})
	s.do(Mona, t, guichet.StateAssigned, toward)
	return s.do(Ann, t, guichet.StateAssigned, claim)
}

func TestOneLife(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{Offering: Incident,
		Answers: map[string][]string{"where": {"course"}, "course": {"Chimie"}}})
	if ticket.Number != 1 || ticket.State != guichet.StateNew || ticket.Channel != guichet.ChannelDesk {
		t.Fatalf("opened %+v", ticket)
	}
	s.do(Mona, ticket, guichet.StateNew, guichet.Act{Action: guichet.ActionQualify, ServiceID: Homework,
		Urgency: guichet.GradeHigh, Impact: guichet.GradeHigh})
	s.do(Mona, ticket, guichet.StateAssigned, toward)
	s.do(Ann, ticket, guichet.StateAssigned, claim)
	s.say(Ann, ticket, ticketing.FollowUp{Text: "Je regarde."})
	s.say(Ann, ticket, ticketing.FollowUp{Text: "Cours mal copié.", Internal: true})
	s.do(Ann, ticket, guichet.StatePending, guichet.Act{Action: guichet.ActionHold, PendingReason: "planned",
		Until: s.clock.Now().Add(48 * time.Hour)})
	s.later(49 * time.Hour)
	s.do(Ann, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionEscalate, Level: guichet.Level2, Text: "Serveur."})
	s.do(Cleo, ticket, guichet.StateAssigned, claim)
	s.do(Cleo, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: Support, AssigneeID: Bob, Text: "Rétabli, à vous."})
	s.do(Bob, ticket, guichet.StateResolved, resolve)
	s.do(Rita, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionRejectSolution, Text: "Toujours blanc."})
	s.do(Bob, ticket, guichet.StateResolved, resolve)
	end := s.do(Rita, ticket, guichet.StateClosed, guichet.Act{Action: guichet.ActionValidate, RatingTime: 4, RatingAnswers: 5, Text: "Merci"})

	same(t, "timeline", s.kinds(Mona, ticket), []guichet.EventKind{guichet.EventOpened, guichet.EventQualified,
		guichet.EventAssigned, guichet.EventClaimed, guichet.EventFollowedUp, guichet.EventNoted, guichet.EventHeld,
		guichet.EventResumed, guichet.EventEscalated, guichet.EventClaimed, guichet.EventAssigned, guichet.EventResolved,
		guichet.EventSolutionRejected, guichet.EventResolved, guichet.EventValidated})
	if end.Priority != guichet.PriorityCritical || end.ServiceID != Homework || end.AffectedID != Homework ||
		end.AssigneeID != Bob || end.TeamID != Support || end.Reopened != 1 || end.RatingTime != 4 || end.RatingAnswers != 5 {
		t.Errorf("at the end: %+v", end)
	}
	stored := s.now(ticket)
	same(t, "stored ticket", stored, end)
}

func TestTimelineIsNumberedWithoutGaps(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	for i, e := range s.view(Ann, ticket).Events {
		if e.Seq != int64(i)+1 {
			t.Errorf("event %d has the number %d", i, e.Seq)
		}
	}
	if got := s.now(ticket).LastSeq; got != 3 {
		t.Errorf("last number %d, want 3", got)
	}
}

func TestRoutingByRules(t *testing.T) {
	s := newStage(t)
	wifi := s.open(Rita, ticketing.Open{Service: Wifi})
	if wifi.State != guichet.StateAssigned || wifi.TeamID != NetworkTeam || wifi.AssigneeID != "" || wifi.Level != guichet.Level2 {
		t.Errorf("wifi: %+v", wifi)
	}
	exam := s.open(Rita, ticketing.Open{Title: "Sujet d’Examen perdu", Description: "Pour demain."})
	if exam.AssigneeID != Bob || exam.TeamID != Support || exam.Priority != guichet.PriorityCritical {
		t.Errorf("exam: %+v", exam)
	}
	if v := s.view(Bob, exam); !slices.Contains(v.Parties, guichet.Party{PersonID: Bob, Role: guichet.PartyAssignee}) {
		t.Errorf("the routed technician is not a party: %v", v.Parties)
	}
	same(t, "as the requester sees it", s.kinds(Rita, exam), []guichet.EventKind{guichet.EventOpened})
	routed := s.view(Bob, exam).Events[1]
	if routed.Kind != guichet.EventRouted || !routed.Internal || routed.ActorID != "" || len(routed.Why) == 0 {
		t.Errorf("routed: %+v", routed)
	}
}

// Two claim at once: one has it, the other learns by whom it was taken.
func TestTwoClaimAtOnce(t *testing.T) {
	s := newStage(t)
	for range 5 {
		ticket := s.open(Rita, ticketing.Open{})
		s.do(Mona, ticket, guichet.StateAssigned, toward)
		errs := map[guichet.ID]error{}
		var mu sync.Mutex
		var both sync.WaitGroup
		for _, who := range []guichet.ID{Ann, Bob} {
			actor := s.actor(who)
			both.Go(func() {
				_, err := s.desk.Do(s.ctx, actor, ticket.Number, claim)
				mu.Lock()
				defer mu.Unlock()
				errs[who] = err
			})
		}
		both.Wait()
		winner, loser := Ann, Bob
		if errs[Ann] != nil {
			winner, loser = Bob, Ann
		}
		if errs[winner] != nil {
			t.Fatalf("nobody has it: %v", errs)
		}
		s.fails(errs[loser], guichet.KindConflict, "ticket.claimed")
		var e *guichet.Error
		errors.As(errs[loser], &e)
		if e.Args["PersonID"] != string(winner) {
			t.Errorf("%s is told of %v, want %s", loser, e.Args, winner)
		}
		if got := s.now(ticket).AssigneeID; got != winner {
			t.Errorf("assigned to %s, want %s", got, winner)
		}
	}
}

func TestHoldNeedsAReasonAndADateToCome(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	hold := guichet.Act{Action: guichet.ActionHold}
	same(t, "nothing given", s.faults(s.refused(Ann, ticket, hold, guichet.KindInvalid, "invalid")), []string{"pending_reason: field.required"})
	hold.PendingReason = "planned"
	same(t, "no date", s.faults(s.refused(Ann, ticket, hold, guichet.KindInvalid, "invalid")), []string{"until: field.required"})
	hold.Until = s.clock.Now()
	same(t, "past", s.faults(s.refused(Ann, ticket, hold, guichet.KindInvalid, "invalid")), []string{"until: field.past"})
}

func TestHoldEndsAtItsDate(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.do(Ann, ticket, guichet.StatePending, guichet.Act{Action: guichet.ActionHold, PendingReason: "planned",
		Until: s.clock.Now().Add(time.Hour)})
	s.later(59 * time.Minute)
	if got := s.now(ticket).State; got != guichet.StatePending {
		t.Fatalf("woken before its date: %s", got)
	}
	s.later(time.Minute)
	woken := s.now(ticket)
	if woken.State != guichet.StateAssigned || woken.AssigneeID != Ann || woken.PendingReason != "" || !woken.PendingUntil.IsZero() {
		t.Errorf("woken: %+v", woken)
	}
	last := s.view(Ann, ticket).Events[4]
	if last.Kind != guichet.EventResumed || last.ActorID != "" || last.Channel != guichet.ChannelSystem {
		t.Errorf("the desk resumes: %+v", last)
	}
}

// A new date replaces the old one, even while a node has the old job in hand.
func TestTheLastDateCounts(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	until := func(d time.Duration) guichet.Act {
		return guichet.Act{Action: guichet.ActionHold, PendingReason: "planned", Until: s.clock.Now().Add(d)}
	}
	resume := guichet.Act{Action: guichet.ActionResume}
	s.do(Ann, ticket, guichet.StatePending, until(time.Hour))
	s.do(Ann, ticket, guichet.StateAssigned, resume)
	s.do(Ann, ticket, guichet.StatePending, until(3*time.Hour))
	s.later(2 * time.Hour)
	if got := s.now(ticket).State; got != guichet.StatePending {
		t.Fatalf("the former date woke it: %s", got)
	}
	s.later(time.Hour)
	if got := s.now(ticket).State; got != guichet.StateAssigned {
		t.Fatalf("the last date did not wake it: %s", got)
	}
}

func TestReassignAndEscalate(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	same(t, "no reason", s.faults(s.refused(Ann, ticket, guichet.Act{Action: guichet.ActionEscalate, Level: guichet.Level3},
		guichet.KindInvalid, "invalid")), []string{"reason: field.required"})
	same(t, "downwards", s.faults(s.refused(Ann, ticket, guichet.Act{Action: guichet.ActionEscalate, Level: guichet.Level1, Text: "x"},
		guichet.KindInvalid, "invalid")), []string{"level: escalate.not_higher"})
	same(t, "outsider", s.faults(s.refused(Ann, ticket, guichet.Act{Action: guichet.ActionAssign, TeamID: Support, AssigneeID: Cleo},
		guichet.KindInvalid, "invalid")), []string{"technician: assign.not_in_team"})

	up := s.do(Ann, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionEscalate, Level: guichet.Level3, Text: "Noyau."})
	if up.TeamID != Core || up.AssigneeID != "" || up.Level != guichet.Level3 {
		t.Errorf("escalated: %+v", up)
	}
	if _, err := s.desk.View(s.ctx, s.actor(Ann), ticket.Number, 0); err == nil {
		t.Error("Ann still sees what left her team")
	}
	if got := s.kinds(Dan, ticket)[3]; got != guichet.EventEscalated {
		t.Errorf("Dan sees %s", got)
	}
}

func TestValidationIsTheRequesters(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.refused(Rita, ticket, resolve, guichet.KindDenied, "action.denied")
	s.do(Ann, ticket, guichet.StateResolved, resolve)
	validate := guichet.Act{Action: guichet.ActionValidate}
	s.refused(Ann, ticket, validate, guichet.KindDenied, "action.denied")
	s.refused(Ann, ticket, closing, guichet.KindDenied, "action.denied")
	s.refused(Mona, ticket, closing, guichet.KindDenied, "action.denied")
	same(t, "no reason", s.faults(s.refused(Rita, ticket, guichet.Act{Action: guichet.ActionRejectSolution}, guichet.KindInvalid, "invalid")),
		[]string{"reason: field.required"})
	half := guichet.Act{Action: guichet.ActionValidate, RatingTime: 6}
	same(t, "half rated", s.faults(s.refused(Rita, ticket, half, guichet.KindInvalid, "invalid")),
		[]string{"rating_time: field.rating", "rating_answers: field.required"})
	s.do(Rita, ticket, guichet.StateClosed, validate)
	rated := s.do(Rita, ticket, guichet.StateClosed, guichet.Act{Action: guichet.ActionRate, RatingTime: 3, RatingAnswers: 2})
	if rated.RatingTime != 3 || rated.RatingAnswers != 2 {
		t.Errorf("rated after the end: %+v", rated)
	}
	s.refused(Rita, ticket, guichet.Act{Action: guichet.ActionRate, RatingTime: 5, RatingAnswers: 5}, guichet.KindConflict, "rating.done")
}

func TestSilenceCloses(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.do(Ann, ticket, guichet.StateResolved, resolve)
	s.later(7*24*time.Hour - time.Second)
	if got := s.now(ticket).State; got != guichet.StateResolved {
		t.Fatalf("after less than seven days: %s", got)
	}
	s.later(time.Second)
	end := s.now(ticket)
	if end.State != guichet.StateClosed || !end.ClosedAt.Equal(s.clock.Now()) || !end.CloseAt.IsZero() {
		t.Errorf("after seven days: %+v", end)
	}
}

func TestARefusedSolutionIsNotClosedBySilence(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.do(Ann, ticket, guichet.StateResolved, resolve)
	s.later(6 * 24 * time.Hour)
	s.do(Rita, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionRejectSolution, Text: "Non."})
	s.do(Ann, ticket, guichet.StateResolved, resolve)
	s.later(2 * 24 * time.Hour)
	if got := s.now(ticket).State; got != guichet.StateResolved {
		t.Fatalf("the first silence closed it: %s", got)
	}
	s.later(5 * 24 * time.Hour)
	if got := s.now(ticket).State; got != guichet.StateClosed {
		t.Fatalf("the second silence did not: %s", got)
	}
}

// In the process of the group a moderator closes, nobody else (A8 ii).
func TestModeratorCloses(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{Service: Wifi})
	s.do(Cleo, ticket, guichet.StateAssigned, claim)
	s.do(Cleo, ticket, guichet.StateResolved, resolve)
	s.later(30 * 24 * time.Hour)
	for _, who := range []guichet.ID{Rita, Cleo} {
		s.refused(who, ticket, closing, guichet.KindDenied, "action.denied")
	}
	s.refused(Rita, ticket, guichet.Act{Action: guichet.ActionValidate}, guichet.KindDenied, "action.denied")
	s.refused(Mona, ticket, closing, guichet.KindNotFound, "ticket.not_found") // she moderates another service
	s.do(Rita, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionReopen, Text: "Encore."})
	s.do(Cleo, ticket, guichet.StateResolved, resolve)
	s.do(Max, ticket, guichet.StateClosed, closing)
}

func TestClosedIsFinal(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.do(Ann, ticket, guichet.StateResolved, resolve)
	s.do(Rita, ticket, guichet.StateClosed, guichet.Act{Action: guichet.ActionValidate})
	s.refused(Ann, ticket, resolve, guichet.KindConflict, "action.not_now")
	s.refused(Mona, ticket, guichet.Act{Action: guichet.ActionReopen, Text: "Encore."}, guichet.KindConflict, "action.not_now")
	_, err := s.desk.AddTask(s.ctx, s.actor(Ann), ticket.Number, ticketing.NewTask{Title: "Commander"})
	s.fails(err, guichet.KindConflict, "ticket.final")
}

func TestClosedOnOpening(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Max, ticketing.Open{Service: Phones, Requester: string(Max)})
	if ticket.State != guichet.StateClosed || ticket.ClosedAt.IsZero() {
		t.Errorf("%+v", ticket)
	}
	same(t, "timeline", s.kinds(Max, ticket), []guichet.EventKind{guichet.EventOpened, guichet.EventClosed})
}

func TestCancelEndsTheWait(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.do(Ann, ticket, guichet.StatePending, guichet.Act{Action: guichet.ActionHold, PendingReason: "planned",
		Until: s.clock.Now().Add(time.Hour)})
	s.do(Rita, ticket, guichet.StateCancelled, guichet.Act{Action: guichet.ActionCancel})
	s.later(2 * time.Hour)
	if got := s.now(ticket).State; got != guichet.StateCancelled {
		t.Errorf("woken after its end: %s", got)
	}
}

func TestTheSeenVersionIsChecked(t *testing.T) {
	s := newStage(t)
	seen := s.open(Rita, ticketing.Open{})
	s.do(Mona, seen, guichet.StateNew, guichet.Act{Action: guichet.ActionQualify, Urgency: guichet.GradeHigh, Version: seen.Version})
	stale := toward
	stale.Version = seen.Version
	s.refused(Mona, seen, stale, guichet.KindConflict, "ticket.changed")
	s.say(Rita, seen, ticketing.FollowUp{Text: "Des nouvelles ?"})
	stale.Version = s.now(seen).Version
	s.do(Mona, seen, guichet.StateAssigned, stale) // a message is no change of the ticket's fields
}

func TestAStrangerSeesNothing(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	for _, who := range []guichet.ID{Stan, Max, Cleo, Tom, Dora} {
		s.refused(who, ticket, claim, guichet.KindNotFound, "ticket.not_found")
		_, err := s.desk.View(s.ctx, s.actor(who), ticket.Number, 0)
		s.fails(err, guichet.KindNotFound, "ticket.not_found")
		_, err = s.desk.FollowUp(s.ctx, s.actor(who), ticket.Number, ticketing.FollowUp{Text: "Bonjour"})
		s.fails(err, guichet.KindNotFound, "ticket.not_found")
		_, err = s.desk.AddTask(s.ctx, s.actor(who), ticket.Number, ticketing.NewTask{Title: "x"})
		s.fails(err, guichet.KindNotFound, "ticket.not_found")
	}
	_, err := s.desk.View(s.ctx, s.actor(Stan), 999, 0)
	s.fails(err, guichet.KindNotFound, "ticket.not_found")
}

func TestAReadingTokenChangesNothing(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	reader := s.actor(Ann)
	reader.TokenScopes = []guichet.TokenScope{guichet.TokenRead}
	_, err := s.desk.Do(s.ctx, reader, ticket.Number, resolve)
	s.fails(err, guichet.KindDenied, "token.read_only")
	_, err = s.desk.Open(s.ctx, reader, ticketing.Open{Service: Moodle, Kind: guichet.KindIncident, Title: "x", Description: "y"})
	s.fails(err, guichet.KindDenied, "token.read_only")
	_, err = s.desk.FollowUp(s.ctx, reader, ticket.Number, ticketing.FollowUp{Text: "x"})
	s.fails(err, guichet.KindDenied, "token.read_only")
	_, err = s.desk.AddTask(s.ctx, reader, ticket.Number, ticketing.NewTask{Title: "x"})
	s.fails(err, guichet.KindDenied, "token.read_only")
}
