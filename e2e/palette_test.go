package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// control presses a key with Ctrl.
func (v *visitor) control(key string) {
	v.t.Helper()
	v.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(input.ModifierCtrl)))
}

// stroke presses a key that bears a character as a keyboard does: what the page makes of it is not typed.
func (v *visitor) stroke(keys string) {
	v.t.Helper()
	for _, r := range keys {
		v.do(chromedp.ActionFunc(func(ctx context.Context) error {
			for _, p := range kb.Encode(r) {
				if p.Type == input.KeyChar {
					continue
				}
				if p.Type != input.KeyUp {
					p.Type, p.Text, p.UnmodifiedText = input.KeyDown, string(r), string(r)
				}
				if err := p.Do(ctx); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// TestPalette: from any page of the workspace, a few letters lead to a view, a person, a service or a ticket, without
// a pointer; the help sheet tells the keys, which never act while somebody writes.
func TestPalette(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "technicien")
	v.open("/desk/mine")
	v.control("k")
	v.waits(`document.querySelector('dialog.palette .hit')`)
	v.look("palette")
	v.keys("attente")
	v.waits(`document.querySelector('dialog [aria-selected=true] mark')?.textContent.toLowerCase() === 'attente'`)
	v.enter()
	if got := v.address(); got != "/desk/pending" {
		t.Fatalf("the palette leads to %s", got)
	}
	v.control("k")
	v.waits(`document.querySelector('dialog .part')?.textContent === 'Récemment'`)
	v.keys("benali")
	v.waits(`[...document.querySelectorAll('dialog .hit')].some(x => x.textContent.includes('Benali'))`)
	v.keys(kb.Escape)
	v.waits(`!document.querySelector('dialog')`)
	v.stroke("?")
	v.waits(`document.querySelector('dialog .sheet')`)
	v.look("help sheet")
	v.keys(kb.Escape)
	v.waits(`!document.querySelector('dialog')`)
	v.stroke("/")
	v.waits(`document.activeElement.matches('input[type=search]')`)
	v.stroke("go?")
	var typed string
	v.run(`document.activeElement.value`, &typed)
	if typed != "go?" {
		t.Errorf("keys act while somebody writes: %q is typed", typed)
	}
	v.open("/profile/shortcuts")
	v.look("keys")
	if len(v.faults) > 0 {
		t.Errorf("the browser reports %s", strings.Join(v.faults, "\n"))
	}
}
