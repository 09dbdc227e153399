package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/app"
	"guichet/internal/presets"
	"guichet/internal/store"
)

// data is where the desk is, for the commands that do not serve.
type data struct {
	DataDir     string `name:"data" env:"GUICHET_DATA" default:"guichet-data" placeholder:"DIR" help:"Folder of the database, the files and the installation key (default: ${default})."`
	DatabaseURL string `name:"database" env:"GUICHET_DATABASE" placeholder:"URL" help:"PostgreSQL database. Without it, SQLite in the data folder."`
}

// open opens the desk quietly; the caller closes it.
func (d data) open(ctx context.Context) (*app.App, error) {
	return app.New(ctx, app.Options{Config: d.config(), Log: slog.New(slog.DiscardHandler)})
}

// existing opens a desk that must be there: a folder typed wrong would otherwise become an empty desk,
// sound and backed up every night.
func (d data) existing(ctx context.Context) (*app.App, error) {
	if err := d.present(); err != nil {
		return nil, err
	}
	return d.open(ctx)
}

// present says what to do when the data folder holds no desk. That of PostgreSQL is found by its address.
func (d data) present() error {
	if d.DatabaseURL != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(d.DataDir, databaseFile)); err != nil {
		return fmt.Errorf("no desk in %s: check --data, or make one with guichet migrate --data %s", d.DataDir, d.DataDir)
	}
	return nil
}

type migrateCommand struct {
	data
	report
}

// Run migrates.
func (c *migrateCommand) Run(ctx context.Context) error {
	s, err := store.Open(ctx, store.Options{URL: c.DatabaseURL, Dir: c.DataDir})
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // everything is committed
	applied, err := s.Migrate(ctx)
	if err != nil {
		return err
	}
	text := "The database is up to date."
	if len(applied) > 0 {
		text = "Applied: " + strings.Join(applied, ", ")
	}
	return c.print(map[string]any{"applied": list(applied)}, text)
}

type presetListCommand struct{ report }

// Run lists the presets.
func (c *presetListCommand) Run() error {
	return c.print(presets.Names(), strings.Join(presets.Names(), "\n"))
}

type presetLoadCommand struct {
	data
	report
	Name string `arg:"" help:"Name of the preset."`
}

// Run loads a preset.
func (c *presetLoadCommand) Run(ctx context.Context) error {
	if !slices.Contains(presets.Names(), c.Name) {
		return fmt.Errorf("no preset is called %s; there are: %s", c.Name, strings.Join(presets.Names(), ", "))
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // everything is committed
	if err := app.LoadPreset(ctx, a.Store, c.Name); err != nil {
		return err
	}
	return c.print(map[string]any{"loaded": c.Name}, "Loaded "+c.Name+
		". Next: guichet account create --data "+c.DataDir+" --login … --given … --family … --role functional_administrator")
}

type accountCreateCommand struct {
	data
	report
	Login        string   `required:"" placeholder:"LOGIN" help:"Login."`
	Given        string   `required:"" placeholder:"NAME" help:"Given name."`
	Family       string   `required:"" placeholder:"NAME" help:"Family name."`
	Email        string   `placeholder:"ADDRESS" help:"Mail address."`
	Phone        string   `placeholder:"NUMBER" help:"Telephone."`
	Employee     string   `placeholder:"NUMBER" help:"Employee number."`
	Organisation string   `placeholder:"KEY" help:"Key of the organisation."`
	Profile      string   `placeholder:"PROFILE" help:"Profile (staff, student…)."`
	Locale       string   `default:"fr" enum:"fr,en" help:"Language: ${enum}."`
	Role         []string `help:"Role to give, over everything or ROLE@ORGANISATION or ROLE@ORGANISATION/SERVICE; repeat it."`
	Team         []string `help:"Team to join; repeat it."`
	PasswordFile string   `placeholder:"FILE" type:"existingfile" help:"File that holds the password. Without it, the first line of standard input is read."`
}

// Run creates the account.
func (c *accountCreateCommand) Run(ctx context.Context) error {
	password, err := c.password()
	if err != nil {
		return err
	}
	a, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // everything is committed
	p, err := a.Accounts.Create(ctx, c.account(password))
	if err != nil {
		return err
	}
	return c.print(map[string]any{"id": p.ID, "login": c.Login, "name": p.Name()}, "Created "+c.Login+" ("+p.Name()+").")
}

func (c *accountCreateCommand) account(password string) account.NewAccount {
	in := account.NewAccount{Login: c.Login, Password: password, Person: guichet.Person{GivenName: c.Given, FamilyName: c.Family,
		Email: c.Email, Phone: c.Phone, EmployeeNumber: c.Employee, OrganisationID: guichet.ID(c.Organisation),
		Profile: c.Profile, Locale: c.Locale}}
	for _, t := range c.Team {
		in.Teams = append(in.Teams, guichet.ID(t))
	}
	for _, r := range c.Role {
		role, scope, _ := strings.Cut(r, "@")
		organisation, service, _ := strings.Cut(scope, "/")
		in.Grants = append(in.Grants, guichet.Grant{RoleID: guichet.ID(role), OrganisationID: guichet.ID(organisation), ServiceID: guichet.ID(service)})
	}
	return in
}

func (c *accountCreateCommand) password() (string, error) {
	source := io.Reader(os.Stdin)
	if c.PasswordFile != "" {
		file, err := os.Open(c.PasswordFile)
		if err != nil {
			return "", err
		}
		defer file.Close() //nolint:errcheck // only read
		source = file
	}
	line, err := bufio.NewReader(io.LimitReader(source, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type tokenCreateCommand struct {
	data
	report
	For     string        `required:"" placeholder:"LOGIN" help:"Login of the person in whose name the token acts."`
	Name    string        `default:"command line" help:"What the token is for."`
	Scope   []string      `placeholder:"SCOPE" enum:"read,write" help:"Limit to a scope (${enum}); repeat it. Without it, whatever the person may do."`
	Expires time.Duration `help:"Life of the token, such as 720h. Without it, no end."`
}

// Validate refuses a token that would be dead at birth.
func (c *tokenCreateCommand) Validate() error {
	if c.Expires < 0 {
		return errors.New("--expires must be a time to come, such as 720h")
	}
	return nil
}

// Run prints the token alone.
func (c *tokenCreateCommand) Run(ctx context.Context) error {
	a, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // everything is committed
	var scopes []guichet.TokenScope
	for _, s := range c.Scope {
		scopes = append(scopes, guichet.TokenScope(s))
	}
	var expires time.Time
	if c.Expires > 0 {
		expires = time.Now().Add(c.Expires)
	}
	token, err := a.Accounts.CreateToken(ctx, c.For, c.Name, scopes, expires)
	if guichet.KindOf(err) == guichet.KindNotFound {
		return fmt.Errorf("nobody signs in as %s: check --for, or make the account with guichet account create", c.For)
	}
	if err != nil {
		return err
	}
	return c.print(map[string]any{"token": token}, token)
}

type versionCommand struct{ report }

// Run prints the version.
func (c *versionCommand) Run() error {
	return c.print(map[string]string{"version": app.Version}, fmt.Sprintf("guichet %s", app.Version))
}
