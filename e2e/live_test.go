package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"guichet/internal/store/storetest"
)

// says reports, as a condition, that an element says something.
func says(selector, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => !e.hidden && e.textContent.replace(/[\u00a0\u202f]/g, ' ').includes(%q))`, selector, text)
}

// watches notes from now on whether an element ever says something: what is shown for a few seconds is not missed by
// who looks too late.
func (v *visitor) watches(selector, text string) {
	v.t.Helper()
	v.run(fmt.Sprintf(`(() => { const seen = () => %s; window.caught = seen();
		new MutationObserver(() => { window.caught ||= seen(); }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true}); })()`,
		says(selector, text)), nil)
}

// catches waits until what is watched was seen; meanwhile others go on with what makes it so.
func (v *visitor) catches(goOn func()) {
	v.t.Helper()
	for end := time.Now().Add(3 * patience); ; goOn() {
		var seen bool
		if v.run(`window.caught`, &seen); seen {
			return
		}
		if time.Now().After(end) {
			v.t.Fatalf("%s watches in vain\n%s", v.name, v.where())
		}
	}
}

// TestTwoTechniciansOnSQLite lives the day of two people who work together.
func TestTwoTechniciansOnSQLite(t *testing.T) { twoTechnicians(t, "") }

// TestTwoTechniciansOnPostgreSQL is the same day on the second engine.
func TestTwoTechniciansOnPostgreSQL(t *testing.T) {
	storetest.Server(t)
	twoTechnicians(t, storetest.URL(t))
}

// twoTechnicians is two people at work on the same ticket: each sees that the other is there,
// what the other does comes by itself, nothing typed is lost, and nothing is sent unaware.
func twoTechnicians(t *testing.T, database string) {
	b := newBrowser(t)
	d := servedOn(t, database, "--preset", "insa")
	number := d.open(t, "Les devoirs de M2 ont disparu")
	page := "/desk/tickets/" + number
	karim, lea := b.signIn(t, d, "technicien"), b.signIn(t, d, "moderateur")
	lea.open(page)
	lea.act("assign")
	lea.set(`[name="assign.team"]`, "plateformes-pedagogiques")
	lea.confirm("assign")
	karim.open(page)

	const reply = `.composer footer .reply .primary`

	t.Log("each sees the other")
	karim.comes(says(".bar .presence", "consulte ce ticket"))
	lea.comes(says(".bar .presence", "Karim Benali consulte ce ticket"))
	lea.look("ticket, somebody else is there")

	t.Log("both want it: one has it, the other is told without asking")
	karim.send(`.bar form[action*="/actions/claim"] button`)
	lea.comes(says("#ticket-state", "En cours"))
	lea.comes(says("[role=status]", "Karim Benali a pris ce ticket."))

	t.Log("one writes: the other knows; one answers: the words of the other stay")
	karim.watches(".bar .presence .writes", "écrit…")
	lea.mode("reply")
	lea.fill(`[name="reply.text"]`, "Je regarde la borne du bâtiment B.")
	karim.catches(func() { lea.do(chromedp.SendKeys(`[name="reply.text"]`, " "+kb.Backspace, chromedp.ByQuery)) })
	karim.look("ticket, somebody else writes")
	karim.mode("reply")
	karim.fill(`[name="reply.text"]`, "La borne est redémarrée.")
	karim.send(reply)
	lea.comes(says("#ticket-thread", "La borne est redémarrée."))
	lea.comes(says("#meanwhile", "Karim Benali"))
	lea.typed("Je regarde la borne du bâtiment B.")
	lea.look("ticket, news while writing")

	t.Log("what was written unaware is not sent unaware")
	lea.send(reply)
	lea.sees("D’autres ont agi sur ce ticket pendant que vous écriviez", "Karim Benali")
	lea.typed("Je regarde la borne du bâtiment B.")
	lea.look("ticket, overtaken")
	lea.send(reply)
	karim.comes(says("#ticket-thread", "Je regarde la borne du bâtiment B."))
}

// typed checks what the composer holds.
func (v *visitor) typed(want string) {
	v.t.Helper()
	var got string
	v.run(`document.querySelector('[name="reply.text"]').value`, &got)
	if got != want {
		v.t.Fatalf("%s: the composer holds %q\n%s", v.name, got, v.where())
	}
}
