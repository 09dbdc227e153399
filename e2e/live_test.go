package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// waits waits until a condition of the page holds, without asking for the page again.
func (v *visitor) waits(condition string) {
	v.t.Helper()
	var held bool
	v.do(chromedp.Poll(condition, &held, chromedp.WithPollingMutation(), chromedp.WithPollingTimeout(patience)))
}

// says reports, as a condition, that an element says something.
func says(selector, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => !e.hidden && e.textContent.replace(/[\u00a0\u202f]/g, ' ').includes(%q))`, selector, text)
}

// TestTwoTechniciansOnOneTicket is two people at work on the same ticket: each sees that the other is there,
// what the other does comes by itself, nothing typed is lost, and nothing is sent unaware.
func TestTwoTechniciansOnOneTicket(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	number := d.open(t, "Les devoirs de M2 ont disparu")
	page := "/desk/tickets/" + number
	karim, lea := b.signIn(t, d, "technicien"), b.signIn(t, d, "moderateur")
	lea.open(page)
	lea.act("assign")
	lea.set(`[name="assign.team"]`, "plateformes-pedagogiques")
	lea.confirm("assign")
	karim.open(page)

	t.Log("each sees the other")
	karim.waits(says(".bar .presence", "consulte ce ticket"))
	lea.waits(says(".bar .presence", "Karim Benali consulte ce ticket"))
	lea.look("ticket, somebody else is there")

	t.Log("both want it: one has it, the other is told without asking")
	karim.send(`.bar form[action$="/actions/claim"] button`)
	lea.waits(says("#ticket-state", "En cours"))
	lea.waits(says("[role=status]", "Karim Benali a pris ce ticket."))

	t.Log("one writes: the other knows; one answers: the words of the other stay")
	lea.mode("reply")
	lea.fill(`[name="reply.text"]`, "Je regarde la borne du bâtiment B.")
	karim.waits(says(".bar .presence .writes", "écrit…"))
	karim.look("ticket, somebody else writes")
	karim.write("reply", "La borne est redémarrée.")
	lea.waits(says("#ticket-thread", "La borne est redémarrée."))
	lea.waits(says("#meanwhile", "Karim Benali"))
	lea.typed("Je regarde la borne du bâtiment B.")
	lea.look("ticket, news while writing")

	t.Log("what was written unaware is not sent unaware")
	lea.send(`.composer footer .reply button`)
	lea.sees("D’autres ont agi sur ce ticket pendant que vous écriviez", "Karim Benali")
	lea.typed("Je regarde la borne du bâtiment B.")
	lea.look("ticket, overtaken")
	lea.send(`.composer footer .reply button`)
	karim.waits(says("#ticket-thread", "Je regarde la borne du bâtiment B."))
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
