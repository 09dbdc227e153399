// Package operating is what those who configure and operate the desk look at: its jobs, its mail, its
// tokens, who holds which role.
package operating

import (
	"context"

	"guichet"
	"guichet/internal/blob"
	"guichet/internal/store"
)

// Operating runs the use cases on a database and on the files beside it.
type Operating struct {
	store   *store.Store
	files   *blob.Store
	version string
}

// New makes the use cases. The version is that of the program.
func New(s *store.Store, files *blob.Store, version string) *Operating {
	return &Operating{s, files, version}
}

// Limits of what is listed.
const (
	maxJobs  = 100
	maxMails = 50
)

// Job is a job that failed for good, or waits.
type Job = store.Job

// Mail is a message of the outbox.
type Mail = store.Mail

// Token is an API token, without its secret.
type Token struct {
	store.APIToken
	Holder string // name of the person in whose name it acts
}

// Overview is the state of the machinery.
type Overview struct {
	Version       string
	Engine        string
	Waiting, Dead int
	DeadJobs      []Job
	Mails         []Mail // newest first
	Tokens        []Token
	Indexing      []store.Indexing // the index of words, while it is made again
}

// Overview reads the state of the machinery. Without the permission to operate the desk it does not
// exist.
func (o *Operating) Overview(ctx context.Context, actor guichet.Actor) (Overview, error) {
	if !actor.Has(guichet.PermissionOperate) {
		return Overview{}, guichet.NotFound("page")
	}
	v := Overview{Version: o.version}
	var err error
	if v.Engine, err = o.store.Engine(ctx); err != nil {
		return v, err
	}
	err = o.store.Read(ctx, func(tx *store.Tx) (err error) {
		if v.Waiting, v.Dead, err = tx.JobCounts(ctx); err != nil {
			return err
		}
		if v.DeadJobs, err = tx.Jobs(ctx, true, maxJobs); err != nil {
			return err
		}
		if v.Mails, err = tx.Mails(ctx, "", store.Cursor{}, maxMails); err != nil {
			return err
		}
		if v.Indexing, err = tx.Indexings(ctx); err != nil {
			return err
		}
		v.Tokens, err = tokens(ctx, tx)
		return err
	})
	return v, err
}

func tokens(ctx context.Context, tx *store.Tx) ([]Token, error) {
	list, err := tx.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	var ids []guichet.ID
	for _, t := range list {
		ids = append(ids, t.PersonID)
	}
	people, err := tx.People(ctx, ids)
	var out []Token
	for _, t := range list {
		out = append(out, Token{t, people[t.PersonID].Name()})
	}
	return out, err
}

// Retry gives a job that failed for good another chance. Errors: not found when it is not among the
// dead, or without the permission to operate the desk.
func (o *Operating) Retry(ctx context.Context, actor guichet.Actor, job guichet.ID) error {
	if !actor.Has(guichet.PermissionOperate) || !actor.MayWrite() {
		return guichet.NotFound("job")
	}
	return o.store.Write(ctx, func(tx *store.Tx) error { return tx.RetryJob(ctx, job) })
}

// Grant is a role that is held, with the name of who holds it.
type Grant struct {
	guichet.Grant
	Holder string
}

// Grants lists who holds which role. Without the permission to configure the desk or to keep its
// directory it does not exist.
func (o *Operating) Grants(ctx context.Context, actor guichet.Actor) ([]Grant, error) {
	if !actor.Has(guichet.PermissionConfigure) && !actor.Has(guichet.PermissionPeople) {
		return nil, guichet.NotFound("page")
	}
	var out []Grant
	err := o.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		list, err := tx.Grants(ctx)
		if err != nil {
			return err
		}
		var ids []guichet.ID
		for _, g := range list {
			if g.PersonID != "" {
				ids = append(ids, g.PersonID)
			}
		}
		people, err := tx.People(ctx, ids)
		for _, g := range list {
			holder := people[g.PersonID].Name()
			if g.TeamID != "" {
				holder = desk.Teams[g.TeamID].Name
			}
			out = append(out, Grant{g, holder})
		}
		return err
	})
	return out, err
}
