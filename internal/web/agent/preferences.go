package agent

import (
	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

const preferencesURL = "/desk/preferences"

func preferences(q *site.Request) error { return showPreferences(q, ok, nil) }

func showPreferences(q *site.Request, status int, errs kit.Errors) error {
	page := q.Page(q.P.T("preferences.title"), "preferences")
	return workspace(q, status, page, func(page kit.Page, groups []kit.Group) templ.Component { return preferencesView(q, page, groups, errs) })
}

// everywhere lists the preferences that are chosen on the page: those of single views are chosen there.
func everywhere() []guichet.Preference {
	var out []guichet.Preference
	for _, p := range guichet.Preferences() {
		if len(p.Values) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func preferenceOptions(q *site.Request, p guichet.Preference) []kit.Option {
	out := make([]kit.Option, len(p.Values))
	for i, v := range p.Values {
		key := "preference." + p.Name + "." + v
		out[i] = kit.Option{Value: v, Label: q.P.T(key)}
		if q.P.Has(key + ".help") {
			out[i].Help = q.P.T(key + ".help")
		}
	}
	return out
}

func savePreferences(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	choices := guichet.Chosen{}
	for _, p := range everywhere() {
		if v := form.Get(p.Name); v != "" {
			choices[p.Name] = v
		}
	}
	err = q.Prefer(choices)
	if errs := q.FieldErrors(err); errs != nil {
		return showPreferences(q, invalid, errs)
	}
	if err != nil {
		return err
	}
	return q.Redirect(preferencesURL, q.P.T("preferences.saved"))
}
