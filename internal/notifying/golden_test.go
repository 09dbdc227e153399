package notifying_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

var update = flag.Bool("update", false, "write the messages of testdata anew")

// signed is what changes from one run to the next: the approval and its signature.
var signed = regexp.MustCompile(`approvals/[^?]+\?token=[\w.-]+`)

// golden compares the subject and the text of a message to a file.
func (s *stage) golden(name, subject, text string) {
	s.Helper()
	got := subject + "\n\n" + signed.ReplaceAllString(text, "approvals/ID?token=SIGNATURE")
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			s.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		s.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		s.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// goldenTo runs the jobs and compares the only message to somebody.
func (s *stage) goldenTo(name string, person guichet.ID) {
	s.Helper()
	m := s.to(s.mails(), string(person)+"@example.org")
	s.golden(name, m.Subject, m.Text)
}

func TestMessagesOfALife(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{Beneficiary: string(Ben)})
	opened := s.mails()
	s.golden("opened", s.to(opened, "rita@example.org").Subject, s.to(opened, "rita@example.org").Text)
	s.golden("opened_moderator", s.to(opened, "mona@example.org").Subject, s.to(opened, "mona@example.org").Text)
	s.do(Mona, ticket, guichet.Act{Action: guichet.ActionAssign, TeamID: Support, Text: "Pour vous."})
	s.goldenTo("assigned_team", Bob)
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionClaim})
	s.goldenTo("claimed", Rita)
	s.say(Ann, ticket, ticketing.FollowUp{Text: "Je regarde :\n\n- le cours\n- vos droits"})
	s.goldenTo("followed_up", Rita)
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionHold, PendingReason: "planned",
		Until: time.Date(2026, 3, 23, 8, 0, 0, 0, time.UTC), Text: "Mise à jour du serveur."})
	s.goldenTo("held", Rita)
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionResume})
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionHold, PendingReason: ticketing.PendingRequester, Text: "Quel navigateur utilisez-vous ?"})
	s.goldenTo("held_asked", Rita)
	s.say(Rita, ticket, ticketing.FollowUp{Text: "Firefox."})
	s.goldenTo("followed_up_agent", Ann)
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionResolve, Text: "Droits remis."})
	s.goldenTo("resolved", Rita)
	s.do(Rita, ticket, guichet.Act{Action: guichet.ActionRejectSolution, Text: "Toujours blanc."})
	s.goldenTo("solution_rejected", Ann)
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionResolve, Text: "Cours rétabli."})
	s.mails()
	s.clock.Add(8 * 24 * time.Hour)
	s.goldenTo("closed", Rita)
}

func TestMessagesOfAnApproval(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{Offering: Access, Kind: guichet.KindRequest,
		Title: "Un accès au cours de chimie", Description: "Pour mes travaux pratiques."})
	s.goldenTo("approval_requested", Dora)
	s.do(Dora, ticket, guichet.Act{Action: guichet.ActionRefuse, Text: "Voyez d’abord avec votre responsable."})
	s.goldenTo("refused", Rita)
}

// Who was to answer is told that a request was closed for another one, and is asked again when that is undone.
func TestMessagesOfAnApprovalThatIsWaitedForNoMore(t *testing.T) {
	for locale, name := range map[string]string{"fr": "merged_approver", "en": "merged_approver_en"} {
		s := newStage(t)
		s.person(Dora, func(p *guichet.Person) { p.Locale = locale })
		asked := ticketing.Open{Offering: Access, Kind: guichet.KindRequest, Title: "Un accès au cours de chimie", Description: "Pour mes travaux pratiques."}
		into, from := s.open(Rita, asked), s.open(Rita, asked)
		s.mails()
		merging := ticketing.Merging{From: []int64{from.Number}, Kind: guichet.MergeDuplicate}
		if err := s.desk.Merge(s.ctx, s.actor(Mona), into.Number, merging); err != nil {
			t.Fatal(err)
		}
		s.goldenTo(name, Dora)
		if err := s.desk.Unmerge(s.ctx, s.actor(Mona), from.Number); err != nil {
			t.Fatal(err)
		}
		if m := s.to(s.mails(), "dora@example.org"); !strings.Contains(m.Text, "decision=approve") {
			t.Errorf("asked again: %s", m.Text)
		}
	}
}

func TestMessagesInEnglishAndInTheReadersTime(t *testing.T) {
	s := newStage(t)
	s.person(Rita, func(p *guichet.Person) { p.Locale, p.TimeZone = "en", "America/Cayenne" })
	ticket := s.taken(ticketing.Open{})
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionResolve, Text: "Droits remis."})
	s.goldenTo("resolved_en", Rita)
}

// director names who agrees to an access, with a reminder and an end.
func (s *stage) director() {
	s.Helper()
	desk := Desk()
	offering := desk.Offerings[Access]
	offering.Approval = []guichet.ApprovalStep{{Name: "Direction", Approvers: []guichet.ApproverSpec{{Role: "director"}}, Remind: 2, Expire: 5}}
	desk.Offerings[Access] = offering
	s.write(func(tx *store.Tx) error {
		from := s.clock.Now().Add(24 * time.Hour)
		err := tx.SaveAbsence(s.ctx, guichet.Absence{ID: "a", PersonID: Dora, DeputyID: Mona, From: from, To: from.Add(30 * 24 * time.Hour)})
		if err != nil {
			return err
		}
		return tx.SaveDesk(s.ctx, desk)
	})
}

func TestMessagesOfAnApprovalThatWaits(t *testing.T) {
	s := newStage(t)
	s.director()
	s.person(Mona, func(p *guichet.Person) { p.Locale = "en" })
	s.open(Rita, ticketing.Open{Offering: Access, Kind: guichet.KindRequest,
		Title: "Un accès au cours de chimie", Description: "Pour mes travaux pratiques."})
	s.goldenTo("approval_requested_dated", Dora)
	s.clock.Add(24 * time.Hour)
	s.goldenTo("approval_passed_deputy_en", Mona)
	s.clock.Add(24 * time.Hour)
	reminded := s.mails()
	for person, name := range map[string]string{"dora": "approval_reminded", "mona": "approval_reminded_deputy_en"} {
		m := s.to(reminded, person+"@example.org")
		s.golden(name, m.Subject, m.Text)
	}
	if len(reminded) != 2 {
		t.Errorf("reminded: %v", addresses(reminded))
	}
	s.clock.Add(24 * time.Hour)
	s.mails()
	s.clock.Add(24 * time.Hour)
	s.mails() // the second reminder
	s.clock.Add(24 * time.Hour)
	s.goldenTo("approval_expired", Rita)
}

func TestTheDeputysAnswerIsTold(t *testing.T) {
	s := newStage(t)
	s.director()
	ticket := s.open(Rita, ticketing.Open{Offering: Access, Kind: guichet.KindRequest, Title: "Un accès", Description: "Pour le cours."})
	s.clock.Add(24 * time.Hour)
	s.mails()
	s.do(Mona, ticket, guichet.Act{Action: guichet.ActionRefuse, Text: "Pas cette année."})
	s.goldenTo("refused_deputy", Rita)
}
