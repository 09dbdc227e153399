package guichet

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// told writes who is told as "why name", in order.
func told(list []Recipient) string {
	var out []string
	for _, r := range list {
		out = append(out, string(r.Why)+" "+string(r.PersonID))
	}
	return strings.Join(out, ", ")
}

// everybody is a ticket with somebody in every part. It is in the hands of Tom, of the team of Tom
// and Tina; Opal typed it.
func everybody() Audience {
	return Audience{
		Ticket: Ticket{State: StateAssigned, RequesterID: "rita", BeneficiaryID: "ben", OpenedByID: "opal", TeamID: "team", AssigneeID: "tom"},
		Parties: []Party{{"olga", PartyObserver}, {"abel", PartyApprover}, {"ben", PartyBeneficiary},
			{"rita", PartyRequester}, {"tom", PartyAssignee}},
		Approvers: []ID{"abel", "alma"}, Awaited: []ID{"alma"}, Moderators: []ID{"mona", "max"}, Team: []ID{"tom", "tina"},
	}
}

func pooled(a *Audience)   { a.Ticket.AssigneeID = "" }
func teamless(a *Audience) { a.Ticket.AssigneeID, a.Ticket.TeamID, a.Team = "", "", nil }
func in(s State) func(*Audience) {
	return func(a *Audience) {
		a.Ticket.State = s
		if s == StateNew || s == StateAwaitingApproval {
			teamless(a)
		}
	}
}

// The table of who is told of what, for every kind of event.
var audienceTable = []struct {
	name    string
	kind    EventKind
	with    func(*Audience)
	changes []Change
	ref     ID
	text    string
	want    string
}{
	{name: "opened, to qualify", kind: EventOpened, with: in(StateNew),
		want: "requester rita, requester ben, requester olga, requester opal, moderator mona, moderator max"},
	{name: "opened, nobody moderates: the team has it", kind: EventOpened,
		with: func(a *Audience) { a.Ticket.State, a.Ticket.AssigneeID, a.Moderators = StateNew, "", nil },
		want: "requester rita, requester ben, requester olga, requester opal, team tom, team tina"},
	{name: "opened, straight to the pool", kind: EventOpened, with: pooled,
		want: "requester rita, requester ben, requester olga, requester opal, team tom, team tina"},
	{name: "opened, straight to a technician", kind: EventOpened,
		want: "requester rita, requester ben, requester olga, requester opal, agent tom"},
	{name: "opened, to approve: the moderators wait", kind: EventOpened, with: in(StateAwaitingApproval),
		want: "requester rita, requester ben, requester olga, requester opal"},
	{name: "opened and closed at once", kind: EventOpened, with: in(StateClosed),
		want: "requester rita, requester ben, requester olga, requester opal"},
	{name: "approval asked", kind: EventApprovalRequested, with: in(StateAwaitingApproval), want: "approver abel, approver alma"},
	{name: "one approver agreed", kind: EventApprovalGiven, with: in(StateAwaitingApproval), want: ""},
	{name: "one approver refused, others may agree", kind: EventApprovalDeclined, with: in(StateAwaitingApproval), want: ""},
	{name: "recalled: who has answered is left in peace", kind: EventApprovalReminded, with: in(StateAwaitingApproval), want: "approver alma"},
	{name: "put to others", kind: EventApprovalPassed, with: in(StateAwaitingApproval), want: "approver abel, approver alma"},
	{name: "nobody answered in time", kind: EventApprovalExpired, with: in(StateRejected), want: "requester rita, requester ben, requester olga"},
	{name: "approved, to qualify", kind: EventApproved, with: in(StateNew),
		want: "requester rita, requester ben, moderator mona, moderator max"},
	{name: "approved, straight to the pool", kind: EventApproved, with: pooled,
		want: "requester rita, requester ben, team tom, team tina"},
	{name: "refused", kind: EventRefused, with: in(StateRejected), want: "requester rita, requester ben, requester olga"},
	{name: "routed: the opening or the approval that led to it tells", kind: EventRouted, with: pooled, changes: []Change{{"team", "", "team"}}, want: ""},
	{name: "qualified", kind: EventQualified, want: ""},
	{name: "assigned to a technician", kind: EventAssigned, changes: []Change{{"technician", "", "tom"}},
		want: "agent tom, requester rita, requester ben"},
	{name: "reassigned: who loses it knows", kind: EventAssigned, changes: []Change{{"technician", "pat", "tom"}},
		want: "agent tom, agent pat, requester rita, requester ben"},
	{name: "put back in the pool", kind: EventAssigned, with: pooled, changes: []Change{{"technician", "pat", ""}},
		want: "team tom, team tina, agent pat"},
	{name: "claimed", kind: EventClaimed, changes: []Change{{"technician", "", "tom"}}, want: "requester rita, requester ben"},
	{name: "escalated to a pool", kind: EventEscalated, with: pooled, changes: []Change{{"technician", "pat", ""}},
		want: "team tom, team tina, agent pat"},
	{name: "held", kind: EventHeld, want: "requester rita, requester ben, agent tom"},
	{name: "the date passed", kind: EventResumed, want: "agent tom"},
	{name: "the date passed, in the pool", kind: EventResumed, with: pooled, want: "team tom, team tina"},
	{name: "the date passed, nobody had it", kind: EventResumed, with: teamless, want: "moderator mona, moderator max"},
	{name: "a message", kind: EventFollowedUp, want: "requester rita, requester ben, requester olga, agent tom"},
	{name: "a message, in the pool", kind: EventFollowedUp, with: pooled,
		want: "requester rita, requester ben, requester olga, team tom, team tina"},
	{name: "a message on what is to qualify", kind: EventFollowedUp, with: in(StateNew),
		want: "requester rita, requester ben, requester olga, moderator mona, moderator max"},
	{name: "a message to whom has to approve", kind: EventFollowedUp, with: in(StateAwaitingApproval),
		want: "requester rita, requester ben, requester olga, approver abel, approver alma"},
	{name: "an internal note", kind: EventNoted, want: "agent tom"},
	{name: "an internal note, in the pool", kind: EventNoted, with: pooled, want: ""},
	{name: "a task for somebody", kind: EventTaskAdded, changes: []Change{{"technician", "", "tina"}}, want: "agent tina"},
	{name: "a task for nobody yet", kind: EventTaskAdded, want: ""},
	{name: "a task done: the technician waited for it", kind: EventTaskDone, want: "agent tom"},
	{name: "a task to be done again: nobody, it is beside whoever has it", kind: EventTaskUndone},
	{name: "a document", kind: EventDocumentAdded, want: "requester rita, requester ben, requester olga, agent tom"},
	{name: "resolved, the requester validates", kind: EventResolved, with: in(StateResolved),
		want: "requester rita, requester ben, requester olga, agent tom"},
	{name: "resolved, a moderator closes", kind: EventResolved,
		with: func(a *Audience) { a.Ticket.State, a.Moderated = StateResolved, true },
		want: "requester rita, requester ben, requester olga, agent tom, moderator mona, moderator max"},
	{name: "validated", kind: EventValidated, with: in(StateClosed), want: "requester rita, requester ben, requester olga, agent tom"},
	{name: "solution rejected", kind: EventSolutionRejected, want: "agent tom, requester rita, requester ben"},
	{name: "rated", kind: EventRated, with: in(StateClosed), want: ""},
	{name: "reopened", kind: EventReopened, want: "agent tom, requester rita, requester ben"},
	{name: "reopened, in the pool", kind: EventReopened, with: pooled, want: "team tom, team tina, requester rita, requester ben"},
	{name: "closed", kind: EventClosed, with: in(StateClosed), want: "requester rita, requester ben, requester olga, agent tom"},
	{name: "closed, a moderator's rule: they did it", kind: EventClosed,
		with: func(a *Audience) { a.Ticket.State, a.Moderated = StateClosed, true },
		want: "requester rita, requester ben, requester olga, agent tom"},
	{name: "cancelled in work", kind: EventCancelled, with: in(StateCancelled), changes: []Change{{"state", "assigned", "cancelled"}},
		want: "requester rita, requester ben, requester olga, agent tom"},
	{name: "cancelled before it was qualified", kind: EventCancelled,
		with:    func(a *Audience) { in(StateCancelled)(a); teamless(a) },
		changes: []Change{{"state", "new", "cancelled"}},
		want:    "requester rita, requester ben, requester olga, moderator mona, moderator max"},
	{name: "cancelled before it was approved", kind: EventCancelled,
		with:    func(a *Audience) { in(StateCancelled)(a); teamless(a) },
		changes: []Change{{"state", "awaiting_approval", "cancelled"}},
		want:    "requester rita, requester ben, requester olga, approver abel, approver alma"},
	{name: "linked", kind: EventLinked, ref: "other", want: ""},
	{name: "unlinked", kind: EventUnlinked, ref: "other", want: ""},
	{name: "closed for another", kind: EventMerged, with: in(StateClosed), want: "requester rita, requester ben, requester olga, agent tom"},
	{name: "closed for another before it was approved: who has answered is left in peace", kind: EventMerged,
		with:    func(a *Audience) { in(StateClosed)(a); teamless(a) },
		changes: []Change{{"state", "awaiting_approval", "closed"}},
		want:    "requester rita, requester ben, requester olga, approver alma"},
	{name: "no longer closed for another, and awaiting its approval again", kind: EventUnmerged, with: in(StateAwaitingApproval),
		want: "requester rita, requester ben, requester olga"},
	{name: "no longer closed for another", kind: EventUnmerged, want: "agent tom, requester rita, requester ben, requester olga"},
	{name: "another was closed for it", kind: EventAbsorbed, ref: "other", want: "agent tom"},
	{name: "the other goes its own way again", kind: EventReleased, ref: "other", want: "agent tom"},
	{name: "a message went on elsewhere", kind: EventSplit, ref: "other", want: ""},
	{name: "it came back", kind: EventUnsplit, ref: "other", want: ""},
	{name: "a major incident", kind: EventMajorDeclared, want: ""},
	{name: "a major incident is over", kind: EventMajorEnded, want: ""},
	{name: "what is known of a problem", kind: EventKnownError, want: ""},
	{name: "points to check", kind: EventChecklistAdded, want: ""},
	{name: "points taken off", kind: EventChecklistRemoved, want: ""},
	{name: "a point checked", kind: EventChecked, want: ""},
	{name: "a check taken back", kind: EventUnchecked, want: ""},
	{name: "moved to a newer version of its workflow", kind: EventMigrated, want: ""},
	{name: "the beneficiary was called: agents read it in the timeline", kind: EventContacted, want: ""},
	{name: "tags were moved by hand: agents read it in the timeline", kind: EventTagged, want: ""},
	{name: "remote assistance was opened: agents read it in the timeline", kind: EventRemote, want: ""},
	{name: "a past time does not count", kind: EventPauseAdded, want: ""},
	{name: "it counts again", kind: EventPauseWithdrawn, want: ""},
	{name: "about to be overdue", kind: EventDueSoon, want: "agent tom"},
	{name: "about to be overdue, in the pool", kind: EventDueSoon, with: pooled, want: "team tom, team tina"},
	{name: "overdue, nobody is named", kind: EventOverdue, want: ""},
	{name: "overdue", kind: EventOverdue, changes: []Change{{Field: "tell", To: "assignee,team,head"}},
		with: func(a *Audience) { a.Named = []ID{"hugo"} }, want: "agent tom, team tina, moderator hugo"},
	{name: "joined to an announcement", kind: EventAnnounced, ref: "news", want: ""},
	{name: "news of an announcement", kind: EventAnnounced, ref: "news", text: "Rétabli", want: "requester rita, requester ben, requester olga"},
	{name: "no longer joined", kind: EventUnannounced, ref: "news", want: ""},
	{name: "an observer added", kind: EventObserverAdded, ref: "otto", want: "requester otto"},
	{name: "an observer taken out: nobody follows what is not for them any more", kind: EventObserverRemoved, ref: "otto", want: ""},
}

func TestWhoIsToldOfWhat(t *testing.T) {
	covered := map[EventKind]bool{}
	for _, c := range audienceTable {
		covered[c.kind] = true
		a := everybody()
		if c.with != nil {
			c.with(&a)
		}
		e := Event{Kind: c.kind, Changes: c.changes, RefID: c.ref, Text: c.text}
		if diff := cmp.Diff(c.want, told(a.Recipients(e))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	for _, k := range EventKinds() {
		if !covered[k] {
			t.Errorf("the table does not say who is told of %q", k)
		}
	}
}

// Nobody is told of what they did; the others are still told.
func TestTheAuthorIsNotTold(t *testing.T) {
	for _, c := range audienceTable {
		a := everybody()
		if c.with != nil {
			c.with(&a)
		}
		e := Event{Kind: c.kind, Changes: c.changes, RefID: c.ref}
		full := a.Recipients(e)
		for _, author := range full {
			e.ActorID = author.PersonID
			want := slices.DeleteFunc(slices.Clone(full), func(r Recipient) bool {
				return c.kind != EventOpened && r.PersonID == author.PersonID
			})
			if diff := cmp.Diff(told(want), told(a.Recipients(e))); diff != "" {
				t.Errorf("%s by %s (-want +got):\n%s", c.name, author.PersonID, diff)
			}
		}
	}
}

// Whatever the kind, an internal event stays among those who handle the ticket.
func TestInternalEventsNeverReachTheRequestersSide(t *testing.T) {
	outsiders := []ID{"rita", "ben", "olga", "opal", "otto", "abel", "alma"}
	for _, c := range audienceTable {
		a := everybody()
		if c.with != nil {
			c.with(&a)
		}
		for _, r := range a.Recipients(Event{Kind: c.kind, Changes: c.changes, RefID: c.ref, Internal: true}) {
			if slices.Contains(outsiders, r.PersonID) || r.Why == ToldRequester {
				t.Errorf("%s, internal: %s is told as %s", c.name, r.PersonID, r.Why)
			}
		}
	}
	got := everybody()
	if s := told(got.Recipients(Event{Kind: EventFollowedUp, Internal: true})); s != "agent tom" {
		t.Errorf("an internal message reaches %q, want its technician alone", s)
	}
}

// A technician who asked for it is told of internal events as the technician, and of the others
// once, as the requester.
func TestARequesterWhoHandlesTheTicketIsToldOnce(t *testing.T) {
	a := everybody()
	a.Ticket.AssigneeID = "rita"
	for _, c := range []struct {
		event Event
		want  string
	}{
		{Event{Kind: EventNoted, Internal: true}, "agent rita"},
		{Event{Kind: EventFollowedUp, Internal: true}, "agent rita"},
		{Event{Kind: EventFollowedUp}, "requester rita, requester ben, requester olga"},
		{Event{Kind: EventResumed}, "agent rita"},
	} {
		if got := told(a.Recipients(c.event)); got != c.want {
			t.Errorf("%s internal=%v: %q, want %q", c.event.Kind, c.event.Internal, got, c.want)
		}
	}
}

// However the parts are shared out among a few people, each is told once and has a name.
func TestEachPersonIsToldOnce(t *testing.T) {
	person := rapid.SampledFrom([]ID{"", "ann", "bob", "cleo"})
	people := rapid.SliceOfN(person, 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		a := Audience{
			Ticket: Ticket{
				State:      rapid.SampledFrom(States()).Draw(t, "state"),
				OpenedByID: person.Draw(t, "typed by"), AssigneeID: person.Draw(t, "technician"),
				TeamID: rapid.SampledFrom([]ID{"", "team"}).Draw(t, "team"),
			},
			Approvers: people.Draw(t, "approvers"), Moderators: people.Draw(t, "moderators"), Team: people.Draw(t, "members"),
			Moderated: rapid.Bool().Draw(t, "moderated"),
		}
		for _, role := range []PartyRole{PartyRequester, PartyBeneficiary, PartyObserver} {
			a.Parties = append(a.Parties, Party{person.Draw(t, string(role)), role})
		}
		e := Event{
			Kind: rapid.SampledFrom(EventKinds()).Draw(t, "kind"), ActorID: person.Draw(t, "author"),
			Internal: rapid.Bool().Draw(t, "internal"), RefID: person.Draw(t, "ref"),
			Changes: []Change{{"technician", string(person.Draw(t, "from")), string(person.Draw(t, "to"))}},
		}
		seen := map[ID]bool{}
		for _, r := range a.Recipients(e) {
			if r.PersonID == "" || seen[r.PersonID] || r.Why == "" {
				t.Fatalf("%v in %q", r, told(a.Recipients(e)))
			}
			if r.PersonID == e.ActorID && e.Kind != EventOpened {
				t.Fatalf("the author is told: %q", told(a.Recipients(e)))
			}
			seen[r.PersonID] = true
		}
	})
}

func TestAnEventKnowsItsChanges(t *testing.T) {
	e := Event{Changes: []Change{{"team", "a", "b"}, {"technician", "x", ""}}}
	if c, ok := e.Changed("team"); !ok || c.From != "a" || c.To != "b" {
		t.Errorf("team: %v %v", c, ok)
	}
	if _, ok := e.Changed("state"); ok {
		t.Error("the state did not change")
	}
	if e.RefPerson() != "" || (Event{}).RefPerson() != "" {
		t.Error("no technician is named")
	}
}
