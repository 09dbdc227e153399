package kit

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/i18n"
	"guichet/internal/web/assets"
)

// mark is a piece of a page that is written without a template: the smallest ones stand hundreds of times on a page, where
// what a template needs to begin costs more than what it writes. The parts are in turn markup of ours and what the page
// shows, which is escaped.
func mark(parts ...string) templ.Component {
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 1 {
			part = templ.EscapeString(part)
		}
		b.WriteString(part)
	}
	return templ.Raw(b.String())
}

// Icon is an icon of the set; it says nothing to who does not see it.
func Icon(name string) templ.Component { return mark(icon(name)...) }

func icon(name string) []string {
	return []string{`<svg class="icon" aria-hidden="true"><use href="`, assets.URL("icons.svg") + "#" + name, `"></use></svg>`}
}

// Avatar is a person's initials.
func Avatar(name string) templ.Component {
	return mark(`<span class="av `, Hue(name), `" title="`, name, `" aria-hidden="true">`, Initials(name), `</span>`)
}

// State says where a ticket is, in the words of the reader's side ("desk" or "portal"); own is what its
// process calls that, if it has a name of its own.
func State(p i18n.Printer, side string, s guichet.State, assigned bool, own string) templ.Component {
	key := StateKey(s, assigned)
	if own == "" {
		own = p.T("state." + side + "." + StateName(s, assigned))
	}
	i := icon(stateIcons[key])
	return mark(`<span class="state" data-s="`, key, `">`+i[0], i[1], i[2], own, `</span>`)
}

// Priority is four bars and a word; the style sheet dims the bars above the rank.
func Priority(p i18n.Printer, v guichet.Priority) templ.Component {
	const bars = `"><svg viewBox="0 0 16 16" aria-hidden="true"><rect x="0" y="10" width="3" height="4" rx=".6"></rect>` +
		`<rect x="4.2" y="7" width="3" height="7" rx=".6"></rect><rect x="8.4" y="4" width="3" height="10" rx=".6"></rect>` +
		`<rect x="12.6" y="1" width="3" height="13" rx=".6"></rect></svg> `
	return mark(`<span class="prio" data-p="`, rank(v), bars, p.T("priority."+string(v)), `</span>`)
}

// Time says when, with the exact time on hover.
func Time(p i18n.Printer, t, now time.Time) templ.Component {
	return mark(`<time datetime="`, iso(t), `" title="`, p.DateTime(t), `">`, p.Relative(t, now), `</time>`)
}
