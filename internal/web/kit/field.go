package kit

import (
	"maps"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"guichet"
)

// Field is a field of a form.
type Field struct {
	Name, Label, Value string
	Type               string // of the input
	Help               string
	Optional           string // the word that says so; empty: an answer is needed
	Rows               string
	Placeholder        string
	Complete           string           // autocomplete token
	Max                int              // length, in characters
	Least, Most        string           // bounds of a day or an hour
	Refresh            string           // id of the button that shows the rest of the form anew
	Hidden             bool             // the label is for screen readers only
	Keypad             string           // of a phone: inputmode
	More               templ.Attributes // for the scripts
	Errors             Errors
}

// Option is a possible answer.
type Option struct{ Value, Label, Help string }

// KeptFile is a file that a refused form holds already.
type KeptFile struct {
	Name      string
	Size      int64  // bytes
	Reference string // by which the form gives it back
	Field     string // key of the field of the form that it answers, if it does
}

// Draft is what somebody typed in a form and has not sent.
type Draft struct {
	Typed url.Values
	Seen  int64  // its version; 0: none
	Said  string // that it is kept, since when
	Older string // that another text was typed elsewhere
}

// attributes are those that depend on the field's state.
func (f Field) attributes() templ.Attributes {
	a := f.described()
	if f.Placeholder != "" {
		a["placeholder"] = f.Placeholder
	}
	if f.Complete != "" {
		a["autocomplete"] = f.Complete
	}
	if f.Max > 0 {
		a["maxlength"] = strconv.Itoa(f.Max)
	}
	if f.Refresh != "" {
		a["data-refresh"] = f.Refresh
	}
	if f.Keypad != "" {
		a["inputmode"] = f.Keypad
	}
	maps.Copy(a, f.More)
	if f.Least != "" {
		a["min"] = f.Least
	}
	if f.Most != "" {
		a["max"] = f.Most
	}
	return a
}

// described ties the field to its help or to its error.
func (f Field) described() templ.Attributes {
	a := templ.Attributes{}
	switch {
	case f.Errors[f.Name] != "":
		a["aria-invalid"] = "true"
		a["aria-describedby"] = id(f.Name) + "-error"
	case f.Help != "":
		a["aria-describedby"] = id(f.Name) + "-help"
	}
	return a
}

// Currently marks the current one of a list: the page of a menu, the step of a life.
func Currently(current bool, what string) templ.Attributes {
	if !current {
		return nil
	}
	return templ.Attributes{"aria-current": what}
}

// reader names the reader to the scripts, which keep drafts for each person apart.
func reader(p Page) templ.Attributes {
	if p.Me == nil {
		return nil
	}
	return templ.Attributes{"data-reader": string(p.Me.ID), "data-live-since": strconv.FormatInt(p.Now.UnixMicro(), 10)}
}

func rank(p guichet.Priority) string { return strconv.Itoa(priorityRank[p]) }

// StateName is the word of a state: an assigned ticket that nobody has is to be taken.
func StateName(s guichet.State, assigned bool) string {
	if s == guichet.StateAssigned && !assigned {
		return "pool"
	}
	return string(s)
}
