package guichet

import (
	"net/url"
	"slices"
	"strings"
)

// maxRemote is the length of the template of the address of remote assistance, in characters.
const maxRemote = 300

// RemoteSchemes lists what the address of remote assistance may begin with: programs of remote control, or
// a page of one. What a browser would run is not among them.
func RemoteSchemes() []string {
	return []string{"https", "anydesk", "rustdesk", "teamviewer10", "vnc"}
}

// RemoteFields lists what the template may name between braces.
func RemoteFields() []string { return []string{"equipment", "login", "ticket"} }

// CheckRemote says what is wrong with the template of the address by which somebody's equipment is reached:
// a scheme of the list, an address that is written out, the equipment named after it. An empty one is right:
// there is no remote assistance.
func CheckRemote(template string) error {
	var p Problems
	p.AtMost("remote", template, maxRemote)
	scheme, rest, parted := strings.Cut(template, ":")
	switch {
	case template == "":
		return nil
	case !parted || !slices.Contains(RemoteSchemes(), scheme):
		p.Add("remote", "remote.scheme", "Schemes", strings.Join(RemoteSchemes(), ", "))
	case !strings.Contains(rest, "{equipment}"):
		p.Add("remote", "remote.equipment")
	case strings.ContainsFunc(template, func(r rune) bool { return r <= ' ' || r == '\\' || r == '"' || r > '~' }) || strings.ContainsAny(filled(template, nil), "{}"):
		p.Add("remote", "remote.form", "Fields", "{"+strings.Join(RemoteFields(), "}, {")+"}")
	case scheme == "https" && !writtenOut(rest):
		p.Add("remote", "remote.host")
	}
	return p.Err()
}

// writtenOut reports whether what follows "https:" names a server before it names anything else.
func writtenOut(rest string) bool {
	after, slashes := strings.CutPrefix(rest, "//")
	end := strings.IndexAny(after, "/?#")
	return slashes && end > 0 && !strings.ContainsAny(after[:end], "{@") && strings.Trim(after[:end], ".:") != ""
}

// RemoteLink fills the template; what is filled in is escaped, so that it changes nothing else of the
// address. Without equipment there is no link.
func RemoteLink(template string, values map[string]string) string {
	if values["equipment"] == "" || template == "" || CheckRemote(template) != nil {
		return ""
	}
	return filled(template, values)
}

func filled(template string, values map[string]string) string {
	var pairs []string
	for _, f := range RemoteFields() {
		pairs = append(pairs, "{"+f+"}", strings.ReplaceAll(url.QueryEscape(values[f]), "+", "%20"))
	}
	return strings.NewReplacer(pairs...).Replace(template)
}

// Equipment is what a ticket says of the equipment concerned: the answer to such a question of its form.
func (t Ticket) Equipment() string {
	for _, a := range t.Answers {
		if a.Type == FieldEquipment && len(a.Values) > 0 {
			return a.Values[0]
		}
	}
	return ""
}
