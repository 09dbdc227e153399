package ticketing

import (
	"context"
	"time"

	"guichet"
	"guichet/internal/store"
)

// NewTask is a task to add to a ticket.
type NewTask struct {
	Title      string
	AssigneeID guichet.ID // empty: the actor
	DueAt      time.Time
	Minutes    int
}

// AddTask adds a task (C3); agents only.
func (d *Desk) AddTask(ctx context.Context, actor guichet.Actor, number int64, in NewTask) (guichet.Task, error) {
	in.Title = line(in.Title)
	var task guichet.Task
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToWork(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if err := l.checkTask(in); err != nil {
			return err
		}
		task = guichet.Task{ID: guichet.NewID(tx.Now), TicketID: l.ticket.ID, Title: in.Title, AssigneeID: in.AssigneeID,
			DueAt: in.DueAt, Minutes: in.Minutes, CreatedAt: tx.Now}
		if task.AssigneeID == "" {
			task.AssigneeID = actor.Person.ID
		}
		if err := tx.InsertTask(ctx, task); err != nil {
			return err
		}
		helper := guichet.Party{PersonID: task.AssigneeID, Role: guichet.PartyAssignee}
		if err := tx.AddParty(ctx, l.ticket.ID, helper); err != nil {
			return err
		}
		e := guichet.Event{At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: guichet.EventTaskAdded,
			Internal: true, Text: task.Title, RefID: task.ID, Changes: taskChanges(task)}
		after := l.ticket
		after.UpdatedAt = tx.Now
		return save(ctx, tx, l.ticket, &after, []guichet.Event{e})
	})
	return task, err
}

func taskChanges(t guichet.Task) []guichet.Change {
	list := []guichet.Change{{Field: "technician", To: string(t.AssigneeID)}}
	if !t.DueAt.IsZero() {
		list = append(list, guichet.Change{Field: "due", To: t.DueAt.UTC().Format(time.RFC3339)})
	}
	return list
}

func (l loaded) checkTask(in NewTask) error {
	var p guichet.Problems
	p.Text("title", in.Title, guichet.MaxTitle)
	if in.Minutes < 0 || in.Minutes > 60*24*365 {
		p.Add("minutes", "field.number")
	}
	if in.AssigneeID != "" && !l.isTechnician(in.AssigneeID) {
		p.Add("technician", "field.unknown_value")
	}
	return p.Err()
}

func (l loaded) isTechnician(person guichet.ID) bool {
	for _, team := range l.desk.Teams {
		if team.Has(person) {
			return true
		}
	}
	return person == l.ticket.AssigneeID
}

// FinishTask marks a task of a ticket as done.
func (d *Desk) FinishTask(ctx context.Context, actor guichet.Actor, number int64, task guichet.ID) error {
	return d.onTask(ctx, actor, number, task, loaded.finish)
}

// ReopenTask marks a task of a ticket as still to do.
func (d *Desk) ReopenTask(ctx context.Context, actor guichet.Actor, number int64, task guichet.ID) error {
	return d.onTask(ctx, actor, number, task, loaded.reopen)
}

func (d *Desk) onTask(ctx context.Context, actor guichet.Actor, number int64, task guichet.ID,
	do func(loaded, context.Context, *store.Tx, guichet.Actor, guichet.Task) error) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToWork(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		on, t, err := l.taskOf(ctx, tx, actor, task)
		if err != nil {
			return err
		}
		return do(on, ctx, tx, actor, t)
	})
}

func (l loaded) finish(ctx context.Context, tx *store.Tx, actor guichet.Actor, t guichet.Task) error {
	if err := tx.FinishTask(ctx, t.ID, actor.Person.ID); err != nil {
		return err
	}
	e := guichet.Event{At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: guichet.EventTaskDone,
		Internal: true, Text: t.Title, RefID: t.ID}
	after := l.ticket
	after.UpdatedAt = tx.Now
	return save(ctx, tx, l.ticket, &after, []guichet.Event{e})
}

func (l loaded) reopen(ctx context.Context, tx *store.Tx, actor guichet.Actor, t guichet.Task) error {
	if err := tx.ReopenTask(ctx, t.ID); err != nil {
		return err
	}
	if err := tx.AddParty(ctx, l.ticket.ID, guichet.Party{PersonID: t.AssigneeID, Role: guichet.PartyAssignee}); err != nil {
		return err
	}
	e := guichet.Event{At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: guichet.EventTaskUndone,
		Internal: true, Text: t.Title, RefID: t.ID}
	after := l.ticket
	after.UpdatedAt = tx.Now
	return save(ctx, tx, l.ticket, &after, []guichet.Event{e})
}

// TaskRow is a task with the ticket that it is part of.
type TaskRow = store.TaskRow

// maxTasks is how many tasks a person is shown at once.
const maxTasks = 200

// MyTasks lists what the actor has to do on running tickets, the first due first.
func (d *Desk) MyTasks(ctx context.Context, actor guichet.Actor) (list []TaskRow, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		list, err = tx.TasksOf(ctx, actor.Scope(), actor.Person.ID, maxTasks)
		return err
	})
	return list, err
}
