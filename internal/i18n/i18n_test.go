package i18n

import (
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

func load(t testing.TB) *Bundle {
	t.Helper()
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func paris(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// catalogueOf reads messages written for a test through the same path as the
// embedded ones.
func catalogueOf(t *testing.T, json string) (*catalogue, error) {
	t.Helper()
	c := &catalogue{locale: "fr", tag: load(t).catalogues["fr"].tag, messages: map[string]message{}, format: french()}
	return c, c.readAll(fstest.MapFS{"locales/fr/test.json": {Data: []byte(json)}})
}

func TestTextsAndPlaceholders(t *testing.T) {
	c, err := catalogueOf(t, `{
		"a.plain": "Bonjour",
		"a.named": "{{.who}} a pris {{ .what }}, {{.who}}.",
		"error.a.large": "{{size .Limit}} au plus, {{.Limit}} ou {{size .word}}",
		"a.count": {"one": "{{.n}} ticket pour {{.who}}", "other": "{{.n}} tickets pour {{.who}}"}
	}`)
	if err != nil {
		t.Fatal(err)
	}
	p := Printer{catalogue: c, zone: time.UTC}
	for _, test := range []struct{ got, want string }{
		{p.T("a.plain"), "Bonjour"},
		{p.T("a.named", "what", 12, "who", "Inès"), "Inès a pris 12, Inès."},
		{p.T("a.named", "who", "Inès"), "Inès a pris ⟦what⟧, Inès."},
		{p.With("a.named", map[string]any{"who": "Inès", "what": "tout"}), "Inès a pris tout, Inès."},
		{p.Error("a.large", map[string]any{"Limit": int64(50 << 20), "word": "x"}), "50\u00a0Mio au plus, 52428800 ou x"},
		{p.T("a.absent"), "⟦a.absent⟧"},
		{p.N("a.absent", 2), "⟦a.absent⟧"},
		{p.N("a.count", 0, "who", "vous"), "0 ticket pour vous"},
		{p.N("a.count", 1, "who", "vous"), "1 ticket pour vous"},
		{p.N("a.count", 2, "who", "vous"), "2 tickets pour vous"},
		{p.N("a.count", 1200, "who", "vous"), "1\u202f200 tickets pour vous"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
	if p.Has("a.absent") || !p.Has("a.plain") {
		t.Error("Has does not tell what exists")
	}
}

func TestPluralOfEachLanguage(t *testing.T) {
	b := load(t)
	fr, en := b.Printer("fr", nil), b.Printer("en", nil)
	for _, test := range []struct {
		n                  int
		frSingle, enSingle bool
	}{
		{0, true, false}, {1, true, true}, {-1, true, true}, {2, false, false}, {1_000, false, false},
	} {
		if fr.singular(test.n) != test.frSingle {
			t.Errorf("fr %d: singular %v", test.n, !test.frSingle)
		}
		if en.singular(test.n) != test.enSingle {
			t.Errorf("en %d: singular %v", test.n, !test.enSingle)
		}
	}
}

func TestFaultyCataloguesAreRefused(t *testing.T) {
	for name, json := range map[string]string{
		"not JSON":         `{"a.b": `,
		"not a name":       `{"a.b": "{{if .x}}oui{{end}}"}`,
		"no such format":   `{"a.b": "{{date .x}}"}`,
		"unclosed":         `{"a.b": "{{.x"}`,
		"unused form":      `{"a.b": {"few": "quelques", "other": "autres"}}`,
		"nested key twice": `{"a": {"b": "x"}, "a.b": "y"}`,
	} {
		if _, err := catalogueOf(t, json); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, test := range []struct{ accept, preferred, want string }{
		{"", "", "fr"},
		{"en-GB,en;q=0.9,fr;q=0.8", "", "en"},
		{"fr-CA;q=0.4, en;q=0.9", "", "en"},
		{"de,es;q=0.5", "", "fr"},
		{"de,en;q=0.5", "", "en"},
		{"en;q=0", "", "fr"},
		{"en", "fr", "fr"},
		{"fr", "en-US", "en"},
		{"en", "de", "en"},
		{"not a ; header,,;;", "", "fr"},
	} {
		if got := Match(test.accept, test.preferred); got != test.want {
			t.Errorf("Match(%q, %q) = %q, want %q", test.accept, test.preferred, got, test.want)
		}
	}
}

func TestUnknownLocaleAndZone(t *testing.T) {
	p := load(t).Printer("de", nil)
	if p.Locale() != "fr" || p.Zone() != time.UTC {
		t.Errorf("got %s in %s", p.Locale(), p.Zone())
	}
}

func TestDates(t *testing.T) {
	b, zone := load(t), paris(t)
	fr, en := b.Printer("fr", zone), b.Printer("en", zone)
	at := time.Date(2026, time.November, 23, 8, 5, 0, 0, time.UTC) // 9:05 in Paris
	first := time.Date(2026, time.May, 1, 12, 0, 0, 0, zone)
	for _, test := range []struct{ got, want string }{
		{fr.Date(at), "lundi 23 novembre 2026"},
		{en.Date(at), "Monday 23 November 2026"},
		{fr.Date(first), "vendredi 1er mai 2026"},
		{en.Date(first), "Friday 1 May 2026"},
		{fr.DateTime(at), "lundi 23 novembre 2026 à 9\u00a0h\u00a005"},
		{en.DateTime(at), "Monday 23 November 2026 at 09:05"},
		{fr.Short(at), "23 nov. 2026"},
		{en.Short(at), "23 Nov 2026"},
		{fr.Clock(at), "9\u00a0h\u00a005"},
		{fr.Clock(first), "12\u00a0h"},
		{en.Clock(at), "09:05"},
		{b.Printer("fr", nil).Clock(at), "8\u00a0h\u00a005"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestRelative(t *testing.T) {
	b, zone := load(t), paris(t)
	now := time.Date(2026, time.November, 24, 17, 0, 0, 0, zone) // a Tuesday
	for _, test := range []struct {
		t      time.Time
		fr, en string
	}{
		{now.Add(-20 * time.Second), "à l’instant", "just now"},
		{now.Add(20 * time.Second), "à l’instant", "just now"},
		{now.Add(-12*time.Minute - 40*time.Second), "il y a 12\u00a0min", "12\u00a0min ago"},
		{now.Add(59 * time.Minute), "dans 59\u00a0min", "in 59\u00a0min"},
		{time.Date(2026, 11, 24, 10, 12, 0, 0, zone), "aujourd’hui à 10\u00a0h\u00a012", "today at 10:12"},
		{time.Date(2026, 11, 23, 16, 52, 0, 0, zone), "hier à 16\u00a0h\u00a052", "yesterday at 16:52"},
		{time.Date(2026, 11, 25, 9, 0, 0, 0, zone), "demain à 9\u00a0h", "tomorrow at 09:00"},
		{time.Date(2026, 11, 18, 9, 5, 0, 0, zone), "mercredi 18 nov. à 9\u00a0h\u00a005", "Wednesday 18 Nov at 09:05"},
		{time.Date(2026, 11, 30, 9, 5, 0, 0, zone), "lundi 30 nov. à 9\u00a0h\u00a005", "Monday 30 Nov at 09:05"},
		{time.Date(2026, 11, 17, 9, 5, 0, 0, zone), "le 17 novembre", "on 17 November"},
		{time.Date(2026, 12, 1, 0, 0, 0, 0, zone), "le 1er décembre", "on 1 December"},
		{time.Date(2027, 1, 1, 0, 0, 0, 0, zone), "le 1er janvier 2027", "on 1 January 2027"},
		// Late on the 23rd in London is already the 24th in Paris.
		{time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC), "aujourd’hui à 0\u00a0h\u00a030", "today at 00:30"},
	} {
		if got := b.Printer("fr", zone).Relative(test.t, now); got != test.fr {
			t.Errorf("%s: got %q, want %q", test.t, got, test.fr)
		}
		if got := b.Printer("en", zone).Relative(test.t, now); got != test.en {
			t.Errorf("%s: got %q, want %q", test.t, got, test.en)
		}
	}
}

func TestRelativeAcrossClockChange(t *testing.T) {
	zone := paris(t)
	// The clocks go back in the night of 25 October 2026: the 25th has 25 hours.
	now := time.Date(2026, 10, 26, 0, 30, 0, 0, zone)
	got := load(t).Printer("fr", zone).Relative(time.Date(2026, 10, 25, 0, 15, 0, 0, zone), now)
	if want := "hier à 0\u00a0h\u00a015"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNumbersAndSizes(t *testing.T) {
	b := load(t)
	fr, en := b.Printer("fr", nil), b.Printer("en", nil)
	for _, test := range []struct{ got, want string }{
		{fr.Number(1234567), "1\u202f234\u202f567"},
		{en.Number(1234567), "1,234,567"},
		{fr.Number(999), "999"},
		{fr.Number(-1000), "-1\u202f000"},
		{fr.Number(-100), "-100"},
		{en.Ticket(10234), "10\u202f234"},
		{fr.Size(0), "0\u00a0o"},
		{fr.Size(1023), "1023\u00a0o"},
		{fr.Size(1024), "1\u00a0Kio"},
		{fr.Size(1_887_437), "1,8\u00a0Mio"},
		{en.Size(1_887_437), "1.8\u00a0MiB"},
		{fr.Size(50 << 20), "50\u00a0Mio"},
		{fr.Size(1<<20 - 1), "1\u00a0Mio"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestKeysAreSortedAndComplete(t *testing.T) {
	b := load(t)
	keys := b.Keys()
	if !slices.IsSorted(keys) || !slices.Contains(keys, "date.at") {
		t.Errorf("keys: %v", keys)
	}
	if got := b.Locales(); !slices.Equal(got, []string{"en", "fr"}) {
		t.Errorf("locales: %v", got)
	}
}

func BenchmarkPlainText(b *testing.B) {
	p := load(b).Printer("fr", nil)
	for b.Loop() {
		p.T("date.now")
	}
}

func BenchmarkTextWithValue(b *testing.B) {
	p := load(b).Printer("fr", nil)
	for b.Loop() {
		p.T("date.on", "day", "23 novembre")
	}
}

func BenchmarkCount(b *testing.B) {
	p := load(b).Printer("fr", nil)
	for b.Loop() {
		p.N("date.minutes_ago", 12)
	}
}
