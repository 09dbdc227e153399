package guichet

import (
	"slices"
	"testing"
	"time"
)

// Whatever the relation, the other ticket reads it the other way round, and both name the same link.
func TestLinksReadBothWays(t *testing.T) {
	inverses := map[Relation]Relation{RelationDuplicateOf: RelationHasDuplicate, RelationParentOf: RelationChildOf, RelationCausedBy: RelationCauseOf,
		RelationFollowOnOf: RelationFollowedBy, RelationRelated: RelationRelated, RelationMergedInto: RelationAbsorbs, RelationSplitFrom: RelationSplitInto}
	for r, back := range inverses {
		for _, way := range []struct{ mine, theirs Relation }{{r, back}, {back, r}} {
			l := way.mine.Of("a", "b")
			if l.Relation("a") != way.mine || l.Relation("b") != way.theirs || way.theirs.Of("b", "a") != l || !l.Kind.Valid() {
				t.Errorf("%s: %v reads %s and %s", way.mine, l, l.Relation("a"), l.Relation("b"))
			}
		}
	}
	if len(relations) != 2*len(inverses)-1 {
		t.Errorf("%d relations, %d tried", len(relations), 2*len(inverses)-1)
	}
	for _, r := range FreeRelations() {
		if !r.Free() {
			t.Errorf("%s is not free", r)
		}
	}
	if RelationMergedInto.Free() || Relation("").Free() || LinkKind("none").Valid() {
		t.Error("what merging makes is made by merging only")
	}
}

func TestWhichTicketsMayBeLinked(t *testing.T) {
	a, b, p := Ticket{ID: "a", Number: 1}, Ticket{ID: "b", Number: 2}, Ticket{ID: "p", Number: 3, Kind: KindProblem}
	for name, c := range map[string]struct {
		relation Relation
		me, you  Ticket
		above    []ID
		known    []Link
		want     string
	}{
		"related":               {RelationRelated, a, b, nil, nil, ""},
		"itself":                {RelationRelated, a, a, nil, nil, "link.self"},
		"twice":                 {RelationRelated, a, b, nil, []Link{{"a", "b", LinkRelated}}, "link.exists"},
		"twice, from the other": {RelationRelated, b, a, nil, []Link{{"a", "b", LinkRelated}}, "link.exists"},
		"parent":                {RelationParentOf, a, b, nil, nil, ""},
		"its own grandparent":   {RelationParentOf, a, b, []ID{"c", "b"}, nil, "link.circle"},
		"child of its child":    {RelationChildOf, a, b, []ID{"a"}, nil, "link.circle"},
		"follow-on in a circle": {RelationFollowOnOf, a, b, []ID{"a"}, nil, "link.circle"},
		"caused by a problem":   {RelationCausedBy, a, p, nil, nil, ""},
		"cause of an incident":  {RelationCauseOf, p, a, nil, nil, ""},
		"caused by an incident": {RelationCausedBy, a, b, nil, nil, "link.no_problem"},
		"a problem of another":  {RelationCausedBy, p, Ticket{ID: "q", Kind: KindProblem}, nil, nil, "link.problem_of_problem"},
	} {
		l := c.relation.Of(c.me.ID, c.you.ID)
		from, to := c.me, c.you
		if l.FromID != from.ID {
			from, to = to, from
		}
		err := CheckLink(l, from, to, c.above, c.known)
		if got := code(err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return CodeOf(err)
}

// A ticket that was closed for another comes back as it stood, whatever its state was.
func TestFoldAndUnfold(t *testing.T) {
	now := time.Date(2026, 3, 16, 12, 0, 0, 0, time.UTC)
	for _, s := range States() {
		before := Ticket{ID: "a", State: s, PendingReason: "order", PendingUntil: now.Add(time.Hour), ResolvedAt: now.Add(-time.Hour),
			CloseAt: now.Add(24 * time.Hour), AssigneeID: "ann", UpdatedAt: now}
		folded, stood := before.Fold(now)
		if folded.State != StateClosed || folded.PendingReason != "" || !folded.CloseAt.IsZero() || !folded.ClosedAt.Equal(now) || folded.AssigneeID != "ann" {
			t.Errorf("%s: folded %+v", s, folded)
		}
		if after := folded.Unfold(stood, now); len(Diff(before, after)) > 0 || !after.ClosedAt.IsZero() || !after.ResolvedAt.Equal(before.ResolvedAt) {
			t.Errorf("%s: %v", s, Diff(before, after))
		}
	}
}

func TestWhichTicketsMayBeMerged(t *testing.T) {
	at := func(id ID, s State) Ticket { return Ticket{ID: id, State: s, Kind: KindIncident} }
	problem := at("p", StateAssigned)
	problem.Kind = KindProblem
	for _, c := range []struct {
		from, into Ticket
		want       string
	}{
		{at("a", StateNew), at("b", StateAssigned), ""},
		{at("a", StateResolved), at("b", StatePending), ""},
		{at("a", StateNew), at("a", StateNew), "merge.self"},
		{at("a", StateClosed), at("b", StateNew), "merge.final"},
		{at("a", StateAwaitingApproval), at("b", StateNew), ""},
		{at("a", StateNew), at("b", StateCancelled), "merge.into_final"},
		{at("a", StateNew), problem, "merge.kinds"},
	} {
		if got := code(CheckMerge(c.from, c.into)); got != c.want {
			t.Errorf("%s into %s: %q, want %q", c.from.State, c.into.State, got, c.want)
		}
	}
	closed, open := at("a", StateClosed), at("b", StateNew)
	for want, err := range map[string]error{
		"":                 CheckUnmerge(closed, open, Since{}),
		"unmerge.merged":   CheckUnmerge(closed, open, Since{Merged: true}),
		"unmerge.final":    CheckUnmerge(closed, at("b", StateClosed), Since{}),
		"unmerge.changed":  CheckUnmerge(at("a", StateNew), open, Since{}),
		"unmerge.spoke":    CheckUnmerge(closed, open, Since{Spoke: "rita"}),
		"unmerge.followed": CheckUnmerge(closed, open, Since{Followed: true}),
	} {
		if code(err) != want {
			t.Errorf("%q, want %q", code(err), want)
		}
	}
	if MergeDuplicate.Link("a", "b").Kind != LinkDuplicateOf || MergeWhole.Link("a", "b").Kind != LinkMergedInto || MergeKind("").Valid() {
		t.Error("a duplicate is linked as one")
	}
}

func TestWhatIsCarriedAndWhatIsTakenOut(t *testing.T) {
	carried := []EventKind{EventOpened, EventFollowedUp, EventNoted, EventTaskAdded, EventDocumentAdded, EventResolved, EventSolutionRejected}
	for _, k := range EventKinds() {
		if got := (Event{Kind: k}).Carried(); got != slices.Contains(carried, k) {
			t.Errorf("%s carried: %v", k, got)
		}
		if got := (Event{Kind: k}).Splits(); got != (k == EventFollowedUp || k == EventDocumentAdded) {
			t.Errorf("%s splits: %v", k, got)
		}
	}
	if !(Event{Kind: EventAnnounced, Text: "x"}).Carried() || (Event{Kind: EventFollowedUp, Internal: true}).Splits() {
		t.Error("news are carried, notes are not taken out")
	}
}

func TestAWaveIsCheckedBeforeItGoesOut(t *testing.T) {
	d := &Desk{Services: map[ID]Service{"moodle": {ID: "moodle"}}}
	for want, w := range map[string]Wave{
		"":                             {Kind: WaveAnswer, Text: "Bonjour {{demandeur.nom}}", ServiceID: "moodle"},
		"field.unknown_value":          {Kind: WaveAnnounce, Text: "x"},
		"field.required":               {Kind: WaveResolve},
		"template.unknown_placeholder": {Kind: WaveAnswer, Text: "{{nobody}}"},
	} {
		got := ""
		if err := w.Check(d); err != nil {
			got = err.(*Error).Fields[0].Code
		}
		if got != want {
			t.Errorf("%+v: %q, want %q", w, got, want)
		}
	}
	if (MajorIncident{}).Declared() || !(MajorIncident{DeclaredAt: time.Unix(1, 0)}).Declared() {
		t.Error("a major incident is declared until it is ended")
	}
	if (KnownError{Cause: string(make([]rune, MaxAnnouncement+1))}).Check() == nil {
		t.Error("a cause without bounds")
	}
	if opened := time.Unix(1_000_000, 0); !SimilarSince(Ticket{OpenedAt: opened}).Before(opened) {
		t.Error("what was opened just before may belong to it")
	}
}
