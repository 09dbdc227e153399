package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// chosen is, as a condition, that so many tickets of the list are ticked and the bar of what may be done to them says so.
func chosen(n int) string {
	bar := `document.querySelector('[data-bulk]')`
	if n == 0 {
		return bar + `.hidden && !document.querySelector('#list input[name=n]:checked')`
	}
	return fmt.Sprintf(`!%[1]s.hidden && %[1]s.querySelector('[data-bulk-count]').textContent.includes(%[2]d) && document.querySelectorAll('#list input[name=n]:checked').length === %[2]d`, bar, n)
}

// TestTheListIsOnesOwn chooses tickets by keyboard and by range, sorts a list, sets its columns and its height, and opens
// what is new: the list is as it was left, and what was read is read.
func TestTheListIsOnesOwn(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	k := newTypist(t, b, d, "technicien")
	k.open("/desk/open")
	k.comes(chosen(0))

	t.Log("several tickets are chosen without a pointer")
	k.press("jx")
	k.comes(chosen(1))
	k.press("jjx")
	k.comes(chosen(2))
	k.press("x")
	k.comes(chosen(1))
	k.run(`document.querySelector('#pick-all').focus() || true`, nil)
	k.press(" ")
	var rows int
	k.run(`document.querySelectorAll('#list input[name=n]').length`, &rows)
	k.comes(chosen(rows))
	k.press(" ")
	k.comes(chosen(0))

	t.Log("a range with Shift")
	k.box(1, 0)
	k.box(4, input.ModifierShift)
	k.comes(chosen(4))
	k.look("list, four tickets chosen")
	k.do(chromedp.Click(`[data-bulk-none]`, chromedp.ByQuery))
	k.comes(chosen(0))

	t.Log("the heads of the columns sort, and the view remembers")
	k.send(`th.k-prio a`)
	k.comes(`document.querySelector('th.k-prio').getAttribute('aria-sort') === 'descending' && location.search === '?sort=-priority'`)
	k.send(`th.k-prio a`)
	k.comes(`document.querySelector('th.k-prio').getAttribute('aria-sort') === 'ascending'`)
	k.open("/desk/teams")
	k.comes(`document.querySelector('th.k-prio:not([aria-sort])')`)
	k.open("/desk/open")
	k.comes(`document.querySelector('th.k-prio').getAttribute('aria-sort') === 'ascending' && location.search === ''`)

	t.Log("columns are chosen and moved")
	k.send(`.filter a[href^="/desk/display/"]`)
	k.look("display of a list")
	k.do(chromedp.Click(`[data-column=number] button[value^=down]`, chromedp.ByQuery))
	k.comes(`document.querySelector('[data-order] li:nth-child(2)').dataset.column === 'number' && document.activeElement.value === 'down:number'`)
	k.do(chromedp.Click(`[data-column=priority] input[type=checkbox]`, chromedp.ByQuery),
		chromedp.Click(`[data-column=team] input[type=checkbox]`, chromedp.ByQuery), chromedp.Click(`[name=density][value=compact]`, chromedp.ByQuery))
	k.send(`main form button.primary`)
	k.comes(`document.querySelector('thead th:nth-child(2)').className === 'cut' && document.querySelector('thead th:nth-child(3)').className === 'k-no' && !document.querySelector('th.k-prio') && document.querySelector('table.compact')`)
	k.sees("Équipe")
	k.look("list of one's own columns")

	t.Log("what is new is marked until it is opened")
	var number string
	k.run(`document.querySelector('tr.new .tk').textContent.replace(/\D/g, '')`, &number)
	k.send(`tr.new .cut a`)
	k.open("/desk/open")
	k.comes(fmt.Sprintf(`document.querySelector('#t-%s') && !document.querySelector('#t-%[1]s.new')`, number))
}

// box clicks the box of a row.
func (k *typist) box(row int, held input.Modifier) {
	k.t.Helper()
	var at []float64
	k.run(fmt.Sprintf(`(() => { const b = document.querySelectorAll('#list input[name=n]')[%d].getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()`, row), &at)
	k.do(chromedp.MouseClickXY(at[0], at[1], chromedp.ButtonModifiers(held)))
}
