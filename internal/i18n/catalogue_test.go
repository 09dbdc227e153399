package i18n

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestLanguagesHoldTheSameMessages(t *testing.T) {
	b := load(t)
	fr, en := b.catalogues["fr"].messages, b.catalogues["en"].messages
	for key := range en {
		if _, found := fr[key]; !found {
			t.Errorf("%s: in English only", key)
		}
	}
	for key, french := range fr {
		english, found := en[key]
		if !found {
			t.Errorf("%s: in French only", key)
			continue
		}
		if !slices.Equal(placeholders(french), placeholders(english)) {
			t.Errorf("%s: placeholders %v in French, %v in English", key, placeholders(french), placeholders(english))
		}
		if (french.one == nil) != (english.one == nil) {
			t.Errorf("%s: counts in one language only", key)
		}
	}
}

// placeholders lists the names a message may use, each once, sorted. The
// singular may leave the count out ("un ticket").
func placeholders(m message) []string {
	slots := slices.Clone(m.other.slots)
	if m.one != nil {
		slots = append(slots, m.one.slots...)
	}
	var names []string
	for _, place := range slots {
		names = append(names, place.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// words gives the sentences of a message with a letter for each placeholder.
func words(m message) []string {
	sentences := []string{strings.Join(m.other.words, "x")}
	if m.one != nil {
		sentences = append(sentences, strings.Join(m.one.words, "x"))
	}
	return sentences
}

func TestNoMessageIsEmpty(t *testing.T) {
	for locale, c := range load(t).catalogues {
		for key, m := range c.messages {
			if slices.Contains(words(m), "") {
				t.Errorf("%s %s: empty", locale, key)
			}
		}
	}
}

// Rules of French typography (Imprimerie nationale, and the house style for
// the kind of space): a narrow no-break space before ; ! ? and %, a no-break
// space before a colon and inside guillemets, a curly apostrophe.
var typography = map[string]*regexp.Regexp{
	"straight apostrophe":           regexp.MustCompile(`'`),
	"U+202F needed before ; ! ? %":  regexp.MustCompile(`[^\x{202f};!?…][;!?%]+(\s|[»)\x{a0}\x{202f}]|$)`),
	"U+00A0 needed before a colon":  regexp.MustCompile(`[^\x{a0}]:(\s|[»)\x{a0}]|$)`),
	"U+00A0 needed after «":         regexp.MustCompile(`«([^\x{a0}]|$)`),
	"U+00A0 needed before »":        regexp.MustCompile(`(^|[^\x{a0}])»`),
	"three dots instead of …":       regexp.MustCompile(`\.\.\.`),
	"interpunct":                    regexp.MustCompile(`\pL·\pL`),
	"space of two characters or so": regexp.MustCompile(`[ \x{a0}\x{202f}]{2}`),
}

func TestFrenchTypography(t *testing.T) {
	for key, m := range load(t).catalogues["fr"].messages {
		for _, sentence := range words(m) {
			for _, fault := range typographyFaults(sentence) {
				t.Errorf("%s: %s: %q", key, fault, sentence)
			}
		}
	}
}

func typographyFaults(sentence string) []string {
	var faults []string
	for fault, pattern := range typography {
		if pattern.MatchString(sentence) {
			faults = append(faults, fault)
		}
	}
	return faults
}

func TestTypographyRules(t *testing.T) {
	for sentence, faulty := range map[string]bool{
		"Que se passe-t-il\u202f?":   false,
		"Que se passe-t-il ?":        true,
		"Que se passe-t-il?":         true,
		"Vraiment\u202f?!":           false,
		"Objet\u00a0: x":             false,
		"Objet: x":                   true,
		"Objet\u202f: x":             true,
		"«\u00a0C’est résolu\u00a0»": false,
		"« C’est résolu »":           true,
		"l'incident":                 true,
		"https://exemple.fr/?q=a;b":  false,
		"42\u202f%":                  false,
		"42 %":                       true,
		"Chargement...":              true,
		"statut:ouvert":              false,
		"«\u00a0Que se passe-t-il\u202f?\u00a0»": false,
	} {
		if got := len(typographyFaults(sentence)) > 0; got != faulty {
			t.Errorf("%q: faulty %v, want %v (%v)", sentence, got, faulty, typographyFaults(sentence))
		}
	}
}

// A JSON reader keeps the last of two equal keys and says nothing.
func TestNoKeyIsWrittenTwice(t *testing.T) {
	err := fs.WalkDir(embedded, "locales", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(embedded, name)
		if err != nil {
			return err
		}
		for _, key := range repeated(t, text) {
			t.Errorf("%s: key %q written twice", name, key)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// repeated lists the keys of the outer object that come more than once.
func repeated(t *testing.T, text []byte) []string {
	t.Helper()
	var twice []string
	seen := map[string]bool{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		t.Fatal(err)
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if name := key.(string); seen[name] {
			twice = append(twice, name)
		} else {
			seen[name] = true
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return twice
}

func TestRepeatedKeysAreFound(t *testing.T) {
	got := repeated(t, []byte(`{"a.b": "x", "c.d": {"one": "1", "other": "2"}, "a.b": "y"}`))
	if !slices.Equal(got, []string{"a.b"}) {
		t.Errorf("got %v", got)
	}
}
