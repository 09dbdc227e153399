package ticketing_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/jobs"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// outage is a problem of Mona's behind many incidents.
func (s *stage) outage(many int) (problem guichet.Ticket, incidents []guichet.Ticket) {
	s.Helper()
	var numbers []int64
	for i := range many {
		who := []guichet.ID{Rita, Stan, Ben}[i%3]
		t := s.open(who, ticketing.Open{})
		incidents, numbers = append(incidents, t), append(numbers, t.Number)
	}
	problem, err := s.desk.OpenProblem(s.ctx, s.actor(Mona), ticketing.NewProblem{From: numbers[:1], Title: "Base saturée", Description: "Le disque est plein"})
	s.must(err)
	if many > 1 {
		_, err = s.desk.Link(s.ctx, s.actor(Mona), problem.Number, guichet.RelationCauseOf, numbers[1:])
		s.must(err)
	}
	return problem, incidents
}

func (s *stage) said(t guichet.Ticket, words string) (n int) {
	for _, e := range s.view(Fay, t).Events {
		if strings.Contains(e.Text, words) {
			n++
		}
	}
	return n
}

func TestAProblemIsOpenedOnItsIncidents(t *testing.T) {
	s := newStage(t)
	problem, incidents := s.outage(4)
	v := s.view(Mona, problem)
	if v.Ticket.Kind != guichet.KindProblem || v.Ticket.State != guichet.StateAssigned || v.Ticket.AssigneeID != Mona || len(v.Links) != 4 || v.Links[0].Relation() != guichet.RelationCauseOf {
		t.Errorf("%+v", v.Ticket)
	}
	same(t, "an incident", s.links(Mona, incidents[2]), fmt.Sprintf("caused_by %d", problem.Number))
	same(t, "its requester", s.links(incidents[2].RequesterID, incidents[2]), "")
	below, err := s.desk.Below(s.ctx, s.actor(Mona), problem.Number)
	s.must(err)
	all, open := below.Total()
	organisations := below.Organisations()
	if all != 4 || open != 4 || len(organisations) != 2 || organisations[0].All+organisations[1].All != 4 || len(below.Open) != 4 {
		t.Errorf("%d, %d, %+v", all, open, organisations)
	}
	s.must(s.desk.SaveKnownError(s.ctx, s.actor(Mona), problem.Number, "Disque plein", "Recharger la page"))
	if known := s.view(Mona, incidents[0]).Known; len(known) != 1 || known[0].Workaround != "Recharger la page" || known[0].Number != problem.Number {
		t.Errorf("%+v", known)
	}
	if known := s.view(Rita, incidents[0]).Known; len(known) != 0 {
		t.Errorf("the requester reads %+v", known)
	}
	s.fails(s.desk.SaveKnownError(s.ctx, s.actor(Mona), incidents[0].Number, "x", ""), guichet.KindConflict, "problem.none")
	s.fails(s.desk.SaveKnownError(s.ctx, s.actor(Stan), problem.Number, "x", ""), guichet.KindNotFound, "ticket.not_found")
	_, err = s.desk.OpenProblem(s.ctx, s.actor(Rita), ticketing.NewProblem{From: []int64{incidents[0].Number}, Title: "P", Description: "D"})
	s.fails(err, guichet.KindDenied, "link.denied")
	_, err = s.desk.OpenProblem(s.ctx, s.actor(Mona), ticketing.NewProblem{From: []int64{incidents[0].Number}})
	same(t, "what is missing", s.faults(err), []string{"title: field.required", "description: field.required"})
}

// One message reaches every incident once, written for each, even if the work is interrupted at every step.
func TestAWaveReachesEachTicketOnce(t *testing.T) {
	s := newStage(t)
	problem, incidents := s.outage(60)
	english := s.actor(Stan).Person
	english.Locale = "en"
	s.must(s.store.Write(s.ctx, func(tx *store.Tx) error { return tx.SavePerson(s.ctx, english) }))
	in := ticketing.Sending{Kind: guichet.WaveAnswer, Text: "Nouvelles du {{ticket.numero}} pour {{demandeur.nom}}", Base: "https://aide.example.org"}
	preview, err := s.desk.WavePreview(s.ctx, s.actor(Mona), problem.Number, in)
	s.must(err)
	if all, open := preview.Total(); all != 60 || open != 60 || !strings.Contains(preview.Sample, "Nouvelles du 1 pour") {
		t.Errorf("%d, %d, %q", all, open, preview.Sample)
	}
	wave, err := s.desk.SendWave(s.ctx, s.actor(Mona), problem.Number, in)
	s.must(err)
	killed := errors.New("killed")
	turns := 0
	runner := jobs.New(s.store, slog.New(slog.DiscardHandler), map[string]jobs.Handler{ticketing.JobWave: func(ctx context.Context, tx *store.Tx, j store.Job) error {
		if err := s.desk.WaveBatch(ctx, tx, j); err != nil {
			return err
		}
		if turns++; turns%2 == 1 { // at the very end of its work, before it is written
			return killed
		}
		return nil
	}}, nil)
	for range 20 {
		_, err := runner.Once(s.ctx)
		s.must(err)
		s.clock.Add(time.Hour)
	}
	for _, x := range incidents {
		if n := s.said(x, "Nouvelles du"); n != 1 {
			t.Fatalf("ticket %d was told %d times", x.Number, n)
		}
		if n := s.said(x, fmt.Sprintf("Nouvelles du %d pour", x.Number)); n != 1 {
			t.Errorf("ticket %d reads the words of another", x.Number)
		}
	}
	below, err := s.desk.Below(s.ctx, s.actor(Mona), problem.Number)
	s.must(err)
	if len(below.Waves) != 1 || below.Waves[0].ID != wave.ID || below.Waves[0].Done != 60 || below.Waves[0].Left() != 0 || below.Waves[0].EndedAt.IsZero() || turns < 4 {
		t.Errorf("%+v after %d turns", below.Waves, turns)
	}
}

// Each ticket is resolved by its own process; those that refuse are listed, with the reason.
func TestTogetherEachTicketIsResolvedByItsOwnProcess(t *testing.T) {
	s := newStage(t)
	problem, incidents := s.outage(4)
	s.do(Mona, incidents[0], guichet.StateResolved, guichet.Act{Action: guichet.ActionResolve, Text: "Déjà", ServiceID: Moodle})
	s.do(Ben, incidents[2], guichet.StateCancelled, guichet.Act{Action: guichet.ActionCancel})
	parent := incidents[3]
	s.must(s.link(Mona, parent, guichet.RelationParentOf, s.open(Stan, ticketing.Open{})))
	_, err := s.desk.SendWave(s.ctx, s.actor(Mona), problem.Number, ticketing.Sending{Kind: guichet.WaveResolve, Text: "Le disque est remplacé", Service: Moodle})
	s.must(err)
	s.later(time.Minute)
	for i, want := range []guichet.State{guichet.StateResolved, guichet.StateResolved, guichet.StateCancelled, guichet.StateNew} {
		if got := s.now(incidents[i]).State; got != want {
			t.Errorf("ticket %d is %s, want %s", incidents[i].Number, got, want)
		}
	}
	below, err := s.desk.Below(s.ctx, s.actor(Mona), problem.Number)
	s.must(err)
	w := below.Waves[0]
	reasons := map[int64]string{}
	for _, f := range w.Failed {
		reasons[f.Number] = f.Reason
	}
	if w.Total != 3 || w.Done != 1 || w.Refused != 2 || reasons[incidents[0].Number] != "action.not_now" || reasons[parent.Number] != "link.children" {
		t.Errorf("%+v %v", w, reasons)
	}
	if s.said(incidents[1], "Le disque est remplacé") != 1 || s.said(incidents[0], "Le disque est remplacé") != 0 {
		t.Error("the solution is told to those whom it resolves")
	}
}

func TestWhoMaySendAWave(t *testing.T) {
	s := newStage(t)
	problem, incidents := s.outage(1)
	in := ticketing.Sending{Kind: guichet.WaveAnswer, Text: "Bonjour"}
	_, err := s.desk.SendWave(s.ctx, s.actor(Stan), problem.Number, in)
	s.fails(err, guichet.KindNotFound, "ticket.not_found")
	_, err = s.desk.SendWave(s.ctx, s.actor(Fay), problem.Number, in)
	s.fails(err, guichet.KindDenied, "action.denied")
	_, err = s.desk.SendWave(s.ctx, s.actor(Mona), incidents[0].Number, in)
	s.fails(err, guichet.KindConflict, "wave.nobody")
	_, err = s.desk.SendWave(s.ctx, s.actor(Mona), problem.Number, ticketing.Sending{Kind: guichet.WaveAnnounce, Text: "{{x}}"})
	same(t, "faults", s.faults(err), []string{"kind: field.unknown_value", "text: template.unknown_placeholder"})
}

func TestAMajorIncidentGathersWhatIsLikeIt(t *testing.T) {
	s := newStage(t)
	lead, like := s.open(Rita, ticketing.Open{}), s.open(Stan, ticketing.Open{Service: Homework})
	s.open(Stan, ticketing.Open{Service: Wifi})
	s.fails(s.desk.DeclareMajor(s.ctx, s.actor(Rita), lead.Number), guichet.KindDenied, "action.denied")
	s.fails(s.desk.EndMajor(s.ctx, s.actor(Mona), lead.Number), guichet.KindConflict, "major.none")
	s.must(s.desk.DeclareMajor(s.ctx, s.actor(Mona), lead.Number))
	s.fails(s.desk.DeclareMajor(s.ctx, s.actor(Mona), lead.Number), guichet.KindConflict, "major.declared")
	majors := func(who guichet.ID) (out []int64) {
		found, err := s.desk.Alarms(s.ctx, s.actor(who))
		s.must(err)
		for _, m := range found.Majors {
			out = append(out, m.Number)
		}
		return out
	}
	same(t, "who moderates it", majors(Mona), []int64{lead.Number})
	same(t, "who moderates something else", majors(Max), nil)
	alarms, err := s.desk.Alarms(s.ctx, s.actor(Mona))
	s.must(err)
	if m, found := s.view(Mona, like).MajorFor(alarms.Majors); !found || m.ID != lead.ID {
		t.Errorf("%v, %v", m.Number, found)
	}
	choices, err := s.desk.LinkChoices(s.ctx, s.actor(Mona), lead.Number, guichet.Query{})
	s.must(err)
	if len(choices.Similar) != 1 || choices.Similar[0].ID != like.ID || !choices.Major.Declared() {
		t.Errorf("%+v", choices.Similar)
	}
	s.must(s.link(Mona, lead, guichet.RelationParentOf, like))
	if _, found := s.view(Mona, like).MajorFor(alarms.Majors); found {
		t.Error("it is offered again")
	}
	s.must(s.desk.EndMajor(s.ctx, s.actor(Mona), lead.Number))
	same(t, "after its end", majors(Mona), nil)
}
