package e2e

import "testing"

// From ticket to ticket of a list by one key, and back to it by another.
func TestTicketsOfAListFollowOneAnother(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	k := newTypist(t, b, d, "moderateur")
	k.open("/desk/qualify")
	var rows []string
	k.run(`[...document.querySelectorAll('a.tk')].slice(0, 3).map(a => a.pathname)`, &rows)
	if len(rows) < 3 {
		t.Fatalf("too few tickets wait: %q", rows)
	}
	k.press("j")
	for i, key := range []string{"o", "j", "j", "k"} {
		k.leads(key)
		var here string
		k.run(`location.pathname`, &here)
		if want := rows[[]int{0, 1, 2, 1}[i]]; here != want {
			t.Fatalf("after %q: %s, expected %s", key, here, want)
		}
	}
	k.look("a ticket among its neighbours")
	k.leads("u")
	var here string
	if k.run(`location.pathname`, &here); here != "/desk/qualify" {
		t.Errorf("back at %s", here)
	}
}
