package ticketing

import (
	"context"
	"slices"
	"strconv"
	"time"

	"guichet"
	"guichet/internal/store"
)

// Merging is what is asked of a merge.
type Merging struct {
	From   []int64
	Kind   guichet.MergeKind
	Follow bool   // the requester's side of each follows the survivor, and so reads what is said there
	Share  bool   // the public messages of each are read by whoever reads the survivor
	Text   string // a word to the requester's side; may be empty
}

func (in *Merging) check() error {
	var p guichet.Problems
	in.Text = body(in.Text)
	in.From = slices.Compact(slices.Sorted(slices.Values(in.From)))
	if !in.Kind.Valid() {
		p.Add("kind", "field.unknown_value")
	}
	if len(in.From) == 0 {
		p.Add("other", "field.required")
	}
	if len(in.From) > guichet.MaxMerged {
		p.Add("other", "field.too_many", "Limit", guichet.MaxMerged)
	}
	p.AtMost("text", in.Text, guichet.MaxReason)
	return p.Err()
}

// Merge closes tickets for another one: as duplicates of it, or to be read with it. All or none are. What they
// hold stays where it is, so that it may be undone and nobody reads what he or she could not, but by what Follow
// and Share say. Errors: not found, denied to who does not work on each of them, invalid, conflict.
func (d *Desk) Merge(ctx context.Context, actor guichet.Actor, into int64, in Merging) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		survivor, err := loadToWork(ctx, tx, actor, into)
		if err != nil {
			return err
		}
		if err := in.check(); err != nil {
			return err
		}
		for _, number := range in.From {
			from, err := loadToMerge(ctx, tx, actor, number)
			if err != nil {
				return err
			}
			if err := from.closeFor(ctx, tx, actor, &survivor, in); err != nil {
				return err
			}
		}
		return nil
	})
}

// loadToMerge loads a ticket that the actor works on, named beside another one.
func loadToMerge(ctx context.Context, tx *store.Tx, actor guichet.Actor, number int64) (loaded, error) {
	l, err := loadOther(ctx, tx, actor, number)
	if err == nil && !l.works(actor) {
		err = guichet.Denied("link.denied")
	}
	return l, err
}

func (l *loaded) closeFor(ctx context.Context, tx *store.Tx, actor guichet.Actor, into *loaded, in Merging) error {
	if err := guichet.CheckMerge(l.ticket, into.ticket); err != nil {
		return err
	}
	m := guichet.Merge{FromID: l.ticket.ID, IntoID: into.ticket.ID, Kind: in.Kind, Shared: in.Share, At: tx.Now, ByID: actor.Person.ID}
	e := guichet.Event{Kind: guichet.EventMerged, Text: in.Text, RefID: into.ticket.ID}
	after, stood := l.ticket.Fold(tx.Now)
	m.Stood, e.Changes = stood, guichet.Diff(l.ticket, after)
	if in.Follow {
		m.Followers = l.newcomersTo(*into)
		e.Changes = append(e.Changes, guichet.Change{Field: "followed", To: strconv.FormatInt(into.ticket.Number, 10)})
	}
	if in.Text != "" {
		after.LastMessage = excerpt(in.Text)
	}
	if err := l.become(ctx, tx, actor, after, e); err != nil {
		return err
	}
	if err := tx.InsertMerge(ctx, m); err != nil {
		return err
	}
	if err := tx.AddLink(ctx, in.Kind.Link(m.FromID, m.IntoID)); err != nil {
		return err
	}
	if err := into.write(ctx, tx, actor, guichet.Event{Kind: guichet.EventAbsorbed, RefID: l.ticket.ID, Internal: true}); err != nil {
		return err
	}
	for _, follower := range m.Followers {
		party := guichet.Party{PersonID: follower, Role: guichet.PartyObserver}
		if err := tx.AddParty(ctx, into.ticket.ID, party); err != nil {
			return err
		}
		into.parties = append(into.parties, party)
	}
	return nil
}

// side are the persons of the requester's side of a ticket, each once.
func (l loaded) side() []guichet.ID {
	var out []guichet.ID
	for _, p := range l.parties {
		switch p.Role {
		case guichet.PartyRequester, guichet.PartyBeneficiary, guichet.PartyObserver:
			if !slices.Contains(out, p.PersonID) {
				out = append(out, p.PersonID)
			}
		}
	}
	return out
}

// newcomersTo are those of the requester's side who do not follow another ticket yet.
func (l loaded) newcomersTo(other loaded) []guichet.ID {
	known := other.side()
	return slices.DeleteFunc(l.side(), func(id guichet.ID) bool { return slices.Contains(known, id) })
}

// Unmerge undoes a merge: the ticket that was closed goes on where it stood, and those who followed the survivor
// by the merge alone no longer do. Errors: not found, denied, conflict when something depends on it.
func (d *Desk) Unmerge(ctx context.Context, actor guichet.Actor, number int64) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		from, err := loadToLink(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		return from.unmerge(ctx, tx, actor)
	})
}

func (l *loaded) unmerge(ctx context.Context, tx *store.Tx, actor guichet.Actor) error {
	m, err := tx.MergeOf(ctx, l.ticket.ID)
	if err != nil {
		return notMerged(err)
	}
	survivor, err := byID(ctx, tx, m.IntoID)
	if err != nil {
		return err
	}
	if !survivor.works(actor) {
		return guichet.Denied("link.denied")
	}
	since, err := sinceMerged(ctx, tx, m)
	if err != nil {
		return err
	}
	if err := guichet.CheckUnmerge(l.ticket, survivor.ticket, since); err != nil {
		return err
	}
	return l.releaseFrom(ctx, tx, actor, m, &survivor)
}

func notMerged(err error) error {
	if guichet.KindOf(err) == guichet.KindNotFound {
		return guichet.Conflict("unmerge.none")
	}
	return err
}

func byID(ctx context.Context, tx *store.Tx, id guichet.ID) (loaded, error) {
	t, err := tx.TicketByID(ctx, id)
	if err != nil {
		return loaded{}, err
	}
	return complete(ctx, tx, t)
}

func sinceMerged(ctx context.Context, tx *store.Tx, m guichet.Merge) (s guichet.Since, err error) {
	after := m.At.Add(time.Microsecond)
	_, err = tx.MergeOf(ctx, m.IntoID)
	if err != nil && guichet.KindOf(err) != guichet.KindNotFound {
		return s, err
	}
	s.Merged = err == nil
	if s.Spoke, err = tx.SpokeSince(ctx, m.IntoID, m.Followers, after); err != nil {
		return s, err
	}
	s.Followed, err = tx.FollowedOn(ctx, m.FromID, after)
	return s, err
}

func (l *loaded) releaseFrom(ctx context.Context, tx *store.Tx, actor guichet.Actor, m guichet.Merge, survivor *loaded) error {
	if err := tx.DeleteMerge(ctx, m.FromID); err != nil {
		return err
	}
	if _, err := tx.RemoveLink(ctx, m.Kind.Link(m.FromID, m.IntoID)); err != nil {
		return err
	}
	for _, follower := range m.Followers {
		if err := tx.RemoveParty(ctx, m.IntoID, guichet.Party{PersonID: follower, Role: guichet.PartyObserver}); err != nil {
			return err
		}
	}
	after := l.ticket.Unfold(m.Stood, tx.Now)
	e := guichet.Event{Kind: guichet.EventUnmerged, RefID: m.IntoID, Changes: guichet.Diff(l.ticket, after)}
	if err := l.become(ctx, tx, actor, after, e); err != nil {
		return err
	}
	if after.State == guichet.StateAwaitingApproval {
		if err := l.askAgain(ctx, tx, m.At); err != nil {
			return err
		}
	}
	return survivor.write(ctx, tx, actor, guichet.Event{Kind: guichet.EventReleased, RefID: m.FromID, Internal: true})
}

// askAgain takes up the approval of a ticket that was closed for a while: those who have not answered are asked again, with
// the time that they had left.
func (l *loaded) askAgain(ctx context.Context, tx *store.Tx, since time.Time) error {
	approvals, err := tx.Approvals(ctx, l.ticket.ID)
	if err != nil {
		return err
	}
	plan, err := planOf(ctx, tx, *l, approvals)
	if err != nil {
		return err
	}
	plan.TicketID = l.ticket.ID
	plan.GoOn(since, tx.Now)
	if err := tx.SavePlan(ctx, plan); err != nil {
		return err
	}
	after := l.ticket
	if err := save(ctx, tx, l.ticket, &after, []guichet.Event{own(tx, &after, guichet.EventApprovalReminded)}); err != nil {
		return err
	}
	l.ticket = after
	return timer(ctx, tx, JobApproval, l.ticket.ID, store.Job{RunAt: tx.Now}) // approvers may have left meanwhile
}

// MergePreview is what a merge would do.
type MergePreview struct {
	Into     guichet.Ticket
	Messages int // public ones of the survivor, that those who begin to follow it would read
	Sides    []MergeSide
	Desk     *guichet.Desk
}

// Refused reports whether one of the tickets cannot be merged.
func (p MergePreview) Refused() bool {
	return slices.ContainsFunc(p.Sides, func(s MergeSide) bool { return s.Refusal != nil })
}

// MergeSide is a ticket that would be closed, and who would read what he or she does not read today.
type MergeSide struct {
	Ticket                        guichet.Ticket
	Messages, Notes, Files, Tasks int
	Requester                     string
	Refusal                       error            // why it cannot be
	Followers                     []guichet.Person // would follow the survivor
	Readers                       []guichet.Person // of the survivor, would read its messages
	Overseers                     []guichet.Person // would read them too: a role lets them follow where the survivor stands
	Approvers                     []guichet.Person // whose answer would be waited for no more
}

// MergePreview says what a merge would do, and to whose eyes. Errors: as Merge, but what stands in the way of
// one of the tickets is said of it.
func (d *Desk) MergePreview(ctx context.Context, actor guichet.Actor, into int64, in Merging) (MergePreview, error) {
	var out MergePreview
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		survivor, err := loadToWork(ctx, tx, actor, into)
		if err != nil {
			return err
		}
		if err := in.check(); err != nil {
			return err
		}
		out = MergePreview{Into: survivor.ticket, Desk: survivor.desk}
		if out.Messages, _, _, err = tx.CountMessages(ctx, survivor.ticket.ID); err != nil {
			return err
		}
		for _, number := range in.From {
			from, err := loadToMerge(ctx, tx, actor, number)
			if err != nil {
				return err
			}
			side, err := from.preview(ctx, tx, survivor)
			if err != nil {
				return err
			}
			out.Sides = append(out.Sides, side)
		}
		return nil
	})
	return out, err
}

func (l loaded) preview(ctx context.Context, tx *store.Tx, into loaded) (MergeSide, error) {
	side := MergeSide{Ticket: l.ticket, Refusal: guichet.CheckMerge(l.ticket, into.ticket)}
	var err error
	if side.Messages, side.Notes, side.Files, err = tx.CountMessages(ctx, l.ticket.ID); err != nil {
		return side, err
	}
	tasks, err := tx.Tasks(ctx, l.ticket.ID)
	if err != nil {
		return side, err
	}
	side.Tasks = len(slices.DeleteFunc(tasks, func(t guichet.Task) bool { return !t.DoneAt.IsZero() }))
	var approvals []guichet.Approval
	if l.ticket.State == guichet.StateAwaitingApproval {
		if approvals, err = tx.Approvals(ctx, l.ticket.ID); err != nil {
			return side, err
		}
	}
	followers, readers, approvers := l.newcomersTo(into), into.newcomersTo(l), guichet.Awaited(approvals, l.ticket.ApprovalStep)
	overseers, err := l.overseers(ctx, tx, into)
	if err != nil {
		return side, err
	}
	people, err := tx.People(ctx, slices.Concat(followers, readers, overseers, approvers, []guichet.ID{l.ticket.RequesterID}))
	for _, id := range followers {
		side.Followers = append(side.Followers, people[id])
	}
	for _, id := range readers {
		side.Readers = append(side.Readers, people[id])
	}
	for _, id := range overseers {
		side.Overseers = append(side.Overseers, people[id])
	}
	for _, id := range approvers {
		side.Approvers = append(side.Approvers, people[id])
	}
	side.Requester = people[l.ticket.RequesterID].Name()
	return side, err
}

// overseers are those whom a role lets follow the tickets where the survivor stands, and who do not see this one: what
// is shared of it is new to them. A problem is followed by nobody.
func (l loaded) overseers(ctx context.Context, tx *store.Tx, into loaded) ([]guichet.ID, error) {
	if into.ticket.Kind == guichet.KindProblem {
		return nil, nil
	}
	follow, see := into.desk.RolesWith(guichet.PermissionFollow), into.desk.RolesWith(guichet.PermissionRead)
	if l.ticket.Kind != guichet.KindProblem {
		see = append(see, follow...)
	}
	there, err := tx.Holders(ctx, follow, into.ticket.OrganisationID, into.ticket.ServiceID)
	if err != nil || len(there) == 0 {
		return nil, err
	}
	here, err := tx.Holders(ctx, see, l.ticket.OrganisationID, l.ticket.ServiceID)
	known := slices.Concat(here, l.side(), into.side())
	return slices.DeleteFunc(there, func(id guichet.ID) bool { return slices.Contains(known, id) }), err
}
