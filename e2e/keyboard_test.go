package e2e

import (
	"context"
	"errors"
	"fmt"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tabTo moves the focus forwards, as the key Tab does, until it is on an element; what takes too many
// steps cannot be used by keyboard.
func (v *visitor) tabTo(selector string, most int) {
	v.t.Helper()
	far := errors.New("out of reach")
	v.do(chromedp.ActionFunc(func(ctx context.Context) error {
		for range most {
			var there bool
			if err := chromedp.Run(ctx, chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(fmt.Sprintf(`document.activeElement.matches(%q)`, selector), &there)); err != nil || there {
				return err
			}
		}
		return fmt.Errorf("%d times Tab do not reach %s: %w", most, selector, far)
	}))
}

// keys presses keys where the focus is.
func (v *visitor) keys(text string) {
	v.t.Helper()
	v.do(chromedp.KeyEvent(text))
}

// enter presses what has the focus, and waits for the page that it leads to.
func (v *visitor) enter() {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		v.t.Fatalf("%s presses Enter: %v\n%s", v.name, err, v.where())
	}
}

// changeByKeyboard adds a question to the form in use and publishes it without a mouse: Tab, Enter, Space
// and what is typed. The ticket that was asked before keeps the version that it answered.
func changeByKeyboard(v *visitor) {
	v.t.Helper()
	v.open(lendingDesigner)
	v.tabTo(`[name=new_type]`, 120)
	v.keys(v.says("Texte l"))
	v.tabTo(`button[name=op][value=add]`, 1)
	v.enter()
	v.tabTo(`[name="fields.5.label"]`, 12)
	v.keys("Précautions à prendre")
	v.tabTo(`[name="fields.5.help"]`, 3)
	v.keys("Par exemple : tournage en extérieur.")
	v.tabTo(`[name="fields.5.required"]`, 1)
	v.keys(" ")
	v.tabTo(`button[name=op][value=publish]`, 90)
	v.enter()
	v.sees("La version 2 est en vigueur.", "Précautions à prendre")
	var kind, required string
	v.run(`document.querySelector('[name="fields.5.type"]').value`, &kind)
	v.run(`String(document.querySelector('[name="fields.5.required"]').checked)`, &required)
	if kind != "long_text" || required != "true" {
		v.t.Errorf("the question made by keyboard is %s, required %s", kind, required)
	}
}
