package agent

import (
	"testing"
	"time"

	"guichet"
	"guichet/internal/i18n"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
)

// A row tells of the clocks of its ticket to those who handle it: to anybody else neither a date nor that it waits.
func TestTheClockOfARowIsForThoseWhoHandleIt(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 16, 9, 0, 0, 0, time.UTC)
	paused := ticketing.Row{Contact: guichet.ClockMet, Resolve: guichet.ClockPaused}
	due := ticketing.Row{DueAt: now.Add(time.Hour), WarnAt: now.Add(-time.Hour), Resolve: guichet.ClockRunning}
	for locale, waits := range map[string]string{"fr": "en pause", "en": "paused"} {
		p := kit.Page{P: texts.Printer(locale, time.UTC), Now: now}
		for _, c := range []struct {
			row  ticketing.Row
			want rowClock
		}{
			{paused, rowClock{Class: "sla off", Text: waits}},
			{due, rowClock{"sla near", p.P.Relative(due.DueAt, now), due.DueAt}},
			{ticketing.Row{DueAt: now}, rowClock{"sla over", p.P.Relative(now, now), now}},
			{ticketing.Row{}, rowClock{}},
		} {
			c.row.Handled = true
			if got := clockOf(&p, &c.row); got != c.want {
				t.Errorf("%s: %+v is shown as %+v, want %+v", locale, c.row, got, c.want)
			}
			c.row.Handled = false
			if got := clockOf(&p, &c.row); got != (rowClock{}) {
				t.Errorf("%s: who does not handle %+v is shown %+v", locale, c.row, got)
			}
		}
	}
}
