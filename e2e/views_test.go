package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestViewsAreOrderedByKeyboard: a view is moved up with the one key, as often as it takes; and tickets are joined to
// another from their list.
func TestViewsAreOrderedByKeyboard(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "moderateur")
	for _, name := range []string{"Une", "Deux", "Trois"} {
		v.open("/desk/views?base=open")
		v.fill(`main form [name=name]`, name)
		v.send(`main form[action="/desk/views"] button[type=submit]`)
	}
	v.open("/desk/views")
	v.look("views")
	v.run(`[...document.querySelectorAll('ol.views li')].find(l => l.textContent.includes('Une')).querySelector('[value=up]').focus()`, nil)
	for _, order := range []string{"Deux Une Trois", "Une Deux Trois"} {
		v.answered(chromedp.KeyEvent(kb.Enter))
		v.waits(`[...document.querySelectorAll('ol.views .what a')].map(a => a.textContent).join(' ') === '` + order + `'`)
		v.waits(`document.activeElement.closest('li')?.textContent.includes('Une')`)
	}

	first := d.inHand(t, "technicien", "Le premier")
	d.inHand(t, "technicien", "Le second")
	v.open("/desk/open")
	v.run(`document.querySelector('[name=n]').click(); document.querySelector('[data-bulk] [value=link]').closest('details').open = true`, nil)
	v.send(`[data-bulk] [value=link]`)
	v.look("tickets to join")
	v.run(`document.querySelector('[name=relation][value=related]').click()`, nil)
	v.fill(`[name=other]`, "999999")
	v.send(`#bulk-act form button[type=submit]`)
	v.look("tickets to join, refused")
	v.fill(`[name=other]`, first)
	v.send(`#bulk-act form button[type=submit]`)
	v.sees("Le premier")
	v.look("tickets to join, foreseen")
}
