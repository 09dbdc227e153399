package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

const (
	calendarsPath = "/admin/calendars"
	levelsPath    = "/admin/levels"
)

func slaRoutes() []site.Route {
	return slices.Concat([]site.Route{
		{Pattern: "GET " + calendarsPath, Handle: administrators(calendarList)},
		{Pattern: "POST " + calendarsPath, Handle: administrators(createCalendar)},
		{Pattern: "GET " + calendarsPath + "/{id}", Handle: administrators(calendarPage)},
		{Pattern: "POST " + calendarsPath + "/{id}", Handle: administrators(editCalendar)},
		{Pattern: "GET " + calendarsPath + "/{id}/try", Handle: administrators(tryCalendar)},
		{Pattern: "GET " + levelsPath + "/{id}", Handle: administrators(levelsPage)},
		{Pattern: "POST " + levelsPath + "/{id}", Handle: administrators(editLevels)},
		{Pattern: "GET " + levelsPath + "/{id}/try", Handle: administrators(tryLevels)},
	},
		editorRoutes(calendarsPath, func(q *site.Request) *configuring.Editor[guichet.Calendar] { return q.Configuring.Calendars }),
		editorRoutes(levelsPath, func(q *site.Request) *configuring.Editor[guichet.ServiceLevels] { return q.Configuring.Levels }))
}

// mayConfigure: calendars and service levels concern the whole desk.
func mayConfigure(q *site.Request) bool { return q.Actor.Configures("", q.Config) }

func calendarList(q *site.Request) error {
	return showCalendars(q, ok, url.Values{}, nil)
}

func showCalendars(q *site.Request, status int, typed url.Values, errs kit.Errors) error {
	if !mayConfigure(q) {
		return guichet.NotFound("page")
	}
	list, err := q.Configuring.Calendars.List(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	return q.Render(status, calendarsView(page(q, q.P.T("admin.calendars"), "calendars"), adminRail(q), list, newCalendar{typed, errs}))
}

// newCalendar is the form of a new calendar.
type newCalendar struct {
	Typed  url.Values
	Errors kit.Errors
}

func (n newCalendar) field(p kit.Page, name string) kit.Field {
	return kit.Field{Name: name, Label: p.P.T("admin.calendar." + name), Help: p.P.T("admin.calendar." + name + ".help"), Max: 60, Value: n.Typed.Get(name), Errors: n.Errors}
}

func createCalendar(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	c := guichet.Calendar{Name: strings.TrimSpace(form.Get("name")), TimeZone: q.Config.TimeZone, Holidays: guichet.HolidaysFrance}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Hours.Set(day, []guichet.Span{{From: 510, To: 720}, {From: 810, To: 1050}})
	}
	if c.Name == "" {
		return showCalendars(q, site.Status(guichet.KindInvalid), form.Values, kit.Errors{"name": q.P.Error("field.required", nil)})
	}
	id, err := q.Configuring.Calendars.Begin(q.R.Context(), q.Actor, c.Name, c)
	if err != nil {
		return err
	}
	return q.Redirect(calendarsPath+"/"+string(id), q.P.T("admin.calendar.created"))
}

// calendarData is the editor of a calendar.
type calendarData struct {
	Bar      editBar
	ID       guichet.ID
	Form     calendarForm
	Calendar guichet.Calendar // what the form says, as far as it can be read
	Seen     int64
	Trial    *attemptedDue
	Done     int // how far the clocks of the open tickets are
	Total    int
	Running  bool
}

// attemptedDue is what comes of the example that is tried on the form.
type attemptedDue struct {
	Run guichet.Countdown
	OK  bool
}

func calendarPage(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("id"))
	e, err := q.Configuring.Calendars.Open(q.R.Context(), q.Actor, id)
	if err != nil {
		return err
	}
	form := calendarForm{Values: calendarValues(e.Value), Errors: q.FieldErrors(e.Problems)}
	return showCalendar(q, ok, e, form, e.Value)
}

func showCalendar(q *site.Request, status int, e configuring.Edition[guichet.Calendar], form calendarForm, c guichet.Calendar) error {
	d := calendarData{Bar: barOf(e, calendarsPath+"/"+string(e.ID)), ID: e.ID, Form: form, Calendar: c, Seen: e.Revision()}
	if form.Get("seen") != "" {
		d.Seen, _ = strconv.ParseInt(form.Get("seen"), 10, 64) // what is no number is no draft that was seen
	}
	var err error
	if d.Done, d.Total, d.Running, err = q.Configuring.Reckoning(q.R.Context(), q.Actor); err != nil {
		return err
	}
	d.Trial = form.try(q, c)
	return q.Render(status, calendarView(page(q, c.Name, "calendars"), adminRail(q), d, q.Time().In(c.Location())))
}

// editCalendar saves the draft, or shows the form with a row more or less, or the example tried.
func editCalendar(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("id"))
	e, err := q.Configuring.Calendars.Open(q.R.Context(), q.Actor, id)
	if err != nil {
		return err
	}
	sent, err := q.Form()
	if err != nil {
		return err
	}
	form := calendarForm{Values: sent.Values}
	op, row, _ := strings.Cut(sent.Get("op"), ":")
	form.change(op, row)
	c, wrong := form.read(e.Value)
	form.Errors = q.FieldErrors(wrong)
	switch {
	case op == "remove":
		if err := q.Configuring.Calendars.Remove(q.R.Context(), q.Actor, id); err != nil {
			if guichet.KindOf(err) == guichet.KindConflict {
				return q.Redirect(calendarsPath+"/"+string(id), q.Message(err))
			}
			return err
		}
		return q.Redirect(calendarsPath, q.P.T("admin.calendar.removed"))
	case op != "save":
		return showCalendar(q, ok, e, form, c)
	case wrong != nil:
		return showCalendar(q, site.Status(guichet.KindInvalid), e, form, c)
	}
	seen, _ := strconv.ParseInt(sent.Get("seen"), 10, 64) // what is no number is no draft that was seen
	if err := q.Configuring.Calendars.Keep(q.R.Context(), q.Actor, id, c, seen); err != nil {
		if guichet.KindOf(err) != guichet.KindConflict {
			return err
		}
		form.Errors = kit.Errors{"name": q.Message(err)}
		return showCalendar(q, site.Status(guichet.KindConflict), e, form, c)
	}
	return q.Redirect(calendarsPath+"/"+string(id), q.P.T("admin.edit.saved"))
}

// weekdayKey is the key of a day of the week in the form.
func weekdayKey(day time.Weekday) string { return strings.ToLower(day.String()) }

// weekdays is the order of a week in France.
func weekdays() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

// calendarForm is the form of a calendar as it stands: nothing that is typed is lost.
type calendarForm struct {
	url.Values
	Errors kit.Errors
}

// calendarValues writes a calendar into a form.
func calendarValues(c guichet.Calendar) url.Values {
	v := url.Values{"name": {c.Name}, "time_zone": {c.TimeZone}, "holidays": {string(c.Holidays)}}
	for _, day := range weekdays() {
		v.Set("hours."+weekdayKey(day), guichet.SpansText(c.Hours.On(day)))
	}
	for i, x := range c.Closures {
		at := "closures." + strconv.Itoa(i) + "."
		v.Set(at+"name", x.Name)
		v.Set(at+"from", x.From.String())
		v.Set(at+"to", x.To.String())
	}
	for i, x := range c.Openings {
		at := "openings." + strconv.Itoa(i) + "."
		v.Set(at+"name", x.Name)
		v.Set(at+"day", x.Day.String())
		v.Set(at+"hours", guichet.SpansText(x.Hours))
	}
	return v
}

// rowColumns are the fields of a row of closures or of openings.
func rowColumns(kind string) []string {
	switch kind {
	case "closures":
		return []string{"name", "from", "to"}
	case "openings":
		return []string{"name", "day", "hours"}
	}
	return nil
}

// rows is how many rows of a kind the form has.
func (f calendarForm) rows(kind string) int {
	n := 0
	for f.Has(kind + "." + strconv.Itoa(n) + ".name") {
		n++
	}
	return n
}

// change adds a row ("add", "closures") or drops one ("drop", "closures.2").
func (f calendarForm) change(op, what string) {
	kind, place, _ := strings.Cut(what, ".")
	at, err := strconv.Atoi(place)
	rows := f.rows(kind)
	for _, column := range rowColumns(kind) {
		key := func(row int) string { return kind + "." + strconv.Itoa(row) + "." + column }
		switch {
		case op == "add":
			f.Set(key(rows), "")
		case op == "drop" && err == nil && at >= 0 && at < rows:
			for row := at; row < rows-1; row++ {
				f.Set(key(row), f.Get(key(row+1)))
			}
			f.Del(key(rows - 1))
		}
	}
}

// read makes a calendar of the form, over the one that is edited, and says what cannot be read.
func (f calendarForm) read(c guichet.Calendar) (guichet.Calendar, error) {
	var p guichet.Problems
	c.Name, c.TimeZone, c.Holidays = strings.TrimSpace(f.Get("name")), strings.TrimSpace(f.Get("time_zone")), guichet.HolidaySet(f.Get("holidays"))
	for _, day := range weekdays() {
		hours, readable := guichet.ParseSpans(f.Get("hours." + weekdayKey(day)))
		if !readable {
			p.Add("hours."+weekdayKey(day), "calendar.hours")
		}
		c.Hours.Set(day, hours)
	}
	c.Closures, c.Openings = nil, nil
	for i := range f.rows("closures") {
		at := "closures." + strconv.Itoa(i) + "."
		c.Closures = append(c.Closures, guichet.Closing{Name: strings.TrimSpace(f.Get(at + "name")),
			From: writtenDate(&p, at+"from", f.Get(at+"from")), To: writtenDate(&p, at+"to", f.Get(at+"to"))})
	}
	for i := range f.rows("openings") {
		at := "openings." + strconv.Itoa(i) + "."
		hours, readable := guichet.ParseSpans(f.Get(at + "hours"))
		if !readable {
			p.Add(at+"hours", "calendar.hours")
		}
		c.Openings = append(c.Openings, guichet.Opening{Name: strings.TrimSpace(f.Get(at + "name")), Day: writtenDate(&p, at+"day", f.Get(at+"day")), Hours: hours})
	}
	return c, p.Err()
}

func writtenDate(p *guichet.Problems, field, text string) guichet.Date {
	d, readable := guichet.ParseDate(strings.TrimSpace(text))
	if !readable {
		if strings.TrimSpace(text) != "" {
			p.Add(field, "field.date")
		}
		return guichet.Date{}
	}
	return d
}

const momentLayout = "2006-01-02T15:04"

// try works out when a request would be due that is made at the moment of the example.
func (f calendarForm) try(q *site.Request, c guichet.Calendar) *attemptedDue {
	delay, readable := guichet.ParseDelay(f.Get("try.delay"))
	at, err := time.ParseInLocation(momentLayout, f.Get("try.at"), c.Location())
	if f.Get("op") != "try" || !readable || err != nil || c.Check() != nil {
		return nil
	}
	d := q.Config.Clone()
	c.ID = "example"
	d.Calendars = map[guichet.ID]guichet.Calendar{c.ID: c}
	d.Levels = []guichet.ServiceLevel{{ID: c.ID, CalendarID: c.ID, Resolve: guichet.Target{Within: delay}}}
	run := d.Clock(guichet.Ticket{}, []guichet.Event{{Kind: guichet.EventOpened, At: at}}, at).Resolve
	return &attemptedDue{run, !run.Due.IsZero()}
}

// example is what is tried at first: a Friday, ten to five, four hours.
func (f calendarForm) example(name string, today guichet.Date) string {
	if v := f.Get("try." + name); v != "" {
		return v
	}
	if name == "delay" {
		return "4h"
	}
	friday := today.AddDays(int((time.Friday - today.Weekday() + 7) % 7))
	return friday.String() + "T16:50"
}

func (f calendarForm) field(p kit.Page, name string) kit.Field {
	return kit.Field{Name: name, Label: p.P.T("admin.calendar." + name), Value: f.Get(name), Errors: f.Errors, Max: 120}
}

func (f calendarForm) hours(p kit.Page, day time.Weekday) kit.Field {
	key := "hours." + weekdayKey(day)
	return kit.Field{Name: key, Label: p.P.Weekday(day), Value: f.Get(key), Errors: f.Errors, Max: 120, Placeholder: p.P.T("admin.calendar.closed")}
}

// cell is a field of a row.
func (f calendarForm) cell(p kit.Page, kind, column string, row int) kit.Field {
	key := kind + "." + strconv.Itoa(row) + "." + column
	input := ""
	if column == "from" || column == "to" || column == "day" {
		input = "date"
	}
	return kit.Field{Name: key, Label: p.P.T("admin.calendar." + kind + "." + column), Type: input, Value: f.Get(key), Errors: f.Errors, Max: 120}
}

func holidayOptions(p kit.Page) []kit.Option {
	out := []kit.Option{{Label: p.P.T("holidays.none")}}
	for _, s := range guichet.HolidaySets() {
		out = append(out, kit.Option{Value: string(s), Label: p.P.T("holidays." + string(s))})
	}
	return out
}

func tryCalendar(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("id"))
	trial, err := q.Configuring.TryCalendar(q.R.Context(), q.Actor, id)
	if err != nil {
		return err
	}
	return q.Render(ok, clocksTrialView(page(q, q.P.T("admin.sla.try"), "calendars"), adminRail(q), trial, calendarsPath+"/"+string(id)))
}
