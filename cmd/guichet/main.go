// Command guichet is an IT service desk: one program, one data folder.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"guichet"
	"guichet/internal/i18n"
)

// commands is the command line.
type commands struct {
	Demo    demoCommand    `cmd:"" help:"Try Guichet: a desk with people and tickets, on this machine only."`
	Serve   serveCommand   `cmd:"" help:"Serve the desk of a data folder."`
	Migrate migrateCommand `cmd:"" help:"Bring the database up to date."`
	Preset  struct {
		List presetListCommand `cmd:"" help:"List the ready-made desks."`
		Load presetLoadCommand `cmd:"" help:"Load a ready-made desk; may be run again."`
	} `cmd:"" help:"Ready-made desks."`
	Config struct {
		Export configExportCommand `cmd:"" help:"Write the configuration of the desk as files."`
		Diff   configDiffCommand   `cmd:"" help:"Say what files would change."`
		Import configImportCommand `cmd:"" help:"Take files in: shows what changes, asks, then changes it all or nothing."`
	} `cmd:"" help:"The configuration as files."`
	Account struct {
		Create accountCreateCommand `cmd:"" help:"Create a local account."`
	} `cmd:"" help:"Accounts to sign in."`
	Token struct {
		Create tokenCreateCommand `cmd:"" help:"Create a token for the API; it is printed alone, once."`
	} `cmd:"" help:"Tokens for the API."`
	Check   checkCommand   `cmd:"" help:"Verify the database and the files."`
	Backup  backupCommand  `cmd:"" help:"Copy database and files to a folder, while the desk works."`
	Restore restoreCommand `cmd:"" help:"Make a data folder out of a backup."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// exitUsage is the status when the command line cannot be read. Nothing then goes to standard output,
// where programs expect results.
const exitUsage = 2

func run(ctx context.Context, args []string) int {
	var line commands
	parser, err := kong.New(&line, kong.Name("guichet"),
		kong.Description("An IT service desk in one program. Each flag has a variable, shown by --help. Ends with 0, 1 when something failed, or 2 when the command line cannot be read."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.BindTo(ctx, (*context.Context)(nil)), kong.DefaultEnvars("GUICHET"))
	if err != nil {
		return fail(err)
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "guichet: %v\n%s\n", err, advice(args))
		return exitUsage
	}
	err = chosen.Run()
	if code := status(0); errors.As(err, &code) {
		return int(code)
	}
	if err != nil {
		return fail(err)
	}
	return 0
}

// status is an end that is no failure and tells something by its number.
type status int

// Error says the number; it is not printed.
func (s status) Error() string { return fmt.Sprintf("status %d", int(s)) }

// advice says where the command that could not be read is explained.
func advice(args []string) string {
	if len(args) > 0 && slices.Contains([]string{"demo", "serve", "migrate", "check", "backup", "restore"}, args[0]) {
		return "See: guichet " + args[0] + " --help"
	}
	return "See: guichet --help"
}

// fail prints what went wrong in words, with each wrong field on its line.
func fail(err error) int {
	fmt.Fprintln(os.Stderr, "guichet:", words(err))
	return 1
}

func words(err error) string {
	var known *guichet.Error
	texts, loadErr := i18n.Load()
	if !errors.As(err, &known) || loadErr != nil {
		return err.Error()
	}
	p := texts.Printer("en", nil)
	if len(known.Fields) == 0 {
		text := p.Error(known.Code, known.Args)
		if known.Err != nil {
			text += " (" + known.Err.Error() + ")"
		}
		return text
	}
	text := ""
	for i, f := range known.Fields {
		if i > 0 {
			text += "; "
		}
		text += f.Field + ": " + p.Error(f.Code, f.Args)
	}
	return text
}
