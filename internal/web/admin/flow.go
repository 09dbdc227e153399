package admin

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// Sizes of the drawing of a process, in units of its view.
const (
	boxWidth, boxHeight = 148, 56
	pillHeight          = 24
	pillGap             = 26  // from one label of a line to the next
	letter              = 6.7 // width of a letter of a label, about
)

// places are where the states stand: work to the right, ends below, approval and waiting above.
var places = map[guichet.State][2]int{
	guichet.StateAwaitingApproval: {120, 40}, guichet.StateRejected: {400, 40}, guichet.StatePending: {640, 40},
	guichet.StateNew: {120, 200}, guichet.StateAssigned: {640, 200},
	guichet.StateCancelled: {120, 460}, guichet.StateClosed: {296, 460}, guichet.StateResolved: {640, 460},
}

type leap struct{ from, to guichet.State }

// route is the way of a line and the middle of its labels; they grow upwards or downwards from there,
// or both ways.
type route struct {
	path string
	x, y int
	grow int // -1 up, 1 down, 0 both
}

const (
	awaiting  = guichet.StateAwaitingApproval
	rejected  = guichet.StateRejected
	fresh     = guichet.StateNew
	assigned  = guichet.StateAssigned
	pending   = guichet.StatePending
	resolved  = guichet.StateResolved
	closed    = guichet.StateClosed
	cancelled = guichet.StateCancelled
)

// routes are the ways that a life can take; the states are a closed list, so each way has its own place.
var routes = map[leap]route{
	{awaiting, fresh}:     {"M194 96V198", 194, 148, 0},
	{awaiting, rejected}:  {"M268 68H398", 333, 68, 0},
	{awaiting, assigned}:  {"M250 96V122a8 8 0 0 0 8 8H640a8 8 0 0 1 8 8V198", 450, 130, 0},
	{awaiting, cancelled}: {"M120 84H68a8 8 0 0 0-8 8V480a8 8 0 0 0 8 8H118", 60, 400, 0},
	{fresh, assigned}:     {"M268 222H638", 453, 222, -1},
	{assigned, fresh}:     {"M640 246H270", 453, 246, 1},
	{fresh, pending}:      {"M230 200V168a8 8 0 0 1 8-8H654a8 8 0 0 0 8-8V98", 455, 160, -1},
	{pending, fresh}:      {"M654 96V132a8 8 0 0 1-8 8H258a8 8 0 0 0-8 8V198", 455, 140, -1},
	{fresh, resolved}:     {"M230 256V322a8 8 0 0 0 8 8H687a8 8 0 0 1 8 8V458", 455, 330, 0},
	{fresh, closed}:       {"M250 256V382a8 8 0 0 0 8 8H362a8 8 0 0 1 8 8V458", 312, 390, 0},
	{fresh, cancelled}:    {"M150 256V458", 150, 380, 0},
	{assigned, pending}:   {"M762 200V98", 815, 148, 0},
	{pending, assigned}:   {"M690 96V198", 658, 148, 0},
	{assigned, resolved}:  {"M726 256V458", 726, 372, 0},
	{assigned, closed}:    {"M676 256V406a8 8 0 0 1-8 8H438a8 8 0 0 0-8 8V458", 556, 414, 0},
	{assigned, cancelled}: {"M656 256V284a8 8 0 0 1-8 8H193a8 8 0 0 0-8 8V458", 310, 292, 0},
	{pending, resolved}:   {"M788 68H902a8 8 0 0 1 8 8V492a8 8 0 0 1-8 8H790", 910, 104, 0},
	{pending, closed}:     {"M640 86H612a8 8 0 0 0-8 8V362a8 8 0 0 1-8 8H408a8 8 0 0 0-8 8V458", 520, 370, 0},
	{pending, cancelled}:  {"M640 54H598a8 8 0 0 0-8 8V300a8 8 0 0 1-8 8H213a8 8 0 0 0-8 8V458", 480, 308, 0},
	{resolved, assigned}:  {"M788 476H852a8 8 0 0 0 8-8V236a8 8 0 0 0-8-8H790", 860, 330, 0},
	{resolved, fresh}:     {"M660 460V444a8 8 0 0 0-8-8H228a8 8 0 0 1-8-8V258", 330, 436, 0},
	{resolved, closed}:    {"M640 488H446", 544, 488, 0},
	{resolved, cancelled}: {"M660 516V532a8 8 0 0 1-8 8H202a8 8 0 0 1-8-8V518", 430, 540, 0},
}

// flowBox is a state of the drawing.
type flowBox struct {
	State   guichet.State
	X, Y    int
	Name    string
	InPlace string // how many actions do not leave it
	Chosen  bool
	Faulty  bool
}

// flowLine joins two states.
type flowLine struct {
	Path   string
	Auto   bool // only the desk itself does it
	Chosen bool
	Labels []flowLabel
}

// flowLabel is an action of a line; it leads to its editor.
type flowLabel struct {
	Text         string
	Says         string // for who does not see the line
	Index        int
	X, Y, Middle int
	Width        int
	Chosen       bool
	Faulty       bool
}

// drawing is a process as it is drawn.
type drawing struct {
	Boxes    []flowBox
	Lines    []flowLine
	Approval bool // the life may begin by an approval
	Says     string
}

// chosen is what the drawing points at: an action, and the places that are faulty.
type chosen struct {
	action int // -1: none
	faults faults
}

// draw lays a process out.
func draw(q *site.Request, w guichet.Workflow, c chosen) drawing {
	labels, order := map[leap][]int{}, []leap(nil)
	inPlace := map[guichet.State][]int{}
	for i, tr := range w.Transitions {
		for _, from := range tr.From {
			if tr.To == "" || tr.To == from {
				inPlace[from] = append(inPlace[from], i)
				continue
			}
			l := leap{from, tr.To}
			if labels[l] == nil {
				order = append(order, l)
			}
			labels[l] = append(labels[l], i)
		}
	}
	d := drawing{Boxes: boxes(q, w, inPlace, c), Approval: w.Uses(awaiting)}
	var said []string
	for _, l := range order {
		d.Lines = append(d.Lines, line(q, w, l, labels[l], c))
		var names []string
		for _, i := range labels[l] {
			names = append(names, drawnLabel(q, w, w.Transitions[i]))
		}
		said = append(said, q.P.T("admin.flow.says", "From", stepName(q, w, l.from), "To", stepName(q, w, l.to), "Actions", strings.Join(names, ", ")))
	}
	slices.SortStableFunc(d.Lines, func(a, b flowLine) int { return order01(a.Chosen) - order01(b.Chosen) }) // what is chosen lies on top
	d.Says = strings.Join(said, " ")
	return d
}

func order01(last bool) int {
	if last {
		return 1
	}
	return 0
}

func boxes(q *site.Request, w guichet.Workflow, inPlace map[guichet.State][]int, c chosen) []flowBox {
	var out []flowBox
	for _, s := range w.States() {
		at, known := places[s]
		if !known {
			continue
		}
		b := flowBox{State: s, X: at[0], Y: at[1], Name: stepName(q, w, s), Faulty: len(c.faults.of("states."+string(s))) > 0,
			Chosen: slices.Contains(inPlace[s], c.action)}
		if n := len(inPlace[s]); n > 0 {
			b.InPlace = q.P.N("admin.flow.in_place", n)
		}
		out = append(out, b)
	}
	return out
}

// line draws the way from a state to another with the actions that take it.
func line(q *site.Request, w guichet.Workflow, l leap, actions []int, c chosen) flowLine {
	r, known := routes[l]
	if !known {
		r = straight(l)
	}
	out := flowLine{Path: r.path, Auto: true}
	y := r.y
	switch r.grow {
	case 0:
		y -= (len(actions) - 1) * pillGap / 2
	case -1:
		y -= (len(actions) - 1) * pillGap
	}
	for n, i := range actions {
		tr := w.Transitions[i]
		text := drawnLabel(q, w, tr)
		width := int(float64(utf8.RuneCountInString(text))*letter) + 16
		label := flowLabel{Text: text, Index: i, X: r.x - width/2, Y: y + n*pillGap - pillHeight/2, Middle: r.x, Width: width,
			Says:   q.P.T("admin.flow.label", "Action", text, "From", stepName(q, w, l.from), "To", stepName(q, w, l.to)),
			Chosen: i == c.action, Faulty: c.faults.at(i)}
		out.Labels = append(out.Labels, label)
		out.Auto = out.Auto && bySystem(tr)
		out.Chosen = out.Chosen || label.Chosen
	}
	return out
}

// straight is the way between two states that no life takes: a draft may hold anything.
func straight(l leap) route {
	a, b := places[l.from], places[l.to]
	ax, ay, bx, by := a[0]+boxWidth/2, a[1]+boxHeight, b[0]+boxWidth/2, b[1]
	return route{fmt.Sprintf("M%d %dL%d %d", ax, ay, bx, by), (ax + bx) / 2, (ay + by) / 2, 0}
}

func bySystem(tr guichet.Transition) bool {
	return len(tr.By) == 1 && tr.By[0] == guichet.PerformerSystem
}

// drawnLabel is the text of an action; when the desk does it by itself, it says when.
func drawnLabel(q *site.Request, w guichet.Workflow, tr guichet.Transition) string {
	text := site.Label(q, tr)
	if !slices.Contains(tr.By, guichet.PerformerSystem) {
		return text
	}
	alone := ""
	if !bySystem(tr) {
		alone = ".or"
	}
	if tr.Action == guichet.ActionClose && w.AutoCloseDays > 0 {
		return q.P.N("admin.flow.after"+alone, w.AutoCloseDays, "Action", text)
	}
	if tr.Action == guichet.ActionResume {
		return q.P.T("admin.flow.on_date"+alone, "Action", text)
	}
	return text
}

// dashed reports whether the desk acts by itself somewhere.
func (d drawing) dashed() bool {
	return slices.ContainsFunc(d.Lines, func(l flowLine) bool { return l.Auto })
}

// stepName names a state as the process calls it, whoever has the ticket.
func stepName(q *site.Request, w guichet.Workflow, s guichet.State) string {
	if name := w.Step(s).Name; name != "" {
		return name
	}
	if !s.Valid() {
		return string(s)
	}
	return q.P.T("state.desk." + string(s))
}

// performers says who may do an action: places in the ticket, or roles by their names.
func performers(q *site.Request, tr guichet.Transition) string {
	var out []string
	for _, by := range tr.By {
		out = append(out, performer(q, by))
	}
	return strings.Join(out, ", ")
}

func performer(q *site.Request, by guichet.Performer) string {
	if by.Relation() {
		return q.P.T("admin.by." + string(by))
	}
	if r, known := q.Config.Roles[guichet.ID(by)]; known {
		return r.Name
	}
	return string(by)
}

func needs(q *site.Request, tr guichet.Transition) string {
	var out []string
	for _, r := range tr.Requires {
		out = append(out, need(q, r))
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}

func need(q *site.Request, r guichet.Requirement) string {
	if !slices.Contains(guichet.Requirements(), r) {
		return string(r)
	}
	return q.P.T("admin.requires." + string(r))
}

// tab is the key by which a state is coloured; one that is assigned is at work.
func tab(s guichet.State) string { return kit.StateKey(s, true) }
