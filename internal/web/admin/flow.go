package admin

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// Sizes of the drawing of a process, in units of its view.
const (
	boxWidth, boxHeight = 160, 60
	sideways            = 13 // between two lines that go opposite ways
	arc                 = 130
	lineGap             = 15 // between two lines of a label
)

// places are where the states stand: the life goes from left to right, what ends it otherwise is
// above and below.
var places = map[guichet.State][2]float64{
	guichet.StateAwaitingApproval: {20, 30}, guichet.StateRejected: {540, 30},
	guichet.StateNew: {240, 200}, guichet.StateAssigned: {540, 200}, guichet.StateResolved: {860, 200}, guichet.StateClosed: {1160, 200},
	guichet.StateCancelled: {20, 370}, guichet.StatePending: {540, 370},
}

// flowBox is a state of the drawing.
type flowBox struct {
	State   guichet.State
	X, Y    string
	Name    string
	InPlace string // how many actions do not leave it
}

// flowLine joins two states.
type flowLine struct {
	Path   string
	Auto   bool // only the desk itself does it
	X      string
	Anchor string // "start", "middle" or "end" of the labels stands at X
	Labels []flowLabel
}

type flowLabel struct{ Text, Y string }

// drawing is a process as it is drawn.
type drawing struct {
	Boxes []flowBox
	Lines []flowLine
	Says  string // the same in words, for who does not see it
}

type leap struct{ from, to guichet.State }

// draw lays a process out.
func draw(q *site.Request, w guichet.Workflow) drawing {
	labels, auto, order := map[leap][]string{}, map[leap]bool{}, []leap(nil)
	inPlace := map[guichet.State]int{}
	for _, tr := range w.Transitions {
		for _, from := range tr.From {
			if tr.To == "" || tr.To == from {
				inPlace[from]++
				continue
			}
			l := leap{from, tr.To}
			if labels[l] == nil {
				order, auto[l] = append(order, l), true
			}
			labels[l] = append(labels[l], site.Label(q, tr))
			auto[l] = auto[l] && bySystem(tr)
		}
	}
	d := drawing{Boxes: boxes(q, used(w), inPlace)}
	var said []string
	for _, l := range order {
		_, back := labels[leap{l.to, l.from}]
		d.Lines = append(d.Lines, line(l, labels[l], auto[l], back))
		said = append(said, q.P.T("admin.flow.says", "From", stateName(q, l.from), "To", stateName(q, l.to), "Actions", strings.Join(labels[l], ", ")))
	}
	d.Says = strings.Join(said, " ")
	return d
}

// dashed reports whether the desk acts by itself somewhere.
func (d drawing) dashed() bool {
	return slices.ContainsFunc(d.Lines, func(l flowLine) bool { return l.Auto })
}

func bySystem(tr guichet.Transition) bool {
	return len(tr.By) == 1 && tr.By[0] == guichet.PerformerSystem
}

// used lists the states of a process in the order of a life.
func used(w guichet.Workflow) []guichet.State {
	return slices.DeleteFunc(guichet.States(), func(s guichet.State) bool {
		return !slices.ContainsFunc(w.Transitions, func(tr guichet.Transition) bool { return tr.To == s || slices.Contains(tr.From, s) })
	})
}

func boxes(q *site.Request, states []guichet.State, inPlace map[guichet.State]int) []flowBox {
	var out []flowBox
	for _, s := range states {
		b := flowBox{State: s, X: unit(places[s][0]), Y: unit(places[s][1]), Name: stateName(q, s)}
		if n := inPlace[s]; n > 0 {
			b.InPlace = q.P.N("admin.flow.in_place", n)
		}
		out = append(out, b)
	}
	return out
}

// stateName names a state whoever has the ticket.
func stateName(q *site.Request, s guichet.State) string { return q.P.T("state.desk." + string(s)) }

// line draws the way from a state to another: straight, beside the one that comes back, or as an arc
// over the states between.
func line(l leap, labels []string, auto, back bool) flowLine {
	a, b := places[l.from], places[l.to]
	ax, ay, bx, by := a[0]+boxWidth/2, a[1]+boxHeight/2, b[0]+boxWidth/2, b[1]+boxHeight/2
	out := flowLine{Auto: auto, Anchor: "middle"}
	if ay == by && math.Abs(bx-ax) > 1.5*boxWidth && jumps(ax, bx, ay) {
		top := ay - boxHeight/2
		mid := (ax + bx) / 2
		out.Path = fmt.Sprintf("M%s %sQ%s %s %s %s", unit(ax+20), unit(top), unit(mid), unit(top-arc+boxHeight/2), unit(bx-20), unit(top-2))
		return out.label(mid, top-arc/2+boxHeight/4+4, labels)
	}
	if back {
		length := math.Hypot(bx-ax, by-ay)
		dx, dy := -(by-ay)/length*sideways, (bx-ax)/length*sideways
		ax, ay, bx, by = ax+dx, ay+dy, bx+dx, by+dy
	}
	x1, y1 := border(ax, ay, bx, by, a)
	x2, y2 := border(bx, by, ax, ay, b)
	out.Path = fmt.Sprintf("M%s %sL%s %s", unit(x1), unit(y1), unit(x2), unit(y2))
	x, y := (x1+x2)/2, (y1+y2)/2
	switch { // beside the line, away from the one that comes back
	case back && ay == by:
		y += math.Copysign(lineGap*float64(len(labels)+1)/2, bx-ax)
	case back && by < ay:
		x, out.Anchor = x+lineGap/2, "start"
	case back:
		x, out.Anchor = x-lineGap/2, "end"
	}
	return out.label(x, y, labels)
}

// jumps reports whether another state stands between two of the same row.
func jumps(ax, bx, y float64) bool {
	for _, p := range places {
		x := p[0] + boxWidth/2
		if p[1]+boxHeight/2 == y && x > min(ax, bx) && x < max(ax, bx) {
			return true
		}
	}
	return false
}

// border is where the way from a point inside a box to another point leaves the box.
func border(x, y, tox, toy float64, box [2]float64) (float64, float64) {
	t := 1.0
	reach := func(from, to, low, high float64) {
		switch {
		case to > from:
			t = min(t, (high-from)/(to-from))
		case to < from:
			t = min(t, (low-from)/(to-from))
		}
	}
	reach(x, tox, box[0], box[0]+boxWidth)
	reach(y, toy, box[1], box[1]+boxHeight)
	return x + (tox-x)*t, y + (toy-y)*t
}

func (l flowLine) label(x, y float64, labels []string) flowLine {
	l.X = unit(x)
	first := y - float64(len(labels)-1)*lineGap/2 + 4
	for i, text := range labels {
		l.Labels = append(l.Labels, flowLabel{text, unit(first + float64(i)*lineGap)})
	}
	return l
}

func unit(v float64) string { return fmt.Sprintf("%.0f", v) }

// performers says who may do an action: places in the ticket, or roles by their names.
func performers(q *site.Request, tr guichet.Transition) string {
	var out []string
	for _, by := range tr.By {
		switch {
		case by.Relation():
			out = append(out, q.P.T("admin.by."+string(by)))
		default:
			out = append(out, cmp.Or(q.Config.Roles[guichet.ID(by)].Name, string(by)))
		}
	}
	return strings.Join(out, ", ")
}

func needs(q *site.Request, tr guichet.Transition) string {
	var out []string
	for _, r := range tr.Requires {
		out = append(out, q.P.T("admin.requires."+string(r)))
	}
	return cmp.Or(strings.Join(out, ", "), "–")
}

func workflow(q *site.Request) error {
	w, known := q.Config.Workflows[guichet.ID(q.R.PathValue("id"))]
	if !known {
		return guichet.NotFound("page")
	}
	return q.Render(ok, workflowView(q, page(q, w.Name, "workflow-"+string(w.ID)), adminRail(q), w, draw(q, w)))
}

// tab is the key by which a state is coloured; one that is assigned is at work.
func tab(s guichet.State) string { return kit.StateKey(s, true) }
