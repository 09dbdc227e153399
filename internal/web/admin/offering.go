package admin

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/web/answering"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

const offeringsPath = "/admin/offerings"

func offeringRoutes() []site.Route {
	back := func(q *site.Request) error { return q.Redirect("/admin/", "") }
	return append([]site.Route{
		{Pattern: "GET " + offeringsPath, Handle: administrators(back)},
		{Pattern: "GET " + offeringsPath + "/new", Handle: administrators(newOffering)},
		{Pattern: "POST " + offeringsPath + "/new", Handle: administrators(createOffering)},
		{Pattern: "GET " + offeringsPath + "/{id}", Handle: administrators(editOffering)},
		{Pattern: "POST " + offeringsPath + "/{id}", Handle: administrators(keepOffering)},
		{Pattern: "GET " + offeringsPath + "/{id}/preview", Handle: administrators(previewOffering)},
		{Pattern: "GET " + offeringsPath + "/{id}/versions/{version}", Handle: administrators(offeringVersion)},
	}, editorRoutes(offeringsPath, func(q *site.Request) *configuring.Editor[guichet.Offering] { return q.Configuring.Offerings })...)
}

// offeringData is an offering in the designer.
type offeringData struct {
	Edition configuring.Edition[guichet.Offering]
	Bar     editBar
	Typed   url.Values // as typed, or as kept
	Value   guichet.Offering
	Errors  kit.Errors
	Refusal string
	Open    string // the field that is shown open
	Changes []offeringChange
	Theirs  []offeringChange // from the draft that somebody else saved meanwhile to what is typed
	People  []string         // whose names are suggested as approvers
}

// newOfferingData is the little form that begins an offering.
type newOfferingData struct {
	Typed  url.Values
	Errors kit.Errors
}

func newOffering(q *site.Request) error {
	service := guichet.ID(q.R.URL.Query().Get("service"))
	if _, known := q.Config.Services[service]; !known || !q.Actor.Configures(service, q.Config) {
		return guichet.NotFound("page")
	}
	return renderNewOffering(q, ok, newOfferingData{Typed: url.Values{"service": {string(service)}, "kind": {string(guichet.KindRequest)}}})
}

func renderNewOffering(q *site.Request, status int, d newOfferingData) error {
	return q.Render(status, newOfferingView(q, page(q, q.P.T("admin.offering.new"), "catalogue"), d))
}

func createOffering(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	o := guichet.Offering{ServiceID: guichet.ID(form.Get("service")), Name: strings.TrimSpace(form.Get("name")), Kind: guichet.Kind(form.Get("kind")),
		Form: guichet.Form{Fields: []guichet.Field{}}}
	if _, known := q.Config.Services[o.ServiceID]; !known || !q.Actor.Configures(o.ServiceID, q.Config) {
		return guichet.NotFound("page")
	}
	if o.Name == "" {
		return renderNewOffering(q, 422, newOfferingData{form.Values, kit.Errors{"name": q.P.Error("field.required", nil)}})
	}
	id, err := q.Configuring.Offerings.Begin(q.R.Context(), q.Actor, string(o.ServiceID)+" "+o.Name, o)
	if err != nil {
		return err
	}
	return q.Redirect(offeringURL(id), q.P.T("admin.offering.created"))
}

func editOffering(q *site.Request) error {
	e, err := q.Configuring.Offerings.Open(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	d := offeringData{Edition: e, Value: e.Value, Typed: typedOffering(q, e.Value), Open: q.R.URL.Query().Get("open")}
	return renderOffering(q, ok, d)
}

// keepOffering keeps the draft as it was typed, changed as the button says, and shows it again.
func keepOffering(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	id := guichet.ID(q.R.PathValue("id"))
	e, err := q.Configuring.Offerings.Open(q.R.Context(), q.Actor, id)
	if err != nil {
		return err
	}
	o := offeringOf(q, form.Values, e.Value)
	wrong, err := nameApprovers(q, o.ServiceID, o.Approval)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return renderOffering(q, 422, offeringData{Edition: e, Value: o, Typed: typedOffering(q, o), Errors: wrong})
	}
	open := operate(&o, form.Get("op"), guichet.FieldType(form.Get("new_type")), q)
	seen, _ := strconv.ParseInt(form.Get("revision"), 10, 64)
	err = q.Configuring.Offerings.Keep(q.R.Context(), q.Actor, id, o, seen)
	switch {
	case guichet.KindOf(err) == guichet.KindConflict && err != nil:
		d := offeringData{Edition: e, Value: o, Typed: typedOffering(q, o), Refusal: q.Message(err), Theirs: offeringChanges(e.Value, o)}
		return renderOffering(q, site.Status(guichet.KindConflict), d)
	case err != nil:
		return err
	case form.Get("op") == "preview":
		return q.Redirect(offeringURL(id)+"/preview", "")
	case form.Get("op") == "publish":
		version, err := q.Configuring.Offerings.Publish(q.R.Context(), q.Actor, id, 0, form.Get("note")) // what was typed is kept now
		if err == nil {
			return q.Redirect(offeringURL(id), q.P.T("admin.edit.published", "Version", strconv.Itoa(version)))
		}
		if guichet.KindOf(err) != guichet.KindInvalid && guichet.KindOf(err) != guichet.KindConflict {
			return err
		}
	}
	target, notice := offeringURL(id), q.P.T("admin.offering.kept")
	if open != "" {
		target += "?open=" + url.QueryEscape(open) + "#" + url.PathEscape(open)
		notice = ""
	}
	return q.Redirect(target, notice)
}

func renderOffering(q *site.Request, status int, d offeringData) error {
	d.Bar = barOf(d.Edition, offeringURL(d.Edition.ID))
	d.People = suggestedPeople(q)
	if d.Edition.Draft != nil && d.Errors == nil {
		d.Errors = q.FieldErrors(d.Edition.Problems)
	}
	if d.Edition.Draft != nil && d.Edition.Published != nil {
		d.Changes = offeringChanges(*d.Edition.Published, d.Value)
	}
	return q.Render(status, offeringView(q, page(q, cmp.Or(d.Value.Name, q.P.T("admin.offering.new")), "catalogue"), d))
}

// operate does to an offering what a button of the designer says; it names what is to be shown open.
func operate(o *guichet.Offering, op string, kind guichet.FieldType, q *site.Request) (open string) {
	act, rest, _ := strings.Cut(op, ":")
	n, err := strconv.Atoi(rest)
	fields := o.Form.Fields
	inside := err == nil && n >= 0 && n < len(fields)
	switch {
	case act == "add":
		fields = append(fields, newField(fields, kind, q))
		n = len(fields) - 1
	case act == "copy" && inside:
		f := fields[n]
		f.Key = freeFieldKey(fields, f.Key)
		fields = slices.Insert(fields, n+1, f)
		n++
	case act == "drop" && inside:
		fields = slices.Delete(fields, n, n+1)
		o.Form.Fields = fields
		return ""
	case act == "up" && inside && n > 0:
		fields[n], fields[n-1] = fields[n-1], fields[n]
		n--
	case act == "down" && inside && n < len(fields)-1:
		fields[n], fields[n+1] = fields[n+1], fields[n]
		n++
	case act == "show" && inside:
	default:
		return operateSteps(o, act, n, err == nil)
	}
	o.Form.Fields = fields
	return "field-" + strconv.Itoa(n)
}

// operateSteps does the same to the steps of the approval.
func operateSteps(o *guichet.Offering, act string, n int, numbered bool) (open string) {
	steps := o.Approval
	inside := numbered && n >= 0 && n < len(steps)
	switch {
	case act == "step":
		steps = append(steps, guichet.ApprovalStep{})
	case act == "step-drop" && inside:
		steps = slices.Delete(steps, n, n+1)
	case act == "step-up" && inside && n > 0:
		steps[n], steps[n-1] = steps[n-1], steps[n]
	case act == "step-down" && inside && n < len(steps)-1:
		steps[n], steps[n+1] = steps[n+1], steps[n]
	case act == "step-show":
	default:
		return ""
	}
	o.Approval = steps
	return "approval"
}

func newField(fields []guichet.Field, kind guichet.FieldType, q *site.Request) guichet.Field {
	if !slices.Contains(guichet.FieldTypes(), kind) {
		kind = guichet.FieldText
	}
	f := guichet.Field{Type: kind, Label: q.P.T("admin.field.new"), Key: freeFieldKey(fields, "")}
	if kind.Chooses() {
		f.Options = []guichet.Option{{Value: "1", Label: q.P.T("admin.field.option.first")}, {Value: "2", Label: q.P.T("admin.field.option.second")}}
	}
	return f
}

// freeFieldKey is a key that no field has.
func freeFieldKey(fields []guichet.Field, base string) string {
	taken := func(key string) bool {
		return slices.ContainsFunc(fields, func(f guichet.Field) bool { return f.Key == key })
	}
	if base == "" {
		base = "question"
	}
	for n := 1; ; n++ {
		if key := base + "-" + strconv.Itoa(n); !taken(key) {
			return key
		}
	}
}

// previewData is the form as a requester would see it.
type previewData struct {
	ID            guichet.ID
	Offering      guichet.Offering
	Service       guichet.Service
	Person        guichet.Person
	Shown         bool // the person sees the service
	Tried         bool // answers were given
	Accepted      []answering.Told
	Sheet         answering.Sheet
	Profiles      []kit.Option
	Organisations []kit.Option
}

// previewOffering shows the draft to a requester of a chosen profile and organisation, and tries the
// answers that are typed.
func previewOffering(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("id"))
	trial, err := q.Configuring.Offerings.Trial(q.R.Context(), q.Actor, id)
	if err != nil {
		return err
	}
	query := q.R.URL.Query()
	d := previewData{ID: id, Offering: trial.Offerings[id], Tried: query.Get("try") != "", Person: guichet.Person{ID: "preview", GivenName: q.P.T("admin.preview.person"),
		Profile: query.Get("profile"), OrganisationID: guichet.ID(query.Get("organisation")), Email: "prenom.nom@example.org", Active: true}}
	d.Service = trial.Services[d.Offering.ServiceID]
	d.Shown = !d.Offering.Retired && trial.Shows(d.Service.ID, d.Person, q.Time())
	d.Sheet = answering.New(q, trial, d.Offering.Form, d.Person)
	if d.Tried {
		d.try(q)
	} else {
		d.Sheet.Fill(d.Person, nil)
	}
	d.Profiles = none(q.P.T("admin.preview.no_profile"), profileOptions(q, profiles(trial)))
	d.Organisations = none(q.P.T("admin.preview.no_organisation"), site.OrganisationOptions(trial))
	return q.Render(ok, previewView(q, page(q, q.P.T("admin.preview", "Name", d.Offering.Name), "catalogue"), d))
}

// try holds the answers against the form; a file counts as given.
func (d *previewData) try(q *site.Request) {
	given := answering.Given(q.R.URL.Query())
	for _, f := range d.Offering.Form.Fields {
		if f.Type == guichet.FieldFile {
			given[f.Key] = []string{"fichier"}
		}
	}
	asking := d.Sheet.Asking
	asking.Resolve = func(_ guichet.Field, typed string) guichet.Named { return guichet.Named{Value: typed, Label: typed} }
	answers, err := d.Offering.Form.Check(given, asking)
	errors := q.FieldErrors(err)
	d.Sheet.Again(q, q.R.URL.Query(), errors, nil)
	d.Sheet.People = nil
	if err == nil {
		d.Accepted = answering.Tell(q, answers, nil)
	}
}

func profileOptions(q *site.Request, list []string) []kit.Option {
	var out []kit.Option
	for _, p := range list {
		out = append(out, kit.Option{Value: p, Label: kit.Profile(q.P, p)})
	}
	return out
}

// versionData is an offering as it was.
type versionData struct {
	ID       guichet.ID
	Version  int
	Offering guichet.Offering
	Sheet    answering.Sheet
	Changes  []offeringChange // since the version before
	Previous int
}

func offeringVersion(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("id"))
	version, err := strconv.Atoi(q.R.PathValue("version"))
	if err != nil {
		return guichet.NotFound("offering")
	}
	o, err := q.Configuring.Offerings.At(q.R.Context(), q.Actor, id, version)
	if err != nil {
		return err
	}
	d := versionData{ID: id, Version: version, Offering: o, Sheet: answering.ForAnybody(q, o.Form)}
	if before, err := q.Configuring.Offerings.At(q.R.Context(), q.Actor, id, version-1); err == nil {
		d.Previous, d.Changes = version-1, offeringChanges(before, o)
	}
	return q.Render(ok, versionView(q, page(q, o.Name, "catalogue"), d))
}
