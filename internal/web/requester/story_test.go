package requester_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

// TestThePortalShowsAnAgentNothingInternal: an agent who opens the portal's page of a ticket may share
// the screen with its requester.
func TestThePortalShowsAnAgentNothingInternal(t *testing.T) {
	s := stage(t)
	ticket := do(s, storetest.Mona, open(s, storetest.Rita, ticketing.Open{}), guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support, Text: "raison entre nous"})
	ann := storetest.Actor(t, s.Store, storetest.Ann)
	ref, err := s.Site.Blobs.Put(s.Ctx, strings.NewReader("interne"), 100)
	if err != nil {
		t.Fatal(err)
	}
	note := ticketing.FollowUp{Text: "note entre nous", Internal: true, Files: []ticketing.File{{Name: "interne.txt", MediaType: ref.MediaType, Size: ref.Size, Hash: ref.Hash}}}
	if _, err := s.Desk.FollowUp(s.Ctx, ann, ticket.Number, note); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.AddTask(s.Ctx, ann, ticket.Number, ticketing.NewTask{Title: "tâche entre nous"}); err != nil {
		t.Fatal(err)
	}
	for _, person := range []guichet.ID{storetest.Ann, storetest.Rita} {
		s.Get(person, address(ticket)).Expect(http.StatusOK).Says("Une page blanche apparaît.").Hides("entre nous", "interne.txt")
	}
}

func TestOlderMessagesHaveTheirPage(t *testing.T) {
	s := stage(t)
	ticket := open(s, storetest.Rita, ticketing.Open{})
	rita := storetest.Actor(t, s.Store, storetest.Rita)
	const written = 120
	for i := range written {
		if _, err := s.Desk.FollowUp(s.Ctx, rita, ticket.Number, ticketing.FollowUp{Text: fmt.Sprintf("mot-%03d.", i)}); err != nil {
			t.Fatal(err)
		}
	}
	seen, path, pages := map[string]bool{}, address(ticket), 0
	for path != "" {
		page := s.Get(storetest.Rita, path).Expect(http.StatusOK)
		for i := range written {
			if word := fmt.Sprintf("mot-%03d.", i); strings.Contains(page.Body, word) {
				if seen[word] {
					t.Errorf("%s stands on two pages", word)
				}
				seen[word] = true
			}
		}
		path = ""
		if older := page.Links(address(ticket) + "?before="); len(older) == 1 {
			path = older[0]
		}
		pages++
	}
	if len(seen) != written || pages < 2 {
		t.Errorf("%d messages of %d on %d pages", len(seen), written, pages)
	}
	for _, garbage := range []string{"?before=x", "?before=-1", "?before=99999999999999999999"} {
		s.Get(storetest.Rita, address(ticket)+garbage).Expect(http.StatusOK)
	}
}

func TestMessagesBehindAPageOfNotesAreInReach(t *testing.T) {
	s := stage(t)
	ticket := open(s, storetest.Rita, ticketing.Open{})
	ann := storetest.Actor(t, s.Store, storetest.Ann)
	do(s, storetest.Mona, ticket, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
	for range 101 {
		if _, err := s.Desk.FollowUp(s.Ctx, ann, ticket.Number, ticketing.FollowUp{Text: "note", Internal: true}); err != nil {
			t.Fatal(err)
		}
	}
	if older := s.Get(storetest.Ann, address(ticket)).Links(address(ticket) + "?before="); len(older) != 1 {
		t.Error("behind a page of notes alone, the messages are out of reach")
	}
}

func TestAMessageIsSentOnceAndNeverLost(t *testing.T) {
	s := stage(t)
	ticket := open(s, storetest.Rita, ticketing.Open{})
	send := address(ticket) + "/messages"
	page := s.Send(storetest.Rita, send, url.Values{"text": {strings.Repeat("x", guichet.MaxText+1)}}, []webtest.Upload{{Name: "a.txt", Content: "a"}}, nil)
	page.Expect(http.StatusUnprocessableEntity).Says("a.txt")
	if page.ErrorOf("text") == "" || len(page.Values("kept_file")) != 1 || len(page.Values("text")[0]) != guichet.MaxText+1 {
		t.Errorf("the message is lost: %q, %d files", page.ErrorOf("text"), len(page.Values("kept_file")))
	}
	form := url.Values{"text": {"Voici la capture."}, "key": page.Values("key"), "kept_file": page.Values("kept_file")}
	for range 2 {
		s.Send(storetest.Rita, send, form, nil, nil).LeadsTo(address(ticket) + "?sent=reply:" + strings.TrimPrefix(address(ticket), "/tickets/"))
	}
	v := view(s, storetest.Rita, ticket.Number)
	if len(v.Documents) != 1 || len(v.Events) != 2 {
		t.Errorf("%d documents, %d events", len(v.Documents), len(v.Events))
	}
	large := webtest.Upload{Name: "film.mp4", Content: strings.Repeat("x", guichet.MaxDocumentSize+1)}
	page = s.Send(storetest.Rita, send, nil, []webtest.Upload{large}, url.Values{"text": {"après le fichier"}}).Expect(http.StatusRequestEntityTooLarge)
	keeps(t, page, url.Values{"text": {"après le fichier"}})
	if page.ErrorOf("files") == "" {
		t.Error("nothing is said beside the files")
	}
}

func TestAMessageOnAClosedTicketOpensAnother(t *testing.T) {
	s := stage(t)
	closed := do(s, storetest.Rita, solved(s), guichet.Act{Action: guichet.ActionValidate, RatingTime: 5, RatingAnswers: 4})
	page := s.Get(storetest.Rita, address(closed)).Expect(http.StatusOK)
	s.Post(storetest.Rita, address(closed)+"/messages", url.Values{"text": {"Cela recommence."}, "key": page.Values("key")}).Expect(http.StatusSeeOther)
	next := guichet.Ticket{Number: closed.Number + 1}
	s.Get(storetest.Rita, address(next)).Expect(http.StatusOK).Says("Cela recommence.")
	if links := s.Get(storetest.Rita, address(next)).Links(address(closed)); len(links) == 0 {
		t.Error("the new ticket does not lead to the one that it follows")
	}
}

func TestARefusedActionKeepsItsWords(t *testing.T) {
	s := stage(t)
	ticket := solved(s)
	page := s.Post(storetest.Rita, address(ticket)+"/actions/validate", url.Values{"rating_time": {"4"}, "reason": {"Presque parfait"}}).Expect(http.StatusUnprocessableEntity)
	keeps(t, page, url.Values{"rating_time": {"4"}})
	if page.ErrorOf("rating_answers") == "" || !strings.Contains(page.Body, "Presque parfait") {
		t.Errorf("beside the rating %q", page.ErrorOf("rating_answers"))
	}
	for _, fault := range page.Faults("fr") {
		t.Error(fault)
	}
	page = s.Post(storetest.Rita, address(ticket)+"/actions/reject-solution", nil).Expect(http.StatusUnprocessableEntity)
	if page.ErrorOf("reason") == "" {
		t.Error("nothing is said beside the reason")
	}
	for _, fault := range page.Faults("fr") {
		t.Error(fault)
	}
	s.Post(storetest.Rita, address(ticket)+"/actions/cancel", url.Values{"reason": {"trop tard"}}).Expect(http.StatusConflict).Says("Le cours ne s’ouvre pas")
	s.Post(storetest.Rita, address(ticket)+"/actions/assign", nil).Expect(http.StatusNotFound)
	s.Post(storetest.Rita, address(ticket)+"/actions/validate", url.Values{"rating_time": {"4"}, "rating_answers": {"5"}}).LeadsTo(address(ticket))
	s.Get(storetest.Rita, address(ticket)).Says("4/5")
}

func TestAFileIsDownloadedAsWhatItIs(t *testing.T) {
	s := stage(t)
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 32)
	form := url.Values{"title": {"Titre"}, "description": {"Texte"}, "urgency": {"low"}}
	s.Send(storetest.Rita, incidentForm, form, []webtest.Upload{{Name: "écran d’été.png", Content: png}, {Name: "page.html", Content: "<script>alert(1)</script>"},
		{Name: "dessin.svg", Content: `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`}}, nil).Expect(http.StatusSeeOther)
	wanted := map[string]struct{ kind, disposition string }{
		"écran d’été.png": {"image/png", "inline; filename*=UTF-8''%C3%A9cran%20d%E2%80%99%C3%A9t%C3%A9.png"},
		"page.html":       {"application/octet-stream", "attachment; filename*=UTF-8''page.html"},
		"dessin.svg":      {"application/octet-stream", "attachment; filename*=UTF-8''dessin.svg"},
	}
	documents := view(s, storetest.Rita, tickets(s, storetest.Rita)[0].Number).Documents
	if len(documents) != len(wanted) {
		t.Fatalf("%d documents", len(documents))
	}
	for _, d := range documents {
		page := s.Get(storetest.Rita, "/documents/"+string(d.ID)).Expect(http.StatusOK)
		want := wanted[d.Name]
		for name, value := range map[string]string{"Content-Type": want.kind, "Content-Disposition": want.disposition,
			"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, no-store"} {
			if got := page.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q, expected %q", d.Name, name, got, value)
			}
		}
		s.Get(storetest.Stan, "/documents/"+string(d.ID)).Expect(http.StatusNotFound)
		s.Get("", "/documents/"+string(d.ID)).Expect(http.StatusSeeOther)
	}
}

func TestTheHomePagePutsFirstWhatWaitsForTheReader(t *testing.T) {
	s := stage(t)
	resolved := solved(s)
	s.Clock.Add(time.Hour)
	for range 4 {
		open(s, storetest.Rita, ticketing.Open{})
	}
	stubs := s.Get(storetest.Rita, "/").Expect(http.StatusOK).Links("/tickets/")
	if len(stubs) != 4 || stubs[0] != address(resolved) {
		t.Errorf("the home page shows %q", stubs)
	}
}

func TestWhoIsSignedInReadsOnlyWhatConcernsThem(t *testing.T) {
	s := stage(t)
	ticket := open(s, storetest.Rita, ticketing.Open{Beneficiary: string(storetest.Ben)})
	s.Get(storetest.Ben, address(ticket)).Expect(http.StatusOK)
	for _, path := range []string{address(ticket), address(ticket) + "/sent", "/tickets/0", "/tickets/x", "/tickets/99999999999999999999"} {
		s.Get(storetest.Stan, path).Expect(http.StatusNotFound)
	}
	s.Post(storetest.Stan, address(ticket)+"/messages", url.Values{"text": {"bonjour"}}).Expect(http.StatusNotFound)
	s.Get("", address(ticket)).LeadsTo("/sign-in?next=" + url.QueryEscape(address(ticket)))
	s.Post("", address(ticket)+"/messages", nil).LeadsTo("/sign-in?next=%2F")
}

// TestAFileThatIsGoneIsSaid: a form that stood open longer than files are kept which nothing refers to says which file is to
// be joined again, and loses nothing else.
func TestAFileThatIsGoneIsSaid(t *testing.T) {
	s := stage(t)
	ticket := open(s, storetest.Rita, ticketing.Open{})
	large := url.Values{"text": {strings.Repeat("x", guichet.MaxText+1)}}
	page := s.Send(storetest.Rita, address(ticket)+"/messages", large, []webtest.Upload{{Field: "files", Name: "capture.txt", Content: "Erreur 500"}}, nil)
	kept := page.Values("kept_file")
	if len(kept) != 1 {
		t.Fatalf("%d files are kept", len(kept))
	}
	if removed, err := s.Site.Blobs.Remove(strings.Split(kept[0], "|")[1], time.Now().Add(time.Hour)); !removed || err != nil {
		t.Fatalf("removed %v, %v", removed, err)
	}
	form := url.Values{"text": {"Voici la capture."}, "key": page.Values("key"), "kept_file": kept}
	gone := s.Post(storetest.Rita, address(ticket)+"/messages", form).Expect(http.StatusUnprocessableEntity)
	if !strings.Contains(gone.ErrorOf("files"), "capture.txt") || gone.Values("text")[0] != "Voici la capture." || len(gone.Values("kept_file")) > 0 {
		t.Errorf("beside the files %q; %q", gone.ErrorOf("files"), gone.Values("text"))
	}
	form.Del("kept_file")
	s.Post(storetest.Rita, address(ticket)+"/messages", form).Expect(http.StatusSeeOther)
}

// TestAnActThatIsRefusedSaysWhereAndWhy: a withdrawal with a reason that is too long and a rating of one side only come back with a
// summary that leads to the field, in both languages; and the solution stands where one judges it.
func TestAnActThatIsRefusedSaysWhereAndWhy(t *testing.T) {
	for locale, texts := range map[string][2]string{"fr": {"La raison du retrait", "Les deux notes vont ensemble"}, "en": {"The reason for withdrawing", "Both ratings go together"}} {
		t.Run(locale, func(t *testing.T) {
			s := stage(t)
			s.Change(storetest.Rita, func(p *guichet.Person) { p.Locale = locale })
			ticket := do(s, storetest.Mona, open(s, storetest.Rita, ticketing.Open{}), guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
			page := s.Post(storetest.Rita, address(ticket)+"/actions/cancel", url.Values{"reason": {strings.Repeat("x", guichet.MaxReason+1)}}).Expect(http.StatusUnprocessableEntity).Says(texts[0])
			if !strings.Contains(page.Body, `href="#f-cancel"`) || !strings.Contains(page.Body, `id="f-cancel"`) {
				t.Error("the summary does not lead to the reason")
			}
			done := solved(s)
			if read := s.Get(storetest.Rita, address(done)).Expect(http.StatusOK); strings.Count(read.Body, "Le serveur a redémarré.") != 2 {
				t.Error("the solution does not stand where it is judged")
			}
			half := s.Post(storetest.Rita, address(done)+"/actions/validate", url.Values{"rating_time": {"4"}}).Expect(http.StatusUnprocessableEntity)
			for _, fault := range half.Says(texts[1]).Faults(locale) {
				t.Error(fault)
			}
			if !strings.Contains(half.Body, `href="#f-rating_answers"`) || !strings.Contains(half.Body, `id="f-rating_answers"`) {
				t.Error("the summary does not lead to the rating")
			}
		})
	}
}
