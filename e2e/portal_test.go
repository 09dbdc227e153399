package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// maxTouches is how many times a first-time requester touches the telephone, texts counted as one each, from
// the home page to a ticket that is sent.
const maxTouches = 8

// hand is a finger on a telephone, which counts what it does.
type hand struct {
	*visitor
	touches int
}

// tap touches what is seen at a place of the page.
func (h *hand) tap(selector string) {
	h.t.Helper()
	h.touches++
	h.do(chromedp.ScrollIntoView(selector, chromedp.ByQuery), chromedp.Click(selector, chromedp.ByQuery))
}

// write types a text where the cursor stands.
func (h *hand) write(text string) {
	h.t.Helper()
	h.touches++
	h.do(input.InsertText(text))
}

// TestAFirstTicketIsShortOnATelephone goes from the box to a ticket, with a phone's window and nobody's help.
func TestAFirstTicketIsShortOnATelephone(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "demandeur2")
	v.do(emulation.SetDeviceMetricsOverride(360, 740, 2, true), emulation.SetTouchEmulationEnabled(true))
	h := &hand{visitor: v}
	h.open("/")
	h.look("portal home, new")
	h.tap("#ask")
	h.write("impossible de rendre un devoir sur Moodle")
	h.do(chromedp.WaitVisible(`#ask-list [role=option].go`, chromedp.ByQuery))
	h.look("portal box")
	h.tap(`#ask-list [role=option].go`)
	h.do(chromedp.WaitVisible(`form[data-draft] #f-title`, chromedp.ByQuery))
	var title string
	h.run(`document.querySelector('#f-title').value`, &title)
	if title != "impossible de rendre un devoir sur Moodle" {
		t.Errorf("what was typed became %q", title)
	}
	h.tap("#f-description")
	h.write("Le bouton « Remettre » ne répond plus depuis ce matin.")
	h.tap(`[name="answers.etendue"][value="moi"]`)
	h.look("portal form, filled")
	h.touches++
	h.send(`form[data-draft] .send-bar [type=submit]`)
	h.sees("C’est envoyé")
	h.look("portal sent")
	if h.touches > maxTouches {
		t.Errorf("%d touches, at most %d", h.touches, maxTouches)
	}
	t.Logf("%d touches from the box to the ticket", h.touches)
	number := strings.Split(h.address(), "/")[2]
	h.open("/tickets/" + number)
	h.sees("impossible de rendre un devoir", "Reçu")
	h.look("portal story")
}

// TestAFirstTicketIsShortInEachPreset sends what people say, as they say it, from the telephone: nothing but the need
// is asked before it may be sent.
func TestAFirstTicketIsShortInEachPreset(t *testing.T) {
	b := newBrowser(t)
	for _, c := range []struct{ preset, words, more string }{
		{"paris", "je ne reçois plus mes mails", ""},
		{"glevents", "plus de réseau dans le hall", `[name="answers.etendue"][value="moi"]`},
		{"ugecam", "mon écran reste noir", ""},
		{"eig", "erreur sur un bulletin de paie", ""},
	} {
		t.Run(c.preset, func(t *testing.T) {
			v := b.signIn(t, served(t, "--preset", c.preset), "demandeur")
			v.do(emulation.SetDeviceMetricsOverride(360, 740, 2, true), emulation.SetTouchEmulationEnabled(true))
			h := &hand{visitor: v}
			h.open("/")
			h.tap("#ask")
			h.write(c.words)
			h.do(chromedp.WaitVisible(`#ask-list [role=option].go`, chromedp.ByQuery))
			h.tap(`#ask-list [role=option].go`)
			h.do(chromedp.WaitVisible(`form[data-draft] #f-title`, chromedp.ByQuery))
			h.tap("#f-description")
			h.write("Depuis ce matin.")
			if c.more != "" {
				h.tap(c.more)
			}
			h.touches++
			h.send(`form[data-draft] .send-now`)
			h.sees("C’est envoyé")
			if h.touches > maxTouches {
				t.Errorf("%d touches, at most %d", h.touches, maxTouches)
			}
			t.Logf("%d touches from the box to the ticket", h.touches)
		})
	}
}

// TestTheBoxIsWorkedWithTheKeyboard goes through the proposals with the arrows, as a screen reader tells them.
func TestTheBoxIsWorkedWithTheKeyboard(t *testing.T) {
	b := newBrowser(t)
	v := b.signIn(t, served(t, "--preset", "paris"), "demandeur")
	v.open("/")
	v.do(chromedp.SendKeys("#ask", "messagerie", chromedp.ByQuery), chromedp.WaitVisible(`#ask-list [role=option]`, chromedp.ByQuery))
	var state string
	read := `(() => { const i = document.querySelector('#ask'); return [i.getAttribute('role'), i.getAttribute('aria-expanded'), i.getAttribute('aria-activedescendant')].join(' '); })()`
	v.do(chromedp.KeyEvent(kb.ArrowDown))
	v.run(read, &state)
	if state != "combobox true ask-list-0" {
		t.Errorf("the box says %q", state)
	}
	v.run(fmt.Sprintf(`document.querySelector('#ask').dispatchEvent(new KeyboardEvent('keydown', {key: %q, bubbles: true, cancelable: true}))`, "Escape"), nil)
	v.run(read, &state)
	if state != "combobox false " {
		t.Errorf("after Escape the box says %q", state)
	}
}
