package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// aForm of the portal, which keeps drafts.
const aForm = "/services/messagerie/messagerie-demande"

// description is what the form holds as its description.
func (v *visitor) description() string {
	v.t.Helper()
	var text string
	v.run(`document.querySelector('[name=description]').value`, &text)
	return text
}

// typeDraft types a description and waits until the browser keeps it.
func (v *visitor) typeDraft(text string) {
	v.t.Helper()
	v.open(aForm)
	v.fill("[name=description]", text)
	v.do(chromedp.WaitVisible("[data-draft-said]", chromedp.ByQuery))
}

// TestADraftBelongsToItsWriter shares one browser between two people, as in a reading room.
func TestADraftBelongsToItsWriter(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "paris")
	v := b.signIn(t, d, "demandeur")
	v.typeDraft("Un ennui personnel.")
	v.open(aForm)
	if got := v.description(); got != "Un ennui personnel." {
		t.Errorf("the draft of a closed page came back as %q", got)
	}
	v.run(`fetch('/sign-out', {method: 'POST'}).then(() => true)`, nil) // the session ends, and nobody signed out
	v.identify(d, "demandeur2")
	v.open(aForm)
	if got := v.description(); got != "" {
		t.Errorf("the next person is shown %q", got)
	}
	v.typeDraft("Un autre ennui.")
	v.run(`document.querySelector('[data-menu]').open = true`, nil)
	v.send(`form[action="/sign-out"] button`)
	var left []string
	v.run(`Object.values(localStorage).filter(s => s.includes('Un autre ennui'))`, &left)
	if len(left) > 0 {
		t.Errorf("signing out leaves %q in the browser", left)
	}
}

// TestPastedTextStaysText pastes what a spreadsheet gives, its text and a picture of it, then a mere picture; the
// preview shows what is written, and goes.
func TestPastedTextStaysText(t *testing.T) {
	b := newBrowser(t)
	v := b.signIn(t, served(t, "--preset", "paris"), "demandeur")
	v.open(aForm)
	paste := func(kinds string) (files int) {
		v.run(`(() => {
			const data = new DataTransfer();
			for (const kind of `+kinds+`) data.setData(kind, 'A1');
			data.items.add(new File(['image'], 'image.png', {type: 'image/png'}));
			document.querySelector('[name=description]').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
			return document.querySelectorAll('[data-file-list] li').length;
		})()`, &files)
		return files
	}
	if n := paste(`['text/plain', 'text/html']`); n != 0 {
		t.Errorf("the text of a spreadsheet became %d files", n)
	}
	if n := paste(`[]`); n != 1 {
		t.Errorf("a pasted screenshot gave %d files", n)
	}
	v.fill("[name=description]", "Un **mot**.")
	v.run(`document.querySelector('[data-preview]').click()`, nil)
	v.waits(`document.querySelector('.rich iframe')?.contentDocument?.querySelector('.prose strong')?.textContent === 'mot'`)
	v.run(`document.querySelector('[data-preview]').click()`, nil)
	v.waits(`!document.querySelector('.rich iframe') && document.activeElement.matches('[name=description]')`)
}

// TestFilesComeBackWithTheirDraft sends a file with a form that is not sent, and finds it on another computer.
func TestFilesComeBackWithTheirDraft(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "paris")
	const saved = `fetch('/drafts?place=' + encodeURIComponent(document.querySelector('form[data-draft]').dataset.draft), {headers: {accept: 'application/json'}}).then(r => r.json()).then(d => (d.body?.kept_file ?? []).length)`
	until := func(v *visitor, n string) {
		v.t.Helper()
		v.run(`(async () => { while (await `+saved+` !== `+n+`) await new Promise(requestAnimationFrame); return true; })()`, nil)
	}
	first := b.signIn(t, d, "demandeur")
	first.open(aForm)
	first.fill("[name=title]", "Deux captures")
	first.fill("[name=description]", "Les voici.")
	first.give(`form[data-draft]`, "drop", "une.png", "image/png")
	first.give(`form[data-draft]`, "drop", "deux.png", "image/png")
	until(first, "2")
	second := b.signIn(t, d, "demandeur")
	second.open(aForm)
	second.waits(`document.querySelectorAll('[data-file-list] li:has([name=kept_file])').length === 2`)
	second.look("form with the files of a draft")
	second.run(`[...document.querySelectorAll('[data-file-list] li')].find(li => li.textContent.includes('une.png')).querySelector('button').click()`, nil)
	until(second, "1")
	second.open(aForm)
	second.waits(`document.querySelectorAll('[data-file-list] li').length === 1 && document.querySelector('[data-file-list] b').textContent === 'deux.png'`)
	second.send(`form[data-draft] .send-bar [type=submit]`)
	second.sees("C’est envoyé")
	second.open(strings.TrimSuffix(second.address(), "/sent"))
	second.sees("deux.png")
	second.missing("une.png")
	first.open(aForm)
	first.waits(`document.querySelector('[name=description]').value === '' && !document.querySelector('[data-file-list] li')`)
}

// TestAMessageThatIsSentDoesNotComeBack sends a message as soon as it is typed, with a file.
func TestAMessageThatIsSentDoesNotComeBack(t *testing.T) {
	b := newBrowser(t)
	v := b.signIn(t, served(t, "--preset", "glevents"), "demandeur")
	place := v.firstBelow("/tickets", "/tickets/")
	v.open(place)
	v.fill("#f-text", "Voici la photo.")
	v.give(`form[data-draft]`, "drop", "photo.png", "image/png")
	v.waits(`document.querySelector('[name=kept_file]')`)
	v.send(`form[data-draft] [type=submit]`)
	v.sees("Voici la photo.", "photo.png")
	for range 2 {
		var left string
		v.run(`(async () => { const f = document.querySelector('form[data-draft]'); await fetch('/drafts?place=' + encodeURIComponent(f.dataset.draft)); await new Promise(requestAnimationFrame);
			return f.querySelector('[name=text]').value + f.querySelector('[data-file-list]').textContent.trim(); })()`, &left)
		if left != "" {
			t.Errorf("what was sent comes back: %q", left)
		}
		v.open(place)
	}
}
