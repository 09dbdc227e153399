package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime/debug"

	"guichet/internal/app"
	"guichet/internal/config"
	"guichet/internal/presets"
)

// report prints what a command did: a text, or JSON for programs.
type report struct {
	JSON bool `help:"Print the result as JSON."`
}

func (r report) print(result any, text string) error {
	if r.JSON {
		return json.NewEncoder(os.Stdout).Encode(result)
	}
	_, err := fmt.Println(text)
	return err
}

// list keeps an empty list a list in JSON.
func list(of []string) []string { return append([]string{}, of...) }

type serveCommand struct{ config.Config }

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	return serve(ctx, app.Options{Config: c.Config}, func(address string) {
		fmt.Printf("Guichet serves %s\n", address)
	})
}

// serve opens the desk, listens, tells the address and works until the context ends.
func serve(ctx context.Context, o app.Options, ready func(address string)) error {
	if err := o.Config.Validate(); err != nil {
		return err
	}
	spareCollector()
	listener, err := net.Listen("tcp", o.Config.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s; choose another address with --listen: %w", o.Config.Listen, err)
	}
	o.Config.Listen = listener.Addr().String()
	o.Log = o.Config.Logger(os.Stderr)
	a, err := app.New(ctx, o)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // everything is committed
	release, err := a.Hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	desk, err := a.Desk.Config(ctx)
	if err != nil {
		return err
	}
	ready(o.Config.PublicURL())
	if desk.Revision == 0 {
		fmt.Printf("This desk is empty. Next: guichet preset load NAME --data %s, then guichet account create\n", o.Config.DataDir)
	}
	return a.Run(ctx, listener)
}

type demoCommand struct {
	config.Config
	Preset        string `default:"insa" env:"GUICHET_PRESET" help:"Ready-made desk to show: ${enum}." enum:"eig,glevents,insa,paris,ugecam"`
	OpenToNetwork bool   `env:"GUICHET_OPEN_TO_NETWORK" help:"Let --listen name an address that other machines reach. They then read every mail of the demonstration."`
}

// Validate keeps a demonstration on its machine: whoever reaches it reads its mailbox without signing in.
func (c *demoCommand) Validate() error {
	if err := c.Config.Validate(); err != nil || c.OpenToNetwork || config.IsLoopback(c.Listen) {
		return err
	}
	return fmt.Errorf("--listen %s would open the demonstration, its mailbox and its accounts to other machines: "+
		"listen on 127.0.0.1, or add --open-to-network if this is meant", c.Listen)
}

// Run fills the data folder the first time, then serves it.
func (c *demoCommand) Run(ctx context.Context) error {
	if c.DataDir == config.Default().DataDir {
		c.DataDir = "guichet-demo-" + c.Preset
	}
	accounts, err := presets.Accounts(c.Preset)
	if err != nil {
		return err
	}
	options := app.Options{Config: c.Config, Demo: true, Accounts: accounts}
	if err := app.LoadDemo(ctx, options, c.Preset); err != nil {
		return err
	}
	return serve(ctx, options, c.welcome)
}

// What a demonstration says when it is ready, in the language of the desk.
const (
	welcomeFR = `
  Guichet, démonstration « %[1]s »

  Portail               %[2]s/
  Espace des agents     %[2]s/desk/
  Administration        %[2]s/admin/
  Courriels préparés    %[2]s/dev/mail
  API                   %[2]s/api/docs

  Mot de passe de tous les comptes : %[3]s

`
	goodbyeFR = `
  Données : %s (le mot de passe y est gardé, dans demo-password)
  Ctrl-C arrête la démonstration ; la même commande la reprend.

`
	welcomeEN = `
  Guichet, demonstration “%[1]s”

  Portal                %[2]s/
  Agents’ workspace     %[2]s/desk/
  Administration        %[2]s/admin/
  Mail prepared         %[2]s/dev/mail
  API                   %[2]s/api/docs

  Password of every account: %[3]s

`
	goodbyeEN = `
  Data: %s (the password is kept there, in demo-password)
  Ctrl-C stops the demonstration; the same command takes it up again.

`
)

// welcome prints the addresses and the accounts.
func (c *demoCommand) welcome(address string) {
	password, err := app.DemoPassword(c.DataDir)
	if err != nil {
		fmt.Fprintln(os.Stderr, "guichet:", err)
	}
	head, foot := welcomeFR, goodbyeFR
	if c.Locale == "en" {
		head, foot = welcomeEN, goodbyeEN
	}
	fmt.Printf(head, c.Preset, address, password)
	accounts, err := presets.Accounts(c.Preset)
	if err != nil {
		fmt.Fprintln(os.Stderr, "guichet:", err)
	}
	for _, a := range accounts {
		fmt.Printf("  %-12s %s\n", a.Login, a.Name)
	}
	fmt.Printf(foot, c.DataDir)
}

// collectorPercent lets the memory that answers leave behind grow to twice what is in use before it is
// collected: a desk in use holds some tens of megabytes, and its pages come quicker.
const collectorPercent = 200

// spareCollector sets the pace of the collector, unless whoever runs the program chose one (GOGC).
func spareCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectorPercent)
	}
}
