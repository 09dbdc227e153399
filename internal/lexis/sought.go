package lexis

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// common are words that say nothing of what a text is about, folded, in French and in English.
var common = strings.Fields(`a ai alors apres au aucun aussi autre aux avant avec avoir bonjour c ca ce cela ces cet cette chez ci comme
	comment d dans de depuis des dire dois donc du elle elles en encore est et etait etre eu faire fait faut il ils j je jusqu l la le
	les leur leurs lui m ma mais me meme merci mes moi mon ne nos notre nous on ont ou ouvert par pas peu peut peux plus pour pouvoir qu quand
	impossible probleme problemes souci soucis que quel quelle qui quoi s sa salut sans se ses si son sont suis sur svp t ta te tes toi ton toujours tout toute toutes tres trop tu un
	une va vais veux vos votre voudrais vous y
	an and any are as at be been but by can cannot could do does for from get has have he hello hi how i if in is it its just me my not of
	on or our please she so that the them they this to want was we what when where which who why will with you your`)

// Telling returns the words of a text that say what it is about, folded: all of them when none does.
func Telling(words []string) []string {
	out := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(common, w) || elided[w] })
	if len(out) == 0 {
		return words
	}
	return out
}

// Stem returns the stem of a folded word.
func Stem(word string) string { return stem(word) }

// Sought finds words in texts, to show where they stand.
type Sought struct {
	stems  map[string]bool
	prefix string // that a word begins with; empty: none
}

// Seek prepares the finding of words. When open is set the last one is being typed: its beginning counts.
func Seek(words []string, open bool) *Sought {
	s := &Sought{stems: map[string]bool{}}
	for _, w := range words {
		if !elided[w] {
			s.stems[stem(w)] = true
		}
	}
	if n := len(words); open && n > 0 && len(words[n-1]) > 1 {
		s.prefix = words[n-1]
	}
	return s
}

// Has reports whether a folded word is one of those sought.
func (s *Sought) Has(word string) bool {
	if s.prefix != "" && strings.HasPrefix(word, s.prefix) {
		return true
	}
	if !s.near(word) {
		return false
	}
	return s.stems[stem(word)]
}

// near reports whether a word begins as a word sought. A stem keeps the first two letters of its words, so
// that most words need not be worked on.
func (s *Sought) near(word string) bool {
	for stem := range s.stems {
		n := min(2, len(stem), len(word))
		if stem[:n] == word[:n] {
			return true
		}
	}
	return false
}

// Count tells how many different words sought a text has.
func (s *Sought) Count(text string) int {
	found := map[string]bool{}
	for _, w := range Words(text) {
		if s.Has(w) {
			if s.prefix != "" && strings.HasPrefix(w, s.prefix) {
				w = s.prefix
			}
			found[stem(w)] = true
		}
	}
	return len(found)
}

// Span is a part of a text, in bytes.
type Span struct{ From, To int }

// Spans are the places of the words sought in a text, at most limit of them.
func (s *Sought) Spans(text string, limit int) []Span {
	var out []Span
	eachWord(text, func(word []byte, from, to int) bool {
		if s.Has(string(word)) {
			out = append(out, Span{from, to})
		}
		return len(out) < limit
	})
	return out
}

// eachWord walks the folded words of a text with their places, until it is told to stop. The word is only there
// for the time of the call.
func eachWord(text string, do func(word []byte, from, to int) bool) {
	word := make([]byte, 0, 64)
	start := -1
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			switch folded := asciiWords[c]; {
			case folded != 0:
				word, start = append(word, folded), begin(start, i)
			case start >= 0:
				if !do(cutWord(word), start, i) {
					return
				}
				word, start = word[:0], -1
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch folded, inWord := foldedRune(r); {
		case inWord:
			word, start = append(word, folded...), begin(start, i)
		case start >= 0:
			if !do(cutWord(word), start, i) {
				return
			}
			word, start = word[:0], -1
		}
		i += size
	}
	if start >= 0 {
		do(cutWord(word), start, len(text))
	}
}

// asciiWords are the letters and digits of words, folded; 0 for what parts words.
var asciiWords = func() (table [utf8.RuneSelf]byte) {
	for c := range table {
		switch r := byte(c); {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			table[c] = r
		case r >= 'A' && r <= 'Z':
			table[c] = r + 'a' - 'A'
		}
	}
	return table
}()

// latinFolded are the letters and digits of European languages, folded; empty for what parts words.
var latinFolded = func() (table [0x180]string) {
	parts := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	for r := rune(utf8.RuneSelf); int(r) < len(table); r++ {
		if folded := Fold(string(r)); !strings.ContainsFunc(folded, parts) {
			table[r] = folded
		}
	}
	return table
}()

// foldedRune is what a character that is not ASCII writes in a word; false for one that parts words.
func foldedRune(r rune) (string, bool) {
	if int(r) < len(latinFolded) {
		return latinFolded[r], latinFolded[r] != ""
	}
	if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
		return Fold(string(r)), true
	}
	return "", false
}

func begin(start, i int) int {
	if start < 0 {
		return i
	}
	return start
}

func cutWord(word []byte) []byte {
	if len(word) > maxWord {
		if runes := []rune(string(word)); len(runes) > maxWord {
			return []byte(string(runes[:maxWord]))
		}
	}
	return word
}

// HasPhrase reports whether a text holds folded words one after the other, whatever stands between two words.
func HasPhrase(text string, phrase []string) bool {
	if len(phrase) == 0 {
		return false
	}
	again := fallbacks(phrase)
	held := 0 // how many words of the phrase end where the walk is
	eachWord(text, func(word []byte, _, _ int) bool {
		for held > 0 && string(word) != phrase[held] {
			held = again[held-1]
		}
		if string(word) == phrase[held] {
			held++
		}
		return held < len(phrase)
	})
	return held == len(phrase)
}

// fallbacks tells, for each beginning of a phrase, how long the longest shorter one is that it ends with: what
// still holds when the next word does not fit.
func fallbacks(phrase []string) []int {
	out := make([]int, len(phrase))
	for i, held := 1, 0; i < len(phrase); i++ {
		for held > 0 && phrase[i] != phrase[held] {
			held = out[held-1]
		}
		if phrase[i] == phrase[held] {
			held++
		}
		out[i] = held
	}
	return out
}
