package e2e

import (
	"strings"
	"testing"
)

// A merge is looked at, done and undone in a browser, then a problem answers its incidents; each screen is looked at.
func TestMergeAndProblemInTheBrowser(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "moderateur")
	v.open("/desk/open?q=type:incident")
	var links []string
	v.run(`[...document.querySelectorAll('main a[href^="/desk/tickets/"]')].map(a => a.getAttribute('href').split('?')[0])`, &links)
	var tickets []string
	for _, l := range links {
		if len(tickets) == 0 || tickets[len(tickets)-1] != l {
			tickets = append(tickets, l)
		}
	}
	if len(tickets) < 3 {
		t.Fatalf("the demonstration has %d open tickets", len(tickets))
	}
	a, other := tickets[0], tickets[1]
	number := other[strings.LastIndex(other, "/")+1:]
	v.open(a + "/links")
	v.look("liens")
	v.open(a + "/merge?kind=merge&way=from&other=" + number)
	v.sees("Qui lira quoi")
	v.look("fusion, aperçu")
	v.send("#preview button[type=submit]")
	v.sees("vient d’être regroupé", "Annuler")
	v.look("ticket, fusion faite")
	v.send(`form[action*="/tickets/` + number + `/unmerge"] button`)
	v.open(a + "/problem")
	v.look("problème, ouverture")
	v.set("#f-other", number)
	v.send(`form[action$="/problem"] button[type=submit]`)
	v.look("problème")
	problem := v.address()
	v.open(problem + "/below")
	v.send(`form[action$="/major"] button`)
	v.set("#f-text", "Bonjour {{demandeur.nom}}, nous cherchons.")
	v.look("tickets rattachés")
	v.send(`button[value=preview]`)
	v.sees("Envoyer les 2 réponses")
	v.look("réponse à tous, aperçu")
	v.send(`button[value=send]`)
	v.sees("a répondu à tous")
	v.look("réponse à tous")
}
