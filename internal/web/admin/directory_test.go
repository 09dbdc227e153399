package admin_test

import (
	"bytes"
	"context"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/jobs"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

func newStage(t *testing.T) *webtest.Stage {
	t.Helper()
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	s.SignIn(storetest.Fay, storetest.Dora, storetest.Mona, storetest.Tom)
	role, err := s.Site.Directory.SaveRole(s.Ctx, storetest.Actor(t, s.Store, storetest.Fay), guichet.Role{Name: "Gestionnaire", Permissions: []guichet.Permission{guichet.PermissionPeople}})
	if err == nil {
		_, err = s.Site.Directory.Give(s.Ctx, storetest.Actor(t, s.Store, storetest.Fay), directory.Give{Person: storetest.Dora, Role: role.ID, Organisation: "lyon"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// upload sends a file to import, and returns the address of the import.
func upload(s *webtest.Stage, who guichet.ID, kind, content string) webtest.Page {
	s.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, err := range []error{w.WriteField("kind", kind)} {
		if err != nil {
			s.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "agents.csv")
	if err != nil {
		s.Fatal(err)
	}
	if _, err := part.Write([]byte(content)); err != nil {
		s.Fatal(err)
	}
	if err := w.Close(); err != nil {
		s.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/admin/imports", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.Ask(who, r)
}

const people = "matricule;nom;prénom;site\nE-rita;Durant;Rita;\nE-1;Neuf;Jean;Laboratoire\nE-2;;;nulle part\n"

// Every page of the directory is well made, in both languages.
func TestDirectoryPagesAreWellMade(t *testing.T) {
	for _, locale := range []string{"fr", "en"} {
		t.Run(locale, func(t *testing.T) {
			s := newStage(t)
			for _, who := range []guichet.ID{storetest.Fay, storetest.Dora} {
				s.Change(who, func(p *guichet.Person) { p.Locale = locale })
			}
			ticket, err := s.Desk.Open(s.Ctx, storetest.Actor(t, s.Store, storetest.Rita), ticketing.Open{Service: storetest.Moodle, Title: "x", Description: "y",
				Kind: guichet.KindIncident, Urgency: guichet.GradeLow, WorkPlace: guichet.WorkOnSite})
			if err != nil {
				t.Fatal(err)
			}
			preview := upload(s, storetest.Fay, "people", people).Expect(http.StatusSeeOther).Header.Get("Location")
			reading := upload(s, storetest.Fay, "people", "matricule;nom;couleur\n1;A;bleu\n").Expect(http.StatusSeeOther).Header.Get("Location")
			for _, path := range []string{"/admin/people", "/admin/people?q=zz", "/admin/people?role=director&organisation=lyon&state=all", "/admin/people/new", "/admin/people/rita",
				"/admin/people/ann", "/admin/people/fay", "/admin/people/rita/edit", "/admin/people/rita/why", "/admin/people/rita/why?ticket=" + itoa(ticket.Number),
				"/admin/people/ann/why?ticket=" + itoa(ticket.Number), "/admin/people/ann/why?service=wifi&organisation=lyon", "/admin/why?ticket=1&q=ri", "/admin/organisations", "/admin/organisations/new?parent=lyon",
				"/admin/organisations/lyon", "/admin/teams", "/admin/teams/new", "/admin/teams/support", "/admin/roles", "/admin/roles/new", "/admin/roles/moderator",
				"/admin/imports", "/admin/imports?kind=organisations", preview, preview + "?show=faulty", preview + "?columns=1", reading} {
				for _, fault := range s.Get(storetest.Fay, path).Expect(http.StatusOK).Faults(locale) {
					t.Errorf("%s: %s", path, fault)
				}
			}
			for _, path := range []string{"/admin/people", "/admin/people/ann", "/admin/organisations/lyon", "/admin/teams", "/admin/roles", "/admin/imports"} {
				for _, fault := range s.Get(storetest.Dora, path).Expect(http.StatusOK).Faults(locale) {
					t.Errorf("Dora, %s: %s", path, fault)
				}
			}
		})
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Whoever keeps Lyon finds nothing of Rennes; whoever keeps nothing finds no page.
func TestTheDirectoryOfOthersIsNotFound(t *testing.T) {
	s := newStage(t)
	for _, path := range []string{"/admin/people/stan", "/admin/people/stan/edit", "/admin/people/stan/why", "/admin/organisations/rennes", "/admin/teams/core", "/admin/roles/new", "/admin/roles/moderator"} {
		hidden, missing := s.Get(storetest.Dora, path).Expect(http.StatusNotFound), s.Get(storetest.Dora, strings.NewReplacer("stan", "none", "rennes", "none", "core", "none").Replace(path)).Expect(http.StatusNotFound)
		if regexp.MustCompile(`[A-Z2-7]{26}`).ReplaceAllString(hidden.Text(), "") != regexp.MustCompile(`[A-Z2-7]{26}`).ReplaceAllString(missing.Text(), "") {
			t.Errorf("%s differs from what does not exist", path)
		}
	}
	s.Get(storetest.Dora, "/admin/people").Expect(http.StatusOK).Says("Rita Durand").Hides("Morvan")
	s.Get(storetest.Dora, "/admin/").LeadsTo("/admin/people")
	for _, path := range []string{"/admin/people", "/admin/people/new", "/admin/organisations", "/admin/teams", "/admin/imports", "/admin/people.csv"} {
		for _, who := range []guichet.ID{storetest.Mona, storetest.Tom} {
			s.Get(who, path).Expect(http.StatusNotFound)
		}
	}
}

func TestAPersonIsCreatedGivenARoleAndInvited(t *testing.T) {
	s := newStage(t)
	form := url.Values{"given_name": {"Zoé"}, "family_name": {"Faure"}, "organisation": {"lab"}, "email": {"stan@example.org"}, "phone": {"abc"}, "locale": {"fr"}}
	p := s.Post(storetest.Dora, "/admin/people/new", form).Expect(http.StatusUnprocessableEntity).Says("Cette adresse est déjà celle de quelqu’un d’autre", "Indiquez un numéro de téléphone").Hides("Morvan")
	if got := p.Values("given_name"); len(got) != 1 || got[0] != "Zoé" {
		t.Errorf("what was typed is lost: %v", got)
	}
	form.Set("email", "zoe@example.org")
	form.Del("phone")
	at := s.Post(storetest.Dora, "/admin/people/new", form).Expect(http.StatusSeeOther).Header.Get("Location")
	s.Post(storetest.Dora, at+"/grants", url.Values{"role": {"moderator"}, "over": {"lab"}, "ends_at": {"2026-12-31"}}).
		Expect(http.StatusUnprocessableEntity).Says("Vous ne pouvez donner ou retirer que les rôles que vous détenez")
	s.Post(storetest.Dora, at+"/grants", url.Values{"role": {"director"}, "over": {"lab"}, "ends_at": {"2026-12-31"}}).LeadsTo(at)
	s.Get(storetest.Dora, at).Says("Directeur Laboratoire", "jusqu’au jeudi 31 décembre 2026 inclus")
	s.Post(storetest.Dora, at+"/invite", url.Values{"login": {"stan"}}).Expect(http.StatusUnprocessableEntity).Says("déjà pris")
	made := s.Post(storetest.Dora, at+"/invite", url.Values{"login": {"zoe"}}).Expect(http.StatusOK)
	link := regexp.MustCompile(`/invitation/gci_[a-z0-9]+`).FindString(made.Body)
	s.Get(storetest.Dora, at).Hides("gci_").Says("Un lien attend")
	for _, fault := range s.Get("", link).Expect(http.StatusOK).Says("Zoé Faure", "zoe").Faults("fr") {
		t.Error(fault)
	}
	s.Post("", link, url.Values{"password": {"une phrase bien à moi"}, "again": {"une autre"}}).Expect(http.StatusUnprocessableEntity).Says("ne sont pas les mêmes")
	s.Post("", link, url.Values{"password": {"court"}, "again": {"court"}}).Expect(http.StatusUnprocessableEntity).Says("au moins 15 caractères")
	s.Post("", link, url.Values{"password": {"une phrase bien à moi"}, "again": {"une phrase bien à moi"}}).LeadsTo("/sign-in")
	s.Get("", link).Expect(http.StatusNotFound) // once
	if _, _, err := s.Site.Accounts.SignIn(s.Ctx, "zoe", "une phrase bien à moi"); err != nil {
		t.Error(err)
	}
	s.Post(storetest.Dora, at+"/active", url.Values{"active": {"no"}}).LeadsTo(at)
	if _, _, err := s.Site.Accounts.SignIn(s.Ctx, "zoe", "une phrase bien à moi"); guichet.KindOf(err) != guichet.KindUnauthenticated {
		t.Errorf("who left signs in: %v", err)
	}
}

// Two who edit at once do not undo each other's work, and lose nothing that they typed.
func TestAConflictKeepsWhatWasTyped(t *testing.T) {
	s := newStage(t)
	form := url.Values{"given_name": {"Rita"}, "family_name": {"Durand"}, "organisation": {"lab"}, "location": {"B 12"}, "locale": {"fr"}, "version": {s.Get(storetest.Fay, "/admin/people/rita/edit").Values("version")[0]}}
	s.Post(storetest.Fay, "/admin/people/rita/edit", form).LeadsTo("/admin/people/rita")
	form.Set("location", "C 3")
	p := s.Post(storetest.Fay, "/admin/people/rita/edit", form).Expect(http.StatusConflict).Says("modifiée par quelqu’un d’autre")
	if p.Values("location")[0] != "C 3" {
		t.Errorf("lost: %v", p.Values("location"))
	}
	form.Set("version", p.Values("version")[0])
	s.Post(storetest.Fay, "/admin/people/rita/edit", form).LeadsTo("/admin/people/rita")
}

func TestAFileIsBroughtInOnScreen(t *testing.T) {
	s := newStage(t)
	at := upload(s, storetest.Fay, "people", people).Expect(http.StatusSeeOther).Header.Get("Location")
	p := s.Get(storetest.Fay, at).Says("Ce qui va changer", "Durand → Durant", "Jean Neuf", "Aucune organisation de votre périmètre ne s’appelle « nulle part »")
	seen := p.Values("seen")
	s.Get(storetest.Dora, at).Expect(http.StatusNotFound)
	s.Post(storetest.Fay, at+"/apply", url.Values{"seen": seen}).Expect(http.StatusUnprocessableEntity).Says("Certaines lignes sont en erreur")
	s.Post(storetest.Fay, at+"/apply", url.Values{"seen": seen, "skip": {"yes"}}).LeadsTo(at)
	s.Get(storetest.Fay, at).Says("Import en cours", "0 lignes traitées sur 3")
	r := jobs.New(s.Store, slog.New(slog.DiscardHandler), map[string]jobs.Handler{directory.JobImport: s.Site.Directory.Step}, nil)
	if _, err := r.Once(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.Get(storetest.Fay, at).Says("Terminé")
	s.Get(storetest.Fay, "/admin/people?q=neuf").Says("Jean Neuf")
	upload(s, storetest.Fay, "people", "rien").Expect(http.StatusUnprocessableEntity).Says("ne contient pas de ligne")
	if csv := s.Get(storetest.Fay, "/admin/people.csv?q=neuf").Expect(http.StatusOK); !strings.Contains(csv.Body, "E-1;;;Jean;Neuf;lab;") {
		t.Error(csv.Body)
	}
}

func TestWhyIsAnsweredOnScreen(t *testing.T) {
	s := newStage(t)
	s.Get(storetest.Fay, "/admin/people/mona/why?service=homework&organisation=lab").Says("Tient le rôle Modérateur (Enseigner)", "Voir le ticket Oui")
	s.Get(storetest.Fay, "/admin/people/max/why?service=homework").Says("Tient le rôle Modérateur (Réseau). Mais le service du ticket n’y est pas")
	s.Get(storetest.Fay, "/admin/people/max/why?ticket=999").Expect(http.StatusUnprocessableEntity).Says("Ce ticket n’existe pas")
}
