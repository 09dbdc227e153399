package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

const templatesPath = "/admin/templates"

func templateRoutes() []site.Route {
	return append([]site.Route{
		{Pattern: "GET " + templatesPath, Handle: administrators(templateList)},
		{Pattern: "POST " + templatesPath, Handle: administrators(createTemplate)},
		{Pattern: "GET " + templatesPath + "/{id}", Handle: administrators(editTemplate)},
		{Pattern: "POST " + templatesPath + "/{id}", Handle: administrators(keepTemplate)},
		{Pattern: "POST " + templatesPath + "/{id}/duplicate", Handle: administrators(duplicateTemplate)},
		{Pattern: "POST " + templatesPath + "/{id}/remove", Handle: administrators(removeTemplate)},
		{Pattern: "GET " + templatesPath + "/{id}/mail", Handle: administrators(templateMail)},
	}, editorRoutes(templatesPath, templateEditor)...)
}

func templateEditor(q *site.Request) *configuring.Editor[guichet.Template] {
	return q.Configuring.Templates
}

func templateURL(id guichet.ID) string { return templatesPath + "/" + string(id) }

// templateIcons are the icons of the kinds.
var templateIcons = map[guichet.TemplateKind]string{guichet.TemplateReply: "reply", guichet.TemplateSolution: "circle-check",
	guichet.TemplateChecklist: "list-checks", guichet.TemplateMail: "mail", guichet.TemplateTicket: "ticket"}

// templatesData is the list of templates.
type templatesData struct {
	Kind    guichet.TemplateKind // shown; empty: all
	Service guichet.ID
	List    []configuring.Summary[guichet.Template]
	Counts  map[guichet.TemplateKind]int
	Typed   url.Values
	Errors  kit.Errors
}

func templateList(q *site.Request) error {
	return showTemplates(q, ok, templatesData{})
}

func showTemplates(q *site.Request, status int, d templatesData) error {
	all, err := templateEditor(q).List(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	if len(all) == 0 && !q.Actor.Has(guichet.PermissionConfigure) {
		return guichet.NotFound("page")
	}
	query := q.R.URL.Query()
	d.Kind, d.Service, d.Counts = guichet.TemplateKind(query.Get("kind")), guichet.ID(query.Get("service")), map[guichet.TemplateKind]int{}
	for _, s := range all {
		if d.Service != "" && s.Value.Kind != guichet.TemplateTicket && !s.Value.Serves(q.Config, d.Service, s.Value.Teams) {
			continue
		}
		d.Counts[s.Value.Kind]++
		if d.Kind == "" || s.Value.Kind == d.Kind {
			d.List = append(d.List, s)
		}
	}
	return q.Render(status, templatesView(q, page(q, q.P.T("admin.templates"), "templates"), d))
}

// templatesURL is the address of the list of a kind, other filters kept.
func (d templatesData) url(kind guichet.TemplateKind) string {
	values := url.Values{}
	if kind != "" {
		values.Set("kind", string(kind))
	}
	if d.Service != "" {
		values.Set("service", string(d.Service))
	}
	if len(values) == 0 {
		return templatesPath
	}
	return templatesPath + "?" + values.Encode()
}

func (d templatesData) total() int {
	n := 0
	for _, c := range d.Counts {
		n += c
	}
	return n
}

// usedFor says of which services and teams a template is.
func usedFor(q *site.Request, t guichet.Template) string {
	var names []string
	for _, s := range t.Services {
		names = append(names, q.Config.ServiceName(s))
	}
	for _, id := range t.Teams {
		names = append(names, q.Config.Teams[id].Name)
	}
	if t.Kind == guichet.TemplateMail && t.Mail != nil {
		names = append([]string{slotName(q, *t.Mail)}, names...)
	}
	if len(names) == 0 {
		return q.P.T("admin.template.everywhere")
	}
	return strings.Join(names, " · ")
}

// slotName is a message in words: what it says, and to whom.
func slotName(q *site.Request, slot guichet.MailSlot) string {
	return q.P.T("mail."+string(slot.Event)+"."+slot.Side+".head") + " – " + q.P.T("admin.template.side."+slot.Side)
}

func createTemplate(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	kind, name := guichet.TemplateKind(form.Get("kind")), strings.TrimSpace(form.Get("name"))
	data := templatesData{Typed: form.Values, Errors: kit.Errors{}}
	if !kind.Valid() {
		data.Errors["kind"] = q.P.Error("field.unknown_value", nil)
	}
	if name == "" {
		data.Errors["name"] = q.P.Error("field.required", nil)
	}
	if len(data.Errors) > 0 {
		return showTemplates(q, http.StatusUnprocessableEntity, data)
	}
	t := guichet.Template{Kind: kind, Name: name, Services: ownServices(q)}
	if kind == guichet.TemplateTicket {
		t.Ticket = &guichet.TicketDraft{}
	}
	return begin(q, t)
}

// ownServices limits what somebody makes to the services that he or she configures; nil for who
// configures the whole desk.
func ownServices(q *site.Request) []guichet.ID {
	if q.Actor.Configures("", q.Config) {
		return nil
	}
	var out []guichet.ID
	for _, area := range q.Actor.Areas(guichet.PermissionConfigure) {
		if area.ServiceID != "" && q.Actor.Configures(area.ServiceID, q.Config) {
			out = append(out, area.ServiceID)
		}
	}
	return out
}

// begin makes the draft of a new template under a key made of its name.
func begin(q *site.Request, t guichet.Template) error {
	id, err := templateEditor(q).Begin(q.R.Context(), q.Actor, t.Name, t)
	if err != nil {
		return err
	}
	return q.Redirect(templateURL(id), q.P.T("admin.template.created"))
}

func duplicateTemplate(q *site.Request) error {
	e, err := templateEditor(q).Open(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	t := e.Value
	t.Name = q.P.T("admin.template.copy_of", "Name", t.Name)
	return begin(q, t)
}

func removeTemplate(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("id"))
	err := templateEditor(q).Remove(q.R.Context(), q.Actor, id)
	if guichet.KindOf(err) == guichet.KindConflict {
		return q.Redirect(templateURL(id), q.Message(err))
	}
	if err != nil {
		return err
	}
	return q.Redirect(templatesPath, q.P.T("admin.template.removed"))
}

// templateData is a template in its editor.
type templateData struct {
	configuring.Edition[guichet.Template]
	Desk    *guichet.Desk // with the draft in place
	Errors  kit.Errors
	Refusal string
	Seen    int64 // revision of the draft that the form was made from
}

func editTemplate(q *site.Request) error {
	e, err := templateEditor(q).Open(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	data := templateData{Edition: e, Errors: q.FieldErrors(e.Problems), Seen: e.Revision()}
	return showTemplate(q, ok, data)
}

func showTemplate(q *site.Request, status int, d templateData) error {
	desk, err := templateEditor(q).Trial(q.R.Context(), q.Actor, d.ID)
	if err != nil {
		return err
	}
	d.Desk = desk
	return q.Render(status, templateView(q, page(q, d.Value.Name, "templates"), d))
}

// keepTemplate saves the draft, or moves one of its points and saves it.
func keepTemplate(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("id"))
	e, err := templateEditor(q).Open(q.R.Context(), q.Actor, id)
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	value := templateOf(form.Values, e.Value)
	value.Items = moved(value.Items, form.Get("op"))
	seen, _ := strconv.ParseInt(form.Get("seen"), 10, 64) // 0: no draft was seen
	err = templateEditor(q).Keep(q.R.Context(), q.Actor, id, value, seen)
	if guichet.KindOf(err) == guichet.KindConflict {
		e.Value = value
		return showTemplate(q, http.StatusConflict, templateData{Edition: e, Errors: q.FieldErrors(value.Check(q.Config)), Refusal: q.Message(err), Seen: e.Revision()})
	}
	if guichet.KindOf(err) == guichet.KindNotFound { // services that the writer does not configure
		e.Value = value
		return showTemplate(q, http.StatusUnprocessableEntity, templateData{Edition: e, Errors: kit.Errors{"services": q.P.T("admin.template.services.own")}, Seen: seen})
	}
	if err != nil {
		return err
	}
	to := templateURL(id)
	if form.Get("op") != "save" {
		to += "#f-items"
	}
	return q.Redirect(to, q.P.T("admin.edit.kept"))
}

// moved does to the points what a button asks for: "add:items", "up:2", "down:2", "drop:2".
func moved(items []guichet.CheckItem, op string) []guichet.CheckItem {
	act, at, _ := strings.Cut(op, ":")
	if act == "add" {
		return append(items, guichet.CheckItem{Key: freePoint(items), Text: guichet.Wording{}})
	}
	i, err := strconv.Atoi(at)
	if err != nil || i < 0 || i >= len(items) {
		return items
	}
	switch {
	case act == "drop":
		return slices.Delete(items, i, i+1)
	case act == "up" && i > 0:
		items[i-1], items[i] = items[i], items[i-1]
	case act == "down" && i < len(items)-1:
		items[i+1], items[i] = items[i], items[i+1]
	}
	return items
}

func freePoint(items []guichet.CheckItem) string {
	for n := len(items) + 1; ; n++ {
		key := "point-" + strconv.Itoa(n)
		if !slices.ContainsFunc(items, func(x guichet.CheckItem) bool { return x.Key == key }) {
			return key
		}
	}
}
