package guichet_test

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"guichet"
)

func TestRemoteTemplates(t *testing.T) {
	for template, code := range map[string]string{
		"":                         "",
		"rustdesk:{equipment}":     "",
		"anydesk:{equipment}@corp": "",
		"teamviewer10://control?device={equipment}&who={login}": "",
		"https://remote.example/open?pc={equipment}&t={ticket}": "",
		"https://remote.example:8443/{equipment}":               "",
		"javascript:alert('{equipment}')":                       "remote.scheme",
		"JavaScript:{equipment}":                                "remote.scheme",
		"data:text/html,{equipment}":                            "remote.scheme",
		"http://remote.example/{equipment}":                     "remote.scheme",
		"{equipment}":                                           "remote.scheme",
		"{equipment}:x":                                         "remote.scheme",
		"https://remote.example/":                               "remote.equipment",
		"https://{equipment}/":                                  "remote.host",
		"https://{equipment}.remote.example/":                   "remote.host",
		"https://me:{equipment}@remote.example/":                "remote.host",
		"https:{equipment}":                                     "remote.host",
		"https:///{equipment}":                                  "remote.host",
		"rustdesk:{equipment}{secret}":                          "remote.form",
		"rustdesk:{equipment} x":                                "remote.form",
		"rustdesk:{equipment}\"":                                "remote.form",
		"rustdesk:{equipment}" + strings.Repeat("x", 300):       "field.too_long",
	} {
		got := ""
		if err := guichet.CheckRemote(template); err != nil {
			got = err.(*guichet.Error).Fields[0].Code //nolint:errorlint,errcheck // made by Problems
		}
		if got != code {
			t.Errorf("%s: %q, expected %q", template, got, code)
		}
	}
}

// TestRemoteLinksStayWhatTheyAre: whatever the equipment and the login hold, the address leads to the same
// place, and says them exactly.
func TestRemoteLinksStayWhatTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		equipment, login := rapid.String().Draw(t, "equipment"), rapid.String().Draw(t, "login")
		link := guichet.RemoteLink("https://remote.example/open?pc={equipment}&who={login}&t={ticket}#x",
			map[string]string{"equipment": equipment, "login": login, "ticket": "12"})
		if equipment == "" {
			if link != "" {
				t.Fatalf("a link without equipment: %s", link)
			}
			return
		}
		u, err := url.Parse(link)
		if err != nil || u.Host != "remote.example" || u.Path != "/open" || u.Fragment != "x" {
			t.Fatalf("%s leads elsewhere: %v", link, err)
		}
		q := u.Query()
		if q.Get("pc") != equipment || q.Get("who") != login || q.Get("t") != "12" {
			t.Fatalf("%s says %v", link, q)
		}
	})
}
