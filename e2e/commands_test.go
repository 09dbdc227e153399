package e2e

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// commands are the words of the scripts, beside those of testscript.
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"start": positive(startCommand), "serve": positive(serveCommand), "halt": positive(haltCommand),
		"crash": positive(crashCommand), "api": positive(apiCommand), "do": positive(doCommand),
		"race": positive(raceCommand), "upload": positive(uploadCommand), "status": positive(statusCommand),
		"expect": expectCommand, "body": bodyCommand, "head": headCommand, "count": positive(countCommand),
		"set": positive(setCommand), "until": positive(untilCommand), "mail": positive(mailCommand), "mails": positive(mailsCommand),
		"nomail": positive(noMailCommand), "alike": positive(alikeCommand), "moment": positive(momentCommand),
		"text": positive(textCommand), "tokens": positive(tokensCommand), "damage": positive(damageCommand),
	}
}

// positive is a command that makes no sense after "!".
func positive(f func(*testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command cannot be negated")
		}
		f(ts, args)
	}
}

func deskOf(ts *testscript.TestScript) *desk { return ts.Value(deskKey{}).(*desk) }

// usage ends the script unless there are between least and most arguments; most < 0: no limit.
func usage(ts *testscript.TestScript, args []string, least, most int, text string) {
	if len(args) < least || most >= 0 && len(args) > most {
		ts.Fatalf("usage: %s", text)
	}
}

// start PRESET [FLAG…] serves the demonstration of a preset.
func startCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 1, -1, "start PRESET [FLAG…]")
	d := deskOf(ts)
	ts.Check(d.begin(append([]string{"demo", "--preset", args[0]}, args[1:]...)...))
	ts.Setenv("url", d.process.url)
}

// serve [DIR] serves a data folder.
func serveCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 0, 1, "serve [DIR]")
	d := deskOf(ts)
	if len(args) == 1 {
		d.data = ts.MkAbs(args[0])
	}
	ts.Check(d.begin("serve"))
	ts.Setenv("url", d.process.url)
}

// halt ends the server by SIGTERM, and wants a clean end; crash leaves it no time.
func haltCommand(ts *testscript.TestScript, _ []string)  { ts.Check(deskOf(ts).end((*process).stop)) }
func crashCommand(ts *testscript.TestScript, _ []string) { ts.Check(deskOf(ts).end((*process).kill)) }

// api [-key=K] [-lang=L] [-token=T] [-type=T] LOGIN METHOD PATH [name=value… | JSON | @FILE]
func apiCommand(ts *testscript.TestScript, args []string) {
	headers := map[string]string{}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-" {
		name, value, _ := strings.Cut(args[0][1:], "=")
		switch name {
		case "key":
			headers["Idempotency-Key"] = value
		case "lang":
			headers["Accept-Language"] = value
		case "token":
			headers["Authorization"] = "Bearer " + value
		case "type":
			headers["Content-Type"] = value
		default:
			ts.Fatalf("unknown flag %s", args[0])
		}
		args = args[1:]
	}
	usage(ts, args, 3, -1, "api [-key=K] [-lang=L] [-token=T] [-type=T] LOGIN METHOD PATH [BODY]")
	d := deskOf(ts)
	body := bodyOf(ts, args[3:])
	question := func() (a answer, err error) {
		c := call{login: args[0], method: args[1], path: args[2], header: headers}
		if body != nil {
			c.body = bytes.NewReader(body)
		}
		return d.ask(c)
	}
	d.tell(ts, args[1], question)
}

// tell asks, keeps the answer, and keeps the question when it changes nothing.
func (d *desk) tell(ts *testscript.TestScript, method string, question func() (answer, error)) {
	a, err := question()
	ts.Check(err)
	d.last, d.question = a, nil
	if method == http.MethodGet {
		d.question = question
	}
	ts.Logf("%d %.2000s", a.status, a.body)
}

func bodyOf(ts *testscript.TestScript, args []string) []byte {
	switch {
	case len(args) == 0:
		return nil
	case strings.HasPrefix(args[0], "{"), strings.HasPrefix(args[0], "["):
		return []byte(strings.Join(args, " "))
	case strings.HasPrefix(args[0], "@"):
		return []byte(ts.ReadFile(args[0][1:]))
	}
	b, err := document(args)
	ts.Check(err)
	return b
}

// do LOGIN ACTION NUMBER [name=value…] acts on a ticket.
func doCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 3, -1, "do LOGIN ACTION NUMBER [name=value…]")
	path := "/tickets/" + args[2] + "/actions/" + args[1]
	apiCommand(ts, append([]string{args[0], http.MethodPost, path}, args[3:]...))
}

// race ACTION NUMBER LOGIN LOGIN acts as two persons at once: one wins, the other gets a conflict,
// which is the answer kept. The logins are left in $winner and $loser.
func raceCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 4, 4, "race ACTION NUMBER LOGIN LOGIN")
	d, logins := deskOf(ts), args[2:]
	answers, faults := make([]answer, len(logins)), make([]error, len(logins))
	var both sync.WaitGroup
	for i, login := range logins {
		both.Go(func() {
			answers[i], faults[i] = d.ask(call{login: login, method: http.MethodPost,
				path: "/tickets/" + args[1] + "/actions/" + args[0]})
		})
	}
	both.Wait()
	for i, a := range answers {
		ts.Check(faults[i])
		other := 1 - i
		if a.status == http.StatusOK && answers[other].status == http.StatusConflict {
			ts.Setenv("winner", logins[i])
			ts.Setenv("loser", logins[other])
			d.last = answers[other]
			return
		}
	}
	ts.Fatalf("not one winner: %d %s, %d %s", answers[0].status, answers[0].body, answers[1].status, answers[1].body)
}

// upload LOGIN NUMBER FILE|bytes:N [name=value…] adds a file to a ticket.
func uploadCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 3, -1, "upload LOGIN NUMBER FILE|bytes:N [name=value…]")
	d := deskOf(ts)
	content, err := d.content(args[2])
	ts.Check(err)
	beside := map[string]string{}
	for _, pair := range args[3:] {
		name, value, _ := strings.Cut(pair, "=")
		beside[name] = value
	}
	body, media, err := envelope(args[2], content, beside)
	ts.Check(err)
	d.tell(ts, http.MethodPost, func() (answer, error) {
		return d.ask(call{login: args[0], method: http.MethodPost, path: "/tickets/" + args[1] + "/documents",
			body: io.Reader(body), header: map[string]string{"Content-Type": media}})
	})
}

// moment NAME DURATION puts a moment that far ahead into a variable.
func momentCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 2, 2, "moment NAME DURATION")
	d, err := time.ParseDuration(args[1])
	ts.Check(err)
	ts.Setenv(args[0], time.Now().Add(d).UTC().Format(time.RFC3339Nano))
}

// text NAME LENGTH puts a text of so many characters, two bytes each, into a variable.
func textCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 2, 2, "text NAME LENGTH")
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Setenv(args[0], strings.Repeat("é", n))
}

// tokens LOGIN NAME FLAG… makes a token on the command line and puts it into a variable.
func tokensCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 3, -1, "tokens LOGIN NAME FLAG…")
	d := deskOf(ts)
	token, err := command(d.env, "", append([]string{"token", "create", "--data", d.data, "--for", args[0]}, args[2:]...)...)
	ts.Check(err)
	ts.Setenv(args[1], token)
}

// damage DIR changes a byte of every file below a folder.
func damageCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 1, 1, "damage DIR")
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil || len(content) == 0 {
			return err
		}
		content[0] ^= 1
		return os.WriteFile(path, content, 0o600)
	}))
}
