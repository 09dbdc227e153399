// Package look serves how the desk of an organisation looks: its accent, its logo, and what a phone needs to
// put the portal among its applications.
package look

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"guichet"
	"guichet/internal/web/site"
)

// Routes are those files: anybody may have them.
func Routes() []site.Route {
	icons := &iconSet{pictures: map[string][]byte{}}
	return []site.Route{
		{Pattern: "GET /manifest.webmanifest", Access: site.Public, Handle: manifest},
		{Pattern: "GET /worker.js", Access: site.Anyone, Handle: serveWorker},
		{Pattern: "GET /offline/{locale}", Access: site.Anyone, Handle: offline},
		{Pattern: "GET /icons/{name}", Access: site.Anyone, Handle: icons.serve},
		{Pattern: "GET /look/{hash}/look.css", Access: site.Anyone, Handle: sheet},
		{Pattern: "GET /look/{hash}/logo", Access: site.Anyone, Handle: logo},
	}
}

// manifest is what a browser asks before it installs the portal.
func manifest(q *site.Request) error {
	name := q.Config.Name
	if name == "" {
		name = "Guichet"
	}
	type picture struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose,omitempty"`
	}
	type shortcut struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	body, err := json.Marshal(map[string]any{"name": name, "short_name": "Guichet", "id": "/", "start_url": "/", "scope": "/", "display": "standalone",
		"lang": q.P.Locale(), "background_color": "#f5f3ec", "theme_color": "#fffefb",
		"icons": []picture{{"/icons/192.png", "192x192", "image/png", ""}, {"/icons/512.png", "512x512", "image/png", ""},
			{"/icons/maskable.png", "512x512", "image/png", "maskable"}},
		"shortcuts": []shortcut{{q.P.T("home.question"), "/"}, {q.P.T("nav.tickets"), "/tickets"}}})
	if err != nil {
		return err
	}
	return send(q, "application/manifest+json", "private, max-age=3600", body)
}

// iconSet keeps the icons, which are drawn the first time.
type iconSet struct {
	mu       sync.Mutex
	pictures map[string][]byte
}

// sizes of the icons, by their names, in pixels.
var sizes = map[string]int{"192.png": 192, "512.png": 512, "maskable.png": 512}

func (d *iconSet) serve(q *site.Request) error {
	name := q.R.PathValue("name")
	size, known := sizes[name]
	if !known {
		return guichet.NotFound("page")
	}
	light, _ := q.Config.Look.Accents()
	d.mu.Lock()
	defer d.mu.Unlock()
	key := light.String() + name
	if d.pictures[key] == nil {
		if len(d.pictures) > 12 { // accents that were tried and left
			clear(d.pictures)
		}
		picture, err := icon(size, light, name == "maskable.png")
		if err != nil {
			return err
		}
		d.pictures[key] = picture
	}
	return send(q, "image/png", "public, max-age=86400", d.pictures[key])
}

const forEver = "public, max-age=31536000, immutable"

// sheet is the style sheet of the accent: three tokens for each theme.
func sheet(q *site.Request) error {
	if q.R.PathValue("hash") != q.Config.Look.Mark() {
		return guichet.NotFound("page")
	}
	return send(q, "text/css; charset=utf-8", forEver, []byte(Sheet(q.Config.Look)))
}

// Sheet is the style sheet of a look.
func Sheet(l guichet.Look) string { return ":root{" + tokens(l) + "}\n" }

// SheetOf is the style sheet of a look for a part of a page.
func SheetOf(l guichet.Look, selector string) string {
	return selector + "{" + tokens(l) + "--accent-wash:color-mix(in oklab,var(--accent) 9%,var(--sheet));}\n"
}

func tokens(l guichet.Look) string {
	light, dark := l.Accents()
	black, white := guichet.Colour{}, guichet.Colour{R: 1, G: 1, B: 1}
	on := func(c guichet.Colour) guichet.Colour {
		if c.Contrast(white) >= c.Contrast(black) {
			return white
		}
		return guichet.Colour{R: 0.06, G: 0.07, B: 0.12}
	}
	pair := func(name string, a, b guichet.Colour) string {
		return "--" + name + ":light-dark(" + a.String() + "," + b.String() + ");"
	}
	return pair("accent", light, dark) + pair("accent-deep", light.Mix(black, 0.25), dark.Mix(white, 0.35)) + pair("on-accent", on(light), on(dark))
}

func logo(q *site.Request) error {
	l := q.Config.Look
	if l.Logo == "" || q.R.PathValue("hash") != l.Mark() {
		return guichet.NotFound("page")
	}
	kind, data, _ := strings.Cut(strings.TrimPrefix(l.Logo, "data:"), ";base64,")
	content, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return guichet.NotFound("page")
	}
	q.W.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return send(q, kind, forEver, content)
}

func send(q *site.Request, kind, cache string, body []byte) error {
	h := q.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", cache)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	q.W.WriteHeader(http.StatusOK)
	_, err := q.W.Write(body)
	return err
}
