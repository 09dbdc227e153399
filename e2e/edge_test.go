package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"guichet"
)

// TestWhatIsVeryLongFits shows a title that is one long word on each page where it stands: nothing is wider than the window,
// not even at 320 pixels.
func TestWhatIsVeryLongFits(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	number := d.inHand(t, "technicien", strings.Repeat("budget_previsionnel_", 8))
	asker, agent := b.signIn(t, d, "demandeur"), b.signIn(t, d, "technicien")
	for _, page := range []string{"/", "/tickets", "/tickets/" + number} {
		asker.open(page)
		asker.sees("budget_previsionnel_")
		asker.look("a long word on " + page)
	}
	for _, page := range []string{"/desk/mine", "/desk/tickets/" + number} {
		agent.open(page)
		agent.sees("budget_previsionnel_")
		agent.look("a long word on " + page)
	}
}

// TestAFileThatIsTooHeavyIsNotSent says so at once beside the field, lets the form go without it, and sends no byte of it.
func TestAFileThatIsTooHeavyIsNotSent(t *testing.T) {
	b := newBrowser(t)
	v := b.signIn(t, served(t, "--preset", "paris"), "demandeur")
	heavy := filepath.Join(t.TempDir(), "film.mp4")
	if err := os.WriteFile(heavy, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(heavy, guichet.MaxDocumentSize+1); err != nil {
		t.Fatal(err)
	}
	v.open(aForm)
	v.fill("[name=title]", "Un film")
	v.fill("[name=description]", "Le voici.")
	v.do(chromedp.SetUploadFiles(`form[data-draft] input[type=file]`, []string{heavy}, chromedp.ByQuery))
	v.waits(`document.querySelector('[data-file-list] .bad')?.textContent.includes('film.mp4') && document.querySelector('form[data-draft] input[type=file]').files.length === 0`)
	v.sees("ce fichier ne part pas")
	v.look("form, a file that is too heavy")
	v.send(`form[data-draft] .send-bar [type=submit]`)
	v.sees("C’est envoyé", "Un film")
}

// TestWhoIsInCopyLeavesFromThePortal opens what asks before, and lets go.
func TestWhoIsInCopyLeavesFromThePortal(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	number := d.inHand(t, "technicien", "La visioconférence de mardi")
	d.mustAsk(t, http.StatusNoContent, call{login: "technicien", method: http.MethodPost, path: "/tickets/" + number + "/observers", body: strings.NewReader(`{"add":["demandeur2"]}`)})
	v := b.signIn(t, d, "demandeur2")
	v.open("/tickets/" + number)
	v.sees("Vous êtes en copie")
	v.run(`document.querySelector('#in-copy summary').focus()`, nil)
	v.stroke(kb.Enter)
	v.waits(`document.querySelector('#in-copy details').open`)
	v.look("story, in copy")
	v.send(`#in-copy [type=submit]`)
	v.waits(`document.body.innerText.includes('Vous ne suivez plus le ticket')`)
	v.open("/tickets/" + number)
	v.sees("Page introuvable")
}

// TestTheBulkBarIsOneLineOnATelephone chooses tickets with a small window: the bar takes one line, and all it does is behind
// a menu that opens and is gone through from the keyboard.
func TestTheBulkBarIsOneLineOnATelephone(t *testing.T) {
	b := newBrowser(t)
	v := b.signIn(t, served(t, "--preset", "insa"), "moderateur")
	v.open("/desk/open")
	v.do(chromedp.EmulateViewport(360, 740))
	v.run(`document.querySelector('#list [name=n]').click()`, nil)
	var height float64
	v.run(`document.querySelector('[data-bulk]').getBoundingClientRect().height`, &height)
	if height == 0 || height > 74 {
		t.Errorf("the bar is %v pixels high: more than a tenth of the screen", height)
	}
	v.run(`document.querySelector('.bulk-more > summary').focus()`, nil)
	v.stroke(kb.Enter)
	v.waits(`document.querySelector('.bulk-more').open`)
	v.stroke(kb.Tab)
	v.waits(`document.activeElement.matches('.bulk-more [name=what][value=claim]')`)
	v.send(`.bulk-more [value=assign]`)
	v.sees("Attribuer")
}
