package lexis

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"Élève": "eleve", "ŒUVRE": "oeuvre", "Straße": "strasse", "l’IUT": "l'iut", "  a \t\n b  ": "a b",
		"a\u00a0b": "a b", "ﬁchier": "fichier", "e\u0301t\u00e9": "ete", "": "", "ÆGIR": "aegir", "n° 5": "n° 5",
	} {
		if got := Fold(text); got != want {
			t.Errorf("Fold(%q) = %q, want %q", text, got, want)
		}
	}
}

// Words that a reader takes for the same one are found by each other.
func TestTokensOfTheSameWord(t *testing.T) {
	for _, same := range []string{
		"bloqué bloquée bloqués bloquées bloquees bloquer bloque", "connexion connexions", "réseau réseaux reseau",
		"journal journaux", "imprimante imprimantes Imprimantes", "créé créée créés cree", "mot mots", "année années annee",
		"problème problemes", "œuvre oeuvres", "accès acces ACCÈS", "donnée données", "clé clés cle", "câble câbles cables",
	} {
		words := strings.Fields(same)
		for _, w := range words[1:] {
			if got, want := Tokens(w), Tokens(words[0]); !slices.Equal(got, want) {
				t.Errorf("%s: %v, %s: %v", w, got, words[0], want)
			}
		}
	}
	for _, different := range [][2]string{{"mot", "moto"}, {"réseau", "résine"}, {"compte", "conte"}, {"dns", "dhcp"}} {
		if slices.Equal(Tokens(different[0]), Tokens(different[1])) {
			t.Errorf("%s and %s are one word: %v", different[0], different[1], Tokens(different[0]))
		}
	}
}

func TestTokensLeaveElisionsOut(t *testing.T) {
	if got, want := Tokens("l’élève n'a qu’un mot d’essai"), Tokens("élève a un mot essai"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Whatever is typed, tokens are plain words: they stand in the query languages of both engines as they are.
func TestTokensArePlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		for _, token := range Tokens(text) {
			if token == "" || strings.ContainsAny(token, " '\"\\&|!():*\x00") || !utf8.ValidString(token) {
				t.Fatalf("%q gives the token %q", text, token)
			}
		}
		if again := Tokens(strings.ToUpper(Fold(text))); len(again) != len(Tokens(Fold(text))) {
			t.Fatalf("%q: %v, in capitals %v", text, Tokens(text), again)
		}
	})
}

// What is remembered of a text is what reading it afresh would give.
func TestMemoChangesNothing(t *testing.T) {
	pieces := rapid.SampledFrom([]string{" ", "\n", "\u00a0", "\u202f", "\u00a8", "\u0301", "’", "-", "l’élève", "imprimantes", "bloquée", "ŒUVRE", "№", "½", "n°5", "ﬁn"})
	rapid.Check(t, func(t *rapid.T) {
		memo := Memo{}
		for range 3 {
			text := strings.Join(rapid.SliceOf(rapid.OneOf(pieces, rapid.String())).Draw(t, "text"), "")
			if got, want := memo.Tokens(text), Tokens(text); !slices.Equal(got, want) {
				t.Fatalf("%q gives %v, remembered %v", text, want, got)
			}
		}
	})
}

func TestLongWordsAreCut(t *testing.T) {
	if got := Words(strings.Repeat("é", 100)); len(got) != 1 || len(got[0]) != maxWord {
		t.Errorf("%v", got)
	}
}

func TestSortKeysOrderLikeADictionary(t *testing.T) {
	names := []string{"Elan", "Élan", "élan", "Elargi", "Ezra", "Le Goff", "Lebrun", "Zoé"}
	keys := make([]string, len(names))
	for i, n := range names {
		keys[i] = SortKey(n)
	}
	for i := 1; i < len(keys); i++ {
		if names[i-1] != "Élan" && keys[i-1] >= keys[i] { // the order of É and é is not a matter
			t.Errorf("%q is not before %q", names[i-1], names[i])
		}
	}
}

func TestSoughtWordsAreShown(t *testing.T) {
	mark := func(text string, spans []Span) string {
		for _, s := range slices.Backward(spans) {
			text = text[:s.From] + "[" + text[s.From:s.To] + "]" + text[s.To:]
		}
		return text
	}
	for _, c := range []struct {
		sought, text, want string
		open               bool
	}{
		{"imprimante bloquée", "Mon IMPRIMANTE, l’imprimante bloque.", "Mon [IMPRIMANTE], l’[imprimante] [bloque].", false},
		{"élève", "L’élève et les eleves", "L’[élève] et les [eleves]", false},
		{"imp", "Impossible d’imprimer", "[Impossible] d’[imprimer]", true},
		{"œuvre", "Œuvres", "[Œuvres]", false},
		{"moodle", "réseau", "réseau", false},
	} {
		if got := mark(c.text, Seek(Words(c.sought), c.open).Spans(c.text, 10)); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.sought, c.text, got, c.want)
		}
	}
	if !HasPhrase("Le mot de passe, oublié", Words("MOT DE PASSE")) || HasPhrase("mot passe de", Words("mot de passe")) || !HasPhrase("l’erreur base", Words("erreur base")) {
		t.Error("phrases")
	}
}

// A phrase is found where its words stand in a row, and nowhere else, however they repeat.
func TestPhrasesAreFoundInARow(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "b", "été"})
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 0, 12).Draw(t, "words")
		phrase := Words(strings.Join(rapid.SliceOfN(word, 1, 5).Draw(t, "phrase"), " "))
		text := strings.Join(words, rapid.SampledFrom([]string{" ", ", ", "\n", "’", " – "}).Draw(t, "between"))
		folded, want := Words(text), false
		for i := 0; i+len(phrase) <= len(folded); i++ {
			want = want || slices.Equal(folded[i:i+len(phrase)], phrase)
		}
		if got := HasPhrase(text, phrase); got != want {
			t.Fatalf("%v in %q: %v, want %v", phrase, text, got, want)
		}
	})
}

// The words that are walked are those of the index, and the first letters of a stem are those of its words:
// what the index finds can be shown.
func TestWhatIsIndexedCanBeShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("abcdeiolmnrstuyé èêëçàùœ’'-,. 019Aâïôû"))).Draw(t, "text")
		var walked []string
		eachWord(text, func(w []byte, _, _ int) bool { walked = append(walked, string(w)); return true })
		if words := Words(text); !slices.Equal(walked, words) {
			t.Fatalf("%q: walked %q, indexed %q", text, walked, words)
		}
		for _, w := range walked {
			if !elided[w] && !Seek([]string{w}, false).Has(w) {
				t.Fatalf("%q is not found in itself: stem %q", w, stem(w))
			}
		}
	})
}
