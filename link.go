package guichet

import "slices"

// LinkKind says how two tickets belong together (A12).
type LinkKind string

// The kinds of links; each reads from the ticket that holds it to the other.
const (
	LinkDuplicateOf LinkKind = "duplicate_of"
	LinkParentOf    LinkKind = "parent_of"
	LinkCausedBy    LinkKind = "caused_by"
	LinkFollowOnOf  LinkKind = "follow_on_of"
	LinkRelated     LinkKind = "related"
	LinkMergedInto  LinkKind = "merged_into"
	LinkSplitFrom   LinkKind = "split_from"
)

// Valid reports whether k is a known kind of link.
func (k LinkKind) Valid() bool { return k != "" && relations[Relation(k)].Kind == k }

// Link joins two tickets.
type Link struct {
	FromID, ToID ID
	Kind         LinkKind
}

// Relation is what one ticket is to another: a kind of link read in one of its two directions.
type Relation string

// The relations that people make; those of merging and splitting are made by these acts.
const (
	RelationDuplicateOf  Relation = "duplicate_of"
	RelationHasDuplicate Relation = "has_duplicate"
	RelationParentOf     Relation = "parent_of"
	RelationChildOf      Relation = "child_of"
	RelationCausedBy     Relation = "caused_by" // an incident of a problem
	RelationCauseOf      Relation = "cause_of"  // a problem of an incident
	RelationFollowOnOf   Relation = "follow_on_of"
	RelationFollowedBy   Relation = "followed_by"
	RelationRelated      Relation = "related"
	RelationMergedInto   Relation = "merged_into"
	RelationAbsorbs      Relation = "absorbs"
	RelationSplitFrom    Relation = "split_from"
	RelationSplitInto    Relation = "split_into"
)

// reading is a kind of link and the direction in which it is read.
type reading struct {
	Kind    LinkKind
	Inverse bool
}

// relations is the one table of both readings.
var relations = map[Relation]reading{
	RelationDuplicateOf: {LinkDuplicateOf, false}, RelationHasDuplicate: {LinkDuplicateOf, true},
	RelationParentOf: {LinkParentOf, false}, RelationChildOf: {LinkParentOf, true},
	RelationCausedBy: {LinkCausedBy, false}, RelationCauseOf: {LinkCausedBy, true},
	RelationFollowOnOf: {LinkFollowOnOf, false}, RelationFollowedBy: {LinkFollowOnOf, true},
	RelationRelated:    {LinkRelated, false},
	RelationMergedInto: {LinkMergedInto, false}, RelationAbsorbs: {LinkMergedInto, true},
	RelationSplitFrom: {LinkSplitFrom, false}, RelationSplitInto: {LinkSplitFrom, true},
}

// FreeRelations lists the relations that somebody makes and unmakes without anything else, in the order in
// which they are offered.
func FreeRelations() []Relation {
	return []Relation{RelationRelated, RelationParentOf, RelationChildOf, RelationCausedBy, RelationCauseOf, RelationFollowOnOf, RelationFollowedBy}
}

// Free reports whether a relation is made and unmade by itself.
func (r Relation) Free() bool { return slices.Contains(FreeRelations(), r) }

// Of is the link by which one ticket is that to another.
func (r Relation) Of(me, other ID) Link {
	l := Link{FromID: me, ToID: other, Kind: relations[r].Kind}
	if relations[r].Inverse || l.Kind == LinkRelated && other < me { // which of two related tickets comes first says nothing
		l.FromID, l.ToID = other, me
	}
	return l
}

// Relation is what a ticket is to the other one of a link.
func (l Link) Relation(me ID) Relation {
	for r, how := range relations {
		if how.Kind == l.Kind && (how.Kind == LinkRelated || how.Inverse == (l.ToID == me)) {
			return r
		}
	}
	return ""
}

// Upper is the end of a link that stands above the other: the parent, the problem, the original.
func (l Link) Upper() (upper, lower ID) {
	if l.Kind == LinkParentOf {
		return l.FromID, l.ToID
	}
	return l.ToID, l.FromID
}

// MaxLinks is how many links of one ticket are shown and made at once.
const MaxLinks = 200

// CheckLink says why two tickets may not be joined. Above are the tickets that stand above the upper end by
// links of that kind, and known are the links that there are between the two.
func CheckLink(l Link, from, to Ticket, above []ID, known []Link) error {
	upper, lower := l.Upper()
	switch {
	case l.FromID == l.ToID:
		return Conflict("link.self")
	case slices.Contains(known, l):
		return Conflict("link.exists")
	case l.Kind == LinkCausedBy && to.Kind != KindProblem:
		return Conflict("link.no_problem", "Number", to.Number)
	case l.Kind == LinkCausedBy && from.Kind == KindProblem:
		return Conflict("link.problem_of_problem", "Number", from.Number)
	case l.Kind != LinkRelated && (slices.Contains(above, lower) || upper == lower):
		return Conflict("link.circle")
	}
	return nil
}
