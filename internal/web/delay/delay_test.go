package delay

import (
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/i18n"
)

// Every line of an explanation, every stop and every holiday is said in both languages.
func TestEachLineIsSaid(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 26, 16, 40, 0, 0, time.UTC)
	day := guichet.Date{Year: 2026, Month: 12, Day: 25}
	for _, locale := range []string{"fr", "en"} {
		p := texts.Printer(locale, time.UTC)
		for _, kind := range guichet.LineKinds() {
			for _, l := range []guichet.ClockLine{
				{Kind: kind, From: at, To: at.Add(time.Hour), Work: 90 * time.Minute, Left: time.Hour, Day: day, LastDay: day.AddDays(2), Holiday: guichet.HolidayChristmas, Stop: guichet.StopPending, Name: "Attente", Count: 4},
				{Kind: kind, From: at, Day: day, LastDay: day, Holiday: guichet.HolidayChristmas, Stop: guichet.StopApproval, Count: 1},
			} {
				for _, within := range []guichet.Delay{"4h", "2d"} {
					if text := Line(p, l, guichet.Countdown{Within: within}); text == "" || strings.ContainsAny(text, "⟦{<") {
						t.Errorf("%s %s: %q", locale, kind, text)
					}
				}
			}
		}
		for _, h := range guichet.Holidays() {
			if !p.Has("holiday." + string(h)) {
				t.Errorf("%s: no name for %s", locale, h)
			}
		}
		for _, s := range guichet.HolidaySets() {
			if !p.Has("holidays." + string(s)) {
				t.Errorf("%s: no name for %s", locale, s)
			}
		}
		for _, s := range []guichet.StopKind{guichet.StopApproval, guichet.StopPending, guichet.StopExcluded, guichet.StopResolved, guichet.StopWithdrawn} {
			if !p.Has("delay.stop." + string(s)) {
				t.Errorf("%s: no words for %s", locale, s)
			}
		}
	}
}

func TestSpansOfTime(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := texts.Printer("fr", time.UTC)
	for d, want := range map[time.Duration]string{130 * time.Minute: "2\u00a0h\u00a010", 18 * time.Minute: "18\u00a0min", -42 * time.Minute: "42\u00a0min", 4 * time.Hour: "4\u00a0h", 20 * time.Second: "20\u00a0s"} {
		if got := Span(p, d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
	if got := Delay(p, "1d 4h"); got != "1\u00a0jour 4\u00a0h" {
		t.Errorf("%q", got)
	}
}
