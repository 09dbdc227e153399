package look

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"guichet"
	"guichet/internal/web/assets"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

//go:embed worker.js
var worker string

// workerPolicy is all that the worker may do: ask this server.
const workerPolicy = "default-src 'none'; connect-src 'self'"

// serveWorker gives the browser what stands between the pages and the server when it is not reached. Its first
// lines are those of the build and of the look: anything that changes makes another program, which takes the place
// of the one that the browser has.
func serveWorker(q *site.Request) error {
	locale := q.R.URL.Query().Get("lang")
	if !slices.Contains(q.Texts.Locales(), locale) {
		locale = q.P.Locale()
	}
	page := offlinePage(q, locale)
	var shown bytes.Buffer
	if err := offlineView(page).Render(q.R.Context(), &shown); err != nil {
		return err
	}
	sum := sha256.Sum256(append(shown.Bytes(), worker...))
	head, err := json.Marshal([]any{"guichet " + hex.EncodeToString(sum[:6]), "/offline/" + locale, append(shared(page), "/offline/"+locale)})
	if err != nil {
		return err
	}
	body := "\"use strict\";\nconst [name, page, kept] = " + string(head) + ";\n" + worker
	mark := fmt.Sprintf("%q", hex.EncodeToString(sum[:]))
	h := q.W.Header()
	h.Set("Content-Security-Policy", workerPolicy)
	h.Set("ETag", mark)
	if q.R.Header.Get("If-None-Match") == mark {
		h.Set("Cache-Control", "no-cache")
		q.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	return send(q, "text/javascript; charset=utf-8", "no-cache", []byte(body))
}

// shared are the files that a page of the portal needs to look as it does.
func shared(page kit.Page) []string {
	var out []string
	for _, name := range []string{"guichet.css", "portal.css", "theme.js", "guichet.js", "preview.js", "box.js", "live.js", "icons.svg", "favicon.svg",
		"fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"} {
		out = append(out, assets.URL(name))
	}
	for _, own := range []string{page.Look, page.Logo} {
		if own != "" {
			out = append(out, own)
		}
	}
	return out
}

// offline is the page that the browser keeps: it holds nothing about anybody.
func offline(q *site.Request) error {
	locale := q.R.PathValue("locale")
	if !slices.Contains(q.Texts.Locales(), locale) {
		return guichet.NotFound("page")
	}
	return q.Render(ok, offlineView(offlinePage(q, locale)))
}

func offlinePage(q *site.Request, locale string) kit.Page {
	q.P = q.Texts.Printer(locale, q.P.Zone())
	page := q.Bare(q.P.T("offline.title"))
	page.SignInHelp = ""
	return page
}

const ok = http.StatusOK
