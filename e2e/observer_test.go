package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestSomebodyIsPutInCopy: found by a few letters without a pointer, sees the ticket from then on, and no more once
// taken out; colleagues see both as they happen.
func TestSomebodyIsPutInCopy(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	number := d.inHand(t, "technicien", "La visioconférence de lundi")
	page := "/desk/tickets/" + number
	v, other, copied := b.signIn(t, d, "technicien"), b.signIn(t, d, "moderateur"), b.signIn(t, d, "demandeur2")
	other.open(page)
	v.open(page)
	const field = `[name="observer.person"]`
	v.run(`document.querySelector('[data-act=observe]').click()`, nil)
	v.do(chromedp.SendKeys(field, "lef", chromedp.ByQuery))
	v.waits(`[...document.querySelectorAll('.finder [role=option]')].some(o => o.textContent.includes('Mathieu Lefèvre'))`)
	v.look("ticket, somebody is looked for")
	v.run(`document.querySelector('`+field+`').focus()`, nil)
	for range 10 {
		v.do(chromedp.SendKeys(field, kb.ArrowDown, chromedp.ByQuery))
		var there bool
		if v.run(`document.querySelector('.finder [aria-selected=true]').textContent.includes('Mathieu Lefèvre')`, &there); there {
			break
		}
	}
	v.stroke(kb.Enter)
	v.waits(`document.querySelector('` + field + `').value === 'Mathieu Lefèvre'`)
	v.send(`form[action*="/observers"] [type=submit].primary`)
	v.sees("Mathieu Lefèvre est en copie de ce ticket.")
	v.look("ticket, somebody in copy")
	other.comes(says("#ticket-panel", "Mathieu Lefèvre"))
	copied.open("/tickets/" + number)
	copied.sees("La visioconférence de lundi")
	if err := d.process.eventually(patience, "who is put in copy is told", func() bool {
		n, err := d.mails("demandeur2", []string{"La visioconférence de lundi", "en copie"})
		return err == nil && n == 1
	}); err != nil {
		t.Error(err)
	}
	v.send(`button[name="observer.remove"]`)
	v.sees("Mathieu Lefèvre n’est plus en copie de ce ticket.")
	other.comes(`!document.querySelector('button[name="observer.remove"]')`)
	copied.open("/tickets/" + number)
	if text := copied.text(); strings.Contains(text, "La visioconférence de lundi") {
		t.Errorf("whoever was taken out still sees it:\n%s", text)
	}
}

// TestWhatComesLiveIsAsItCame: a form that comes while the page is open is sent once and says its key, as one that
// came with it; on a small screen the parts that are folded stay so.
func TestWhatComesLiveIsAsItCame(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	number := d.open(t, "L’espace de dépôt")
	v := b.signIn(t, d, "technicien")
	d.acts(t, 200, "moderateur", number, "assign", `{"team":"plateformes-pedagogiques","technician":"technicien2"}`)
	v.do(chromedp.EmulateViewport(360, 740))
	v.open("/desk/tickets/" + number)
	const claim = `.bar form[action*="/actions/claim"]`
	v.waits(`!document.querySelector('` + claim + `') && !document.querySelector('[data-fold][open]')`)
	v.run(`document.querySelector('#h-requester').click()`, nil)
	d.acts(t, 200, "moderateur", number, "assign", `{"team":"plateformes-pedagogiques","technician":""}`)
	v.comes(`document.querySelector('` + claim + ` [aria-keyshortcuts=m]')`)
	var twice []bool
	v.run(`[1, 2].map(() => { const e = new SubmitEvent('submit', {bubbles: true, cancelable: true}); document.querySelector('`+claim+`').dispatchEvent(e); return e.defaultPrevented; })`, &twice)
	if len(twice) != 2 || twice[0] || !twice[1] {
		t.Errorf("sent again: %v", twice)
	}
	var open []string
	v.run(`[...document.querySelectorAll('[data-fold][open] h2')].map(h => h.id)`, &open)
	if strings.Join(open, " ") != "h-requester" {
		t.Errorf("open after news: %v", open)
	}
	if len(v.faults) > 0 {
		t.Errorf("the browser reports %q", v.faults)
	}
}

// TestWhatCouldNotLeaveIsTold: whoever sent it is told on whatever page, without asking, and finds the text again.
func TestWhatCouldNotLeaveIsTold(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	number := d.inHand(t, "technicien", "Le planning des salles")
	v := b.signIn(t, d, "technicien")
	v.undoable(30)
	v.open("/desk/mine")
	var status int
	v.run(`fetch('/desk/tickets/`+number+`/messages', {method: 'POST', body: new URLSearchParams({mode: 'solution', 'solution.text': 'Le planning est **rétabli**.', 'solution.service': 'moodle'})}).then(r => r.status)`, &status)
	if status != 200 {
		t.Fatalf("sent: %d", status)
	}
	d.acts(t, 200, "technicien", number, "resolve", `{"solution":"Fait.","service":"moodle"}`) // from elsewhere, before it leaves
	v.comes(says("#alarms", "Un de vos messages n’est pas parti."))
	v.look("list, a message did not leave")
	v.send(`#alarms a[href="/desk/unsent"]`)
	v.sees("Le planning est **rétabli**.", "Le planning des salles")
	v.look("unsent messages")
	v.send(`form[action$="/undo"] button`)
	v.sees("Le planning des salles")
	v.missing("n’est pas parti.")
	v.open("/desk/unsent")
	v.sees("Tous vos messages sont partis")
	v.look("no unsent message")
}
