package ticketing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"guichet"
	"guichet/internal/blob"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// Open is a new ticket as it is asked for (A1, A13).
type Open struct {
	Service     guichet.ID // or
	Offering    guichet.ID
	Kind        guichet.Kind
	Title       string
	Description string
	Urgency     guichet.Grade
	Requester   string       // identifier, login, employee number or address; empty: the actor
	Beneficiary string       // likewise; empty: the requester
	Observers   []guichet.ID // likewise, each
	Phone       string
	WorkPlace   guichet.WorkPlace
	Location    string
	Channel     guichet.Channel // empty: the actor's
	Answers     map[string][]string
	FormVersion int // of the form that was answered; 0: the newest
	Files       []File
	Template    guichet.ID // whole-ticket template that it was made from: its impact, team, checklist and answer are taken
	Key         string     // idempotency key: the same key opens one ticket
}

// File is a file whose content is kept already.
type File struct {
	Name      string
	MediaType string
	Size      int64
	Hash      string
	Width     int // of a picture, in pixels
	Height    int
	Field     string // key of the field of the form that it answers, if it does

	id guichet.ID // of the document that it becomes, once an answer names it
}

// Limits of an opening.
const (
	maxFiles     = 20
	maxObservers = 50
	maxShort     = 200 // characters of a phone number, a place, a file name
	maxKey       = 200
)

// Open opens a ticket: validated, approved or routed as its offering and the rules say, numbered
// and durable. Errors: invalid with each wrong field; denied for opening in the name of somebody
// else without the right; conflict when the idempotency key was used for another request.
func (d *Desk) Open(ctx context.Context, actor guichet.Actor, in Open) (guichet.Ticket, error) {
	if !actor.MayWrite() {
		return guichet.Ticket{}, guichet.Denied("token.read_only")
	}
	fingerprint, err := in.fingerprint()
	if err != nil {
		return guichet.Ticket{}, err
	}
	var t guichet.Ticket
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		known, err := repeated(ctx, tx, actor, in.Key, fingerprint)
		if err != nil || known != nil {
			if known != nil {
				t = *known
			}
			return err
		}
		if t, err = open(ctx, tx, actor, in); err != nil || in.Key == "" {
			return err
		}
		return tx.KeepOnce(ctx, actor.Person.ID, in.Key, fingerprint, string(t.ID))
	})
	return t, err
}

// repeated returns the ticket that was opened under the same idempotency key, if any.
func repeated(ctx context.Context, tx *store.Tx, actor guichet.Actor, key, fingerprint string) (*guichet.Ticket, error) {
	if key == "" {
		return nil, nil
	}
	id, err := tx.Once(ctx, actor.Person.ID, key, fingerprint)
	if err != nil || id == "" {
		return nil, err
	}
	t, err := tx.TicketByID(ctx, guichet.ID(id))
	return &t, err
}

func (in Open) fingerprint() (string, error) {
	in.Key = ""
	b, err := json.Marshal(in)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}

// opening is a ticket on its way in: who asks for what, and what is wrong with it so far.
type opening struct {
	tx       *store.Tx
	desk     *guichet.Desk
	actor    guichet.Actor
	in       Open
	ticket   guichet.Ticket
	asker    guichet.Person // the requester, once known
	offering guichet.Offering
	template guichet.Template // whole-ticket template, if any
	problems guichet.Problems
}

func open(ctx context.Context, tx *store.Tx, actor guichet.Actor, in Open) (guichet.Ticket, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return guichet.Ticket{}, err
	}
	o := &opening{tx: tx, desk: desk, actor: actor, in: in, ticket: draft(tx, desk, actor, in)}
	o.checkTexts()
	o.useTemplate()
	o.checkService()
	if err := o.people(ctx); err != nil {
		return o.ticket, err
	}
	if err := o.answers(ctx); err != nil {
		return o.ticket, err
	}
	if err := o.problems.Err(); err != nil {
		return o.ticket, err
	}
	return o.ticket, o.write(ctx)
}

// draft is the ticket as far as the input alone says.
func draft(tx *store.Tx, desk *guichet.Desk, actor guichet.Actor, in Open) guichet.Ticket {
	t := guichet.Ticket{
		ID: guichet.NewID(tx.Now), Kind: in.Kind, State: guichet.StateNew, Title: line(in.Title),
		Description: body(in.Description), ServiceID: in.Service, OfferingID: in.Offering, OpenedByID: actor.Person.ID,
		Urgency: in.Urgency, Impact: guichet.GradeMedium, Phone: line(in.Phone), WorkPlace: in.WorkPlace,
		Location: line(in.Location), Channel: in.Channel, OpenedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if t.Urgency == "" {
		t.Urgency = guichet.GradeMedium
	}
	if t.Channel == "" {
		t.Channel = actor.Channel
	}
	t.Priority = desk.Matrix.Priority(t.Impact, t.Urgency)
	t.LastMessage = excerpt(t.Description)
	return t
}

func (o *opening) checkTexts() {
	p, t := &o.problems, o.ticket
	p.Text("title", t.Title, guichet.MaxTitle)
	p.Text("description", t.Description, guichet.MaxDescription)
	p.AtMost("location", t.Location, maxShort)
	p.AtMost("key", o.in.Key, maxKey)
	if t.Phone != "" && !guichet.ValidPhone(t.Phone) {
		p.Add("phone", "field.phone")
	}
	if !t.Urgency.Valid() {
		p.Add("urgency", "field.unknown_value")
	}
	if !t.WorkPlace.Valid() {
		p.Add("work_place", "field.unknown_value")
	}
	if !t.Channel.Valid() || !o.mayComeBy(t.Channel) {
		p.Add("channel", "field.unknown_value")
	}
	checkFiles(p, o.in.Files)
}

// mayComeBy: by the actor's own way, or by any for whoever records what others say.
func (o *opening) mayComeBy(c guichet.Channel) bool {
	return c == o.actor.Channel || o.actor.Has(guichet.PermissionOpenFor)
}

func checkFiles(p *guichet.Problems, files []File) {
	if len(files) > maxFiles {
		p.Add("files", "field.too_many", "Limit", maxFiles)
	}
}

// checkService finds the offering, and through it the service and the kind. Without an offering, the
// one of the service that fits the kind is meant, if there is one.
func (o *opening) checkService() {
	p, t := &o.problems, &o.ticket
	offering, known := o.desk.Offerings[o.in.Offering]
	if o.in.Offering != "" && (!known || offering.Retired) {
		p.Add("offering", "field.unknown_value")
	}
	o.offering = offering
	if t.ServiceID == "" {
		t.ServiceID = o.offering.ServiceID
	}
	if o.in.Offering == "" {
		o.offering = o.desk.OfferingFor(t.ServiceID, t.Kind)
		t.OfferingID = o.offering.ID
	}
	switch {
	case t.ServiceID == "":
		p.Add("service", "field.required")
	case !o.desk.OpenNow(t.ServiceID, o.tx.Now):
		p.Add("service", "field.unknown_value")
	case o.offering.ID != "" && !slices.Contains(o.desk.ServicePath(t.ServiceID), o.offering.ServiceID):
		p.Add("offering", "field.unknown_value")
	}
	if t.Kind == "" || o.offering.Kind != "" {
		t.Kind = o.offering.Kind
	}
	checkKind(p, t.Kind)
	t.FormVersion = o.offering.Version
}

// checkAudience: the service is shown to who asks, or to who records what somebody else asks.
func (o *opening) checkAudience() {
	service := o.ticket.ServiceID
	switch {
	case service == "" || o.asker.ID == "" || o.desk.Shows(service, o.asker, o.tx.Now) ||
		o.desk.Shows(service, o.actor.Person, o.tx.Now):
	case o.asker.ID == o.actor.Person.ID:
		o.problems.Add("service", "field.unknown_value")
	case o.desk.OpenNow(service, o.tx.Now): // otherwise it was said already
		o.problems.Add("service", "service.not_offered")
	}
}

func checkKind(p *guichet.Problems, k guichet.Kind) {
	switch {
	case k == "":
		p.Add("kind", "field.required")
	case k != guichet.KindIncident && k != guichet.KindRequest:
		p.Add("kind", "field.unknown_value")
	}
}

// people resolves requester, beneficiary and observers, and where the ticket belongs.
func (o *opening) people(ctx context.Context) error {
	t := &o.ticket
	requester, err := o.who(ctx, "requester", o.in.Requester, o.actor.Person)
	if err != nil {
		return err
	}
	beneficiary, err := o.who(ctx, "beneficiary", o.in.Beneficiary, requester)
	if err != nil {
		return err
	}
	t.RequesterID, t.BeneficiaryID, t.OrganisationID = requester.ID, beneficiary.ID, beneficiary.OrganisationID
	if t.Phone == "" && beneficiary.ID == requester.ID { // the number of a colleague is not the requester's to read
		t.Phone = beneficiary.Phone
	}
	if requester.ID != o.actor.Person.ID && requester.ID != "" &&
		!o.actor.May(guichet.PermissionOpenFor, *t, o.desk.Place(nil)) {
		return guichet.Denied("open.for_others")
	}
	o.asker = requester
	o.checkAudience()
	return o.checkObservers(ctx)
}

func (o *opening) checkObservers(ctx context.Context) error {
	if len(o.in.Observers) > maxObservers {
		o.problems.Add("observers", "field.too_many", "Limit", maxObservers)
		return nil
	}
	var known []guichet.ID
	for _, text := range o.in.Observers {
		p, err := o.who(ctx, "observers", string(text), guichet.Person{})
		if err != nil {
			return err
		}
		if p.ID != "" && !slices.Contains(known, p.ID) {
			known = append(known, p.ID)
		}
	}
	o.in.Observers = known
	return nil
}

// who finds the one person that a text names; fallback when it is empty.
func (o *opening) who(ctx context.Context, field, text string, fallback guichet.Person) (guichet.Person, error) {
	if text = line(text); text == "" {
		return fallback, nil
	}
	person, problem, err := find(ctx, o.tx, text)
	if problem != "" {
		o.problems.Add(field, problem, "Text", text)
	}
	return person, err
}

// find finds the one person that a text names, or says why it names none. What names a person
// exactly goes before the beginning of a name.
func find(ctx context.Context, tx *store.Tx, text string) (person guichet.Person, problem string, err error) {
	byID, err := tx.Person(ctx, guichet.ID(text))
	if err == nil && byID.Active {
		return byID, "", nil
	}
	if err != nil && guichet.KindOf(err) != guichet.KindNotFound {
		return guichet.Person{}, "", err
	}
	found, err := tx.PeopleByKey(ctx, text, 2)
	if err == nil && len(found) == 0 {
		found, err = tx.FindPeople(ctx, text, 2)
	}
	switch {
	case err != nil:
		return guichet.Person{}, "", err
	case len(found) == 0:
		return guichet.Person{}, "person.unknown", nil
	case len(found) > 1:
		return guichet.Person{}, "person.several", nil
	}
	return found[0], "", nil
}

// arrival is what is written with a new ticket.
type arrival struct {
	events    []guichet.Event
	asking    asking // the first step of its approval, if any
	observers []guichet.ID
	files     []File
	lists     []guichet.Checklist
	parent    guichet.Ticket // the major incident that it is linked to
	announced guichet.Announcement
}

// take adds what the rules ask for.
func (a *arrival) take(r routed) {
	a.events = append(a.events, r.events...)
	a.observers = append(slices.Clone(a.observers), r.observers...)
	a.lists, a.parent = append(a.lists, r.lists...), r.parent
	a.announced = r.announced
}

// write gives the ticket its process, then writes it with its first events.
func (o *opening) write(ctx context.Context) (err error) {
	tx, t := o.tx, &o.ticket
	flow := o.desk.FlowOf(t.ServiceID, t.OfferingID)
	t.WorkflowID, t.Workflow = flow.ID, flow.Version
	opened := guichet.Event{ID: guichet.NewID(tx.Now), TicketID: t.ID, At: tx.Now, ActorID: o.actor.Person.ID,
		Channel: t.Channel, Kind: guichet.EventOpened}
	with := arrival{events: []guichet.Event{opened}, observers: o.in.Observers, files: o.in.Files}
	if flow.Policy() == guichet.ClosureOnOpen {
		t.State, t.ClosedAt = guichet.StateClosed, tx.Now
		answered, err := o.answerAtOnce(ctx)
		if err != nil {
			return err
		}
		with.events = append(append(with.events, answered...), own(tx, t, guichet.EventClosed))
		return insert(ctx, tx, t, with)
	}
	steps := applying(o.offering.Approval, t.Answers)
	routed, err := route(ctx, tx, o.desk, t, len(steps) > 0)
	if err != nil {
		return err
	}
	with.take(routed)
	if steps = append(steps, routed.approval...); len(steps) > 0 {
		t.State = guichet.StateAwaitingApproval
		if with.asking, err = o.approval(ctx, steps); err != nil {
			return err
		}
		with.events = append(with.events, with.asking.event)
	} else if assigned, err := o.teamOfTemplate(ctx); err != nil {
		return err
	} else {
		with.events = append(with.events, assigned...)
	}
	if t.State.Final() { // closed by a rule
		return insert(ctx, tx, t, with)
	}
	lists, added := o.checklists()
	with.lists, with.events = append(with.lists, lists...), append(with.events, added...)
	return insert(ctx, tx, t, with)
}

func insert(ctx context.Context, tx *store.Tx, t *guichet.Ticket, with arrival) error {
	t.LastSeq = int64(len(with.events))
	if err := enter(ctx, tx, t, with.events); err != nil {
		return err
	}
	if err := tx.AddParties(ctx, *t, parties(*t, with)); err != nil {
		return err
	}
	if err := tx.AppendEvents(ctx, with.events); err != nil {
		return err
	}
	if err := attach(ctx, tx, *t, with.parent, with.announced); err != nil {
		return err
	}
	if len(with.asking.approvals) > 0 {
		if err := with.asking.keep(ctx, tx, *t); err != nil {
			return err
		}
	}
	for _, l := range with.lists {
		if err := tx.InsertChecklist(ctx, l); err != nil {
			return err
		}
	}
	opened := with.events[0]
	if err := documents(ctx, tx, *t, opened, with.files); err != nil {
		return err
	}
	if err := tx.Index(ctx, *t, opened, t.Description); err != nil {
		return err
	}
	return tell(ctx, tx, with.events)
}

func parties(t guichet.Ticket, with arrival) []guichet.Party {
	list := []guichet.Party{{PersonID: t.RequesterID, Role: guichet.PartyRequester}}
	if t.BeneficiaryID != t.RequesterID {
		list = append(list, guichet.Party{PersonID: t.BeneficiaryID, Role: guichet.PartyBeneficiary})
	}
	for _, o := range with.observers {
		list = append(list, guichet.Party{PersonID: o, Role: guichet.PartyObserver})
	}
	if t.OpenedByID != t.RequesterID {
		list = append(list, guichet.Party{PersonID: t.OpenedByID, Role: guichet.PartyObserver})
	}
	if t.AssigneeID != "" {
		list = append(list, guichet.Party{PersonID: t.AssigneeID, Role: guichet.PartyAssignee})
	}
	return list
}

// own is an event of the desk itself.
func own(tx *store.Tx, t *guichet.Ticket, kind guichet.EventKind) guichet.Event {
	return guichet.Event{ID: guichet.NewID(tx.Now), TicketID: t.ID, At: tx.Now, Channel: guichet.ChannelSystem, Kind: kind}
}

// documents records the files that came with an event, each a moment after the one before: they stay in
// the order in which they were sent.
func documents(ctx context.Context, tx *store.Tx, t guichet.Ticket, e guichet.Event, files []File) error {
	var names []string
	for i, f := range files {
		name := fileName(f)
		if f.id == "" {
			f.id = guichet.NewID(tx.Now)
		}
		err := tx.InsertDocument(ctx, guichet.Document{ID: f.id, TicketID: t.ID, EventID: e.ID,
			Name: shorten(name), MediaType: f.MediaType, Size: f.Size, Hash: f.Hash, Width: f.Width, Height: f.Height, Internal: e.Internal,
			AuthorID: e.ActorID, CreatedAt: tx.Now.Add(time.Duration(i) * time.Microsecond)})
		if err != nil {
			return err
		}
		names = append(names, name)
	}
	return tx.IndexFiles(ctx, t, e, names)
}

// fileName is what a file is called: as its sender says, if that says anything.
func fileName(f File) string {
	if name := markup.FileName(f.Name); name != "" {
		return name
	}
	return "fichier" + blob.Extension(f.MediaType)
}

// shorten keeps the end of a long file name: it holds the extension.
func shorten(name string) string {
	if r := []rune(name); len(r) > maxShort {
		return "…" + string(r[len(r)-maxShort+1:])
	}
	return name
}
