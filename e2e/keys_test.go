package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// typist is a visitor without a pointer, whose keystrokes are counted.
type typist struct {
	*visitor
	strokes int
}

// newTypist signs somebody in; from then on the pages tell of any pointer.
func newTypist(t *testing.T, b *browser, d *desk, login string) *typist {
	t.Helper()
	v := b.signIn(t, d, login)
	v.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(`for (const k of ['pointerdown', 'mousedown', 'touchstart'])
			addEventListener(k, () => { sessionStorage.pointed = k; }, true);`).Do(ctx)
		return err
	}))
	return &typist{v, 0}
}

// press strikes keys where the focus is: characters, or one of the keys that bear none.
func (k *typist) press(keys string) {
	k.t.Helper()
	for _, r := range keys {
		k.strokes++
		if r < ' ' || r > '\uf000' || r == 0x7f {
			k.do(chromedp.KeyEvent(string(r)))
		} else {
			k.stroke(string(r))
		}
	}
}

// leads strikes a key and waits for the page to which it leads.
func (k *typist) leads(key string) {
	k.t.Helper()
	k.strokes++
	ctx, cancel := context.WithTimeout(k.ctx, patience)
	defer cancel()
	act := chromedp.ActionFunc(func(ctx context.Context) error {
		if key == kb.Enter {
			return chromedp.KeyEvent(key).Do(ctx)
		}
		for _, p := range kb.Encode([]rune(key)[0]) {
			if p.Type == input.KeyChar {
				continue
			}
			if p.Type != input.KeyUp {
				p.Type, p.Text, p.UnmodifiedText = input.KeyDown, key, key
			}
			if err := p.Do(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if _, err := chromedp.RunResponse(ctx, act); err != nil {
		k.t.Fatalf("%s strikes %q: %v\n%s", k.name, key, err, k.where())
	}
}

// reaches goes forwards with Tab until the focus is on an element; each is a keystroke.
func (k *typist) reaches(selector string, most int) {
	k.t.Helper()
	for range most {
		var there bool
		k.run(fmt.Sprintf(`document.activeElement.matches(%q)`, selector), &there)
		if there {
			return
		}
		k.press(kb.Tab)
	}
	k.t.Fatalf("%d times Tab do not reach %s\n%s", most, selector, k.where())
}

// handsOff checks that no pointer was used.
func (k *typist) handsOff(what string) {
	k.t.Helper()
	var pointed string
	k.run(`sessionStorage.pointed ?? ''`, &pointed)
	if pointed != "" {
		k.t.Errorf("%s: a pointer was used: %s", what, pointed)
	}
	k.t.Logf("%s: %d keystrokes", what, k.strokes)
}

// TestOpenByKeyboard: somebody asks for help without a pointer.
func TestOpenByKeyboard(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	k := newTypist(t, b, d, "demandeur")
	k.open("/services/moodle/moodle-incident")
	k.run(`document.activeElement.blur()`, nil)
	k.reaches(`main form[method=post] [name=title]`, 60)
	k.press("Le devoir ne part pas")
	k.reaches(`main form[method=post] [name=description]`, 30)
	k.press("Erreur de base")
	for range 12 { // what else the form asks for
		var missing string
		k.run(`[...document.querySelectorAll('main form[method=post] input[type=radio][name^="answers."]')].filter(e => e.offsetParent
			&& ![...document.getElementsByName(e.name)].some(x => x.checked)).map(e => e.name)[0] ?? ''`, &missing)
		if missing == "" {
			break
		}
		k.reaches(fmt.Sprintf(`[name=%q]`, missing), 60)
		k.press(" ")
	}
	k.reaches(`main form[method=post] [type=submit].primary`, 90)
	k.leads(kb.Enter)
	k.sees("Le devoir ne part pas")
	k.handsOff("open a ticket")
}

// TestAnswerByKeyboard: a technician answers with a file without a pointer; the file is pasted, as a screenshot is.
func TestAnswerByKeyboard(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	b.signIn(t, d, "technicien").atOnce()
	k := newTypist(t, b, d, "technicien")
	k.open("/desk/mine")
	k.press("j")
	k.leads("o")
	k.press("r")
	k.waits(`document.activeElement.matches('.composer textarea')`)
	k.press("Voici comment faire.")
	k.strokes++ // Ctrl V
	k.give(`.composer textarea`, "paste", "capture.png", "image/png")
	k.waits(`document.querySelector('.composer [name=kept_file]')`)
	k.reaches(`.composer footer [type=submit]`, 30)
	k.leads(kb.Enter)
	k.sees("Voici comment faire.", "capture.png")
	k.handsOff("answer with a file")
}

// TestEscapeLeavesAField: the keys of the page are there again after what one writes, which stays; a search keeps its
// words; the palette finds what has no key.
func TestEscapeLeavesAField(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	k := newTypist(t, b, d, "technicien")
	k.open("/desk/mine")
	k.press("/")
	k.waits(`document.activeElement.name === 'q'`)
	k.press("zzz")
	k.press(kb.Escape)
	k.press(kb.Escape) // the first may have closed a list of proposals
	k.waits(`document.activeElement === document.body`)
	k.waits(`document.querySelector('[name=q]').value === 'zzz'`)
	k.press("j")
	k.leads("o")
	k.press("r")
	k.waits(`document.activeElement.matches('.composer textarea')`)
	k.press("Je")
	k.press(kb.Escape)
	k.waits(`document.activeElement === document.body`)
	k.press("n")
	k.waits(`document.activeElement.name === 'note.text' && document.activeElement.value === 'Je'`)
	k.press(kb.Escape)
	k.waits(`document.activeElement === document.body`)
	k.control("k")
	k.waits(`document.querySelector('dialog.palette .hit')`)
	k.press("fusionner")
	k.waits(`document.querySelector('dialog.palette .hit[aria-selected=true]')?.textContent.startsWith('Fusionner')`)
	k.leads(kb.Enter)
	k.sees("Fusionner ou marquer comme doublon")
	k.handsOff("leaving a field")
}

// TestTriageByKeyboard: a moderator qualifies ten tickets, one after the other: opened from the list, given their
// service, urgency and team, without a pointer.
func TestTriageByKeyboard(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	for n := range 10 {
		d.mustAsk(t, 201, call{method: "POST", path: "/tickets", login: "demandeur", body: strings.NewReader(fmt.Sprintf(`{"service":"moodle","kind":"request","title":"Imprimante %d","description":"Elle ne répond pas."}`, n))})
	}
	k := newTypist(t, b, d, "moderateur")
	k.open("/desk/qualify")
	var waiting int
	k.run(`document.querySelectorAll('main table.list tbody tr').length`, &waiting)
	if waiting < 10 {
		t.Fatalf("%d tickets wait", waiting)
	}
	for range 10 {
		k.press("j")
		k.leads("o")
		k.press("q")
		k.waits(`document.activeElement.closest('form[action*="/actions/qualify"]')`)
		k.reaches(`[name="qualify.service"]`, 3)
		k.press("Mood")
		k.reaches(`[name="qualify.urgency"]`, 2)
		k.press("M")
		k.reaches(`form[action*="/actions/qualify"] [type=submit]`, 3)
		k.leads(kb.Enter)
		k.press("a")
		k.waits(`document.activeElement.closest('form[action*="/actions/assign"]')`)
		k.press("Pla")
		k.reaches(`form[action*="/actions/assign"] [type=submit]`, 5)
		k.leads(kb.Enter)
		k.leads("u")
	}
	var left int
	k.run(`document.querySelectorAll('main table.list tbody tr').length`, &left)
	if left != waiting-10 {
		t.Errorf("%d of %d tickets wait after ten were qualified", left, waiting)
	}
	k.handsOff("triage ten tickets")
}
