package api

import (
	"time"

	"guichet"
	"guichet/internal/ticketing"
)

// Deadline is one of the two clocks of a ticket: how it stands, and for those who handle the ticket, why.
type Deadline struct {
	Clock      guichet.ClockName  `json:"clock"`
	State      guichet.ClockState `json:"state"`
	Within     guichet.Delay      `json:"within"`
	Due        time.Time          `json:"due,omitzero"`
	DoneAt     time.Time          `json:"done_at,omitzero"`
	BreachedAt time.Time          `json:"breached_at,omitzero"`
	Elapsed    int64              `json:"elapsed_seconds"`
	Remaining  int64              `json:"remaining_seconds"`
	Why        []DeadlineLine     `json:"lines,omitempty" nullable:"false"`
}

// DeadlineLine is a line of the explanation of a due date. Work is in seconds of working time.
type DeadlineLine struct {
	Kind    guichet.LineKind `json:"kind"`
	From    time.Time        `json:"begins,omitzero"`
	To      time.Time        `json:"ends,omitzero"`
	Work    int64            `json:"work_seconds,omitempty"`
	Left    int64            `json:"left_seconds,omitempty"`
	Day     string           `json:"day,omitempty"`
	LastDay string           `json:"last_day,omitempty"`
	Holiday guichet.Holiday  `json:"holiday,omitempty"`
	Stop    guichet.StopKind `json:"stop,omitempty"`
	Name    string           `json:"name,omitempty"`
	Count   int              `json:"count,omitempty"`
}

func deadlines(v ticketing.View) []Deadline {
	var out []Deadline
	for _, name := range guichet.ClockNames() {
		run := v.Clock.Countdown(name)
		if run.Within == "" {
			continue
		}
		d := Deadline{Clock: name, State: run.State, Within: run.Within, Due: utc(run.Due), DoneAt: utc(run.DoneAt),
			BreachedAt: utc(run.BreachedAt), Elapsed: seconds(run.Elapsed), Remaining: seconds(run.Remaining())}
		if v.Agent {
			d.Why = deadlineLines(run)
		}
		out = append(out, d)
	}
	return out
}

func deadlineLines(run guichet.Countdown) []DeadlineLine {
	var out []DeadlineLine
	for _, l := range run.Lines {
		out = append(out, DeadlineLine{Kind: l.Kind, From: utc(l.From), To: utc(l.To), Work: seconds(l.Work), Left: seconds(l.Left),
			Day: l.Day.String(), LastDay: l.LastDay.String(), Holiday: l.Holiday, Stop: l.Stop, Name: l.Name, Count: l.Count})
	}
	return out
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
