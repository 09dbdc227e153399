// Package app wires the program together: New opens what it needs, Run serves until its context
// ends, Close lets go. Nothing is decided here.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"guichet/internal/account"
	"guichet/internal/announcing"
	"guichet/internal/blob"
	"guichet/internal/config"
	"guichet/internal/directory"
	"guichet/internal/httpx"
	"guichet/internal/i18n"
	"guichet/internal/jobs"
	"guichet/internal/live"
	"guichet/internal/mailout"
	"guichet/internal/notifying"
	"guichet/internal/operating"
	"guichet/internal/presets"
	"guichet/internal/searching"
	"guichet/internal/store"
	"guichet/internal/ticketing"
)

// Version is the version of the program; releases set it when they are built.
var Version = "dev"

// App is the running program.
type App struct {
	Config   config.Config
	Store    *store.Store
	Blobs    *blob.Store
	Accounts *account.Accounts
	Desk     *ticketing.Desk
	Runner   *jobs.Runner
	Live     *live.Hub

	log      *slog.Logger
	texts    *i18n.Bundle
	signer   account.Signer
	registry *prometheus.Registry
	demo     bool
	accounts []presets.Account

	operating  *operating.Operating
	announcing *announcing.Announcing
}

// Options of New.
type Options struct {
	Config config.Config
	Log    *slog.Logger
	Now    func() time.Time // clock of the store; nil: time.Now
	Demo   bool             // development mailbox
	// Accounts are shown on the sign-in page of a demonstration.
	Accounts []presets.Account
}

// New opens the data folder and the database and brings the schema up to date.
func New(ctx context.Context, o Options) (*App, error) {
	s, err := store.Open(ctx, store.Options{URL: o.Config.DatabaseURL, Dir: o.Config.DataDir, Now: o.Now})
	if err != nil {
		return nil, err
	}
	a := &App{Config: o.Config, Store: s, log: o.Log, demo: o.Demo, accounts: o.Accounts}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	applied, err := a.Store.Migrate(ctx)
	if err != nil {
		return err
	}
	for _, name := range applied {
		a.log.Info("schema changed", "migration", name)
	}
	if a.texts, err = i18n.Load(); err != nil {
		return err
	}
	if a.Blobs, err = blob.Open(filepath.Join(a.Config.DataDir, "files")); err != nil {
		return err
	}
	key, err := account.LoadKey(a.Config.DataDir)
	if err != nil {
		return err
	}
	a.signer = account.NewSigner(key)
	a.Accounts = account.New(a.Store, account.NewHasher())
	a.Desk = ticketing.New(a.Store)
	a.Live = live.New(a.Store, a.log)
	a.operating = operating.New(a.Store, a.Blobs, Version)
	a.announcing = announcing.New(a.Store, a.Desk.Announced)
	a.registry = newRegistry(a.Store)
	return a.wireJobs()
}

// wireJobs says who does which job.
func (a *App) wireJobs() error {
	notifier := notifying.New(a.texts, a.signer, a.Config.PublicURL())
	handlers := map[string]jobs.Handler{
		ticketing.JobNotify:   notifier.Handle,
		ticketing.JobWake:     a.Desk.Wake,
		ticketing.JobSend:     a.Desk.Leave,
		ticketing.JobClose:    a.Desk.Close,
		ticketing.JobAdopt:    a.Desk.AdoptBatch,
		ticketing.JobBulk:     a.Desk.BulkStep,
		operating.JobSweep:    a.operating.Sweep,
		ticketing.JobApproval: a.Desk.LookAtApproval,
		directory.JobImport:   directory.New(a.Store).Step,
		ticketing.JobClock:    a.Desk.Watch,
		ticketing.JobWave:     a.Desk.WaveBatch,
		store.JobClocks:       a.Desk.Reckon,
		store.JobIndex:        searching.New(a.Store).IndexAgain,
		announcing.JobTell:    a.announcing.TellTickets,
		announcing.JobLetters: notifier.Letters,
	}
	transport, err := a.transport()
	if err != nil {
		return err
	}
	effects := map[string]jobs.Effect{}
	if transport != nil {
		effects[notifying.JobMail] = mailout.New(a.Store, transport).Handle
	}
	a.Runner = jobs.New(a.Store, a.log, handlers, effects)
	a.Runner.Prepare(ticketing.JobNotify, notifier.Prepare)
	return nil
}

// transport is how mail leaves: to the server named, to the development mailbox, or not at all:
// then messages wait in the outbox until a server is named.
func (a *App) transport() (mailout.Transport, error) {
	switch {
	case a.Config.SMTPURL != "":
		return mailout.NewSMTP(a.Config.SMTPURL, a.Config.MailFrom)
	case a.demo:
		return mailout.Mailbox{}, nil
	}
	return nil, nil
}

// Close lets go of the database and of the files.
func (a *App) Close() error { return errors.Join(a.Store.Close(), a.Blobs.Close()) }

// drainTimeout is how long requests in hand may take after the end was asked for.
const drainTimeout = 20 * time.Second

// Run serves on a listener until ctx ends, then finishes the requests and the jobs in hand.
func (a *App) Run(ctx context.Context, listener net.Listener) error {
	handler, err := a.handler()
	if err != nil {
		return err
	}
	return a.serve(ctx, listener, handler)
}

// serve is Run with the handler of the requests. What they saw of tickets is written last, once all of them were served.
func (a *App) serve(ctx context.Context, listener net.Listener, handler http.Handler) (err error) {
	server := httpx.NewServer(listener.Addr().String(), handler, a.log)
	seeing, served := context.WithCancel(context.WithoutCancel(ctx))
	defer served()
	var work sync.WaitGroup
	work.Go(func() { a.Runner.Run(ctx) })
	work.Go(func() { a.listen(ctx) })
	work.Go(func() { a.Live.Run(ctx) })
	work.Go(func() { a.Desk.KeepSightings(seeing) })
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	stopMetrics := a.serveMetrics()
	defer stopMetrics()
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = drain(server)
	}
	served()
	work.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (a *App) listen(ctx context.Context) {
	if err := a.Store.Listen(ctx); err != nil && ctx.Err() == nil {
		a.log.Error("jobs of other nodes are not heard", "error", err)
	}
}

func drain(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	return server.Shutdown(ctx)
}

// serveMetrics serves the measures on an address of their own when one is named.
func (a *App) serveMetrics() (stop func()) {
	if a.Config.MetricsListen == "" {
		return func() {}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics())
	server := httpx.NewServer(a.Config.MetricsListen, mux, a.log)
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("measures are not served", "error", err)
		}
	}()
	return func() { _ = drain(server) }
}

// Hold prepares to serve: this process becomes the only one on a SQLite database (PostgreSQL serves
// several), and what an interrupted one left behind is removed. Error: conflict when another process
// serves the folder.
func (a *App) Hold(ctx context.Context) (release func(), err error) {
	release = func() {}
	if a.Config.DatabaseURL == "" {
		if release, err = lock(a.Config.DataDir); err != nil {
			return nil, err
		}
	}
	if err := a.tidy(ctx); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// abandoned is the age at which a file that is still being received was given up.
const abandoned = 24 * time.Hour

// tidy removes what an interrupted process left behind, and plans what is done every day.
func (a *App) tidy(ctx context.Context) error {
	if _, err := a.Blobs.CleanTemp(time.Now().Add(-abandoned)); err != nil {
		return err
	}
	return a.operating.PlanSweep(ctx)
}
