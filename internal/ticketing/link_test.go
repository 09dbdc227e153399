package ticketing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func (s *stage) link(person guichet.ID, t guichet.Ticket, r guichet.Relation, others ...guichet.Ticket) error {
	var numbers []int64
	for _, o := range others {
		numbers = append(numbers, o.Number)
	}
	_, err := s.desk.Link(s.ctx, s.actor(person), t.Number, r, numbers)
	return err
}

// links says what a ticket is to others, as a person sees it.
func (s *stage) links(person guichet.ID, t guichet.Ticket) string {
	s.Helper()
	var out []string
	for _, l := range s.view(person, t).Links {
		out = append(out, fmt.Sprintf("%s %d", l.Relation(), l.Number))
	}
	return strings.Join(out, ", ")
}

func TestALinkIsReadOnBothSides(t *testing.T) {
	s := newStage(t)
	a, b, c := s.open(Rita, ticketing.Open{}), s.open(Stan, ticketing.Open{}), s.open(Rita, ticketing.Open{Service: Wifi})
	s.must(s.link(Mona, a, guichet.RelationParentOf, b))
	same(t, "the parent", s.links(Mona, a), "parent_of 2")
	same(t, "the child", s.links(Mona, b), "child_of 1")
	same(t, "a stranger to the other", s.links(Rita, a), "")
	s.fails(s.link(Mona, a, guichet.RelationParentOf, b), guichet.KindConflict, "link.exists")
	s.fails(s.link(Mona, b, guichet.RelationParentOf, a), guichet.KindConflict, "link.circle")
	s.fails(s.link(Mona, a, guichet.RelationRelated, a), guichet.KindConflict, "link.self")
	s.fails(s.link(Mona, a, guichet.RelationMergedInto, b), guichet.KindInvalid, "invalid")
	hidden := s.link(Mona, a, guichet.RelationRelated, c)
	missing := s.link(Mona, a, guichet.RelationRelated, guichet.Ticket{Number: c.Number + 100})
	same(t, "hidden is missing", strings.ReplaceAll(hidden.Error(), "3", "n"), strings.ReplaceAll(missing.Error(), "103", "n"))
	s.fails(s.link(Rita, a, guichet.RelationRelated, b), guichet.KindDenied, "action.denied")
	s.fails(s.link(Stan, a, guichet.RelationRelated, b), guichet.KindNotFound, "ticket.not_found")
	for _, x := range []guichet.Ticket{a, b} {
		if !slices.Contains(s.kinds(Mona, x), guichet.EventLinked) || slices.Contains(s.kinds(x.RequesterID, x), guichet.EventLinked) {
			t.Errorf("ticket %d: %v", x.Number, s.kinds(Mona, x))
		}
	}
	s.must(s.desk.Unlink(s.ctx, s.actor(Mona), b.Number, guichet.RelationChildOf, a.Number))
	same(t, "parted", s.links(Mona, a), "")
	s.fails(s.desk.Unlink(s.ctx, s.actor(Mona), b.Number, guichet.RelationChildOf, a.Number), guichet.KindInvalid, "invalid")
	got, err := s.desk.Link(s.ctx, s.actor(Mona), a.Number, guichet.RelationRelated, []int64{b.Number, c.Number, a.Number})
	s.must(err)
	if len(got.Done) != 1 || len(got.Refused) != 2 {
		t.Errorf("%+v", got)
	}
}

// Whatever is linked, in whatever order, no ticket stands above itself, and both ends of a link read it.
func TestParentsNeverMakeACircle(t *testing.T) {
	s := newStage(t)
	var tickets []guichet.Ticket
	for range 5 {
		tickets = append(tickets, s.open(Rita, ticketing.Open{}))
	}
	rapid.Check(t, func(r *rapid.T) {
		for range rapid.IntRange(1, 8).Draw(r, "acts") {
			a, b := rapid.SampledFrom(tickets).Draw(r, "a"), rapid.SampledFrom(tickets).Draw(r, "b")
			relation := rapid.SampledFrom([]guichet.Relation{guichet.RelationParentOf, guichet.RelationChildOf, guichet.RelationFollowOnOf}).Draw(r, "relation")
			if rapid.Bool().Draw(r, "unlink") {
				_ = s.desk.Unlink(s.ctx, s.actor(Mona), a.Number, relation, b.Number)
			} else {
				_ = s.link(Mona, a, relation, b)
			}
		}
		err := s.store.Read(s.ctx, func(tx *store.Tx) error {
			for _, x := range tickets {
				for _, kind := range []guichet.LinkKind{guichet.LinkParentOf, guichet.LinkFollowOnOf} {
					above, err := tx.Above(s.ctx, kind, x.ID)
					if err != nil {
						return err
					}
					if slices.Contains(above, x.ID) {
						r.Fatalf("ticket %d is above itself", x.Number)
					}
				}
				links, err := tx.Links(s.ctx, guichet.Scope{All: true}, x.ID)
				if err != nil {
					return err
				}
				for _, l := range links {
					back, err := tx.Links(s.ctx, guichet.Scope{All: true}, l.ID)
					if err != nil {
						return err
					}
					if !slices.ContainsFunc(back, func(o store.LinkedTicket) bool {
						return o.ID == x.ID && o.Kind == l.Kind && o.Outward != l.Outward
					}) {
						r.Fatalf("ticket %d does not read its link with %d", l.Number, x.Number)
					}
				}
			}
			return nil
		})
		if err != nil {
			r.Fatal(err)
		}
	})
}

func TestAParentWaitsForItsChildren(t *testing.T) {
	s := newStage(t)
	parent, child := s.open(Rita, ticketing.Open{}), s.open(Stan, ticketing.Open{})
	s.must(s.link(Mona, parent, guichet.RelationParentOf, child))
	resolve := guichet.Act{Action: guichet.ActionResolve, Text: "Réparé", ServiceID: Moodle}
	s.refused(Mona, parent, resolve, guichet.KindConflict, "link.children")
	if open := s.view(Mona, parent).OpenChildren(); len(open) != 1 || open[0].Number != child.Number {
		t.Errorf("%+v", open)
	}
	confirmed := resolve
	confirmed.DespiteChildren = true
	s.do(Mona, parent, guichet.StateResolved, confirmed)
	s.do(Mona, child, guichet.StateResolved, resolve)
	if open := s.view(Mona, parent).OpenChildren(); len(open) != 0 {
		t.Errorf("%+v", open)
	}
}

// merging is two tickets of two persons, each with messages, a note and a task.
func (s *stage) merging() (from, into guichet.Ticket) {
	from, into = s.open(Rita, ticketing.Open{Title: "Page blanche", Description: "Depuis lundi"}), s.open(Stan, ticketing.Open{Title: "Moodle", Description: "En panne"})
	for _, x := range []guichet.Ticket{from, into} {
		s.do(Mona, x, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: Support})
		s.clock.Add(time.Minute)
		s.say(x.RequesterID, x, ticketing.FollowUp{Text: "Public de " + string(x.RequesterID), Files: []ticketing.File{{Name: string(x.RequesterID) + ".txt", MediaType: "text/plain", Hash: strings.Repeat("a", 64), Size: 1}}})
		s.clock.Add(time.Minute)
		s.say(Ann, x, ticketing.FollowUp{Text: "Secret sur " + string(x.RequesterID), Internal: true})
	}
	_, err := s.desk.AddTask(s.ctx, s.actor(Ann), from.Number, ticketing.NewTask{Title: "Appeler"})
	s.must(err)
	s.clock.Add(time.Minute)
	return from, into
}

// reads is all that a person reads of tickets: texts, files, tasks, states and who takes part.
func (s *stage) reads(person guichet.ID, tickets ...guichet.Ticket) string {
	var b strings.Builder
	for _, x := range tickets {
		v, err := s.desk.View(s.ctx, s.actor(person), x.Number, 0)
		if err != nil {
			fmt.Fprintf(&b, "%d: %v\n", x.Number, err)
			continue
		}
		fmt.Fprintf(&b, "%d: %s %s %v %v %v\n", x.Number, v.Ticket.State, v.Ticket.AssigneeID, v.Parties, v.Ticket.PendingReason, v.Ticket.CloseAt)
		for _, e := range v.Events {
			if e.Text != "" || e.Kind == guichet.EventOpened {
				fmt.Fprintf(&b, "  %s %s\n", e.Kind, e.Text)
			}
		}
		for _, d := range v.Documents {
			fmt.Fprintf(&b, "  %s\n", d.Name)
		}
		for _, task := range v.Tasks {
			fmt.Fprintf(&b, "  %s %v\n", task.Title, task.DoneAt.IsZero())
		}
	}
	return b.String()
}

var everybody = []guichet.ID{Rita, Stan, Ben, Mona, Max, Ann, Bob, Cleo, Fay, Tom}

func TestAMergedTicketIsReadWithTheOther(t *testing.T) {
	s := newStage(t)
	from, into := s.merging()
	s.must(s.desk.Merge(s.ctx, s.actor(Mona), into.Number, ticketing.Merging{From: []int64{from.Number}, Kind: guichet.MergeWhole, Follow: true}))
	ann := s.reads(Ann, into)
	for _, words := range []string{"Public de rita", "Secret sur rita", "Secret sur stan", "rita.txt", "Appeler"} {
		if !strings.Contains(ann, words) {
			t.Errorf("the technician of both does not read %q: %s", words, ann)
		}
	}
	var order []string
	for _, e := range s.view(Ann, into).Events {
		if strings.HasPrefix(e.Text, "Public") || strings.HasPrefix(e.Text, "Secret") {
			order = append(order, e.Text)
		}
	}
	same(t, "in the order of time", order, []string{"Public de rita", "Secret sur rita", "Public de stan", "Secret sur stan"})
	rita, stan := s.reads(Rita, into), s.reads(Stan, into)
	if !strings.Contains(rita, "Public de rita") || !strings.Contains(rita, "Public de stan") || strings.Contains(rita, "Secret") || strings.Contains(rita, "Appeler") {
		t.Errorf("who follows reads %s", rita)
	}
	if strings.Contains(stan, "de rita") || strings.Contains(stan, "rita.txt") || strings.Contains(stan, "Secret") {
		t.Errorf("who asked the other reads %s", stan)
	}
	v := s.view(Rita, from)
	if v.Ticket.State != guichet.StateClosed || v.Survivor != into.Number || v.Merge == nil {
		t.Errorf("%s, %d", v.Ticket.State, v.Survivor)
	}
	if origin, other := s.view(Ann, into).OriginOf(guichet.Event{TicketID: from.ID}); !other || origin.Ticket.Number != from.Number || !origin.Seen {
		t.Errorf("%+v", origin)
	}
	s.clock.Add(time.Minute)
	said := s.say(Rita, from, ticketing.FollowUp{Text: "Toujours rien"})
	if said.Ticket.Number != into.Number || said.FollowOn {
		t.Errorf("a message on the closed one went to %d", said.Ticket.Number)
	}
	task := s.view(Ann, into).Tasks[0]
	s.must(s.desk.FinishTask(s.ctx, s.actor(Ann), into.Number, task.ID))
	err := s.desk.Unmerge(s.ctx, s.actor(Mona), from.Number)
	s.fails(err, guichet.KindConflict, "unmerge.spoke")
}

// TestWhoFollowsTheOrganisationReadsWhatIsShared: the preview names whom a role lets read what is shared, when only the
// survivor stands where that role holds; and they do read it.
func TestWhoFollowsTheOrganisationReadsWhatIsShared(t *testing.T) {
	s := newStage(t)
	desk := Desk()
	desk.Roles["head"] = guichet.Role{ID: "head", Name: "Direction", Permissions: []guichet.Permission{guichet.PermissionFollow}}
	s.must(s.store.Write(s.ctx, func(tx *store.Tx) error {
		if err := tx.SaveDesk(s.ctx, desk); err != nil {
			return err
		}
		return tx.SaveGrant(s.ctx, guichet.Grant{ID: "omar-head", PersonID: Omar, RoleID: "head", OrganisationID: "lyon"})
	}))
	theirs, ours := s.merging() // of Lyon, and of elsewhere
	for _, c := range []struct {
		from, into guichet.Ticket
		want       string
	}{{theirs, ours, ""}, {ours, theirs, "omar"}} {
		in := ticketing.Merging{From: []int64{c.from.Number}, Kind: guichet.MergeWhole, Share: true}
		preview, err := s.desk.MergePreview(s.ctx, s.actor(Mona), c.into.Number, in)
		s.must(err)
		got := ""
		for _, p := range preview.Sides[0].Overseers {
			got += string(p.ID)
		}
		same(t, "who would read by a role", got, c.want)
	}
	s.must(s.desk.Merge(s.ctx, s.actor(Mona), theirs.Number, ticketing.Merging{From: []int64{ours.Number}, Kind: guichet.MergeWhole, Share: true}))
	if read := s.reads(Omar, theirs); !strings.Contains(read, "Public de stan") || strings.Contains(read, "Secret") {
		t.Errorf("reads %s", read)
	}
}

func TestWhatIsSharedIsReadByTheOtherSide(t *testing.T) {
	s := newStage(t)
	from, into := s.merging()
	in := ticketing.Merging{From: []int64{from.Number}, Kind: guichet.MergeWhole, Share: true}
	preview, err := s.desk.MergePreview(s.ctx, s.actor(Mona), into.Number, in)
	s.must(err)
	side := preview.Sides[0]
	if side.Messages != 2 || side.Notes != 1 || side.Files != 1 || side.Tasks != 1 || preview.Messages != 2 || preview.Refused() ||
		len(side.Followers) != 1 || side.Followers[0].ID != Rita || len(side.Readers) != 1 || side.Readers[0].ID != Stan || side.Requester == "" {
		t.Errorf("%+v", preview)
	}
	s.must(s.desk.Merge(s.ctx, s.actor(Mona), into.Number, in))
	stan := s.view(Stan, into)
	if read := s.reads(Stan, into); !strings.Contains(read, "Public de rita") || strings.Contains(read, "Secret") {
		t.Errorf("%s", read)
	}
	for _, d := range stan.Documents {
		if _, err := s.desk.Document(s.ctx, s.actor(Stan), d.ID); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
		if _, err := s.desk.DocumentOf(s.ctx, s.actor(Stan), into.Number, d.ID); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
	}
	for _, o := range stan.Origins {
		if o.Seen || o.Agent {
			t.Errorf("%+v", o)
		}
	}
	if read := s.reads(Rita, into); !strings.Contains(read, "not_found") {
		t.Errorf("who was not made to follow reads %s", read)
	}
	if v := s.view(Rita, from); v.Survivor != 0 || v.Merge == nil {
		t.Errorf("a number that Rita may not know: %d", v.Survivor)
	}
}

// A merge that is undone leaves everybody reading what he or she read before, to the letter.
func TestUnmergeGivesBackWhatEverybodyRead(t *testing.T) {
	s := newStage(t)
	states := map[string]func(guichet.Ticket){
		"assigned": func(guichet.Ticket) {},
		"pending": func(x guichet.Ticket) {
			s.do(Ann, s.do(Ann, x, guichet.StateAssigned, guichet.Act{Action: guichet.ActionClaim}), guichet.StatePending, guichet.Act{Action: guichet.ActionHold, PendingReason: "planned", Until: s.clock.Now().Add(48 * time.Hour)})
		},
		"resolved": func(x guichet.Ticket) {
			s.do(Mona, x, guichet.StateResolved, guichet.Act{Action: guichet.ActionResolve, Text: "Fait", ServiceID: Moodle})
		},
	}
	for name, stand := range states {
		for _, in := range []ticketing.Merging{
			{Kind: guichet.MergeWhole, Follow: true, Share: true, Text: "Une même panne"}, {Kind: guichet.MergeWhole}, {Kind: guichet.MergeDuplicate, Follow: true}, {Kind: guichet.MergeDuplicate},
		} {
			from, into := s.merging()
			stand(from)
			before := map[guichet.ID]string{}
			for _, who := range everybody {
				before[who] = s.reads(who, from, into)
			}
			in.From = []int64{from.Number}
			s.must(s.desk.Merge(s.ctx, s.actor(Mona), into.Number, in))
			s.later(time.Minute)
			if in.Follow && before[Rita] == s.reads(Rita, from, into) {
				t.Errorf("%s, %+v: nothing changed for Rita", name, in)
			}
			s.must(s.desk.Unmerge(s.ctx, s.actor(Mona), from.Number))
			for _, who := range everybody {
				after := s.reads(who, from, into)
				if in.Text != "" {
					after = strings.ReplaceAll(after, "  merged Une même panne\n", "")
				}
				if after != before[who] {
					t.Errorf("%s, %+v: %s read\n%s, reads\n%s", name, in, who, before[who], after)
				}
			}
			s.fails(s.desk.Unmerge(s.ctx, s.actor(Mona), from.Number), guichet.KindConflict, "unmerge.none")
		}
	}
	s.later(72 * time.Hour) // what was pending wakes as if nothing had been
}

func TestWhoMayMerge(t *testing.T) {
	s := newStage(t)
	from, into := s.merging()
	wifi := s.open(Rita, ticketing.Open{Service: Wifi})
	merge := func(who guichet.ID, kind guichet.MergeKind, into guichet.Ticket, from ...int64) error {
		return s.desk.Merge(s.ctx, s.actor(who), into.Number, ticketing.Merging{From: from, Kind: kind})
	}
	s.fails(merge(Stan, guichet.MergeWhole, into, from.Number), guichet.KindDenied, "action.denied")
	s.fails(merge(Cleo, guichet.MergeWhole, into, from.Number), guichet.KindNotFound, "ticket.not_found")
	s.fails(merge(Mona, guichet.MergeWhole, into, wifi.Number), guichet.KindInvalid, "invalid")
	s.fails(merge(Mona, guichet.MergeWhole, into, into.Number), guichet.KindConflict, "merge.self")
	s.fails(merge(Mona, guichet.MergeKind(""), into, from.Number), guichet.KindInvalid, "invalid")
	s.fails(merge(Mona, guichet.MergeWhole, into), guichet.KindInvalid, "invalid")
	s.must(merge(Mona, guichet.MergeDuplicate, into, from.Number))
	s.fails(merge(Mona, guichet.MergeWhole, into, from.Number), guichet.KindConflict, "merge.final")
	third := s.open(Rita, ticketing.Open{})
	s.must(merge(Mona, guichet.MergeWhole, third, into.Number))
	s.fails(s.desk.Unmerge(s.ctx, s.actor(Mona), from.Number), guichet.KindConflict, "unmerge.merged")
	s.fails(s.desk.Unmerge(s.ctx, s.actor(Stan), into.Number), guichet.KindDenied, "action.denied")
	s.must(s.desk.Unmerge(s.ctx, s.actor(Mona), into.Number))
	s.must(s.desk.Unmerge(s.ctx, s.actor(Mona), from.Number))
}

func TestAMessageGoesOnInATicketOfItsOwn(t *testing.T) {
	s := newStage(t)
	ticket, _ := s.merging()
	var message, note guichet.Event
	for _, e := range s.view(Ann, ticket).Events {
		switch e.Kind {
		case guichet.EventFollowedUp:
			message = e
		case guichet.EventNoted:
			note = e
		}
	}
	split := func(who guichet.ID, e guichet.Event) (guichet.Ticket, error) {
		return s.desk.Split(s.ctx, s.actor(who), ticket.Number, ticketing.Splitting{Event: e.ID, Title: "Autre chose"})
	}
	_, err := split(Ann, note)
	s.fails(err, guichet.KindConflict, "split.no_message")
	_, err = split(Rita, message)
	s.fails(err, guichet.KindDenied, "action.denied")
	preview, err := s.desk.SplitPreview(s.ctx, s.actor(Ann), ticket.Number, message.ID)
	s.must(err)
	if preview.Requester.ID != Rita || len(preview.Files) != 1 || preview.Message.Text != "Public de rita" {
		t.Errorf("%+v", preview)
	}
	before := s.reads(Rita, ticket)
	made, err := split(Mona, message)
	s.must(err)
	v := s.view(Rita, made)
	if v.Ticket.Title != "Autre chose" || v.Ticket.Description != "Public de rita" || v.Ticket.RequesterID != Rita || len(v.Documents) != 1 || v.Documents[0].Name != "rita.txt" {
		t.Errorf("%+v", v.Ticket)
	}
	if got := s.view(Mona, ticket).Splits; got[message.ID] != made.Number {
		t.Errorf("%v", got)
	}
	same(t, "the link", s.links(Rita, made), fmt.Sprintf("split_from %d", ticket.Number))
	_, err = split(Mona, message)
	s.fails(err, guichet.KindConflict, "split.done")
	s.must(s.desk.Unsplit(s.ctx, s.actor(Mona), made.Number))
	same(t, "undone", s.reads(Rita, ticket), before)
	if got := s.view(Rita, made).Ticket.State; got != guichet.StateCancelled {
		t.Errorf("%s", got)
	}
	made, err = split(Mona, message)
	s.must(err)
	s.say(Mona, made, ticketing.FollowUp{Text: "Je regarde"})
	s.fails(s.desk.Unsplit(s.ctx, s.actor(Mona), made.Number), guichet.KindConflict, "unsplit.touched")
	s.fails(s.desk.Unsplit(s.ctx, s.actor(Mona), ticket.Number), guichet.KindConflict, "unsplit.none")
}
