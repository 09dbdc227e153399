package notifying

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/i18n"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// shared are the events that mean the same to those who handle a ticket, whether they have it or may
// take it: moderators and teams read the agents' words.
var shared = []guichet.EventKind{guichet.EventResumed, guichet.EventFollowedUp, guichet.EventDocumentAdded,
	guichet.EventCancelled, guichet.EventSolutionRejected, guichet.EventReopened, guichet.EventUnmerged}

// audiences are tickets in every state, in nobody's, a team's or a technician's hands, with and
// without moderators.
func audiences() []guichet.Audience {
	var out []guichet.Audience
	for _, state := range guichet.States() {
		for hands := range 3 {
			for _, moderators := range [][]guichet.ID{nil, {storetest.Mona}} {
				a := guichet.Audience{
					Ticket: guichet.Ticket{Number: 1234, State: state, Title: "Cours vide", Description: "Une page *blanche*.",
						RequesterID: storetest.Rita, BeneficiaryID: storetest.Ben, ServiceID: storetest.Moodle, WorkflowID: storetest.Validated},
					Parties: []guichet.Party{{PersonID: storetest.Rita, Role: guichet.PartyRequester},
						{PersonID: storetest.Ben, Role: guichet.PartyBeneficiary}, {PersonID: storetest.Olga, Role: guichet.PartyObserver}},
					Approvers: []guichet.ID{storetest.Dora}, Awaited: []guichet.ID{storetest.Dora}, Moderators: moderators, Named: moderators, Moderated: moderators != nil,
				}
				if hands > 0 {
					a.Ticket.TeamID, a.Team = storetest.Support, []guichet.ID{storetest.Bob}
				}
				if hands > 1 {
					a.Ticket.AssigneeID = storetest.Ann
				}
				out = append(out, a)
			}
		}
	}
	return out
}

// events are all kinds of events with the changes on which the audience or the words depend.
func events() []guichet.Event {
	changes := [][]guichet.Change{nil,
		{{Field: "technician", To: string(storetest.Ann)}},
		{{Field: "technician", From: string(storetest.Cleo)}},
		{{Field: "state", From: string(guichet.StateAwaitingApproval), To: string(guichet.StateCancelled)}},
		{{Field: "pending_reason", To: ticketing.PendingRequester}, {Field: "until", To: "2026-03-23T08:00:00Z"}},
		{{Field: "pending_reason", To: "planned"}},
		{{Field: "clock", To: "contact"}, {Field: "due", To: "2026-03-23T08:00:00Z"}, {Field: "tell", To: "assignee,team,moderator"}}}
	var out []guichet.Event
	for _, kind := range guichet.EventKinds() {
		for _, c := range changes {
			for _, internal := range []bool{false, true} {
				out = append(out, guichet.Event{Kind: kind, Changes: c, Internal: internal, ActorID: storetest.Fay,
					RefID: storetest.Stan, Text: "Pour cette raison."})
			}
		}
	}
	return out
}

// eachTold calls fn for every way of being told that the rule of the audience can produce.
func eachTold(fn func(s story, r guichet.Recipient)) {
	desk := storetest.Desk()
	people := map[guichet.ID]guichet.Person{}
	for _, id := range []guichet.ID{storetest.Rita, storetest.Ben, storetest.Ann, storetest.Fay, storetest.Cleo} {
		people[id] = guichet.Person{ID: id, GivenName: string(id)}
	}
	for _, a := range audiences() {
		for _, e := range events() {
			for _, r := range a.Recipients(e) {
				fn(story{desk: desk, event: e, audience: a, people: people}, r)
			}
		}
	}
}

func texts(t *testing.T) *i18n.Bundle {
	t.Helper()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whoever can be told of an event reads words written for that; only those who handle tickets share
// theirs. And no words are kept that nobody can read.
func TestEachSideHasItsOwnWords(t *testing.T) {
	p := texts(t).Printer("fr", nil)
	read := map[string]bool{}
	eachTold(func(s story, r guichet.Recipient) {
		read[keyOf(wording(p, s.event.Kind, side(s, guichet.Person{ID: r.PersonID}, r.Why)))] = true
		own := "mail." + string(s.event.Kind) + "." + side(s, guichet.Person{ID: r.PersonID}, r.Why)
		share := slices.Contains(shared, s.event.Kind) && (r.Why == guichet.ToldTeam || r.Why == guichet.ToldModerator)
		if p.Has(own+".head") != p.Has(own+".lead") || !p.Has(own+".head") && !share {
			t.Errorf("%s has no words of its own", own)
		}
	})
	if len(read) < 40 {
		t.Errorf("only %d ways of being told were tried", len(read))
	}
	for _, key := range texts(t).Keys() {
		words, isLead := strings.CutSuffix(key, ".lead")
		if isLead && strings.HasPrefix(key, "mail.") && !read[words] {
			t.Errorf("%s: nobody reads this", words)
		}
	}
}

// Whatever the event, the reader and the language, a message is whole: no missing text, no hole left
// by an empty name, and for the requester's side no link to the desk of the agents.
func TestEachMessageIsWhole(t *testing.T) {
	n := New(texts(t), account.NewSigner([]byte("0123456789abcdef0123456789abcdef")), "https://aide.example.org")
	seen := map[string]bool{}
	eachTold(func(s story, r guichet.Recipient) {
		to := guichet.Person{ID: r.PersonID, GivenName: "Lou", Email: "lou@example.org"}
		for _, to.Locale = range []string{"fr", "en"} {
			m, err := n.compose(context.Background(), s, to, r.Why)
			if err != nil {
				t.Fatal(err)
			}
			if seen[m.Text] {
				continue
			}
			seen[m.Text] = true
			for _, fault := range []string{"⟦", "{{", "<no value>", "()", "  , ", ". .", " ,\n"} {
				if strings.Contains(m.Text, fault) || strings.Contains(m.Subject, fault) {
					t.Errorf("%s to %s %s: %q in\n%s", s.event.Kind, r.Why, to.Locale, fault, m.Text)
				}
			}
			if !agent(r.Why) && strings.Contains(m.Text+m.HTML, "/desk/") {
				t.Errorf("%s to %s leads to the desk of the agents", s.event.Kind, r.Why)
			}
		}
	})
}

// Why a ticket passes from one agent to another is shown to agents only.
func TestTheReasonOfAHandoverStaysBetweenAgents(t *testing.T) {
	shown := map[bool]int{}
	eachTold(func(s story, r guichet.Recipient) {
		if s.event.Kind != guichet.EventAssigned && s.event.Kind != guichet.EventEscalated {
			return
		}
		quoted := s.quote(r.Why) == s.event.Text
		if quoted != agent(r.Why) {
			t.Errorf("%s to %s: quoted %v", s.event.Kind, r.Why, quoted)
		}
		shown[quoted]++
	})
	if shown[true] == 0 || shown[false] == 0 {
		t.Errorf("not both sides were tried: %v", shown)
	}
}

func TestASubjectIsOneShortLine(t *testing.T) {
	for title, want := range map[string]string{
		"Cours vide":                          "[7] Ticket clos – Cours vide",
		"a\r\nBcc: x@example.org\n\nb":        "[7] Ticket clos – a  Bcc: x@example.org  b",
		"a\u2028b\u0085c\x00d":                "[7] Ticket clos – a b c d",
		strings.Repeat("é", guichet.MaxTitle): "[7] Ticket clos – " + strings.Repeat("é", 181) + "…",
	} {
		got := subject(guichet.Ticket{Number: 7}, "Ticket clos – "+title)
		if got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
		if n := len([]rune(got)); n > maxSubject {
			t.Errorf("%q: %d characters", title, n)
		}
	}
}

func TestAnUnknownTimeZoneIsUTC(t *testing.T) {
	if zone("Nowhere/Else") != time.UTC || zone("Europe/Paris").String() != "Europe/Paris" {
		t.Error("zones are not those named")
	}
}
