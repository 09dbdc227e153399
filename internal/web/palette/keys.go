package palette

import (
	"net/http"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// keys shows the keys of the reader, each beside its act.
func (m Menus) keys(q *site.Request) error { return m.showKeys(q, ok, q.Keymap(), nil) }

func (m Menus) showKeys(q *site.Request, status int, k guichet.Keymap, errs kit.Errors) error {
	return q.Render(status, keysView(q, q.Page(q.P.T("keys.title"), "shortcuts"), m.menu(q), k, errs))
}

// saveKeys keeps the keys that were chosen, or goes back to those of the table. What cannot be is refused
// beside its field, as it was typed.
func (m Menus) saveKeys(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	k := guichet.Keymap{Off: form.Get("off") == "yes"}
	if form.Get("op") != "reset" {
		k.Keys = map[string]string{}
		for _, s := range guichet.Shortcuts() {
			if form.Has("key." + s.Act) {
				k.Keys[s.Act] = guichet.CleanKey(form.Get("key." + s.Act))
			}
		}
	}
	if errs := q.FieldErrors(k.Check()); errs != nil {
		return m.showKeys(q, http.StatusUnprocessableEntity, k, errs)
	}
	if err := q.Prefer(guichet.Chosen{guichet.PreferenceKeys: k.Text()}); err != nil {
		return err
	}
	return q.Redirect(keysURL, q.P.T("keys.saved"))
}

// labels name the fields, for the summary of what is wrong.
func labels(q *site.Request) map[string]string {
	out := map[string]string{}
	for _, s := range guichet.Shortcuts() {
		out["key."+s.Act] = q.ActText(s.Act)
	}
	return out
}

// keyField is the key of an act.
func keyField(q *site.Request, k guichet.Keymap, s guichet.Shortcut, errs kit.Errors) kit.Field {
	f := kit.Field{Name: "key." + s.Act, Label: q.ActText(s.Act), Value: k.Key(s.Act), Errors: errs, Max: 3, Complete: "off"}
	if f.Value != s.Key {
		f.Help = q.P.T("keys.was", "Key", s.Key)
	}
	return f
}
