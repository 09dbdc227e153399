package e2e

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// status CODE checks the last answer.
func statusCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 1, 1, "status CODE")
	if a := deskOf(ts).last; strconv.Itoa(a.status) != args[0] {
		ts.Fatalf("status %d, want %s\n%s", a.status, args[0], a.body)
	}
}

// expect PATH [VALUE] checks a value of the last answer; without VALUE, that there is one.
func expectCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, args, 1, 2, "[!] expect PATH [VALUE]")
	a := deskOf(ts).last
	got, ok := a.at(args[0])
	holds := ok && (len(args) == 1 || got == args[1])
	if holds == neg {
		ts.Fatalf("%s is %q (there: %t)\n%s", args[0], got, ok, a.body)
	}
}

// body TEXT checks that the last answer holds a text.
func bodyCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, args, 1, 1, "[!] body TEXT")
	if a := deskOf(ts).last; strings.Contains(string(a.body), args[0]) == neg {
		ts.Fatalf("%q: %t, in\n%s", args[0], !neg, a.body)
	}
}

// head NAME PATTERN checks a header of the last answer.
func headCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, args, 2, 2, "[!] head NAME PATTERN")
	value := deskOf(ts).last.header.Get(args[0])
	if regexp.MustCompile(args[1]).MatchString(value) == neg {
		ts.Fatalf("%s: %q", args[0], value)
	}
}

// count N PATH [name=value…] checks how many elements of a list have these values.
func countCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 2, -1, "count N PATH [name=value…]")
	a := deskOf(ts).last
	if n := a.count(args[1], args[2:]); strconv.Itoa(n) != args[0] {
		ts.Fatalf("%d of %s with %q, want %s\n%s", n, args[1], args[2:], args[0], a.body)
	}
}

// set NAME PATH keeps a value of the last answer in a variable.
func setCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 2, 2, "set NAME PATH")
	a := deskOf(ts).last
	value, ok := a.at(args[1])
	if !ok {
		ts.Fatalf("no %s in\n%s", args[1], a.body)
	}
	ts.Setenv(args[0], value)
}

// until DURATION PATH VALUE asks the last GET again until the answer has the value.
func untilCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 3, 3, "until DURATION PATH VALUE")
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	d := deskOf(ts)
	if d.question == nil {
		ts.Fatalf("the last request was not a GET")
	}
	for deadline := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		if got, _ := d.last.at(args[1]); got == args[2] {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s is not %q after %s\n%s", args[1], args[2], limit, d.last.body)
		}
		d.last, err = d.question()
		ts.Check(err)
	}
}

// mail LOGIN PART… waits for the one message to a person that holds all the parts.
func mailCommand(ts *testscript.TestScript, args []string) {
	mailsCommand(ts, append([]string{"1"}, args...))
}

// mails N LOGIN PART… waits until a person has N such messages, and fails when there are more.
func mailsCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 3, -1, "mails N LOGIN PART…")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	d := deskOf(ts)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		n, err := d.mails(args[1], args[2:])
		ts.Check(err)
		if n == want {
			return
		}
		if n > want || time.Now().After(deadline) {
			ts.Fatalf("%d messages to %s with %q, want %d", n, args[1], args[2:], want)
		}
	}
}

// nomail LOGIN PART… checks that a person has no such message. It follows a mail command about the
// same event: whom an event concerns is told in one transaction.
func noMailCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 2, -1, "nomail LOGIN PART…")
	n, err := deskOf(ts).mails(args[0], args[1:])
	ts.Check(err)
	if n != 0 {
		ts.Fatalf("%d messages to %s with %q", n, args[0], args[1:])
	}
}

var requestID = regexp.MustCompile(`"request_id":"[^"]*"`)

// alike LOGIN PATH PATH checks that two addresses are answered 404 in the same way, to the byte but for the
// number of the request: what one may not see is like what does not exist.
func alikeCommand(ts *testscript.TestScript, args []string) {
	usage(ts, args, 3, 3, "alike LOGIN PATH PATH")
	var texts []string
	for _, path := range args[1:] {
		a, err := deskOf(ts).ask(call{login: args[0], method: http.MethodGet, path: path})
		ts.Check(err)
		if a.status != http.StatusNotFound {
			ts.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		texts = append(texts, a.header.Get("Content-Type")+requestID.ReplaceAllString(string(a.body), ""))
	}
	if texts[0] != texts[1] {
		ts.Fatalf("not alike:\n%s\n%s", texts[0], texts[1])
	}
}
