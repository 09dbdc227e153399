package guichet

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// ErrorKind is the closed list of ways in which an operation can fail. Each face of the program
// (pages, API, command line) maps a kind once. Do not reorder.
type ErrorKind uint8

// The kinds of errors.
const (
	KindInternal        ErrorKind = iota // a defect or an unexpected fault
	KindInvalid                          // the input is wrong; Fields says where
	KindNotFound                         // it does not exist, or the actor may not know that it does
	KindDenied                           // the actor sees it but may not do that
	KindConflict                         // somebody else was quicker, or the state does not allow it
	KindTooLarge                         // over a limit of size
	KindUnavailable                      // a resource is missing for now (disk full, database lost)
	KindUnauthenticated                  // nobody is signed in, or the credentials are wrong
)

// FieldError says what is wrong with one field of an input. Code is a message key.
type FieldError struct {
	Field string
	Code  string
	Args  map[string]any
}

// Error is the one error type of the program. Code is a message key, never a text: each face
// translates it for its reader. Err is the cause, for logs only.
type Error struct {
	Kind   ErrorKind
	Code   string
	Args   map[string]any
	Fields []FieldError
	Err    error
}

// Error returns a text for logs.
func (e *Error) Error() string {
	text := e.Code
	for _, f := range e.Fields {
		text += fmt.Sprintf(" [%s: %s]", f.Field, f.Code)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of err; an error of another type is internal.
func KindOf(err error) ErrorKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// CodeOf returns the message key of err, or "internal".
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "internal"
}

// NotFound is the answer for what does not exist and for what one may not see.
func NotFound(noun string) error { return &Error{Kind: KindNotFound, Code: noun + ".not_found"} }

// Denied is the answer to an actor who sees an object but may not do that to it.
func Denied(code string) error { return &Error{Kind: KindDenied, Code: code} }

// Conflict is the answer when the state of the object does not allow the act. Arguments are
// pairs of a name and a value for the message.
func Conflict(code string, kv ...any) error {
	return &Error{Kind: KindConflict, Code: code, Args: pairs(kv)}
}

// Unavailable reports a resource that is missing for now.
func Unavailable(code string, cause error) error {
	return &Error{Kind: KindUnavailable, Code: code, Err: cause}
}

// Invalid reports one wrong field.
func Invalid(field, code string, kv ...any) error {
	var p Problems
	p.Add(field, code, kv...)
	return p.Err()
}

// Problems gathers every wrong field of an input, so that the reader mends them all at once.
type Problems struct{ fields []FieldError }

// maxProblems is how many problems are told of one input: nobody mends more at once, and a hostile input
// may hold thousands.
const maxProblems = 100

// Add records that a field is wrong. The same problem is recorded once.
func (p *Problems) Add(field, code string, kv ...any) {
	p.record(FieldError{Field: field, Code: code, Args: pairs(kv)})
}

func (p *Problems) record(problem FieldError) {
	if len(p.fields) >= maxProblems {
		return
	}
	known := func(f FieldError) bool { return reflect.DeepEqual(f, problem) }
	if !slices.ContainsFunc(p.fields, known) {
		p.fields = append(p.fields, problem)
	}
}

// Err returns nil when nothing was recorded.
func (p *Problems) Err() error {
	if len(p.fields) == 0 {
		return nil
	}
	return &Error{Kind: KindInvalid, Code: "invalid", Fields: p.fields}
}

// Text checks a required text: not blank, at most limit characters.
func (p *Problems) Text(field, value string, limit int) {
	if blank(value) {
		p.Add(field, "field.required")
		return
	}
	p.AtMost(field, value, limit)
}

// AtMost checks that a text has at most limit characters.
func (p *Problems) AtMost(field, value string, limit int) {
	if n := utf8.RuneCountInString(value); n > limit {
		p.Add(field, "field.too_long", "Limit", limit, "Length", n)
	}
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func pairs(kv []any) map[string]any {
	if len(kv) == 0 {
		return nil
	}
	m := make(map[string]any, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1]
	}
	return m
}

// Merge adds the wrong fields of another error. A nil error, or one without fields, adds nothing.
func (p *Problems) Merge(err error) {
	var e *Error
	if errors.As(err, &e) {
		p.fields = append(p.fields, e.Fields...)
	}
}
