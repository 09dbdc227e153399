package ticketing

import (
	"context"
	"fmt"
	"time"

	"guichet"
	"guichet/internal/store"
)

// JobSend lets a message leave that its author may take back until then; payload: its identifier.
const JobSend = "ticket.send"

// Message is what an agent sends from the composer.
type Message struct {
	guichet.OutgoingMessage
	Mode    guichet.Mode
	Files   []File
	Key     string        // idempotency key
	Version int64         // of the ticket as it was seen, for a solution; 0: not looked at
	Seen    int64         // the last event that the author had before his or her eyes; 0: whatever happened since
	Delay   time.Duration // for which it may be taken back; 0: it leaves at once
}

// Sent is the outcome of Send: what waits to leave, or what was said already.
type Sent struct {
	Said     Said
	Outgoing guichet.Outgoing
}

// MaxDelay is the longest time for which a message may be taken back.
const MaxDelay = time.Minute

// Send sends a message by an agent. With a delay it is written down at once and leaves when the delay is
// over: until then nobody is told and nothing changes, whatever happens to this process. What would be refused
// is refused now. Errors: not found, denied, invalid, conflict.
func (d *Desk) Send(ctx context.Context, actor guichet.Actor, number int64, m Message) (Sent, error) {
	m.Text = body(m.Text)
	if err := m.check(actor); err != nil {
		return Sent{}, err
	}
	m.Delay = min(m.Delay, MaxDelay)
	var sent Sent
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		if done, err := m.again(ctx, tx, actor, number); err != nil || done {
			return err
		}
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if err := m.allowed(ctx, tx, l, actor); err != nil {
			return err
		}
		if err := l.overtaken(ctx, tx, actor, m.Mode == guichet.ModeNote, m.Seen); err != nil {
			return err
		}
		var result string
		if m.Delay == 0 {
			sent.Said, err = l.deliver(ctx, tx, actor, m)
			result = string(sent.Said.Event.ID)
		} else {
			sent.Outgoing, err = m.wait(ctx, tx, actor, l.ticket.ID)
			result = string(sent.Outgoing.ID)
		}
		if err != nil || m.Key == "" {
			return err
		}
		return tx.KeepOnce(ctx, actor.Person.ID, m.Key, m.fingerprint(number), result)
	})
	return sent, err
}

func (m Message) check(actor guichet.Actor) error {
	if !actor.MayWrite() {
		return guichet.Denied("token.read_only")
	}
	if !m.Mode.Valid() {
		return guichet.Invalid("mode", "field.unknown_value")
	}
	if m.Mode == guichet.ModeSolution {
		var p guichet.Problems
		checkFiles(&p, m.Files)
		return p.Err()
	}
	return FollowUp{Text: m.Text, Internal: m.Mode == guichet.ModeNote, Files: m.Files, Key: m.Key}.check(actor)
}

func (m Message) fingerprint(number int64) string {
	return fmt.Sprintf("send %d %s %s %v", number, m.Mode, m.Text, m.Files)
}

// again reports whether a message with the same idempotency key was sent before.
func (m Message) again(ctx context.Context, tx *store.Tx, actor guichet.Actor, number int64) (bool, error) {
	if m.Key == "" {
		return false, nil
	}
	result, err := tx.Once(ctx, actor.Person.ID, m.Key, m.fingerprint(number))
	return result != "", err
}

// allowed refuses what could not be done now.
func (m Message) allowed(ctx context.Context, tx *store.Tx, l loaded, actor guichet.Actor) error {
	if m.Mode != guichet.ModeSolution {
		if m.Mode == guichet.ModeNote && !l.works(actor) || !l.works(actor) && !l.isParty(actor) {
			return guichet.Denied("action.denied")
		}
		return nil
	}
	if err := l.authorise(actor, guichet.ActionResolve); err != nil {
		return err
	}
	_, err := l.step(ctx, tx, actor, m.act(m.Version))
	return err
}

func (m Message) act(version int64) guichet.Act {
	return guichet.Act{Action: guichet.ActionResolve, Text: m.Text, ServiceID: m.ServiceID, Version: version, DespiteChildren: m.Despite}
}

// wait writes the message down, and asks for it to leave when its delay is over.
func (m Message) wait(ctx context.Context, tx *store.Tx, actor guichet.Actor, ticket guichet.ID) (guichet.Outgoing, error) {
	o := guichet.Outgoing{ID: guichet.NewID(tx.Now), PersonID: actor.Person.ID, TicketID: ticket, Mode: m.Mode, Message: m.OutgoingMessage,
		Channel: actor.Channel, CreatedAt: tx.Now, DueAt: tx.Now.Add(m.Delay)}
	o.Message.Files = nil
	for _, f := range m.Files {
		o.Message.Files = append(o.Message.Files, guichet.OutgoingFile{Name: f.Name, MediaType: f.MediaType, Size: f.Size, Hash: f.Hash,
			Width: f.Width, Height: f.Height})
	}
	if err := tx.InsertOutgoing(ctx, o); err != nil {
		return o, err
	}
	return o, tx.Enqueue(ctx, store.Job{Kind: JobSend, Key: sendKey(o.ID), Payload: string(o.ID), RunAt: o.DueAt})
}

func sendKey(id guichet.ID) string { return JobSend + ":" + string(id) }

// deliver does what the message says: a solution with its files before it, so that whoever is told of it
// finds them there; a reply, and then the wait for its answer.
func (l loaded) deliver(ctx context.Context, tx *store.Tx, actor guichet.Actor, m Message) (Said, error) {
	if m.Mode != guichet.ModeSolution {
		said, err := l.say(ctx, tx, actor, FollowUp{Text: m.Text, Internal: m.Mode == guichet.ModeNote, Files: m.Files})
		if err != nil || !m.Hold || said.FollowOn {
			return said, err
		}
		return said, l.holdAfter(ctx, tx, actor, &said)
	}
	if len(m.Files) > 0 {
		said, err := l.say(ctx, tx, actor, FollowUp{Files: m.Files})
		if err != nil {
			return said, err
		}
		l.ticket = said.Ticket
	}
	if err := l.authorise(actor, guichet.ActionResolve); err != nil {
		return Said{}, err
	}
	t, err := l.decide(ctx, tx, actor, m.act(0))
	return Said{Ticket: t}, err
}

// holdAfter makes the ticket wait for its requester. Where its process knows no such wait, it does not.
func (l loaded) holdAfter(ctx context.Context, tx *store.Tx, actor guichet.Actor, said *Said) error {
	l.ticket = said.Ticket
	act := guichet.Act{Action: guichet.ActionHold, PendingReason: PendingRequester}
	if _, known := l.desk.Flow(l.ticket).Reason(PendingRequester); !known || l.authorise(actor, act.Action) != nil {
		return nil //nolint:nilerr // there is no such wait for this writer
	}
	t, err := l.decide(ctx, tx, actor, act)
	if kind := guichet.KindOf(err); err != nil && (kind == guichet.KindInvalid || kind == guichet.KindConflict && !stale(err)) {
		return nil // it moved on: what was said is said
	}
	if err == nil {
		said.Ticket = t
	}
	return err
}

// stale reports that the transaction has to run again.
func stale(err error) bool { return guichet.CodeOf(err) == "ticket.changed" }

// Leave is the handler of JobSend: the delay is over, the message leaves as its author, with the rights that
// he or she has now. One that cannot is kept for its author, who is told why.
func (d *Desk) Leave(ctx context.Context, tx *store.Tx, j store.Job) error {
	o, err := tx.Outgoing(ctx, guichet.ID(j.Payload))
	if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
		return nil //nolint:nilerr // taken back
	}
	if err != nil {
		return err
	}
	if err := tx.RemoveOutgoing(ctx, o.ID); err != nil { // before anything else: it leaves once, or is taken back
		return err
	}
	err = tx.Try(ctx, func() error { return leave(ctx, tx, o) })
	if err == nil || !refusal(err) {
		return err
	}
	o.Failed = guichet.CodeOf(err)
	tx.LookAgain(o.PersonID) // nothing happened to the ticket: the author is told wherever he or she is
	return tx.InsertOutgoing(ctx, o)
}

// refusal reports an answer of the rules, which another attempt would not change.
func refusal(err error) bool {
	if err == nil || stale(err) {
		return false
	}
	switch guichet.KindOf(err) {
	case guichet.KindInvalid, guichet.KindNotFound, guichet.KindDenied, guichet.KindTooLarge, guichet.KindConflict:
		return true
	}
	return false
}

func leave(ctx context.Context, tx *store.Tx, o guichet.Outgoing) error {
	actor, err := tx.Actor(ctx, o.PersonID, o.Channel)
	if err != nil {
		return err
	}
	t, err := tx.TicketByID(ctx, o.TicketID)
	if err != nil {
		return err
	}
	l, err := load(ctx, tx, actor, t.Number)
	if err != nil {
		return err
	}
	m := Message{OutgoingMessage: o.Message, Mode: o.Mode, Files: filesOf(o)}
	if err := m.allowed(ctx, tx, l, actor); err != nil {
		return err
	}
	_, err = l.deliver(ctx, tx, actor, m)
	return err
}

func filesOf(o guichet.Outgoing) []File {
	var out []File
	for _, f := range o.Message.Files {
		out = append(out, File{Name: f.Name, MediaType: f.MediaType, Size: f.Size, Hash: f.Hash, Width: f.Width, Height: f.Height})
	}
	return out
}

// TakeBack takes back a message of the actor that has not left yet, and returns it with its files. Error:
// conflict when it has left.
func (d *Desk) TakeBack(ctx context.Context, actor guichet.Actor, outgoing guichet.ID) (o guichet.Outgoing, files []File, err error) {
	if !actor.MayWrite() {
		return o, nil, guichet.Denied("token.read_only")
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		o, err = tx.Outgoing(ctx, outgoing)
		switch {
		case err != nil && guichet.KindOf(err) != guichet.KindNotFound:
			return err
		case err != nil || o.PersonID != actor.Person.ID:
			return guichet.Conflict("outgoing.left") // who asks for that of somebody else learns nothing
		case o.Failed == "" && !o.DueAt.After(tx.Now):
			return guichet.Conflict("outgoing.left") // it is leaving
		}
		if err := tx.RemoveOutgoing(ctx, o.ID); err != nil {
			return err
		}
		return tx.CancelJob(ctx, sendKey(o.ID))
	})
	return o, filesOf(o), err
}
