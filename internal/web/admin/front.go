package admin

import (
	"cmp"
	"encoding/base64"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/look"
	"guichet/internal/web/site"
)

const frontPath = "/admin/front"

func frontRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET " + frontPath, Handle: administrators(front)},
		{Pattern: "POST " + frontPath, Handle: administrators(saveFront)},
		{Pattern: "GET " + frontPath + "/look.css", Handle: administrators(tryLook)},
		{Pattern: "GET " + frontPath + "/contrast", Handle: administrators(tryContrast)},
	}
}

// front is where the organisation dresses its desk.
func front(q *site.Request) error {
	if !q.Actor.Configures("", q.Config) {
		return guichet.NotFound("page")
	}
	return showFront(q, ok, frontData{Front: q.Config.Front()})
}

func showFront(q *site.Request, status int, d frontData) error {
	d.Kept, d.Tried = q.Config.Look.Logo, triedOf(q, d.Look)
	return q.Render(status, frontView(page(q, q.P.T("admin.front"), "front"), adminRail(q), d))
}

// frontData is the front as it was typed.
type frontData struct {
	guichet.Front
	Errors kit.Errors
	Tried  tried
	Kept   string // the logo that everybody sees
	Chosen string // the logo that was chosen in this page; empty: none was
	Bare   bool   // the logo is to be removed
}

// dress gives the front the logo that the page asks for: none, that which was chosen, or that which is kept.
func (d *frontData) dress(kept string) {
	d.Look.Logo = cmp.Or(d.Chosen, kept)
	if d.Bare {
		d.Look.Logo = ""
	}
}

// tried is what is said of the accents of a look that is being tried.
type tried struct {
	Light string `json:"light"`
	Dark  string `json:"dark"`
}

// triedOf speaks of what was typed only: a text that is no colour is said to be none, and nothing is said of the
// dark shade of an accent that is none.
func triedOf(q *site.Request, l guichet.Look) tried {
	light, dark := l.Accents()
	out := tried{contrastOf(q, light, false), contrastOf(q, dark, true)}
	if !colourOrNone(l.Accent) {
		out.Light = q.P.Error("look.colour", nil)
		if l.Dark == "" {
			out.Dark = ""
		}
	}
	if !colourOrNone(l.Dark) {
		out.Dark = q.P.Error("look.colour", nil)
	}
	return out
}

func colourOrNone(text string) bool {
	_, known := guichet.ParseColour(text)
	return known || text == ""
}

// contrastOf says how well a colour is read in a theme.
func contrastOf(q *site.Request, c guichet.Colour, onDark bool) string {
	least, key := c.Legible(onDark), "front.contrast"
	if least < guichet.MinContrast {
		key = "front.contrast.low"
	}
	return q.P.T(key, "Contrast", ratio(q, math.Floor(10*least)/10), "Least", ratio(q, guichet.MinContrast))
}

func ratio(q *site.Request, v float64) string {
	text := strconv.FormatFloat(v, 'f', 1, 64)
	if q.P.Locale() == "fr" {
		return strings.ReplaceAll(text, ".", ",")
	}
	return text
}

// lookURL is the style sheet of a look that is being tried.
func lookURL(l guichet.Look) string {
	return frontPath + "/look.css?" + url.Values{"accent": {l.Accent}, "accent_dark": {l.Dark}}.Encode()
}

func askedLook(q *site.Request) guichet.Look {
	get := q.R.URL.Query()
	return guichet.Look{Accent: get.Get("accent"), Dark: get.Get("accent_dark")}
}

// tryLook is the style sheet of the header that shows a look before it is kept.
func tryLook(q *site.Request) error {
	if !q.Actor.Configures("", q.Config) {
		return guichet.NotFound("page")
	}
	q.W.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, err := q.W.Write([]byte(look.SheetOf(askedLook(q), ".tried")))
	return err
}

// tryContrast says to the script of the page how well the accents can be read.
func tryContrast(q *site.Request) error {
	if !q.Actor.Configures("", q.Config) {
		return guichet.NotFound("page")
	}
	return q.JSON(triedOf(q, askedLook(q)))
}

// typedFront is the front of a form. What the form does not say stays as it is kept, so that half a form erases
// nothing; a logo stays too, unless this page chose another or none.
func typedFront(q *site.Request, form site.Upload) frontData {
	typed := func(name, kept string) string {
		if form.Has(name) {
			return form.Get(name)
		}
		return kept
	}
	now := q.Config.Front()
	d := frontData{Chosen: form.Get("logo_chosen"), Bare: form.Get("no_logo") != ""}
	d.Name, d.Contact, d.SignInHelp = typed("name", now.Name), typed("contact", now.Contact), typed("sign_in_help", now.SignInHelp)
	d.Look.Accent = strings.TrimSpace(typed("accent", now.Look.Accent))
	d.Look.Dark = strings.TrimSpace(typed("accent_dark", now.Look.Dark))
	if len(form.Content) > 0 {
		d.Chosen = "data:" + http.DetectContentType(form.Content) + ";base64," + base64.StdEncoding.EncodeToString(form.Content)
	}
	d.dress(now.Look.Logo)
	return d
}

// saveFront keeps a front, or shows it before. A logo that was chosen stays in the page, so that it is chosen once.
func saveFront(q *site.Request) error {
	if !q.Actor.Configures("", q.Config) {
		return guichet.NotFound("page")
	}
	form, err := q.Upload("logo", guichet.MaxLogo)
	d, shown, heavy := typedFront(q, form), form.Get("preview") != "", guichet.CodeOf(err) == "file.too_large"
	switch {
	case heavy:
		err = guichet.Invalid("logo", "look.logo")
	case err == nil && shown:
		err = d.Check()
	case err == nil:
		err = q.Configuring.SetFront(q.R.Context(), q.Actor, d.Front)
	}
	d.Errors = q.FieldErrors(err)
	if d.Errors["logo"] != "" && !heavy { // a heavy file took no place: the logo chosen before it is still there
		d.Chosen = ""
		d.dress(q.Config.Look.Logo)
	}
	switch {
	case d.Errors != nil:
		return showFront(q, http.StatusUnprocessableEntity, d)
	case err != nil:
		return err
	case shown:
		return showFront(q, ok, d)
	}
	return q.Redirect(frontPath, q.P.T("front.saved"))
}
