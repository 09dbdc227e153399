package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestJourneyOfTheGroup lives one whole ticket of seed 002 in a real browser: asked for a colleague
// with a pasted and a dropped file, refused a first answer without reason, approved from the link of
// the mail, qualified, dispatched, taken by one of two who want it, held, taken up again, escalated,
// resolved, closed by the moderator, and final. Each screen on the way is checked for accessibility.
func TestJourneyOfTheGroup(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	asker := b.signIn(t, d, "demandeur")
	number := ask(asker)
	approveFromTheMail(t, b, d, number)
	moderator := b.signIn(t, d, "moderateur")
	dispatch(moderator, d.open(t, "Les devoirs de M2 ont disparu"))
	qualify(moderator, asker, number)
	winner := contend(t, b, d, number)
	work(winner, asker, number)
	closing(moderator, asker, number)
}

// ask goes from the home page to a ticket that needs an approval.
func ask(v *visitor) (number string) {
	v.t.Helper()
	v.look("home")
	v.open("/ask?text=vid%C3%A9oprojecteurs+du+cube+VR")
	v.look("proposals")
	v.sees("Cube VR")
	v.open("/services/cube-vr")
	v.look("theme")
	v.send(`a.theme[href*="/services/cube-vr-reglages"]`)
	v.send(`a.theme[href*="/cube-vr-reglage"]`)
	v.look("request form")
	v.send(`form[data-draft] .send-bar [type=submit]`)
	v.sees("à corriger", "Ce champ est obligatoire")
	v.look("request form with errors")
	v.fill("#f-title", "Régler les vidéoprojecteurs du Cube")
	v.fill("#f-description", "Pour la séance de jeudi, **deux murs** sont décalés.")
	v.answerAll()
	v.run(`document.querySelector('[name=for][value=colleague]').click()`, nil)
	v.fill("#f-beneficiary", "Lefèvre")
	v.waits(`document.querySelector('#f-beneficiary-list [role=option]')`)
	v.run(`document.querySelector('#f-beneficiary-list [role=option]').click()`, nil)
	v.give("#f-description", "paste", "image.png", "image/png")
	v.give("[data-drop]", "drop", "plan.png", "image/png")
	v.sees("capture-", "plan.png")
	v.send(`form[data-draft] .send-bar [type=submit]`)
	v.sees("C’est envoyé")
	v.look("sent")
	number = strings.Split(v.address(), "/")[2]
	v.send(`.row a.btn.primary`)
	v.sees("Régler les vidéoprojecteurs du Cube", "Mathieu Lefèvre", "capture-", "plan.png", "En attente d’accord")
	v.look("story, awaiting approval")
	return number
}

// answerAll gives an answer to each question of the form that needs one.
func (v *visitor) answerAll() {
	v.t.Helper()
	v.run(`for (const f of document.querySelectorAll('[name^="answers."]')) {
		if (f.closest('[hidden]')) continue;
		if (f.type === 'radio') { if (!document.querySelector('[name="' + f.name + '"]:checked')) f.click(); }
		else if (f.tagName === 'SELECT') f.selectedIndex = Math.max(f.selectedIndex, 1);
		else if (f.type === 'date') f.value = '2027-01-15';
		else if (f.type !== 'checkbox' && !f.value) f.value = f.type === 'email' ? 'a@insa.example' : f.inputMode === 'numeric' ? '2' : '12';
	}`, nil)
}

// approveFromTheMail follows the link of the mail in a browser where nobody is signed in.
func approveFromTheMail(t *testing.T, b *browser, d *desk, number string) {
	t.Helper()
	v := b.visit(t, d, "approver without a session")
	v.open("/dev/mail")
	v.until(`[...document.querySelectorAll('li.card a')].some(a => a.textContent.startsWith('[` + number + `] ') && a.textContent.includes('accord'))`)
	v.look("mailbox")
	v.run(`[...document.querySelectorAll('li.card a')].find(a => a.textContent.startsWith('[`+number+`] ') && a.textContent.includes('accord')).id = 'it'`, nil)
	v.send(`#it`)
	v.look("mail")
	var link string
	v.run(`document.querySelector('pre').textContent.match(/http\S+decision=refuse/)[0]`, &link)
	v.do(chromedp.Navigate(link))
	v.sees("Êtes-vous d’accord")
	v.look("approval")
	v.send(`form.card button[type=submit]`)
	v.sees("Ce champ est obligatoire")
	v.look("approval with an error")
	v.run(`document.querySelector('[name=decision][value=approve]').click()`, nil)
	v.send(`form.card button[type=submit]`)
	v.sees("Vous avez donné votre accord")
	v.look("approval given")
}

// until waits for something that comes by itself: a mail, a date.
func (v *visitor) until(condition string) {
	v.t.Helper()
	for range 40 {
		var ok bool
		v.run(condition, &ok)
		if ok {
			return
		}
		v.do(chromedp.Sleep(patience/80), chromedp.Reload())
	}
	v.t.Fatalf("%s waits in vain for %s\n%s", v.name, condition, v.where())
}

// dispatch is the moderator's part for what no rule routes: find it, qualify it, give it to a team.
func dispatch(v *visitor, number string) {
	v.t.Helper()
	v.open("/desk/qualify")
	v.sees("Les devoirs de M2 ont disparu")
	v.look("to qualify")
	v.open("/desk/tickets/" + number)
	v.sees("À qualifier")
	v.look("ticket, to qualify")
	v.act("assign")
	v.confirm("assign")
	v.sees("Ce champ est obligatoire")
	v.look("ticket, assignment without a team")
	v.set(`[name="assign.team"]`, "plateformes-pedagogiques")
	v.confirm("assign")
	v.sees("À prendre", "Plateformes pédagogiques")
}

// qualify asks for more and sets what the priority comes from.
func qualify(v, asker *visitor, number string) {
	v.t.Helper()
	v.atOnce()
	v.open("/desk/open")
	v.sees("Régler les vidéoprojecteurs du Cube")
	v.open("/desk/tickets/" + number)
	v.sees("À prendre")
	v.fill(`[name="reply.text"]`, "Quels murs sont décalés ?")
	v.send(`.composer footer .reply .primary`)
	v.sees("Quels murs sont décalés")
	asker.open("/tickets/" + number)
	asker.sees("Quels murs sont décalés")
	asker.fill("#f-text", "Le gauche et le sol.")
	asker.send(`form[action$="/messages"] button[type=submit]`)
	asker.sees("Le gauche et le sol.")
	v.open("/desk/tickets/" + number)
	v.sees("Le gauche et le sol.")
	v.act("qualify")
	v.set(`[name="qualify.urgency"]`, "high")
	v.set(`[name="qualify.impact"]`, "high")
	v.confirm("qualify")
	v.sees("Critique")
	v.look("ticket, in the pool")
}

// act opens the form of an action.
func (v *visitor) act(action string) {
	v.t.Helper()
	v.run(`document.querySelector('form[action*="/actions/`+action+`"]').closest('details').open = true`, nil)
}

// confirm sends the form of an action.
func (v *visitor) confirm(action string) {
	v.t.Helper()
	v.send(`details form[action*="/actions/` + action + `"] button[type=submit]`)
}

// contend lets two technicians want the same ticket: the second learns who has it.
func contend(t *testing.T, b *browser, d *desk, number string) *visitor {
	t.Helper()
	first, second := b.signIn(t, d, "technicien"), b.signIn(t, d, "moderateur")
	first.atOnce()
	first.open("/desk/pool")
	first.sees("Régler les vidéoprojecteurs du Cube")
	first.look("pool")
	first.open("/desk/tickets/" + number)
	second.open("/desk/tickets/" + number)
	const claim = `.bar form[action*="/actions/claim"] button`
	first.send(claim)
	first.sees("En cours", "Karim Benali")
	second.waits(fmt.Sprintf(`!document.querySelector(%q)`, claim))
	second.sees("Karim Benali")
	second.look("claimed by somebody else")
	return first
}

// work is the technician's part.
func work(v, asker *visitor, number string) {
	v.t.Helper()
	v.write("note", "Penser à la lampe de rechange.")
	v.sees("Penser à la lampe de rechange.")
	asker.open("/tickets/" + number)
	asker.missing("lampe de rechange")
	asker.sees("Karim Benali")
	asker.look("story, in hand")
	v.mode("task")
	v.fill(`[name="task.title"]`, "Commander une lampe")
	v.set(`[name="task.due"]`, "2027-03-01T10:00")
	v.send(`.composer footer .task .primary`)
	v.sees("Commander une lampe")
	v.look("ticket, in progress")
	v.act("hold")
	v.pick(`[name="hold.pending_reason"]`, "prévue")
	v.set(`[name="hold.until"]`, "2027-03-01T10:00")
	v.confirm("hold")
	v.sees("En attente")
	asker.open("/tickets/" + number)
	asker.sees("En attente", "1er mars 2027")
	asker.look("story, on hold")
	v.act("resume")
	v.confirm("resume")
	v.sees("En cours")
	v.mode("solution")
	v.fill(`[name="solution.text"]`, "Les deux projecteurs sont recalés.")
	v.send(`.composer footer .solution .primary`)
	v.sees("Les deux projecteurs sont recalés.", "Résolu")
	v.look("ticket, resolved")
}

// atOnce makes the visitor's messages leave without delay.
func (v *visitor) atOnce() {
	v.t.Helper()
	v.open("/desk/preferences")
	v.run(`document.querySelector('[name=undo][value="0"]').click()`, nil)
	v.send(`form[action="/desk/preferences"] button[type=submit]`)
}

// mode chooses what is written, as the mouse would.
func (v *visitor) mode(mode string) {
	v.t.Helper()
	v.run(`document.querySelector('[name=mode][value=`+mode+`]').click()`, nil)
}

// write writes in one mode of the composer and sends.
func (v *visitor) write(mode, text string) {
	v.t.Helper()
	v.mode(mode)
	v.fill(`[name="`+mode+`.text"]`, text)
	v.send(`.composer footer .` + mode + ` .primary`)
}

// closing is the moderator's: the technician and the requester cannot, and then it is final.
func closing(moderator, asker *visitor, number string) {
	moderator.t.Helper()
	asker.open("/tickets/" + number)
	asker.sees("Résolu", "Les deux projecteurs sont recalés.")
	asker.look("story, resolved")
	moderator.open("/desk/tickets/" + number)
	moderator.act("close")
	moderator.confirm("close")
	moderator.sees("Clos")
	moderator.look("ticket, closed")
	asker.open("/tickets/" + number)
	asker.sees("Clos")
	asker.fill("#f-text", "Le mur de droite aussi, finalement.")
	asker.send(`form[action$="/messages"] button[type=submit]`)
	asker.sees("Le mur de droite aussi", "Suite du ticket", number)
	asker.look("follow-on ticket")
}

// TestJourneyOfTheUniversity lives a ticket of seed 004: it goes to the pool by itself, the requester
// refuses the first solution with a reason, then validates the second with two ratings.
func TestJourneyOfTheUniversity(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "paris")
	asker := b.signIn(t, d, "demandeur")
	asker.open("/services/messagerie")
	asker.send(`a.theme[href*="/services/messagerie/"]`)
	asker.fill("#f-title", "Plus de courriels depuis ce matin")
	asker.fill("#f-description", "La boîte est ouverte mais rien n’arrive.")
	asker.answerAll()
	asker.send(`form[data-draft] .send-bar [type=submit]`)
	asker.sees("C’est envoyé")
	number := strings.Split(asker.address(), "/")[2]
	agent := b.signIn(t, d, "technicien")
	solve(agent, number, "Le quota est relevé.")
	asker.open("/tickets/" + number)
	asker.sees("Est-ce résolu", "Le quota est relevé.")
	asker.look("story, to validate")
	asker.run(`document.querySelector('[data-dialog]').click()`, nil)
	asker.look("story, not resolved")
	asker.send(`form[action$="/actions/reject-solution"] button[type=submit]`)
	asker.sees("Ce champ est obligatoire")
	asker.look("story, refusal without a reason")
	asker.fill("#f-reason", "Toujours rien.")
	asker.send(`form[action$="/actions/reject-solution"] button[type=submit]`)
	asker.sees("Pris en charge")
	solve(agent, number, "La règle de tri fautive est retirée.")
	asker.open("/tickets/" + number)
	asker.run(`document.querySelector('[name=rating_time][value="4"]').click(); document.querySelector('[name=rating_answers][value="5"]').click()`, nil)
	asker.send(`form[action$="/actions/validate"] button[type=submit]`)
	asker.sees("Clos", "délai 4/5, réponses 5/5")
	asker.look("story, closed and rated")
}

// solve takes a ticket when nobody has it, and proposes a solution.
func solve(v *visitor, number, solution string) {
	v.t.Helper()
	v.atOnce()
	v.open("/desk/tickets/" + number)
	var free bool
	v.run(`!!document.querySelector('.bar form[action*="/actions/claim"] button')`, &free)
	if free {
		v.send(`.bar form[action*="/actions/claim"] button`)
	}
	v.mode("solution")
	v.fill(`[name="solution.text"]`, solution)
	v.send(`.composer footer .solution .primary`)
	v.sees("Résolu", solution)
}

// TestScreensOfAdministration looks at the pages that configure and operate the desk, and at the
// pages around a session.
func TestScreensOfAdministration(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	nobody := b.visit(t, d, "nobody")
	for _, path := range []string{"/sign-in", "/accessibilite", "/nowhere", "/api/docs"} {
		nobody.open(path)
		nobody.look("page " + strings.ReplaceAll(path, "/", " "))
	}
	functional := b.signIn(t, d, "adminfonc")
	for _, path := range []string{"/admin/", "/admin/workflows/groupe", "/admin/people", "/admin/roles", "/profile", "/desk/open",
		"/admin/routing/rules", "/admin/routing/rules/trial", "/admin/routing/rules/rule/openmoodle-base", "/admin/dispatch"} {
		functional.open(path)
		functional.look("page " + strings.ReplaceAll(path, "/", " "))
	}
	technical := b.signIn(t, d, "admintech")
	technical.open("/admin/system")
	technical.look("page admin system")
	moderator := b.signIn(t, d, "moderateur")
	for _, path := range []string{"/desk/new", "/desk/closed", "/approvals", "/tickets?show=closed"} {
		moderator.open(path)
		moderator.look("page " + strings.ReplaceAll(path, "/", " "))
	}
}
