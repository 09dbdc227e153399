package admin

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/lexis"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func catalogueRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /admin/{$}", Handle: administrators(catalogue)},
		{Pattern: "GET /admin/services/new", Handle: administrators(newService)},
		{Pattern: "POST /admin/services/new", Handle: administrators(createService)},
		{Pattern: "GET /admin/services/{id}", Handle: administrators(editService)},
		{Pattern: "POST /admin/services/{id}", Handle: administrators(saveService)},
		{Pattern: "POST /admin/services/{id}/move", Handle: administrators(moveService)},
	}
}

// serviceLine is a service of the catalogue as an administrator reads it.
type serviceLine struct {
	site.Node
	Chain     guichet.Chain
	Warnings  []guichet.WarningCode
	Offerings []guichet.Offering
	Edits     bool // the reader may change it
	Moves     bool // the reader may move it among its siblings
}

// catalogueData is the whole tree.
type catalogueData struct {
	configuring.Catalogue
	Lines   []serviceLine
	Only    bool // those that miss something
	Warned  int  // how many miss something
	Missing map[guichet.WarningCode]int
	Creates bool
}

func catalogue(q *site.Request) error {
	if onlyKeeps(q.Actor) {
		return q.Redirect("/admin/people", "")
	}
	c, err := q.Configuring.Catalogue(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	d := catalogueData{Catalogue: c, Only: q.R.URL.Query().Get("missing") != "", Missing: map[guichet.WarningCode]int{},
		Creates: q.Actor.Configures("", c.Desk)}
	gone := c.Gone()
	for _, n := range site.Tree(c.Desk) {
		line := serviceLine{Node: n, Chain: c.Desk.Chain(n.Service.ID, c.Grants), Offerings: c.Desk.OwnOfferings(n.Service.ID),
			Warnings: c.Desk.Warnings(n.Service, c.Grants, gone, q.Time()), Edits: q.Actor.Configures(n.Service.ID, c.Desk),
			Moves: q.Actor.Configures(n.Service.ParentID, c.Desk)}
		for _, w := range line.Warnings {
			d.Missing[w]++
		}
		if len(line.Warnings) > 0 {
			d.Warned++
		} else if d.Only {
			continue
		}
		d.Lines = append(d.Lines, line)
	}
	return q.Render(ok, catalogueView(q, page(q, q.P.T("admin.catalogue"), "catalogue"), d))
}

func serviceURL(id guichet.ID) string { return "/admin/services/" + string(id) }

// serviceData is a service in the editor, with what was typed.
type serviceData struct {
	configuring.Catalogue
	Service  guichet.Service // as it is in force; without an ID: to be created
	Typed    url.Values
	Errors   kit.Errors
	Refusal  string
	Chain    guichet.Chain
	Warnings []guichet.WarningCode
	Acts     []configuring.Act
	Owners   []kit.Option // whom the name of the owner may mean
}

func newService(q *site.Request) error {
	parent := guichet.ID(q.R.URL.Query().Get("parent"))
	if !q.Actor.Configures(parent, q.Config) {
		return guichet.NotFound("page")
	}
	d := serviceData{Typed: url.Values{"parent": {string(parent)}, "state": {string(guichet.ServiceOpen)}}}
	return renderService(q, ok, d)
}

func createService(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	d := serviceData{Typed: form.Values}
	s, ok := serviceOf(q, &d)
	if !ok {
		return renderService(q, 422, d)
	}
	id, err := q.Configuring.CreateService(q.R.Context(), q.Actor, s)
	if err != nil {
		return serviceAgain(q, d, err)
	}
	if form.Get("op") == "offering" {
		return q.Redirect("/admin/offerings/new?service="+string(id), q.P.T("admin.service.created", "Name", s.Name))
	}
	return q.Redirect(serviceURL(id), q.P.T("admin.service.created", "Name", s.Name))
}

func editService(q *site.Request) error {
	s, known := q.Config.Services[guichet.ID(q.R.PathValue("id"))]
	if !known || !q.Actor.Configures(s.ID, q.Config) {
		return guichet.NotFound("service")
	}
	d := serviceData{Service: s}
	d.Typed = typedService(q, s)
	return renderService(q, ok, d)
}

func saveService(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	s, known := q.Config.Services[guichet.ID(q.R.PathValue("id"))]
	if !known || !q.Actor.Configures(s.ID, q.Config) {
		return guichet.NotFound("service")
	}
	d := serviceData{Service: s, Typed: form.Values}
	changed, fine := serviceOf(q, &d)
	if !fine {
		return renderService(q, 422, d)
	}
	seen, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	if err := q.Configuring.SaveService(q.R.Context(), q.Actor, changed, seen); err != nil {
		return serviceAgain(q, d, err)
	}
	return q.Redirect(serviceURL(s.ID), q.P.T("admin.service.saved", "Name", changed.Name))
}

func moveService(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	id := guichet.ID(q.R.PathValue("id"))
	if err := q.Configuring.MoveService(q.R.Context(), q.Actor, id, form.Get("op") == "up"); err != nil {
		return err
	}
	return q.Redirect("/admin/#s-"+string(id), "")
}

// serviceAgain shows the form with what is wrong; what cannot be mended there has its own page.
func serviceAgain(q *site.Request, d serviceData, err error) error {
	switch guichet.KindOf(err) {
	case guichet.KindInvalid:
		d.Errors = q.FieldErrors(err)
	case guichet.KindConflict:
		d.Refusal = q.Message(err)
		d.Typed.Set("version", strconv.FormatInt(d.Service.Version, 10))
	default:
		return err
	}
	return renderService(q, site.Status(guichet.KindOf(err)), d)
}

func renderService(q *site.Request, status int, d serviceData) error {
	c, err := q.Configuring.Catalogue(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	d.Catalogue = c
	title := q.P.T("admin.service.new")
	if d.Service.ID != "" {
		title = d.Service.Name
		d.Chain = c.Desk.Chain(d.Service.ID, c.Grants)
		d.Warnings = c.Desk.Warnings(d.Service, c.Grants, c.Gone(), q.Time())
		if d.Acts, err = q.Configuring.ServiceActs(q.R.Context(), q.Actor, d.Service.ID); err != nil {
			return err
		}
	}
	return q.Render(status, serviceView(q, page(q, title, "catalogue"), d))
}

const maxProviderRows = 20

// typedService is a service as the form shows it.
func typedService(q *site.Request, s guichet.Service) url.Values {
	v := url.Values{"name": {s.Name}, "description": {s.Description}, "parent": {string(s.ParentID)}, "icon": {s.Icon},
		"state": {string(cmp.Or(s.State, guichet.ServiceOpen))}, "team": {string(s.TeamID)}, "workflow": {string(s.WorkflowID)},
		"opens_at": {dayOf(q, s.OpensAt)}, "closes_at": {dayOf(q, s.ClosesAt)}, "profiles": {strings.Join(profileWords(q, s.Profiles), ", ")},
		"version": {strconv.FormatInt(s.Version, 10)}}
	if s.OwnerID != "" {
		v.Set("owner", q.PersonName(s.OwnerID))
		v.Set("owner_choice", string(s.OwnerID))
		v.Set("owner_was", q.PersonName(s.OwnerID))
	}
	v.Set("skills", strings.Join(s.Skills, ", "))
	for level, team := range s.Teams {
		v.Set("level."+string(level), string(team))
	}
	for _, o := range s.Organisations {
		v.Add("organisations", string(o))
	}
	for i, p := range s.Providers {
		at := "provider." + strconv.Itoa(i) + "."
		v.Set(at+"name", p.Name)
		v.Set(at+"contact", p.Contact)
		v.Set(at+"reference", p.Reference)
	}
	return v
}

// zoneOf is the time zone of the desk, in which days begin.
func zoneOf(q *site.Request) *time.Location {
	if zone, err := time.LoadLocation(q.Config.TimeZone); err == nil {
		return zone
	}
	return time.UTC
}

func dayOf(q *site.Request, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zoneOf(q)).Format(time.DateOnly)
}

// serviceOf reads the form over the service in force; what cannot be read is said beside its field.
func serviceOf(q *site.Request, d *serviceData) (guichet.Service, bool) {
	s, get := d.Service, func(name string) string { return strings.TrimSpace(d.Typed.Get(name)) }
	d.Errors = kit.Errors{}
	s.Name, s.Description, s.ParentID, s.Icon = get("name"), get("description"), guichet.ID(get("parent")), get("icon")
	s.State, s.TeamID, s.WorkflowID = guichet.ServiceState(get("state")), guichet.ID(get("team")), guichet.ID(get("workflow"))
	s.OpensAt, s.ClosesAt = dayTyped(q, d, "opens_at", s.OpensAt), dayTyped(q, d, "closes_at", s.ClosesAt)
	s.Profiles, s.Organisations, s.Providers, s.Teams = nil, nil, nil, nil
	for p := range strings.FieldsFuncSeq(get("profiles"), func(r rune) bool { return strings.ContainsRune(",;\n", r) }) {
		if p = profileKey(q, strings.TrimSpace(p)); p != "" && !slices.Contains(s.Profiles, p) {
			s.Profiles = append(s.Profiles, p)
		}
	}
	for _, o := range d.Typed["organisations"] {
		s.Organisations = append(s.Organisations, guichet.ID(o))
	}
	for _, level := range guichet.Levels() {
		if team := get("level." + string(level)); team != "" {
			if s.Teams == nil {
				s.Teams = map[guichet.Level]guichet.ID{}
			}
			s.Teams[level] = guichet.ID(team)
		}
	}
	for i := range maxProviderRows {
		at := "provider." + strconv.Itoa(i) + "."
		if p := (guichet.Provider{Name: get(at + "name"), Contact: get(at + "contact"), Reference: get(at + "reference")}); p != (guichet.Provider{}) {
			s.Providers = append(s.Providers, p)
		}
	}
	if _, shown := d.Typed["skills"]; shown {
		s.Skills = guichet.CleanTags(strings.Split(get("skills"), ","))
	}
	s.OwnerID = ownerOf(q, d, get("owner"))
	return s, len(d.Errors) == 0
}

// dayTyped reads a day of the desk; a day that was not changed keeps its hour.
func dayTyped(q *site.Request, d *serviceData, name string, was time.Time) time.Time {
	text := strings.TrimSpace(d.Typed.Get(name))
	if text == "" || text == dayOf(q, was) {
		if text == "" {
			return time.Time{}
		}
		return was
	}
	day, err := time.ParseInLocation(time.DateOnly, text, zoneOf(q))
	if err != nil {
		d.Errors[name] = q.P.Error("field.date", nil)
	}
	return day
}

// ownerOf finds the one person that the name of the owner means.
func ownerOf(q *site.Request, d *serviceData, text string) guichet.ID {
	chosen := guichet.ID(d.Typed.Get("owner_choice"))
	switch {
	case text == "":
		return ""
	case chosen != "" && (text == d.Typed.Get("owner_was") || chosen != d.Service.OwnerID):
		return chosen
	}
	d.Owners = q.Candidates(text)
	switch len(d.Owners) {
	case 0:
		d.Errors["owner"] = q.P.Error("person.unknown", map[string]any{"Text": text})
	case 1:
		return guichet.ID(d.Owners[0].Value)
	default:
		d.Errors["owner"] = q.P.Error("person.several", map[string]any{"Text": text})
		d.Typed.Del("owner_choice")
	}
	return ""
}

// holderName says who has a part of a chain, with the service that it is taken from.
func (d serviceData) holderName(q *site.Request, h guichet.Holder) string {
	name := d.Desk.Teams[h.TeamID].Name
	if h.PersonID != "" {
		name = d.People[h.PersonID].Name()
	}
	if h.OrganisationID != "" {
		name += " (" + d.Desk.Organisations[h.OrganisationID].Name + ")"
	}
	return cmp.Or(name, "–") + d.from(q, h.From)
}

func (d serviceData) from(q *site.Request, from guichet.ID) string {
	switch from {
	case d.Service.ID:
		return ""
	case "":
		return " · " + q.P.T("admin.chain.desk")
	}
	return " · " + q.P.T("admin.chain.inherited", "Name", d.Desk.Services[from].Name)
}

// field is a field of the form, filled with what was typed.
func (d serviceData) field(q *site.Request, name string) kit.Field {
	f := kit.Field{Name: name, Label: q.P.T("admin.service." + name), Value: d.Typed.Get(name), Errors: d.Errors}
	if help := "admin.service." + name + ".help"; q.P.Has(help) {
		f.Help = q.P.T(help)
	}
	return f
}

func (d serviceData) optional(q *site.Request, name string) kit.Field {
	f := d.field(q, name)
	f.Optional = q.P.T("optional")
	return f
}

// parents are the services below which this one may stand.
func (d serviceData) parents(q *site.Request) []kit.Option {
	var out []kit.Option
	if q.Actor.Configures("", d.Desk) || d.Service.ID != "" && d.Service.ParentID == "" {
		out = append(out, kit.Option{Label: q.P.T("admin.service.parent.none")})
	}
	for _, n := range site.Tree(d.Desk) {
		below := d.Service.ID != "" && slices.Contains(d.Desk.ServicePath(n.Service.ID), d.Service.ID)
		if !below && (q.Actor.Configures(n.Service.ID, d.Desk) || n.Service.ID == d.Service.ParentID) {
			out = append(out, kit.Option{Value: string(n.Service.ID), Label: strings.Repeat("\u2003", n.Depth) + n.Service.Name})
		}
	}
	return out
}

// none puts a line that chooses nothing before options.
func none(label string, options []kit.Option) []kit.Option {
	return append([]kit.Option{{Label: label}}, options...)
}

func flowOptions(d *guichet.Desk) []kit.Option {
	return byName(d.Workflows, func(w guichet.Workflow) string { return w.Name })
}

// profiles are the profiles that the catalogue names already.
func profiles(d *guichet.Desk) []string {
	var out []string
	for _, s := range d.Services {
		out = append(out, s.Profiles...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// icons are those that suit a service.
func icons(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, name := range []string{"app-window", "book-open", "book-text", "bot", "box", "boxes", "briefcase", "cable", "calendar", "captions",
		"clipboard-list", "contact-round", "database", "euro", "file-text", "folder", "globe", "graduation-cap", "hard-drive", "headset",
		"id-card", "image", "inbox", "key-round", "laptop", "layers", "layout-dashboard", "lock", "mail", "map-pin", "monitor",
		"network", "package", "phone", "printer", "projector", "radio", "server", "shield", "smartphone", "stethoscope", "truck", "users",
		"video", "wifi", "wrench"} {
		out = append(out, kit.Option{Value: name, Label: q.P.T("icon." + name)})
	}
	slices.SortFunc(out, func(a, b kit.Option) int { return strings.Compare(lexis.Fold(a.Label), lexis.Fold(b.Label)) })
	return out
}
