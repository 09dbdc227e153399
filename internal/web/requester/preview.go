package requester

import (
	"guichet"
	"guichet/internal/web/site"
)

// preview shows a text with its marks in a frame of the page where it is written.
func preview(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	h := q.W.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; img-src 'self'; frame-ancestors 'self'")
	text := []rune(form.Get("text"))
	return q.Render(ok, previewView(q.Page(q.P.T("marks.preview"), ""), q.Markup.HTML(string(text[:min(len(text), guichet.MaxDescription)]))))
}
