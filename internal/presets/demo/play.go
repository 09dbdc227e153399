package demo

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"guichet"
	"guichet/internal/ticketing"
)

// Clock is the clock of the database while a demonstration is played. The zero Clock tells the
// real time. Its Now goes into store.Options.
type Clock struct{ at atomic.Pointer[time.Time] }

// Now returns the time that was set, or the real one.
func (c *Clock) Now() time.Time {
	if t := c.at.Load(); t != nil {
		return *t
	}
	return time.Now()
}

// Set stops the clock at a time; the zero time lets it run again.
func (c *Clock) Set(t time.Time) {
	if t.IsZero() {
		c.at.Store(nil)
		return
	}
	c.at.Store(&t)
}

// Player is what a demonstration is played on: the use cases, on a database whose clock is Clock.
type Player struct {
	Desk  *ticketing.Desk
	Clock *Clock
	Actor func(ctx context.Context, person guichet.ID, channel guichet.Channel) (guichet.Actor, error)
}

// Play runs the stories of a script through the use cases in the order of time, as if it had all
// happened before now. The desk must hold the preset already. The jobs that tell people of what
// happened wait in the database; whoever plays discards those that are too old to be told. Errors
// name the file and the line.
func Play(ctx context.Context, player Player, script Script, now time.Time) error {
	desk, err := player.Desk.Config(ctx)
	if err != nil {
		return err
	}
	calendar, err := newCalendar(now, desk.TimeZone)
	if err != nil {
		return err
	}
	r := &run{Player: player, script: script, calendar: calendar, actors: map[role]guichet.Actor{},
		numbers: map[int]int64{}, tasks: map[int]guichet.ID{}}
	return r.play(ctx)
}

// run is one playing of a script.
type run struct {
	Player
	script   Script
	calendar calendar
	actors   map[role]guichet.Actor
	numbers  map[int]int64      // of the tickets, by story
	tasks    map[int]guichet.ID // the last of each story
}

type role struct {
	person  string
	channel guichet.Channel
}

// beat is one thing that happens: the opening of a story, or one of its steps.
type beat struct {
	at    time.Time
	story int
	step  int // -1: the opening
}

func (r *run) play(ctx context.Context) error {
	beats, err := r.beats()
	if err != nil {
		return err
	}
	defer r.Clock.Set(time.Time{})
	for _, b := range beats {
		r.Clock.Set(b.at)
		if err := r.perform(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", r.place(b), err)
		}
	}
	return r.Desk.SaveSightings(ctx)
}

// sees has who acted at the desk look at the ticket, as the page shows it after an act.
func (r *run) sees(ctx context.Context, actor guichet.Actor, number int64) error {
	if actor.System {
		return nil
	}
	v, err := r.Desk.Look(ctx, actor, number, ticketing.Look{Last: 1})
	if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
		return nil //nolint:nilerr // what was escalated is out of sight
	}
	r.Desk.Saw(actor, v)
	return err
}

// place says where a beat is written.
func (r *run) place(b beat) string {
	line := r.script.Stories[b.story].line
	if b.step >= 0 {
		line = r.script.Stories[b.story].Steps[b.step].line
	}
	return fmt.Sprintf("%s:%d", scriptFile(r.script.Name), line)
}

// beats lists everything that happens, in the order of time; a story keeps its own order.
func (r *run) beats() ([]beat, error) {
	var beats []beat
	for i, story := range r.script.Stories {
		b := beat{story: i, step: -1}
		at, err := r.calendar.past(story.At, time.Time{})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.place(b), err)
		}
		b.at = at
		beats = append(beats, b)
		for j, step := range story.Steps {
			b.step = j
			if b.at, err = r.calendar.past(step.At, b.at); err != nil {
				return nil, fmt.Errorf("%s: %w", r.place(b), err)
			}
			beats = append(beats, b)
		}
	}
	slices.SortStableFunc(beats, func(a, b beat) int { return a.at.Compare(b.at) })
	return beats, nil
}

func (r *run) perform(ctx context.Context, b beat) error {
	story := r.script.Stories[b.story]
	if b.step < 0 {
		return r.open(ctx, b, story)
	}
	step := story.Steps[b.step]
	actor, err := r.actor(ctx, step.By, r.side(step.By, story))
	if err != nil {
		return err
	}
	number := r.numbers[b.story]
	switch step.Do {
	case doReply, doNote:
		_, err = r.Desk.FollowUp(ctx, actor, number, ticketing.FollowUp{Text: step.Text, Internal: step.Do == doNote})
	case doTask:
		err = r.task(ctx, actor, b, step)
	case doDone:
		err = r.Desk.FinishTask(ctx, actor, number, r.tasks[b.story])
	default:
		err = r.act(ctx, actor, b, step)
	}
	if err != nil {
		return err
	}
	return r.sees(ctx, actor, number)
}

// side is the way by which somebody acts: the requester's side by the portal, the others at the desk.
func (r *run) side(by string, s Story) guichet.Channel {
	if by == s.From || by == s.For {
		return guichet.ChannelPortal
	}
	return guichet.ChannelDesk
}

// actor reads each actor once.
func (r *run) actor(ctx context.Context, by string, channel guichet.Channel) (guichet.Actor, error) {
	if by == bySystem {
		return guichet.SystemActor(), nil
	}
	key := role{by, channel}
	if a, known := r.actors[key]; known {
		return a, nil
	}
	a, err := r.Actor(ctx, guichet.ID(by), channel)
	r.actors[key] = a
	return a, err
}

func (r *run) open(ctx context.Context, b beat, s Story) error {
	by, channel := s.By, s.Channel
	if by == "" {
		by = s.From
	}
	if channel == "" {
		channel = guichet.ChannelPortal
	}
	actor, err := r.actor(ctx, by, channel)
	if err != nil {
		return err
	}
	urgency := s.Urgency
	if urgency == "" {
		urgency = guichet.GradeMedium
	}
	t, err := r.Desk.Open(ctx, actor, ticketing.Open{Service: s.Service, Offering: s.Offering, Title: s.Title,
		Description: s.Text, Urgency: urgency, Requester: s.From, Beneficiary: s.For, Observers: s.Observers, WorkPlace: s.Place,
		Location: s.Location, Channel: channel, Answers: r.answers(s)})
	r.numbers[b.story] = t.Number
	return err
}

func (r *run) answers(s Story) map[string][]string {
	out := map[string][]string{}
	for key, values := range s.Answers {
		for _, v := range values {
			out[key] = append(out[key], r.calendar.date(v))
		}
	}
	return out
}

func (r *run) task(ctx context.Context, actor guichet.Actor, b beat, s Step) error {
	due, err := r.calendar.at(s.Due, b.at)
	if err != nil {
		return err
	}
	task, err := r.Desk.AddTask(ctx, actor, r.numbers[b.story],
		ticketing.NewTask{Title: s.Title, AssigneeID: s.To, DueAt: due, Minutes: s.Minutes})
	r.tasks[b.story] = task.ID
	return err
}

func (r *run) act(ctx context.Context, actor guichet.Actor, b beat, s Step) error {
	until, err := r.calendar.at(s.Until, b.at)
	if err != nil {
		return err
	}
	act := guichet.Act{Action: guichet.Action(s.Do), Text: s.Text, Kind: s.Kind, ServiceID: s.Service,
		Urgency: s.Urgency, Impact: s.Impact, TeamID: s.Team, AssigneeID: s.To, Level: s.Level,
		PendingReason: s.Reason, Until: until}
	if len(s.Rating) == 2 {
		act.RatingTime, act.RatingAnswers = s.Rating[0], s.Rating[1]
	}
	_, err = r.Desk.Do(ctx, actor, r.numbers[b.story], act)
	return err
}
