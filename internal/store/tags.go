package store

import (
	"context"
	"slices"
	"strings"

	"guichet"
)

// taggedLookedAt is how many of the last changed tickets that have tags are looked at for those to offer.
const taggedLookedAt = 500

// Tags lists tags that begin with a text, for choosing one: those of the tickets that a scope handles, by a team or an
// area, the last used first; at most limit. Only the last changed of these tickets are looked at, so that neither their
// number nor that of the tags matters.
func (tx *Tx) Tags(ctx context.Context, s guichet.Scope, begin string, limit int) ([]string, error) {
	entries, err := tx.taggedEntries(ctx, s)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	var b builder
	each := b.arg(taggedLookedAt/len(entries) + 20)
	parts := make([]string, len(entries))
	for i, e := range entries {
		of := ""
		if e.column != "" {
			of = " AND " + e.column + " = " + b.arg(string(e.value))
		}
		parts[i] = "SELECT * FROM (SELECT t.id AS id, t.tags AS tags, t.updated_at AS updated_at, t.team_id AS team_id, t.service_id AS service_id," +
			" t.organisation_id AS organisation_id FROM ticket t WHERE t.tags <> ''" + of + " ORDER BY t.updated_at DESC, t.id DESC LIMIT " + each + ") AS b"
	}
	where := "1 = 1"
	if !s.All {
		where = anyOf(b.handled(s))
	}
	lists, err := many(ctx, tx, func(r scanner) (tags []string, err error) { return tags, r.Scan(decoded{&tags}) },
		"SELECT t.tags FROM ("+strings.Join(parts, " UNION ")+") AS t WHERE "+where+" ORDER BY t.updated_at DESC, t.id DESC LIMIT "+b.arg(taggedLookedAt), b.args...)
	if err != nil {
		return nil, err
	}
	return lastUsed(lists, guichet.CleanTag(begin), limit), nil
}

// taggedEntries are the ways into the tickets that a scope handles; one way through all of them where they are many.
func (tx *Tx) taggedEntries(ctx context.Context, s guichet.Scope) ([]entry, error) {
	if s.All {
		return []entry{{}}, nil
	}
	s.PersonID, s.Followed = "", nil
	list, err := tx.scopeEntries(ctx, s)
	if len(list) > maxBranches {
		return []entry{{}}, err
	}
	return list, err
}

// lastUsed are the tags of some tickets that begin with a text, each once, in the order in which they come.
func lastUsed(lists [][]string, begin string, limit int) []string {
	var out []string
	for _, tags := range lists {
		for _, tag := range tags {
			if len(out) < limit && strings.HasPrefix(tag, begin) && !slices.Contains(out, tag) {
				out = append(out, tag)
			}
		}
	}
	return out
}
