package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// types types where the focus is, in a mode of the composer.
func (v *visitor) types(mode, text string) {
	v.t.Helper()
	v.do(chromedp.SendKeys(`[name="`+mode+`.text"]`, text, chromedp.ByQuery))
}

// written is what the composer holds in a mode.
func (v *visitor) written(mode string) string {
	v.t.Helper()
	var text string
	v.run(`document.querySelector('[name="`+mode+`.text"]').value`, &text)
	return text
}

// undoable sets for how many seconds the visitor may take a message back.
func (v *visitor) undoable(seconds int) {
	v.t.Helper()
	v.open("/desk/preferences")
	v.run(fmt.Sprintf(`document.querySelector('[name=undo][value="%d"]').click()`, seconds), nil)
	v.send(`form[action="/desk/preferences"] button[type=submit]`)
}

// inHand opens a ticket that somebody then has.
func (d *desk) inHand(t *testing.T, login, title string) string {
	t.Helper()
	number := d.open(t, title)
	d.acts(t, http.StatusOK, "moderateur", number, "assign", `{"team":"plateformes-pedagogiques"}`)
	d.acts(t, http.StatusOK, login, number, "claim", `{}`)
	return number
}

// acts performs an action on a ticket over the API.
func (d *desk) acts(t *testing.T, status int, login, number, action, body string) {
	t.Helper()
	d.mustAsk(t, status, call{login: login, method: http.MethodPost, path: "/tickets/" + number + "/actions/" + action, body: strings.NewReader(body)})
}

// answered does what leads to another page, and waits for it.
func (v *visitor) answered(act chromedp.Action) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, act); err != nil {
		v.t.Fatalf("%s: %v\n%s", v.name, err, v.where())
	}
}

const choice = `[data-completion] li[aria-selected=true]:not([aria-disabled])`

// TestComposerByKeyboard: a colleague is named with @ and is told of it, a template comes with /, without a pointer.
func TestComposerByKeyboard(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	number := d.inHand(t, "technicien", "Les quiz ne s’ouvrent pas")
	v := b.signIn(t, d, "technicien")
	v.atOnce()
	v.open("/desk/tickets/" + number)

	t.Log("a colleague, by a few letters")
	v.mode("note")
	v.types("note", "Un avis @soph")
	const proposed = `document.querySelector('` + choice + `')?.textContent.includes('Sophie Delaunay')`
	v.waits(proposed)
	v.look("composer, a colleague is proposed")
	v.types("note", kb.Backspace+"h") // to look at it closes the list
	v.waits(proposed)
	v.stroke(kb.Enter)
	v.waits(`document.querySelector('[name="note.text"]').value === 'Un avis @Sophie Delaunay '`)
	v.waits(says("[data-mentioned]", "Sophie Delaunay"))
	v.stroke(kb.Enter) // nothing is proposed any more: a new line
	v.types("note", "Merci !")
	if got := v.written("note"); got != "Un avis @Sophie Delaunay \nMerci !" {
		t.Errorf("the note holds %q", got)
	}
	v.send(`.composer footer .note .primary`)
	v.sees("Un avis")
	if err := d.process.eventually(patience, "the colleague is told", func() bool {
		n, err := d.mails("moderateur", []string{"Un avis", "Les quiz ne s’ouvrent pas"})
		return err == nil && n == 1
	}); err != nil {
		t.Error(err)
	}

	t.Log("nobody of that name: nothing is chosen, and what is typed stays")
	v.mode("note")
	v.types("note", "@zzz")
	v.waits(`document.querySelector('[data-completion]:not([hidden]) li[aria-disabled]')`)
	v.types("note", kb.Escape)
	v.waits(`document.querySelector('[data-completion]').hidden`)
	if got := v.written("note"); got != "@zzz" {
		t.Errorf("the note holds %q", got)
	}
	v.types("note", strings.Repeat(kb.Backspace, 4))

	t.Log("a template, the second of the list, then what one adds")
	v.mode("reply")
	v.types("reply", "/")
	v.waits(`document.querySelectorAll('[data-completion] li').length > 1`)
	v.look("composer, templates are proposed")
	v.types("reply", kb.Backspace+"/")
	v.waits(`document.querySelector('` + choice + `')`)
	v.types("reply", kb.ArrowDown)
	var name string
	v.run(`document.querySelector('`+choice+`').textContent`, &name)
	v.stroke(kb.Enter)
	v.waits(`!document.querySelector('[name="reply.text"]').value.startsWith('/') && document.querySelector('[name="reply.text"]').value.length > 20`)
	t.Logf("%s: %q", name, v.written("reply"))
	v.types("reply", " Cordialement.")
	v.answered(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(input.ModifierCtrl)))
	v.sees("Cordialement.")
	if len(v.faults) > 0 {
		t.Errorf("the browser reports %q", v.faults)
	}
}

// TestAMessageIsTakenBackInTheBrowser: within its delay nobody sees it, and its text comes back to be mended.
func TestAMessageIsTakenBackInTheBrowser(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	page := "/desk/tickets/" + d.inHand(t, "technicien", "Le son des cours")
	v, asker := b.signIn(t, d, "technicien"), b.signIn(t, d, "demandeur")
	v.undoable(30)
	const undo = `#ticket-leaving button`
	var text string
	for try := 1; ; try++ { // a machine may take longer than the delay: then it has left, and says so
		v.open(page)
		text = fmt.Sprintf("C’est répraé, essai %d.", try)
		v.mode("reply")
		v.types("reply", text)
		v.send(`.composer footer .reply .primary`)
		var waits bool
		if v.run(`Boolean(document.querySelector('`+undo+`:not([disabled])'))`, &waits); waits {
			asker.open(strings.TrimPrefix(page, "/desk"))
			asker.missing(text)
			v.look("a message that may be taken back")
			v.answered(chromedp.Evaluate(`(b => b ? b.form.requestSubmit() : location.reload())(document.querySelector('`+undo+`'))`, nil))
			var back bool
			if v.run(`document.querySelector('[name="reply.text"]').value === '`+text+`' && !document.querySelector('`+undo+`')`, &back); back {
				break
			}
		}
		if try == 4 {
			t.Fatalf("never in time: %s", v.where())
		}
	}
	asker.open(strings.TrimPrefix(page, "/desk"))
	asker.missing(text)
	v.undoable(0)
	v.open(page)
	v.fill(`[name="reply.text"]`, "C’est réparé.")
	v.send(`.composer footer .reply .primary`)
	v.sees("C’est réparé.")
	asker.open(strings.TrimPrefix(page, "/desk"))
	asker.sees("C’est réparé.")
}

// TestADraftGoesOnElsewhere: what is typed on one computer is found on another, and is gone from both once sent.
func TestADraftGoesOnElsewhere(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	page := "/desk/tickets/" + d.inHand(t, "technicien", "Le cours de mécanique")
	office, home := b.signIn(t, d, "technicien"), b.signIn(t, d, "technicien")
	office.atOnce()
	office.open(page)
	office.mode("reply")
	office.types("reply", "Bonjour Claire, je regarde")
	office.waits(`(s => s && !s.hidden && s.textContent && s.textContent !== s.dataset.local)(document.querySelector('.composer [data-draft-said]'))`)
	home.open(page)
	if got := home.written("reply"); got != "Bonjour Claire, je regarde" {
		t.Fatalf("the other computer holds %q", got)
	}
	home.look("composer, a draft begun elsewhere")
	home.types("reply", " ce soir.")
	home.send(`.composer footer .reply .primary`)
	home.sees("Bonjour Claire, je regarde ce soir.")
	office.comes(says("#ticket-thread", "je regarde ce soir."))
	office.open(page)
	home.open(page)
	for _, v := range []*visitor{office, home} {
		if got := v.written("reply"); got != "" {
			t.Errorf("after it was sent the composer holds %q", got)
		}
	}
}
