package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/web/delay"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// levelsData is the editor of the service levels.
type levelsData struct {
	Bar  editBar
	Form levelsForm
	Seen int64
	Desk *guichet.Desk
}

func levelsPage(q *site.Request) error {
	e, err := openLevels(q)
	if err != nil {
		return err
	}
	form := levelsForm{Values: url.Values{}, Errors: q.FieldErrors(e.Problems)}
	for i, l := range e.Value.Levels {
		form.put(i, l)
	}
	return showLevels(q, ok, e, form)
}

func openLevels(q *site.Request) (configuring.Edition[guichet.ServiceLevels], error) {
	return q.Configuring.Levels.Open(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
}

func showLevels(q *site.Request, status int, e configuring.Edition[guichet.ServiceLevels], form levelsForm) error {
	d := levelsData{Bar: barOf(e, levelsPath+"/"+string(configuring.LevelsID)), Form: form, Seen: e.Revision(), Desk: q.Config}
	if form.Get("seen") != "" {
		d.Seen, _ = strconv.ParseInt(form.Get("seen"), 10, 64) // what is no number is no draft that was seen
	}
	return q.Render(status, levelsView(q, page(q, q.P.T("admin.levels"), "levels"), d))
}

// editLevels saves the draft, or shows the form with a level more, less, or elsewhere in the order.
func editLevels(q *site.Request) error {
	e, err := openLevels(q)
	if err != nil {
		return err
	}
	sent, err := q.Form()
	if err != nil {
		return err
	}
	form := levelsForm{Values: sent.Values}
	op, place, _ := strings.Cut(sent.Get("op"), ":")
	list := form.read()
	if op != "save" {
		list = rearranged(q, list, op, place)
		next := levelsForm{Values: url.Values{"seen": sent.Values["seen"]}}
		for i, l := range list {
			next.put(i, l)
		}
		return showLevels(q, ok, e, next)
	}
	seen, _ := strconv.ParseInt(sent.Get("seen"), 10, 64) // what is no number is no draft that was seen
	err = q.Configuring.Levels.Keep(q.R.Context(), q.Actor, e.ID, guichet.ServiceLevels{Levels: list}, seen)
	if guichet.KindOf(err) == guichet.KindConflict {
		form.Errors = kit.Errors{"0.name": q.Message(err)}
		return showLevels(q, site.Status(guichet.KindConflict), e, form)
	}
	if err != nil {
		return err
	}
	return q.Redirect(levelsPath+"/"+string(e.ID), q.P.T("admin.edit.saved"))
}

// rearranged is the list after an act of the form.
func rearranged(q *site.Request, list []guichet.ServiceLevel, op, place string) []guichet.ServiceLevel {
	at, err := strconv.Atoi(place)
	if op == "add" {
		return append(list, guichet.ServiceLevel{ID: guichet.NewID(q.Time()), Resolve: guichet.Target{Warn: "80%"}, Contact: guichet.Target{Warn: "80%"}})
	}
	if err != nil || at < 0 || at >= len(list) {
		return list
	}
	switch {
	case op == "drop":
		return slices.Delete(list, at, at+1)
	case op == "up" && at > 0:
		list[at], list[at-1] = list[at-1], list[at]
	case op == "down" && at < len(list)-1:
		list[at], list[at+1] = list[at+1], list[at]
	}
	return list
}

// levelsForm is the form of the service levels: the fields of the first begin with "0.".
type levelsForm struct {
	url.Values
	Errors kit.Errors
}

func (f levelsForm) key(i int, name string) string { return strconv.Itoa(i) + "." + name }

// rows is how many levels the form has.
func (f levelsForm) rows() int {
	n := 0
	for f.Has(f.key(n, "id")) {
		n++
	}
	return n
}

func written[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func chosenAs[T ~string](list []string) []T {
	var out []T
	for _, v := range list {
		if v != "" {
			out = append(out, T(v))
		}
	}
	return out
}

// put writes a level into the form.
func (f levelsForm) put(i int, l guichet.ServiceLevel) {
	set := func(name string, values ...string) { f.Values[f.key(i, name)] = values }
	set("id", string(l.ID))
	set("name", l.Name)
	set("calendar", string(l.CalendarID))
	set("when.services", written(l.When.Services)...)
	set("when.organisations", written(l.When.Organisations)...)
	set("when.kinds", written(l.When.Kinds)...)
	set("when.priorities", written(l.When.Priorities)...)
	set("contact_by", written(l.CountsAsContact())...)
	for name, t := range map[string]guichet.Target{"contact.": l.Contact, "resolve.": l.Resolve} {
		set(name+"within", string(t.Within))
		set(name+"warn", t.Warn)
		set(name+"tell", written(t.Breach.Tell)...)
		set(name+"level", string(t.Breach.Level))
		set(name+"team", string(t.Breach.TeamID))
	}
}

// read makes the levels of the form.
func (f levelsForm) read() []guichet.ServiceLevel {
	var out []guichet.ServiceLevel
	for i := range f.rows() {
		get := func(name string) string { return strings.TrimSpace(f.Get(f.key(i, name))) }
		all := func(name string) []string { return f.Values[f.key(i, name)] }
		target := func(name string) guichet.Target {
			t := guichet.Target{Warn: get(name + "warn"), Breach: guichet.Escalation{Tell: chosenAs[guichet.Performer](all(name + "tell")),
				Level: guichet.Level(get(name + "level")), TeamID: guichet.ID(get(name + "team"))}}
			_ = t.Within.UnmarshalText([]byte(get(name + "within"))) // a text that makes no sense is kept, for the check to refuse
			return t
		}
		l := guichet.ServiceLevel{ID: guichet.ID(get("id")), Name: get("name"), CalendarID: guichet.ID(get("calendar")),
			When: guichet.LevelWhen{Services: chosenAs[guichet.ID](all("when.services")), Organisations: chosenAs[guichet.ID](all("when.organisations")),
				Kinds: chosenAs[guichet.Kind](all("when.kinds")), Priorities: chosenAs[guichet.Priority](all("when.priorities"))},
			Contact: target("contact."), Resolve: target("resolve."), ContactBy: chosenAs[guichet.ContactAct](all("contact_by"))}
		out = append(out, l)
	}
	return out
}

func (f levelsForm) field(p kit.Page, i int, name string) kit.Field {
	key := f.key(i, name)
	short := name[strings.LastIndex(name, ".")+1:]
	return kit.Field{Name: key, Label: p.P.T("admin.level." + short), Value: f.Get(key), Errors: f.Errors, Max: 120}
}

// chosen are the ticked values of a field of several.
func (f levelsForm) chosen(i int, name string) []string { return f.Values[f.key(i, name)] }

// choices are the options of a field of several.
func (d levelsData) choices(q *site.Request, name string) []kit.Option {
	var out []kit.Option
	add := func(value, label string) { out = append(out, kit.Option{Value: value, Label: label}) }
	switch name {
	case "kinds":
		for _, k := range []guichet.Kind{guichet.KindIncident, guichet.KindRequest, guichet.KindProblem} {
			add(string(k), q.P.T("kind."+string(k)))
		}
	case "priorities":
		for _, x := range []guichet.Priority{guichet.PriorityCritical, guichet.PriorityHigh, guichet.PriorityMedium, guichet.PriorityLow} {
			add(string(x), q.P.T("priority."+string(x)))
		}
	case "contact_by":
		for _, a := range guichet.ContactActs() {
			add(string(a), q.P.T("admin.contact_by."+string(a)))
		}
	case "tell":
		add(string(guichet.PerformerAssignee), q.P.T("tell.assignee"))
		add(string(guichet.PerformerTeam), q.P.T("tell.team"))
		for _, id := range slices.Sorted(everyKey(d.Desk.Roles)) {
			add(string(id), d.Desk.Roles[id].Name)
		}
	case "services":
		return site.ServiceOptions(d.Desk)
	case "organisations":
		for _, id := range slices.Sorted(everyKey(d.Desk.Organisations)) {
			add(string(id), d.Desk.Organisations[id].Name)
		}
		slices.SortStableFunc(out, func(a, b kit.Option) int { return strings.Compare(a.Label, b.Label) })
	}
	return out
}

func everyKey[T any](m map[guichet.ID]T) func(func(guichet.ID) bool) {
	return func(yield func(guichet.ID) bool) {
		for id := range m {
			if !yield(id) {
				return
			}
		}
	}
}

func (d levelsData) calendars(p kit.Page) []kit.Option {
	out := []kit.Option{{Label: p.P.T("admin.level.calendar.none")}}
	for _, id := range slices.Sorted(everyKey(d.Desk.Calendars)) {
		out = append(out, kit.Option{Value: string(id), Label: d.Desk.Calendars[id].Name})
	}
	return out
}

func (d levelsData) teams(p kit.Page) []kit.Option {
	return append([]kit.Option{{Label: p.P.T("admin.level.stays")}}, site.TeamOptions(d.Desk)...)
}

func supportLevels(p kit.Page) []kit.Option {
	out := []kit.Option{{Label: p.P.T("admin.level.stays")}}
	for _, l := range []guichet.Level{guichet.Level1, guichet.Level2, guichet.Level3, guichet.LevelRD} {
		out = append(out, kit.Option{Value: string(l), Label: string(l)})
	}
	return out
}

func tryLevels(q *site.Request) error {
	if _, err := openLevels(q); err != nil {
		return err
	}
	trial, err := q.Configuring.TryLevels(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	return q.Render(ok, clocksTrialView(page(q, q.P.T("admin.sla.try"), "levels"), adminRail(q), trial, levelsPath+"/"+string(configuring.LevelsID)))
}

// dueOf says when a clock of a trial is due.
func dueOf(p kit.Page, run guichet.Countdown) string {
	if run.Due.IsZero() {
		return "–"
	}
	return p.P.DateTime(run.Due)
}

// faulty reports whether a level has a wrong field.
func faulty(errs kit.Errors, place string) bool {
	for field := range errs {
		if strings.HasPrefix(field, place+".") {
			return true
		}
	}
	return false
}

func firstText(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// targetsSaid says the delays of a level in words, those that make sense.
func targetsSaid(p kit.Page, f levelsForm, place string) string {
	var out []string
	for _, clock := range []struct{ part, word string }{{"contact", "delay.clock.contact"}, {"resolve", "delay.clock.resolution"}} {
		if d, ok := guichet.ParseDelay(f.Get(place + "." + clock.part + ".within")); ok {
			out = append(out, p.P.T("admin.level.target.said", "Clock", p.P.T(clock.word), "Delay", delay.Delay(p.P, d)))
		}
	}
	return strings.Join(out, " · ")
}
