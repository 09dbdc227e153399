package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axeFile is what checks the pages for accessibility: npm ci --prefix e2e.
const axeFile = "node_modules/axe-core/axe.min.js"

// patience bounds each step of a journey: a page that does not come is a failure, not a wait.
const patience = 20 * time.Second

// browser is a real Chromium.
type browser struct{ path, axe string }

// newBrowser finds Chromium, or skips the test when none is named.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	path := os.Getenv("GUICHET_TEST_CHROMIUM")
	if path == "" {
		t.Skip("needs a browser: set GUICHET_TEST_CHROMIUM to Chromium's path, as .ci/run does")
	}
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		t.Skip("needs axe-core: npm ci --prefix e2e, as .ci/run does")
	}
	return &browser{path, string(axe)}
}

// window starts a Chromium of its own, without cookies.
func (b *browser) window(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(b.path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "fr"), chromedp.Flag("accept-lang", "fr-FR,fr"),
		chromedp.Env("LANGUAGE=fr")) // dates and files are then asked for in French, where Debian's chromium-l10n is installed
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() { cancel(); stop() })
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// visitor is a person in front of a browser of his or her own.
type visitor struct {
	t      *testing.T
	ctx    context.Context
	base   string
	name   string
	axe    string
	seen   map[string]bool   // screens checked already
	faults []string          // errors that the browser reported
	words  map[string]string // what the pages say in another language than French
}

// says is a French text as the visitor reads it.
func (v *visitor) says(text string) string {
	if other := v.words[text]; other != "" {
		return other
	}
	return text
}

// visit opens a window without cookies.
func (b *browser) visit(t *testing.T, d *desk, name string) *visitor {
	t.Helper()
	ctx := b.window(t)
	v := &visitor{t: t, ctx: ctx, base: d.process.url, name: name, axe: b.axe, seen: map[string]bool{}}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError && !strings.Contains(e.Entry.Text, "status of 4") {
				v.faults = append(v.faults, e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			v.faults = append(v.faults, e.ExceptionDetails.Error())
		}
	})
	v.do(chromedp.EmulateViewport(1280, 900), log.Enable())
	return v
}

// signIn opens a window and signs a person of the demonstration in.
func (b *browser) signIn(t *testing.T, d *desk, login string) *visitor {
	t.Helper()
	v := b.visit(t, d, login)
	v.identify(d, login)
	return v
}

// identify signs a person of the demonstration in, in the visitor's window.
func (v *visitor) identify(d *desk, login string) {
	v.t.Helper()
	password, err := os.ReadFile(filepath.Join(d.data, "demo-password"))
	if err != nil {
		v.t.Fatal(err)
	}
	v.open("/sign-in")
	v.fill("[name=login]", login)
	v.fill("[name=password]", strings.TrimSpace(string(password)))
	v.send(`form[action="/sign-in"] [type=submit]`)
}

// do runs actions of the browser within the bounds of patience.
func (v *visitor) do(actions ...chromedp.Action) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		v.t.Fatalf("%s: %v\n%s", v.name, err, v.where())
	}
}

// where tells which page is shown, for failures.
func (v *visitor) where() string {
	ctx, cancel := context.WithTimeout(v.ctx, 2*time.Second)
	defer cancel()
	var address, text string
	_ = chromedp.Run(ctx, chromedp.Location(&address), chromedp.Text("main", &text, chromedp.ByQuery))
	return address + "\n" + text[:min(len(text), 1500)]
}

// open goes to a page.
func (v *visitor) open(path string) {
	v.t.Helper()
	v.do(chromedp.Navigate(v.base + path))
}

// fill types in a field; what it held is replaced.
func (v *visitor) fill(selector, value string) {
	v.t.Helper()
	v.run(fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.focus(); f.value = ''; })()`, selector), nil)
	v.do(chromedp.SendKeys(selector, value, chromedp.ByQuery))
}

// set gives a field a value that is not typed: a date, a choice in a list.
func (v *visitor) set(selector, value string) {
	v.t.Helper()
	v.run(fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.value = %q; f.dispatchEvent(new Event('change', {bubbles: true})); return f.value === %q; })() || (() => { throw new Error('no such value: ' + %q) })()`,
		selector, value, value, selector+" "+value), nil)
}

// pick chooses the entry of a list whose text contains a word.
func (v *visitor) pick(selector, text string) {
	v.t.Helper()
	v.run(fmt.Sprintf(`(() => { const f = document.querySelector(%q); const o = [...f.options].find(o => o.text.includes(%q)); if (!o) throw new Error('no such choice: ' + %q); f.value = o.value; })()`, selector, text, text), nil)
}

// send clicks what leads to another page, and waits for it.
func (v *visitor) send(selector string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	middle := chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q)?.scrollIntoView({block: 'center'})`, selector), nil) // out of what sticks to an edge
	if _, err := chromedp.RunResponse(ctx, middle, chromedp.Click(selector, chromedp.ByQuery)); err != nil {
		v.t.Fatalf("%s sends %s: %v\n%s", v.name, selector, err, v.where())
	}
}

// run evaluates an expression in the page.
func (v *visitor) run(script string, into any) {
	v.t.Helper()
	if into == nil {
		var ignored any
		into = &ignored
	}
	v.do(chromedp.Evaluate(script, into, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
}

// waits waits until an expression is true in the page.
func (v *visitor) waits(expression string) {
	v.t.Helper()
	v.polls(expression, patience)
}

// comes waits until a condition of the page holds, without asking for the page again: long enough for a message that
// may be taken back for a while before it leaves.
func (v *visitor) comes(condition string) {
	v.t.Helper()
	v.polls(condition, 3*patience)
}

// polls waits until a condition holds. Right after a navigation the question may still go to the document that has
// left, which answers that it is no more: it is then asked again of the one that came.
func (v *visitor) polls(condition string, within time.Duration) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, within)
	defer cancel()
	for {
		err := chromedp.Run(ctx, chromedp.Poll(condition, nil, chromedp.WithPollingTimeout(within)))
		if err == nil {
			return
		}
		if gone := strings.Contains(err.Error(), "Cannot find context") || strings.Contains(err.Error(), "context was destroyed"); !gone || ctx.Err() != nil {
			v.t.Fatalf("%s waits in vain for %s: %v\n%s", v.name, condition, err, v.where())
		}
	}
}

// text is what the page says.
func (v *visitor) text() string {
	v.t.Helper()
	var text string
	v.run(`document.querySelector('main').innerText`, &text)
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text)
}

// sees checks that the page says something.
func (v *visitor) sees(texts ...string) {
	v.t.Helper()
	page := v.text()
	for _, text := range texts {
		if text = v.says(text); !strings.Contains(page, text) {
			v.t.Fatalf("%s does not see %q on:\n%s", v.name, text, v.where())
		}
	}
}

// missing checks that the page does not say something.
func (v *visitor) missing(texts ...string) {
	v.t.Helper()
	page := v.text()
	for _, text := range texts {
		if text = v.says(text); strings.Contains(page, text) {
			v.t.Fatalf("%s sees %q on:\n%s", v.name, text, v.where())
		}
	}
}

// address is the path of the page.
func (v *visitor) address() string {
	v.t.Helper()
	var address string
	v.do(chromedp.Location(&address))
	return strings.TrimPrefix(address, v.base)
}

// violation is what axe-core found.
type violation struct {
	ID    string
	Help  string
	Nodes []struct{ HTML string }
}

const audit = `(async () => { if (!window.axe) throw new Error('no axe'); const r = await axe.run(document, {runOnly:
	['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']});
	return JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => ({html: n.html.slice(0, 200)}))}))); })()`

// look checks a screen once, in light and dark, wide and on a phone: nothing that axe-core objects
// to, nothing that overflows, no text without words, no fault reported by the browser.
func (v *visitor) look(screen string) {
	v.t.Helper()
	if v.seen[screen] {
		return
	}
	v.seen[screen] = true
	v.run(v.axe, nil)
	for _, theme := range []string{"dark", "light"} {
		v.do(wear(theme))
		v.audit(screen + ", " + theme)
	}
	v.shoot(screen)
	v.do(chromedp.EmulateViewport(320, 700))
	v.audit(screen + ", phone")
	v.shoot(screen + ", phone")
	var overflow int
	v.run(`document.documentElement.scrollWidth - window.innerWidth`, &overflow)
	if overflow > 0 {
		v.t.Errorf("%s: %d pixels too wide at 320", screen, overflow)
	}
	v.do(chromedp.EmulateViewport(1280, 900))
	if strings.Contains(v.text(), "⟦") {
		v.t.Errorf("%s: a text has no words:\n%s", screen, v.text())
	}
	if len(v.faults) > 0 {
		v.t.Errorf("%s: the browser reports %q", screen, v.faults)
		v.faults = nil
	}
}

// wear chooses a theme. Motion is off: a colour on its way to another has no contrast to measure.
func wear(theme string) chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme},
		{Name: "prefers-reduced-motion", Value: "reduce"}})
}

func (v *visitor) audit(screen string) {
	v.t.Helper()
	var found string
	v.run(audit, &found)
	var list []violation
	if err := json.Unmarshal([]byte(found), &list); err != nil {
		v.t.Fatalf("%s: %v", screen, err)
	}
	for _, x := range list {
		v.t.Errorf("%s: %s (%s)\n%v", screen, x.ID, x.Help, x.Nodes)
	}
}

// shoot keeps a picture of the screen when GUICHET_SCREENS names a folder.
func (v *visitor) shoot(screen string) {
	v.t.Helper()
	folder := os.Getenv("GUICHET_SCREENS")
	if folder == "" {
		return
	}
	var picture []byte
	v.do(chromedp.FullScreenshot(&picture, 100))
	name := strings.NewReplacer(" ", "-", ",", "", "’", "-").Replace(screen) + ".png"
	if err := os.WriteFile(filepath.Join(folder, name), picture, 0o600); err != nil {
		v.t.Fatal(err)
	}
}

// pixel is a PNG of one pixel, as a screenshot is pasted.
var pixel = base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"))

// give pastes or drops a file on an element, as a person would with the mouse or the keyboard.
func (v *visitor) give(selector, how, name, mediaType string) {
	v.t.Helper()
	v.run(fmt.Sprintf(`(() => { const bytes = Uint8Array.from(atob(%q), c => c.charCodeAt(0)); const data = new DataTransfer();
		data.items.add(new File([bytes], %q, {type: %q})); const on = document.querySelector(%q);
		const event = %q === 'paste' ? new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})
			: new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true});
		on.dispatchEvent(event); })()`, pixel, name, mediaType, selector, how), nil)
}
