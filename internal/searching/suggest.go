package searching

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/store"
)

// Suggestions is what words that are being typed may be about, the most likely first.
type Suggestions struct {
	Proposals     []Proposal             // services and forms
	Announcements []guichet.Announcement // of what goes on now
	Tickets       []store.TicketRow      // of the person's own, that are not over
}

// Proposal is a service, or one of its forms.
type Proposal struct {
	Service  guichet.ID
	Offering guichet.ID // empty: the page of the service, where one chooses
	Name     string     // of the form, or of the service
	Path     string     // of the service, with its parents
	Help     string     // what it is for; may be empty
}

// Limits of what is looked at and of what is proposed.
const (
	maxTyped         = 400 // characters
	maxTypedWords    = 12  // the last ones
	maxProposals     = 6
	maxNews          = 3
	maxOwn           = 3
	ownLookedAt      = 50
	announcedChecked = 100
	announcedText    = 400 // characters of the text of an announcement
)

// typed are the telling words of a text that is being typed, and whether the last one may go on.
func typed(text string) (words []string, open bool) {
	if r := []rune(text); len(r) > maxTyped {
		text = string(r[len(r)-maxTyped:])
	}
	words = lexis.Telling(lexis.Words(text))
	last := strings.TrimRightFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	open = last == text && len(words) > 0 && strings.HasSuffix(lexis.Fold(text), words[len(words)-1])
	if len(words) > maxTypedWords {
		words = words[len(words)-maxTypedWords:]
	}
	return words, open
}

// Suggest proposes what the words that the actor types may mean: forms and services that he or she may use,
// what is announced to him or her, and his or her own tickets that are not over and speak of the same. The
// last word counts by its beginning.
func (s *Searching) Suggest(ctx context.Context, actor guichet.Actor, text string) (Suggestions, error) {
	var out Suggestions
	words, open := typed(text)
	if len(words) == 0 || len(words) == 1 && len(words[0]) < 2 {
		return out, nil
	}
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		out.Proposals = s.bookOf(desk).propose(words, open, func(service guichet.ID) bool { return desk.Shows(service, actor.Person, tx.Now) })
		sought := lexis.Seek(words, open)
		if out.Announcements, err = announced(ctx, tx, desk, actor, sought, out.Proposals); err != nil {
			return err
		}
		out.Tickets, err = own(ctx, tx, actor, sought)
		return err
	})
	return out, err
}

// propose returns the best entries that may be shown, one for each service.
func (b *book) propose(words []string, open bool, shows func(guichet.ID) bool) []Proposal {
	scores := b.scores(words, open)
	var ranked []int
	for e := range scores {
		ranked = append(ranked, e)
	}
	slices.SortFunc(ranked, func(x, y int) int { return cmp.Or(cmp.Compare(scores[y], scores[x]), cmp.Compare(x, y)) })
	var out []Proposal
	for _, i := range ranked {
		e := b.entries[i]
		if slices.ContainsFunc(out, func(p Proposal) bool { return p.Service == e.service }) || !shows(e.service) {
			continue
		}
		if scores[i] < scores[ranked[0]]/4 || len(out) == maxProposals {
			break
		}
		out = append(out, b.proposal(e, words))
	}
	return out
}

// proposal leads to the form when the service has one form only, or when the words are those of its name.
func (b *book) proposal(e entry, words []string) Proposal {
	service, form := b.desk.Services[e.service], b.desk.Offerings[e.offering]
	p := Proposal{Service: e.service, Name: service.Name, Path: b.desk.ServiceName(e.service), Help: service.Description}
	one := len(b.desk.OfferingsOf(e.service)) == 1
	if form.ID != "" && (one || lexis.Seek(words, true).Count(form.Name) > 0) {
		p.Offering, p.Name, p.Help = form.ID, form.Name, cmp.Or(form.Description, service.Description)
	}
	return p
}

// announced are the announcements meant for the actor now that have the words, or are about what is proposed
// first.
func announced(ctx context.Context, tx *store.Tx, d *guichet.Desk, actor guichet.Actor, sought *lexis.Sought, proposals []Proposal) ([]guichet.Announcement, error) {
	list, err := tx.OpenAnnouncements(ctx, tx.Now, announcedChecked)
	if err != nil {
		return nil, err
	}
	score := func(a guichet.Announcement) int {
		n := 2*sought.Count(a.Title) + sought.Count(d.Services[a.ServiceID].Name+" "+beginning(a.Body))
		if len(proposals) > 0 && a.ServiceID != "" && d.About(a, proposals[0].Service) {
			n++
		}
		return n
	}
	scores := map[guichet.ID]int{}
	list = slices.DeleteFunc(list, func(a guichet.Announcement) bool {
		if a.Live(tx.Now) && d.Meant(a, actor.Person, tx.Now) {
			scores[a.ID] = score(a)
		}
		return scores[a.ID] == 0
	})
	slices.SortStableFunc(list, func(a, b guichet.Announcement) int { return cmp.Compare(scores[b.ID], scores[a.ID]) })
	return list[:min(len(list), maxNews)], nil
}

func beginning(text string) string {
	if r := []rune(text); len(r) > announcedText {
		return string(r[:announcedText])
	}
	return text
}

// own are the actor's tickets that are not over and have the words, those that have most of them first.
func own(ctx context.Context, tx *store.Tx, actor guichet.Actor, sought *lexis.Sought) ([]store.TicketRow, error) {
	if actor.Person.ID == "" {
		return nil, nil
	}
	rows, _, err := tx.Tickets(ctx, store.TicketQuery{Scope: guichet.Scope{PersonID: actor.Person.ID},
		RequesterIDs: []guichet.ID{actor.Person.ID}, Unfinished: true, Limit: ownLookedAt})
	if err != nil {
		return nil, err
	}
	scores := map[guichet.ID]int{}
	rows = slices.DeleteFunc(rows, func(r store.TicketRow) bool {
		scores[r.ID] = 2*sought.Count(r.Title) + sought.Count(r.LastMessage)
		return scores[r.ID] == 0
	})
	slices.SortStableFunc(rows, func(a, b store.TicketRow) int { return cmp.Compare(scores[b.ID], scores[a.ID]) })
	return rows[:min(len(rows), maxOwn)], nil
}
