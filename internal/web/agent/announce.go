package agent

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func announceRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /desk/announcements", Handle: staff(announcements)},
		{Pattern: "GET /desk/announcements/new", Handle: staff(newAnnouncement)},
		{Pattern: "POST /desk/announcements", Handle: staff(publishAnnouncement)},
		{Pattern: "GET /desk/announcements/{id}", Handle: staff(editAnnouncement)},
		{Pattern: "POST /desk/announcements/{id}", Handle: staff(changeAnnouncement)},
		{Pattern: "POST /desk/announcements/{id}/news", Handle: staff(tellAnnouncement)},
		{Pattern: "POST /desk/tickets/{number}/announcements", Handle: agents(joinAnnouncement)},
		{Pattern: "POST /desk/tickets/{number}/announcements/{id}/leave", Handle: agents(leaveAnnouncement)},
	}
}

// staff keeps a page for those who work at the desk or configure it.
func staff(handle func(*site.Request) error) func(*site.Request) error {
	return site.Only(func(a guichet.Actor) bool { return site.IsAgent(a) || site.IsAdministrator(a) }, handle)
}

const announcementsURL = "/desk/announcements"

// announceData is the form of an announcement, with what was typed.
type announceData struct {
	Is     announcing.Announcement // zero: a new one
	Typed  url.Values
	Errors kit.Errors
	News   url.Values // what was typed of its news
	Wrong  kit.Errors
}

var announceOrder = []string{"kind", "title", "body", "service", "organisations", "profiles", "from", "until", "next"}

func announcements(q *site.Request) error {
	list, err := q.Announcing.List(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	page, groups, err := announcePage(q, q.P.T("announce.title"))
	if err != nil {
		return err
	}
	return q.Render(ok, announcementsView(q, page, groups, list))
}

func announcePage(q *site.Request, title string) (kit.Page, []kit.Group, error) {
	page := q.Page(title, "announcements")
	groups, err := rail(q, page)
	return page, groups, err
}

func newAnnouncement(q *site.Request) error {
	if !announcing.Publishes(q.Actor, q.Config) {
		return guichet.NotFound("page")
	}
	return showAnnouncement(q, ok, announceData{Typed: url.Values{"kind": {string(guichet.AnnouncementIncident)},
		"service": {q.R.URL.Query().Get("service")}, "title": {q.R.URL.Query().Get("title")}, "body": {q.R.URL.Query().Get("body")}}})
}

func showAnnouncement(q *site.Request, status int, d announceData) error {
	title := q.P.T("announce.new")
	if d.Is.ID != "" {
		title = d.Is.Title
	}
	page, groups, err := announcePage(q, title)
	if err != nil {
		return err
	}
	return q.Render(status, announceView(q, page, groups, d))
}

func publishAnnouncement(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	draft, err := draftOfAnnouncement(q, form.Values)
	if err == nil {
		_, err = q.Announcing.Publish(q.R.Context(), q.Actor, draft)
	}
	if errs := q.FieldErrors(err); errs != nil {
		return showAnnouncement(q, invalid, announceData{Typed: form.Values, Errors: errs})
	}
	if err != nil {
		return err
	}
	return q.Redirect(announcementsURL, q.P.T("announce.published"))
}

// draftOfAnnouncement reads the form; dates are in the reader's time zone.
func draftOfAnnouncement(q *site.Request, form url.Values) (announcing.Draft, error) {
	d := announcing.Draft{Kind: guichet.AnnouncementKind(form.Get("kind")), Title: form.Get("title"), Body: form.Get("body"),
		Service: guichet.ID(form.Get("service")), Profiles: given(form["profiles"])}
	for _, o := range given(form["organisations"]) {
		d.Organisations = append(d.Organisations, guichet.ID(o))
	}
	var p guichet.Problems
	for field, to := range map[string]*time.Time{"from": &d.From, "until": &d.Until, "next": &d.NextAt} {
		*to = localTime(q, &p, field, form.Get(field))
	}
	return d, p.Err()
}

// given are the boxes that were ticked.
func given(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
}

// localTime reads what a browser's field of a date and time holds.
func localTime(q *site.Request, p *guichet.Problems, field, text string) time.Time {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", text, q.P.Zone())
	if err != nil {
		p.Add(field, "field.local_time")
	}
	return at
}

func typedAnnouncement(q *site.Request, a announcing.Announcement) url.Values {
	v := url.Values{"kind": {string(a.Kind)}, "title": {a.Title}, "body": {a.Body}, "service": {string(a.ServiceID)},
		"profiles": a.Profiles, "version": {strconv.FormatInt(a.Version, 10)},
		"from": {localInput(q, a.From)}, "until": {localInput(q, a.Until)}, "next": {localInput(q, a.NextAt)}}
	for _, o := range a.Organisations {
		v.Add("organisations", string(o))
	}
	return v
}

func localInput(q *site.Request, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(q.P.Zone()).Format("2006-01-02T15:04")
}

// readAnnouncement reads an announcement that the reader may change.
func readAnnouncement(q *site.Request) (announcing.Announcement, error) {
	a, err := q.Announcing.Read(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if err == nil && !a.Mine {
		err = guichet.NotFound("announcement")
	}
	return a, err
}

func editAnnouncement(q *site.Request) error {
	a, err := readAnnouncement(q)
	if err != nil {
		return err
	}
	return showAnnouncement(q, ok, announceData{Is: a, Typed: typedAnnouncement(q, a)})
}

func changeAnnouncement(q *site.Request) error {
	a, err := readAnnouncement(q)
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	draft, err := draftOfAnnouncement(q, form.Values)
	if err == nil {
		err = q.Announcing.Change(q.R.Context(), q.Actor, a.ID, draft, number(form.Get("version")))
	}
	switch errs := q.FieldErrors(err); {
	case errs != nil:
		return showAnnouncement(q, invalid, announceData{Is: a, Typed: form.Values, Errors: errs})
	case guichet.KindOf(err) == guichet.KindConflict && err != nil:
		return showAnnouncement(q, conflict, announceData{Is: a, Typed: form.Values, Errors: kit.Errors{"version": q.Message(err)}})
	case err != nil:
		return err
	}
	return q.Redirect(announcementsURL+"/"+string(a.ID), q.P.T("announce.changed"))
}

func tellAnnouncement(q *site.Request) error {
	a, err := readAnnouncement(q)
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	var p guichet.Problems
	news := announcing.News{Text: form.Get("text"), NextAt: localTime(q, &p, "news_next", form.Get("news_next")), Ends: form.Get("ends") != ""}
	if err = p.Err(); err == nil {
		err = q.Announcing.Tell(q.R.Context(), q.Actor, a.ID, news)
	}
	if errs := q.FieldErrors(err); errs != nil {
		errs["news_next"] = cmp.Or(errs["news_next"], errs["next"])
		return showAnnouncement(q, invalid, announceData{Is: a, Typed: typedAnnouncement(q, a), News: form.Values, Wrong: errs})
	}
	if err != nil {
		return err
	}
	return q.Redirect(announcementsURL+"/"+string(a.ID), q.P.N("announce.told", a.Tickets))
}

func joinAnnouncement(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	if err := q.Desk.JoinAnnouncement(q.R.Context(), q.Actor, n, guichet.ID(form.Get("announcement"))); err != nil {
		return err
	}
	return q.Redirect(trailOf(q).on(ticketURL(n)), q.P.T("announce.joined"))
}

func leaveAnnouncement(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	if err := q.Desk.LeaveAnnouncement(q.R.Context(), q.Actor, n, guichet.ID(q.R.PathValue("id"))); err != nil {
		return err
	}
	return q.Redirect(trailOf(q).on(ticketURL(n)), q.P.T("announce.left"))
}

// announceFields names the fields for the summary of what is wrong.
func announceFields(q *site.Request) map[string]string {
	out := map[string]string{}
	for _, f := range announceOrder {
		out[f] = q.P.T("announce.field." + f)
	}
	return out
}

func (d announceData) field(q *site.Request, name string) kit.Field {
	return kit.Field{Name: name, Label: q.P.T("announce.field." + name), Value: d.Typed.Get(name), Errors: d.Errors}
}

// profileOptions are the profiles that the catalogue names.
func profileOptions(q *site.Request) []kit.Option {
	var names []string
	for _, s := range q.Config.Services {
		names = append(names, s.Profiles...)
	}
	slices.Sort(names)
	var out []kit.Option
	for _, n := range slices.Compact(names) {
		out = append(out, kit.Option{Value: n, Label: kit.Profile(q.P, n)})
	}
	return out
}

// announceServices are the services about which the reader may publish.
func announceServices(q *site.Request) []kit.Option {
	var out []kit.Option
	if q.Actor.Announces("", q.Config) {
		out = append(out, kit.Option{Label: q.P.T("announce.service.none")})
	}
	for _, o := range site.ServiceOptions(q.Config) {
		if q.Actor.Announces(guichet.ID(o.Value), q.Config) {
			out = append(out, o)
		}
	}
	return out
}

func announcementOptions(list []guichet.Announcement) []kit.Option {
	var out []kit.Option
	for _, a := range list {
		out = append(out, kit.Option{Value: string(a.ID), Label: a.Title})
	}
	return out
}

// announceState says where an announcement stands.
func announceState(q *site.Request, a announcing.Announcement) string {
	switch now := q.Time(); {
	case !a.EndedAt.IsZero():
		return q.P.T("announce.state.ended", "Date", q.P.DateTime(a.EndedAt))
	case a.Coming(now):
		return q.P.T("announce.state.coming", "Date", q.P.DateTime(a.From))
	case a.Live(now) && a.Until.IsZero():
		return q.P.T("announce.state.live")
	case a.Live(now):
		return q.P.T("announce.state.until", "Date", q.P.DateTime(a.Until))
	}
	return q.P.T("announce.state.past", "Date", q.P.DateTime(a.Until))
}
