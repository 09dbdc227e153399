package admin

import (
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
	return showFront(q, ok, q.Config.Front(), nil)
}

func showFront(q *site.Request, status int, f guichet.Front, errs kit.Errors) error {
	return q.Render(status, frontView(page(q, q.P.T("admin.front"), "front"), adminRail(q), frontData{f, errs, triedOf(q, f.Look)}))
}

// frontData is the front as it was typed.
type frontData struct {
	guichet.Front
	Errors kit.Errors
	Tried  tried
}

// tried is what is said of the accents of a look that is being tried.
type tried struct {
	Light string `json:"light"`
	Dark  string `json:"dark"`
}

func triedOf(q *site.Request, l guichet.Look) tried {
	light, dark := l.Accents()
	said := func(c guichet.Colour, onDark bool) string {
		least, key := c.Legible(onDark), "front.contrast"
		if least < guichet.MinContrast {
			key = "front.contrast.low"
		}
		return q.P.T(key, "Contrast", ratio(q, math.Floor(10*least)/10), "Least", ratio(q, guichet.MinContrast))
	}
	return tried{said(light, false), said(dark, true)}
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

// saveFront keeps a front, or shows it before. A logo that was chosen stays in the page, so that it is chosen once.
func saveFront(q *site.Request) error {
	if !q.Actor.Configures("", q.Config) {
		return guichet.NotFound("page")
	}
	form, err := q.Upload("logo", guichet.MaxLogo)
	f := guichet.Front{Name: form.Get("name"), Contact: form.Get("contact"), SignInHelp: form.Get("sign_in_help"),
		Look: guichet.Look{Accent: form.Get("accent"), Dark: form.Get("accent_dark"), Logo: form.Get("logo_chosen")}}
	if guichet.KindOf(err) == guichet.KindTooLarge && err != nil {
		err = guichet.Invalid("logo", "look.logo")
	}
	if len(form.Content) > 0 && err == nil {
		f.Look.Logo = "data:" + http.DetectContentType(form.Content) + ";base64," + base64.StdEncoding.EncodeToString(form.Content)
	}
	if form.Get("no_logo") != "" {
		f.Look.Logo = ""
	}
	shown := form.Get("preview") != ""
	switch {
	case err == nil && shown:
		err = f.Check()
	case err == nil:
		err = q.Configuring.SetFront(q.R.Context(), q.Actor, f)
	}
	errs := q.FieldErrors(err)
	if errs["logo"] != "" {
		f.Look.Logo = q.Config.Look.Logo
	}
	switch {
	case errs != nil:
		return showFront(q, http.StatusUnprocessableEntity, f, errs)
	case err != nil:
		return err
	case shown:
		return showFront(q, ok, f, nil)
	}
	return q.Redirect(frontPath, q.P.T("front.saved"))
}
