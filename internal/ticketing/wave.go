package ticketing

import (
	"context"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/store"
)

// JobWave sends a wave to the next of its tickets; payload: identifier of the wave.
const JobWave = "ticket.wave"

// waveBatch is how many tickets one job reaches: a transaction stays short however many there are.
const waveBatch = 25

// Outcomes of a wave on a ticket.
const (
	waveDone    = "done"
	waveRefused = "refused"
)

// Sending is a message or a solution for all the tickets below one. Base is the public address of the desk,
// without a final slash, for links.
type Sending struct {
	Kind    guichet.WaveKind
	Text    string // with placeholders, written for each ticket in its requester's language
	Service guichet.ID
	Base    string
}

// WavePreview is what a wave would write: how it reads on the first ticket, and whom it would reach.
type WavePreview struct {
	Below
	Sample string // Markdown
	First  int64  // the ticket of the sample
}

// WavePreview says what a wave would do. Errors: as SendWave.
func (d *Desk) WavePreview(ctx context.Context, actor guichet.Actor, number int64, in Sending) (WavePreview, error) {
	below, err := d.Below(ctx, actor, number)
	out := WavePreview{Below: below}
	if err != nil {
		return out, err
	}
	w := in.wave(actor)
	if err := w.Check(below.Desk); err != nil {
		return out, err
	}
	if len(below.Open) == 0 {
		return out, guichet.Conflict("wave.nobody")
	}
	out.First = below.Open[0].Number
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, out.First)
		if err == nil {
			out.Sample, err = l.written(ctx, tx, actor, w)
		}
		return err
	})
	return out, err
}

func (in Sending) wave(actor guichet.Actor) guichet.Wave {
	return guichet.Wave{Kind: in.Kind, Text: body(in.Text), ServiceID: in.Service, Base: strings.TrimSuffix(in.Base, "/"), ByID: actor.Person.ID}
}

// SendWave answers, or resolves, all the tickets below one that are not over: it writes down which they are, and a job
// reaches them, each once, as the actor and with the actor's rights at that moment. Errors: not found, denied, invalid,
// conflict when nothing stands below.
func (d *Desk) SendWave(ctx context.Context, actor guichet.Actor, number int64, in Sending) (guichet.Wave, error) {
	w := in.wave(actor)
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToLink(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if err := w.Check(l.desk); err != nil {
			return err
		}
		open, err := tx.Below(ctx, actor.Scope(), l.ticket.ID, 1)
		if err == nil && len(open) == 0 {
			err = guichet.Conflict("wave.nobody")
		}
		if err != nil {
			return err
		}
		return l.send(ctx, tx, &w)
	})
	return w, err
}

func (l loaded) send(ctx context.Context, tx *store.Tx, w *guichet.Wave) error {
	w.ID, w.TicketID, w.At = guichet.NewID(tx.Now), l.ticket.ID, tx.Now
	if err := tx.InsertWave(ctx, *w); err != nil {
		return err
	}
	return tx.Enqueue(ctx, waveJob(w.ID))
}

func waveJob(id guichet.ID) store.Job {
	return store.Job{Kind: JobWave, Key: JobWave + ":" + string(id), Payload: string(id)}
}

// WaveBatch is the handler of JobWave: it reaches the next tickets, notes on each what became of it in the same
// transaction, and asks for the batch after. It may so be killed and taken up again: no ticket is reached twice.
func (d *Desk) WaveBatch(ctx context.Context, tx *store.Tx, j store.Job) error {
	w, err := tx.Wave(ctx, guichet.ID(j.Payload))
	if err != nil || !w.EndedAt.IsZero() {
		return err
	}
	tickets, err := tx.WaitingOfWave(ctx, w.ID, waveBatch)
	if err != nil {
		return err
	}
	actor, err := tx.Actor(ctx, w.ByID, guichet.ChannelDesk)
	gone := guichet.KindOf(err) == guichet.KindNotFound && err != nil // who wrote it has left
	if err != nil && !gone {
		return err
	}
	for _, id := range tickets {
		err := guichet.Denied("action.denied")
		if !gone {
			err = tx.Try(ctx, func() error { return reach(ctx, tx, actor, w, id) })
		}
		outcome, reason := waveDone, ""
		if err != nil {
			if !refusal(err) {
				return err
			}
			outcome, reason = waveRefused, guichet.CodeOf(err)
		}
		if err := tx.ReachedByWave(ctx, w.ID, id, outcome, reason); err != nil {
			return err
		}
	}
	if len(tickets) < waveBatch {
		return tx.EndWave(ctx, w.ID)
	}
	return tx.Enqueue(ctx, waveJob(w.ID))
}

// reach does to one ticket what a wave says, by the ticket's own process and the writer's rights over it.
func reach(ctx context.Context, tx *store.Tx, actor guichet.Actor, w guichet.Wave, id guichet.ID) error {
	l, err := byID(ctx, tx, id)
	if err != nil {
		return err
	}
	seen, err := tx.SeenAmong(ctx, actor.Scope(), []guichet.ID{id})
	switch {
	case err != nil:
		return err
	case !seen[id] || !l.works(actor):
		return guichet.Denied("action.denied")
	case l.ticket.State.Final():
		return guichet.Conflict("ticket.final")
	case w.Kind == guichet.WaveAnnounce:
		_, err := l.announce(ctx, tx, actor, guichet.ID(w.Text))
		return err
	}
	text, err := l.written(ctx, tx, actor, w)
	if err != nil {
		return err
	}
	if w.Kind == guichet.WaveAnswer {
		_, err = l.say(ctx, tx, actor, FollowUp{Text: text})
		return err
	}
	act := guichet.Act{Action: guichet.ActionResolve, Text: text, ServiceID: w.ServiceID}
	if err := l.authorise(actor, act.Action); err != nil {
		return err
	}
	_, err = l.decide(ctx, tx, actor, act)
	return err
}

// written is the text of a wave on a ticket.
func (l loaded) written(ctx context.Context, tx *store.Tx, actor guichet.Actor, w guichet.Wave) (string, error) {
	facts, locale, err := Facts(ctx, tx, l.desk, l.ticket, actor.Person)
	if err != nil {
		return "", err
	}
	facts.URL = w.Base + "/tickets/" + strconv.FormatInt(l.ticket.Number, 10)
	return w.Write(locale, facts)
}

// WaveView is a wave with how far it has come.
type WaveView struct {
	guichet.Wave
	store.WaveProgress
	Failed []store.RefusedTicket // the first of those that refused it
	Author string
}

// Left is how many tickets it has not reached yet.
func (w WaveView) Left() int { return w.Total - w.Done - w.Refused }

// Limits of what is shown of waves.
const (
	maxWaves  = 5
	maxFailed = 50
)

func waves(ctx context.Context, tx *store.Tx, actor guichet.Actor, ticket guichet.ID) ([]WaveView, error) {
	list, err := tx.Waves(ctx, ticket, maxWaves)
	if err != nil {
		return nil, err
	}
	var authors []guichet.ID
	for _, w := range list {
		authors = append(authors, w.ByID)
	}
	people, err := tx.People(ctx, authors)
	if err != nil {
		return nil, err
	}
	var out []WaveView
	for _, w := range list {
		x := WaveView{Wave: w, Author: people[w.ByID].Name()}
		if x.WaveProgress, err = tx.ProgressOfWave(ctx, w.ID); err != nil {
			return nil, err
		}
		if x.Refused > 0 {
			if x.Failed, err = tx.RefusedByWave(ctx, actor.Scope(), w.ID, maxFailed); err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return out, nil
}
