package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// kept lists the addresses of all that the browser keeps for pages of the desk.
const kept = `(async () => { const out = []; for (const name of await caches.keys()) for (const r of await (await caches.open(name)).keys()) out.push(new URL(r.url).pathname); return out.sort(); })()`

// TestOffline takes the server away from a browser and gives it back. Between the two the browser says so, with the
// look of the desk, and what was typed is found again; it never keeps a page of its reader.
func TestOffline(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "demandeur")
	v.open("/")
	v.waits(`getComputedStyle(document.querySelector('[data-menu] [data-theme-toggle]')).display !== 'none'`)
	v.run(`navigator.serviceWorker.ready.then(() => true)`, nil)
	for _, page := range []string{"/tickets", v.firstBelow("/tickets", "/tickets/"), "/profile", "/services/moodle/moodle-incident"} {
		v.open(page)
	}
	v.waits(`navigator.serviceWorker.controller`)
	v.fill("[name=description]", "Écrit juste avant la panne.")
	v.do(chromedp.WaitVisible("[data-draft-said]", chromedp.ByQuery))
	host := strings.TrimPrefix(d.process.url, "http://")
	if err := d.end((*process).kill); err != nil {
		t.Fatal(err)
	}
	v.open("/tickets")
	v.sees("Le guichet ne répond pas", "est gardée dans ce navigateur")
	v.faults = nil // the stream of the last page was cut, and the browser says so
	v.look("offline")
	var styled bool
	v.run(`getComputedStyle(document.querySelector('.card')).borderRadius !== '0px' && document.fonts.check('1em "Atkinson Hyperlegible Next"')`, &styled)
	if !styled {
		t.Error("the page has not the look of the desk")
	}
	if got := v.address(); got != "/tickets" {
		t.Errorf("the address became %s", got)
	}
	p, err := start(d.dir, d.env, "demo", "--data", d.data, "--listen", host)
	if err != nil {
		t.Fatal(err)
	}
	d.process = p
	v.returns(says("h1", "Mes tickets"))
	v.faults = nil // each try that found no server is told too
	v.open("/services/moodle/moodle-incident")
	v.waits(`document.querySelector('[name=description]').value === 'Écrit juste avant la panne.'`)
	v.run(`document.querySelector('[data-menu]').open = true`, nil)
	v.send(`form[action="/sign-out"] button`)
	var addresses []string
	v.run(kept, &addresses)
	if len(addresses) < 5 {
		t.Errorf("the browser keeps %q", addresses)
	}
	for _, a := range addresses {
		if !strings.HasPrefix(a, "/static/") && !strings.HasPrefix(a, "/look/") && a != "/offline/fr" {
			t.Errorf("the browser keeps %s", a)
		}
	}
}

// TestANewBuildTakesThePlaceOfTheOldOne changes the look of the desk, which makes another worker, and its cache goes
// with the former one.
func TestANewBuildTakesThePlaceOfTheOldOne(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "adminfonc")
	v.open("/")
	var before, after []string
	v.run(`navigator.serviceWorker.ready.then(() => caches.keys())`, &before)
	v.open("/admin/front")
	v.fill("[name=name]", "Assistance du Groupe")
	v.send(`form[action="/admin/front"] button.primary`)
	v.open("/")
	v.waits(`getComputedStyle(document.querySelector('[data-menu] [data-theme-toggle]')).display !== 'none'`)
	v.run(`navigator.serviceWorker.ready.then((r) => r.update()).then(() => true)`, nil)
	v.run(`(async () => { for (;;) { const all = await caches.keys(); if (all.length === 1 && all[0] !== '`+before[0]+`') return all; await new Promise(requestAnimationFrame); } })()`, &after)
	if len(before) != 1 || len(after) != 1 || before[0] == after[0] {
		t.Errorf("kept under %q, then under %q", before, after)
	}
}

// returns waits until a page that loads itself again is as it should be; while it loads nothing can be asked of it.
func (v *visitor) returns(condition string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, 3*patience)
	defer cancel()
	for holds := false; !holds; {
		_ = chromedp.Run(ctx, chromedp.Sleep(100*time.Millisecond), chromedp.Evaluate(condition, &holds)) // not while it loads
		if ctx.Err() != nil {
			v.t.Fatalf("%s waits in vain for %s\n%s", v.name, condition, v.where())
		}
	}
}
