package directory_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/jobs"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

func (s *stage) upload(who guichet.ID, kind, text string) directory.Import {
	s.Helper()
	m, err := s.d.Upload(s.Context(), s.actor(who), kind, "agents.csv", []byte(text))
	s.no(err)
	return m
}

// lines says what each line of an import would do, in short.
func (s *stage) lines(who guichet.ID, m directory.Import) []string {
	s.Helper()
	v, err := s.d.ImportLines(s.Context(), s.actor(who), m.ID, "", 0)
	s.no(err)
	var out []string
	for _, l := range v.Lines {
		text := fmt.Sprintf("%d %s %s", l.Line, l.Action, l.Name)
		for _, d := range l.Differences {
			text += fmt.Sprintf(" %s:%s→%s", d.Field, d.Before, d.After)
		}
		for _, f := range l.Faults {
			text += " " + f.Field + ":" + f.Code
		}
		out = append(out, text)
	}
	return out
}

func (s *stage) expect(got []string, want ...string) {
	s.Helper()
	if !slices.Equal(got, want) {
		s.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// run plays the jobs until nothing is due.
func (s *stage) run() {
	s.Helper()
	handlers := map[string]jobs.Handler{directory.JobImport: s.d.Step}
	if Unlucky(s.T) {
		RunUnlucky(s.T, s.s, handlers)
		return
	}
	r := jobs.New(s.s, slog.New(slog.DiscardHandler), handlers, nil)
	for range 1000 {
		n, err := r.Once(s.Context())
		s.no(err)
		if n == 0 {
			return
		}
	}
	s.Fatal("the jobs never end")
}

func (s *stage) apply(who guichet.ID, m directory.Import, skip bool) directory.Import {
	s.Helper()
	moved, err := s.d.Apply(s.Context(), s.actor(who), m.ID, m.Fingerprint, skip)
	s.no(err)
	if moved {
		s.Fatal("the preview has moved")
	}
	s.run()
	v, err := s.d.ImportLines(s.Context(), s.actor(who), m.ID, "", 0)
	s.no(err)
	return v.Import
}

const agents = "Matricule;Nom complet;Courriel;Identifiant;Site;Téléphone;Profil\n" +
	"E-rita;Rita Durand;;;;04 00 00 00 01;\n" +
	"E-100;JFK (Jean-François KERSERHO);jfk@example.org;jfk;Laboratoire;;Staff\n" +
	";BEN Élan;ben@example.org;;;;\n" +
	"E-ben;Ben Élan;;;;;\n" +
	"E-stan;Stan Morvan;;;;;\n" +
	"E-101;Zoé Faure;zoe@;;Laboratoire;;\n" +
	"E-102;Zoé Faure;;;Rennes;;\n" +
	";Sans Clé;;;;;\n" +
	"E-bob;Bob Noël;dora@example.org;;;;\n" +
	"E-bob;Bob Noël;;;;;\n" +
	"E-103;Léa Petit;;rita;Lyon;;\n"

func TestAnImportIsShownBeforeItIsDone(t *testing.T) {
	s := newStage(t)
	m := s.upload(Dora, directory.ImportPeople, agents)
	s.expect(s.lines(Dora, m),
		"2 change Rita Durand phone:04 72 43 83 83→04 00 00 00 01",
		"3 create Jean-François KERSERHO",
		"4 change Élan BEN given_name:Ben→Élan family_name:Élan→BEN",
		"5 faulty Ben Élan key:import.twice",
		"6 faulty Stan Morvan key:import.outside",
		"7 faulty Zoé Faure email:field.email",
		"8 faulty Zoé Faure organisation:import.organisation_unknown",
		"9 faulty Sans Clé key:import.line_key",
		"10 faulty Bob Noël key:import.key_conflict",
		"11 faulty Bob Noël key:import.twice",
		"12 faulty Léa Petit key:import.twice",
	)
	if got := s.person(Rita).Phone; got != "04 72 43 83 83" {
		t.Errorf("the preview changed something: %s", got)
	}
	_, err := s.d.Apply(t.Context(), s.actor(Dora), m.ID, m.Fingerprint, false)
	s.refused(err, "skip: import.faulty")
	_, err = s.d.ImportLines(t.Context(), s.actor(Fay), m.ID, "", 0)
	s.refused(err, "import.not_found") // it is Dora's
	done := s.apply(Dora, m, true)
	if done.State != directory.ImportDone || done.FinishedAt.IsZero() || done.Done != done.Total {
		t.Errorf("%+v", done)
	}
	if got := s.person(Rita).Phone; got != "04 00 00 00 01" {
		t.Errorf("not applied: %s", got)
	}
	s.read(func(ctx context.Context, tx *store.Tx) error {
		p, i, err := tx.PersonByLogin(ctx, "jfk")
		if p.Name() != "Jean-François KERSERHO" || p.OrganisationID != "lab" || p.Profile != "staff" || i.Secret != "" {
			t.Errorf("%+v", p)
		}
		body, failed := tx.ImportBody(ctx, m.ID)
		if len(body) > 0 || failed != nil {
			t.Errorf("the file is kept: %d bytes, %v", len(body), failed)
		}
		return err
	})
	again := s.upload(Dora, directory.ImportPeople, agents)
	if again.Counts[directory.LineCreate]+again.Counts[directory.LineChange] > 0 || again.Counts[directory.LineSame] != 3 {
		t.Errorf("done again it would change something: %v\n%s", again.Counts, strings.Join(s.lines(Dora, again), "\n"))
	}
}

// What has changed since the preview is never applied unseen.
func TestNothingIsAppliedUnseen(t *testing.T) {
	s := newStage(t)
	m := s.upload(Fay, directory.ImportPeople, "matricule;nom;prénom\nE-rita;Durant;Rita\nE-1;Neuf;Jean\n")
	in := directory.InputOf(s.person(Rita))
	in.Location = "B 12"
	s.no(s.d.ChangePerson(t.Context(), s.actor(Fay), Rita, in))
	moved, err := s.d.Apply(t.Context(), s.actor(Fay), m.ID, m.Fingerprint, true)
	s.no(err)
	s.run()
	if !moved || s.person(Rita).FamilyName != "Durand" {
		t.Errorf("moved %t: %+v", moved, s.person(Rita))
	}
	v, err := s.d.ImportLines(t.Context(), s.actor(Fay), m.ID, "", 0)
	s.no(err)
	moved, err = s.d.Apply(t.Context(), s.actor(Fay), m.ID, v.Fingerprint, true)
	s.no(err)
	s.no(s.d.SetActive(t.Context(), s.actor(Fay), Ben, false)) // somebody else: of no matter
	in = directory.InputOf(s.person(Rita))
	in.Location = "B 13"
	s.no(s.d.ChangePerson(t.Context(), s.actor(Fay), Rita, in)) // between the promise and the job
	s.run()
	s.expect(s.lines(Fay, m), "2 moved Rita Durant family_name:Durand→Durant :person.changed", "3 create Jean Neuf")
	if moved || s.person(Rita).FamilyName != "Durand" || s.person(Rita).Location != "B 13" {
		t.Errorf("%+v", s.person(Rita))
	}
	_, err = s.d.Apply(t.Context(), s.actor(Fay), m.ID, v.Fingerprint, true)
	s.refused(err, "import.begun")
}

func TestWhoIsAbsentLeaves(t *testing.T) {
	s := newStage(t)
	m := s.upload(Dora, directory.ImportPeople, "matricule;nom;prénom\nE-rita;Durand;Rita\nE-ann;;\n")
	if m.Counts[directory.LineLeave] != 0 {
		t.Fatalf("%v", m.Counts)
	}
	_, err := s.d.Preview(t.Context(), s.actor(Dora), m.ID, directory.Choice{Columns: m.Options.Columns, Absent: true, Organisation: "rennes"})
	s.refused(err, "organisation: field.unknown_value")
	m, err = s.d.Preview(t.Context(), s.actor(Dora), m.ID, directory.Choice{Columns: m.Options.Columns, Absent: true, Organisation: "lyon"})
	s.no(err)
	s.expect(s.lines(Dora, m), "2 same Rita Durand", "3 same Ann Blanc", "0 leave Ben Élan", "0 faulty Bob Noël key:import.administrator")
	s.apply(Dora, m, true)
	if s.person(Ben).Active || !s.person(Rita).Active || !s.person(Bob).Active || !s.person(Stan).Active || !s.person(Dora).Active {
		t.Error("the wrong persons left")
	}
	back := s.upload(Dora, directory.ImportPeople, "matricule;nom;prénom\nE-ben;Élan;Ben\n")
	s.apply(Dora, back, false)
	if !s.person(Ben).Active {
		t.Error("who comes back is not back")
	}
}

func TestOrganisationsAreBroughtIn(t *testing.T) {
	s := newStage(t)
	m := s.upload(Fay, directory.ImportOrganisations, "Code;Nom;Rattachement;Type\nbat-b;Bâtiment B;campus;Site\ncampus;Campus;Lyon;établissement\nlab;Labo;lyon;\nx;X;y;site\ny;Y;x;site\n;Rennes;;\n;Sans;inconnu;site\nz;Z;Sans;lune\n")
	s.expect(s.lines(Fay, m),
		"3 create Campus", "2 create Bâtiment B", "4 change Labo name:Laboratoire→Labo",
		"5 faulty X parent:organisation.cycle", "6 faulty Y parent:organisation.cycle", "7 same Rennes",
		"8 faulty Sans parent:import.organisation_unknown", "9 faulty Z kind:import.kind_unknown parent:import.parent_faulty")
	s.apply(Fay, m, true)
	d := s.desk()
	if got := d.OrganisationPath("bat-b"); !slices.Equal(got, []guichet.ID{"bat-b", "campus", "lyon", "group"}) {
		t.Errorf("%v", got)
	}
	if d.Organisations["lab"].Name != "Labo" || d.Organisations["lab"].ParentID != "lyon" {
		t.Errorf("%+v", d.Organisations["lab"])
	}
	dora := s.upload(Dora, directory.ImportOrganisations, "code;nom;parent;type\nlab;Laboratoire;rennes;\nn;N;;site\nlab2;Lab 2;lab;site\nrennes;R;;\n")
	s.expect(s.lines(Dora, dora), "2 faulty Laboratoire parent:import.parent_faulty", "3 create N", "4 faulty Lab 2 parent:import.parent_faulty", "5 faulty R key:import.outside")
}

// A code stands in addresses and in files of configuration: a new one is not anything.
func TestACodeIsNotAnything(t *testing.T) {
	s := newStage(t)
	m := s.upload(Fay, directory.ImportOrganisations, "code;nom;parent;type\n../../sign-out;A;lyon;site\n\"\"\"><svg onload=x>'{{\";B;lyon;site\n"+
		strings.Repeat("x", 61)+";C;lyon;site\n0692155T;D;lyon;site\nlab;E;lyon;\n")
	s.expect(s.lines(Fay, m), "2 faulty A key:import.code", "3 faulty B key:import.code", "4 faulty C key:import.code", "5 create D", "6 change E name:Laboratoire→E")
}

func TestAnExportIsAnImport(t *testing.T) {
	s := newStage(t)
	in := directory.InputOf(s.person(Rita))
	in.FamilyName, in.Location, in.Phone = `=HYPERLINK("x")`, "-1", "+33 4 72 00 00 00"
	s.no(s.d.ChangePerson(t.Context(), s.actor(Fay), Rita, in))
	var out bytes.Buffer
	s.no(s.d.Export(t.Context(), s.actor(Dora), directory.Query{All: true}, &out))
	text := out.String()
	if !strings.Contains(text, `"'=HYPERLINK(""x"")"`) || !strings.Contains(text, "'+33 4") || !strings.Contains(text, ";'-1;") || strings.Contains(text, "Morvan") {
		t.Error(text)
	}
	m := s.upload(Dora, directory.ImportPeople, text)
	if m.Counts[directory.LineSame] != 5 || len(m.Counts) != 1 {
		t.Errorf("%v\n%s", m.Counts, strings.Join(s.lines(Dora, m), "\n"))
	}
}

// TestLargeImport measures a file of many lines: GUICHET_TEST_LINES=20000 says how many.
func TestLargeImport(t *testing.T) {
	n := 600 // three steps
	if _, err := fmt.Sscan(os.Getenv("GUICHET_TEST_LINES"), &n); err != nil && os.Getenv("GUICHET_TEST_LINES") != "" {
		t.Fatal(err)
	}
	s := newStage(t)
	var b strings.Builder
	b.WriteString("matricule;nom;prénom;mail;login;site\n")
	for i := range n {
		fmt.Fprintf(&b, "N%d;Nom%d;Prénom;p%d@example.org;login%d;Laboratoire\n", i, i, i, i)
	}
	begin := time.Now()
	m := s.upload(Fay, directory.ImportPeople, b.String())
	shown := time.Since(begin)
	begin = time.Now()
	done := s.apply(Fay, m, false)
	applied := time.Since(begin)
	begin = time.Now()
	again := s.upload(Fay, directory.ImportPeople, b.String())
	t.Logf("%d lines: preview %v, applied %v, preview again %v", n, shown, applied, time.Since(begin))
	if done.Counts[directory.LineCreate] != n || again.Counts[directory.LineSame] != n {
		t.Errorf("%v, then %v", done.Counts, again.Counts)
	}
}

// What an import does is the same on a machine where every step is lost once and then done twice.
func TestOnAnUnluckyMachine(t *testing.T) {
	t.Run("people", TestAnImportIsShownBeforeItIsDone)
	t.Run("who is absent leaves", TestWhoIsAbsentLeaves)
	t.Run("organisations", TestOrganisationsAreBroughtIn)
	t.Run("many lines", TestLargeImport)
}
