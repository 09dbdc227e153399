package thread_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/site"
	"guichet/internal/web/thread"
	"guichet/internal/web/webtest"
)

// stage is the desk of the tests.
func stage(t *testing.T) (*webtest.Stage, *guichet.Desk) {
	t.Helper()
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	desk, err := s.Desk.Config(s.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	return s, desk
}

// reader is somebody who reads a thread in a language.
func reader(s *webtest.Stage, desk *guichet.Desk, locale string) *site.Request {
	return &site.Request{Site: s.Site, R: httptest.NewRequest(http.MethodGet, "/", nil), P: s.Site.Texts.Printer(locale, time.UTC),
		Config: desk, Actor: guichet.Actor{Person: guichet.Person{ID: "me"}}}
}

var at = time.Date(2026, 3, 16, 9, 0, 0, 0, time.UTC)

// view is a ticket of Rita with the events given, one minute apart.
func view(desk *guichet.Desk, events ...guichet.Event) ticketing.View {
	for i := range events {
		events[i].ID, events[i].Seq, events[i].At = guichet.ID(string(rune('a'+i))), int64(i+1), at.Add(time.Duration(i)*time.Minute)
	}
	return ticketing.View{Desk: desk, Events: events,
		Ticket: guichet.Ticket{RequesterID: "me", BeneficiaryID: "ben", AssigneeID: "ann", TeamID: storetest.Support, WorkflowID: storetest.Validated, Description: "La **question**"},
		People: map[guichet.ID]guichet.Person{"me": {GivenName: "Rita", FamilyName: "Durand"}, "ben": {GivenName: "Ben", FamilyName: "Élan"},
			"ann": {GivenName: "Ann", FamilyName: "Blanc"}, "olga": {GivenName: "Olga", FamilyName: "Perrin"}},
		Parties: []guichet.Party{{PersonID: "olga", Role: guichet.PartyApprover}}}
}

func TestEveryEventIsToldInBothLanguages(t *testing.T) {
	s, desk := stage(t)
	changes := []guichet.Change{{Field: "state", From: "new", To: "assigned"}, {Field: "technician", To: "ann"}, {Field: "team", From: "support", To: "core"},
		{Field: "service", From: "moodle", To: "wifi"}, {Field: "affected", To: "wifi"}, {Field: "kind", From: "incident", To: "request"},
		{Field: "urgency", From: "low", To: "high"}, {Field: "impact", From: "low", To: "high"}, {Field: "priority", From: "low", To: "critical"},
		{Field: "level", From: "N1", To: "N2"}, {Field: "pending_reason", To: ticketing.PendingRequester}, {Field: "until", To: "2026-04-01T10:00:00Z"},
		{Field: "close_at", From: "2026-04-01T10:00:00Z"}, {Field: "workflow", From: "validated 1", To: "validated 2"}, {Field: "due", To: "2026-04-01T10:00:00Z"}, {Field: "rating_time", From: "0", To: "4"},
		{Field: "rating_answers", From: "0", To: "5"}}
	for _, locale := range []string{"fr", "en"} {
		for _, kind := range guichet.EventKinds() {
			for _, actor := range []guichet.ID{"ann", ""} {
				for _, agent := range []bool{true, false} {
					e := guichet.Event{Kind: kind, ActorID: actor, Changes: changes, Text: "un texte", Why: []string{"wifi", "incident", "lyon"}}
					said := everything(thread.Tell(reader(s, desk, locale), view(desk, e), agent))
					for _, fault := range raw(said, kind) {
						t.Errorf("%s %s: %s in %q", locale, kind, fault, said)
					}
				}
			}
		}
	}
}

// raw are the pieces of a telling that are keys, not words.
func raw(said string, kind guichet.EventKind) []string {
	var out []string
	for _, sign := range []string{"⟦", "event.", "change.", "<no value>", "{{", "%!", ": \n", " → \n", "requester\n"} {
		if strings.Contains(said, sign) {
			out = append(out, sign)
		}
	}
	for line := range strings.Lines(said) {
		if strings.TrimSpace(line) == string(kind) {
			out = append(out, line)
		}
	}
	if strings.TrimSpace(said) == "" {
		out = append(out, "nothing")
	}
	return out
}

// everything is what a thread says, one piece a line.
func everything(groups []thread.Group) string {
	var b strings.Builder
	say := func(i thread.Item) {
		for _, text := range append([]string{i.Text, i.HTML, i.Name, i.Role}, i.Detail...) {
			b.WriteString(text + "\n")
		}
	}
	for _, g := range groups {
		if g.Item != nil {
			say(*g.Item)
		}
		for _, l := range g.Lines {
			say(l)
		}
	}
	return b.String()
}

func TestLinesBetweenTwoMessagesAreOneGroup(t *testing.T) {
	s, desk := stage(t)
	groups := thread.Tell(reader(s, desk, "fr"), view(desk,
		guichet.Event{Kind: guichet.EventOpened, ActorID: "me"}, guichet.Event{Kind: guichet.EventRouted}, guichet.Event{Kind: guichet.EventClaimed, ActorID: "ann"},
		guichet.Event{Kind: guichet.EventFollowedUp, ActorID: "ann", Text: "Quel cours ?"}, guichet.Event{Kind: guichet.EventHeld, ActorID: "ann"},
		guichet.Event{Kind: guichet.EventNoted, ActorID: "ann", Text: "note"}, guichet.Event{Kind: guichet.EventResolved, ActorID: "ann", Text: "fait"}), true)
	var shape []string
	for _, g := range groups {
		if g.Item != nil {
			shape = append(shape, g.Item.Kind)
		} else {
			shape = append(shape, strings.Repeat("·", len(g.Lines)))
		}
	}
	if got := strings.Join(shape, " "); got != "message ·· message · note solution" {
		t.Errorf("the thread is %q", got)
	}
	opened := groups[0].Item
	if !opened.Mine || opened.HTML != "<p>La <strong>question</strong></p>\n" && !strings.Contains(opened.HTML, "<strong>question</strong>") {
		t.Errorf("the first message is %+v", opened)
	}
}

func TestPeopleSpeakInTheirCapacity(t *testing.T) {
	s, desk := stage(t)
	for person, role := range map[guichet.ID]string{"me": "demandeur", "ben": "bénéficiaire", "ann": "Support", "olga": "approbateur", "": ""} {
		groups := thread.Tell(reader(s, desk, "fr"), view(desk, guichet.Event{Kind: guichet.EventFollowedUp, ActorID: person, Text: "bonjour"}), false)
		if got := groups[0].Item.Role; !strings.HasPrefix(strings.ToLower(got), strings.ToLower(role)) || (role == "") != (got == "") {
			t.Errorf("%q speaks as %q, expected %q", person, got, role)
		}
	}
}

func TestARequesterIsToldLessOfTheChanges(t *testing.T) {
	s, desk := stage(t)
	e := guichet.Event{Kind: guichet.EventQualified, ActorID: "ann", Changes: []guichet.Change{{Field: "impact", From: "low", To: "high"}, {Field: "priority", From: "low", To: "high"}}}
	agent := thread.Tell(reader(s, desk, "fr"), view(desk, e), true)[0].Lines[0].Detail
	requester := thread.Tell(reader(s, desk, "fr"), view(desk, e), false)[0].Lines[0].Detail
	if len(agent) != 2 || len(requester) != 1 {
		t.Errorf("an agent reads %q, a requester %q", agent, requester)
	}
	rated := guichet.Event{Kind: guichet.EventRated, ActorID: "me", Changes: []guichet.Change{{Field: "rating_time", From: "0", To: "4"}}}
	for locale, want := range map[string]string{"fr": "délai\u00a0: 4/5", "en": "time taken: 4/5"} {
		if got := thread.Tell(reader(s, desk, locale), view(desk, rated), false)[0].Lines[0].Detail; len(got) != 1 || got[0] != want {
			t.Errorf("%s: the rating is %q, expected %q", locale, got, want)
		}
	}
}

func TestFilesStandWithTheirMessage(t *testing.T) {
	s, desk := stage(t)
	v := view(desk, guichet.Event{Kind: guichet.EventOpened, ActorID: "me"}, guichet.Event{Kind: guichet.EventFollowedUp, ActorID: "me", Text: "voici"})
	v.Documents = []guichet.Document{{ID: "d", EventID: "b", Name: "écran.png", MediaType: "image/png", Size: 3}}
	groups := thread.Tell(reader(s, desk, "fr"), v, false)
	if len(groups[0].Item.Files) != 0 || len(groups[1].Item.Files) != 1 || !groups[1].Item.Files[0].Image || groups[1].Item.Files[0].URL != "/documents/d" {
		t.Errorf("files %+v, %+v", groups[0].Item.Files, groups[1].Item.Files)
	}
}
