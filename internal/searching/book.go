package searching

import (
	"math"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/lexis"
)

// book is the catalogue by its words. It is made once for each configuration: who may see what of it is
// asked each time.
type book struct {
	desk    *guichet.Desk
	entries []entry
	words   map[string][]mention // by stem
	whole   []string             // folded words, in their order, for the beginnings of words
	stems   map[string]string    // of each of them
}

// entry is what the catalogue proposes: a form, or a service that has none of its own.
type entry struct {
	service, offering guichet.ID
	name              []string // stems of the service's name
}

// mention is a word of an entry and how much it says: more in a name than in an explanation.
type mention struct {
	entry  int
	weight float64
}

// Weights of the places where a word may stand: what is called so comes before what speaks of it.
const (
	inName   = 5
	inForm   = 4
	inAbove  = 2.5
	inText   = 2
	inAnswer = 1
	inWhole  = 3 // beside, of a name that is typed whole
)

// bookOf returns the book of a configuration.
func (s *Searching) bookOf(d *guichet.Desk) *book {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.book == nil || s.book.desk.Revision != d.Revision {
		s.book = write(d)
	}
	return s.book
}

func write(d *guichet.Desk) *book {
	b := &book{desk: d, words: map[string][]mention{}, stems: map[string]string{}}
	var services []guichet.ID
	for id := range d.Services {
		services = append(services, id)
	}
	slices.Sort(services)
	for _, id := range services {
		own := slices.DeleteFunc(d.OwnOfferings(id), func(o guichet.Offering) bool { return o.Retired })
		if len(own) == 0 {
			b.add(id, guichet.Offering{})
		}
		for _, o := range own {
			b.add(id, o)
		}
	}
	for w := range b.stems {
		b.whole = append(b.whole, w)
	}
	slices.Sort(b.whole)
	return b
}

func (b *book) add(service guichet.ID, o guichet.Offering) {
	weights := map[string]float64{}
	put := func(weight float64, texts ...string) {
		for _, w := range wordsOf(strings.Join(texts, " ")) {
			stem := lexis.Stem(w)
			b.stems[w] = stem
			weights[stem] = max(weights[stem], weight)
		}
	}
	path := b.desk.ServicePath(service)
	for _, above := range path[1:] {
		put(inAbove, b.desk.Services[above].Name)
		put(inAnswer, b.desk.Services[above].Description)
	}
	own := b.desk.Services[service]
	put(inText, own.Description, o.Description)
	put(inForm, o.Name)
	put(inName, own.Name)
	for _, f := range o.Form.Fields {
		put(inAnswer, f.Label, f.Help)
		for _, option := range f.Options {
			put(inAnswer, option.Label)
		}
	}
	e := entry{service: service, offering: o.ID}
	for _, w := range lexis.Telling(lexis.Words(joined(own.Name))) {
		e.name = append(e.name, lexis.Stem(w))
	}
	b.entries = append(b.entries, e)
	for stem, weight := range weights {
		b.words[stem] = append(b.words[stem], mention{len(b.entries) - 1, weight})
	}
}

// wordsOf are the words of a text; those with a hyphen are written without it as well: « Wi-Fi », « wifi ».
func wordsOf(text string) []string {
	words := lexis.Words(text)
	for part := range strings.FieldsSeq(text) {
		if whole := joined(part); whole != part {
			words = append(words, lexis.Words(whole)...)
		}
	}
	return words
}

func joined(text string) string { return strings.ReplaceAll(text, "-", "") }

// alike are words that people say for one another, folded.
var alike = [][]string{
	{"mail", "mails", "email", "emails", "courriel", "courriels", "mel", "messagerie", "outlook", "mailbox"},
	{"ordinateur", "ordinateurs", "ordi", "pc", "portable", "laptop", "computer", "poste"},
	{"imprimante", "imprimantes", "imprimer", "impression", "copieur", "photocopieur", "printer", "print"},
	{"internet", "reseau", "connexion", "network"},
	{"mdp", "passe", "password"},
	{"telephone", "telephonie", "tel", "phone"},
	{"logiciel", "logiciels", "application", "applications", "appli", "software"},
	{"visio", "visioconference", "teams", "zoom"},
	{"salaire", "paie", "paye", "payroll"},
}

// otherwise are the stems of what else a word is called.
func otherwise(word string) []string {
	i := slices.IndexFunc(alike, func(group []string) bool { return slices.Contains(group, word) })
	if i < 0 {
		return nil
	}
	var out []string
	for _, w := range alike[i] {
		if stem := lexis.Stem(w); stem != lexis.Stem(word) && !slices.Contains(out, stem) {
			out = append(out, stem)
		}
	}
	return out
}

// stemsOf are the stems that a typed word may mean: its own and, when it is still being typed, those of the
// words that begin so.
func (b *book) stemsOf(word string, open bool) []string {
	out := []string{lexis.Stem(word)}
	if !open || len(word) < 2 {
		return out
	}
	from, _ := slices.BinarySearch(b.whole, word)
	for _, w := range b.whole[from:] {
		if !strings.HasPrefix(w, word) || len(out) > 30 {
			break
		}
		if stem := b.stems[w]; !slices.Contains(out, stem) {
			out = append(out, stem)
		}
	}
	return out
}

// scores rates the entries by the words typed: each counts by where it stands, and more when few entries
// have it. A service whose whole name is typed comes before those that bear more.
func (b *book) scores(words []string, open bool) map[int]float64 {
	out, meant := map[int]float64{}, map[string]float64{}
	for i, w := range words {
		best := map[int]float64{}
		for _, stem := range b.stemsOf(w, open && i == len(words)-1) {
			mentions := b.words[stem]
			rare := math.Log(1 + float64(len(b.entries))/float64(1+len(mentions)))
			meant[stem] = rare
			for _, m := range mentions {
				best[m.entry] = max(best[m.entry], m.weight*rare)
			}
		}
		for _, stem := range otherwise(w) {
			mentions := b.words[stem]
			rare := math.Log(1 + float64(len(b.entries))/float64(1+len(mentions)))
			for _, m := range mentions {
				best[m.entry] = max(best[m.entry], m.weight*rare/2)
			}
		}
		for e, score := range best {
			out[e] += score
		}
	}
	for e := range out {
		out[e] += whole(b.entries[e].name, meant)
	}
	return out
}

// whole is what it counts that each word of a name is meant.
func whole(name []string, meant map[string]float64) float64 {
	sum := 0.0
	for _, stem := range name {
		rare, typed := meant[stem]
		if !typed {
			return 0
		}
		sum += rare
	}
	return inWhole * sum / float64(max(len(name), 1))
}
