package e2e

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// budget is what the first load of a page may weigh as it is sent, fonts included, attachments left aside.
const budget = 100 << 10

// load is what a browser that knows nothing yet fetched for a page.
type load struct {
	bytes   float64
	parts   []string
	strange []string // from other hosts
}

// weigh opens a page with an empty cache and counts what comes; what then stays open, such as a stream, does not.
func (v *visitor) weigh(path string, then func()) load {
	v.t.Helper()
	var out load
	kinds, counted := map[network.RequestID]string{}, map[string]bool{}
	listening := true
	chromedp.ListenTarget(v.ctx, func(event any) {
		if !listening {
			return
		}
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(e.Request.URL); err == nil && u.Scheme != "data" && u.Scheme != "blob" && !strings.HasPrefix(e.Request.URL, v.base) {
				out.strange = append(out.strange, e.Request.URL)
			}
			kinds[e.RequestID] = strings.TrimPrefix(e.Request.URL, v.base)
		case *network.EventLoadingFinished:
			if name := kinds[e.RequestID]; !strings.HasPrefix(name, "/documents/") && !counted[name] { // an icon may be asked for twice
				counted[name] = true
				out.bytes += e.EncodedDataLength
				out.parts = append(out.parts, fmt.Sprintf("%s %.0f", name, e.EncodedDataLength))
			}
		}
	})
	v.do(network.Enable(), network.ClearBrowserCache(), network.SetBypassServiceWorker(true)) // who comes for the first time has none
	v.open(path)
	v.run(`document.fonts.ready.then(() => true)`, nil)
	if then != nil {
		then()
	}
	listening = false
	return out
}

// TestPagesWeighLittle: the first load of each main page stays within the budget and asks no other host for anything; the
// page of a ticket does not move under the eyes of its reader.
func TestPagesWeighLittle(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	asker, agent, manager := b.signIn(t, d, "demandeur"), b.signIn(t, d, "technicien"), b.signIn(t, d, "adminfonc")
	for _, page := range []struct {
		name string
		who  *visitor
		path string
		then func()
	}{
		{"home", asker, "/", nil},
		{"form", asker, "/services/moodle/moodle-incident", nil},
		{"story", asker, asker.firstBelow("/tickets", "/tickets/"), nil},
		{"list", agent, "/desk/mine", nil},
		{"ticket", agent, agent.firstBelow("/desk/mine", "/desk/tickets/"), nil},
		{"administration", manager, "/admin/", nil},
		{"palette", agent, "/desk/mine", func() {
			agent.control("k")
			agent.waits(`document.querySelector('dialog.palette .hit')`)
		}},
	} {
		got := page.who.weigh(page.path, page.then)
		t.Logf("%s: %.1f kB in %d answers", page.name, got.bytes/1024, len(got.parts))
		if got.bytes > budget {
			t.Errorf("%s weighs %.0f bytes, more than %d:\n%s", page.name, got.bytes, budget, strings.Join(got.parts, "\n"))
		}
		if len(got.strange) > 0 {
			t.Errorf("%s asks others for %q", page.name, got.strange)
		}
		if len(page.who.faults) > 0 {
			t.Errorf("%s: the browser reports %q", page.name, page.who.faults)
		}
	}
}

// firstBelow is the first address below another to which a page leads.
func (v *visitor) firstBelow(list, below string) string {
	v.t.Helper()
	v.open(list)
	var to string
	v.run(fmt.Sprintf(`[...document.querySelectorAll('a[href^="%s"]')].map(a => a.getAttribute('href')).find(h => /\d/.test(h)) ?? ''`, below), &to)
	if to == "" {
		v.t.Fatalf("nothing leads below %s", below)
	}
	return strings.Split(to, "#")[0]
}

// moves is by how much the page of a ticket may move (cumulative layout shift): a line at its foot, which the
// composer makes room for when its script comes after the first picture. What readers notice begins at 0.1.
const moves = 0.01

// TestTicketDoesNotMove: neither pictures nor live parts shift what is being read.
func TestTicketDoesNotMove(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "technicien")
	v.atOnce() // a message that leaves while the page is looked at is news, which may move it
	place := v.firstBelow("/desk/mine", "/desk/tickets/")
	v.open(place)
	v.give(`.composer`, "drop", "photo.png", "image/png")
	v.run(`(() => { const a = [...document.querySelectorAll('.composer textarea')].find(x => x.offsetParent); a.value = 'Voici la photo.'; a.dispatchEvent(new Event('input', {bubbles: true})); })()`, nil)
	v.waits(`document.querySelector('.composer [name=kept_file]')`)
	v.send(`.composer footer .reply .primary, .composer footer .primary`)
	v.open(place)
	v.waits(`!document.querySelector('[data-later] [href$="/similar"]')`) // what comes later has come
	var shift []string
	v.run(`new Promise(done => { const sum = []; new PerformanceObserver(l => { for (const e of l.getEntries()) sum.push(e.value + ' ' + Math.round(e.startTime) + ' ms ' + e.sources.map(s => [s.previousRect, s.currentRect].map(r => [r.x, r.y, r.width, r.height].map(Math.round).join()).join(' to ') + ' ' + (s.node?.outerHTML ?? s.node?.textContent ?? '?').slice(0, 60)).join(' | ')); }).observe({type: 'layout-shift', buffered: true});
		Promise.all([document.fonts.ready, ...[...document.images].map(i => i.decode().catch(() => null))]).then(() =>
			requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => done(sum))))); })`, &shift)
	total := 0.0
	for _, one := range shift {
		value, _, _ := strings.Cut(one, " ")
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatal(err)
		}
		total += n
	}
	if total > moves {
		t.Errorf("the page of a ticket moves by %.4f: %q", total, shift)
	}
	if len(v.faults) > 0 {
		t.Errorf("the browser reports %q", v.faults)
	}
}
