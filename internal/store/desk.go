package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"guichet"
)

// Kinds of definitions.
const (
	definitionDesk     = "desk"
	definitionRole     = "role"
	definitionWorkflow = "workflow"
	definitionOffering = "offering"
	definitionRules    = "rules"
	definitionTemplate = "template"
	definitionCalendar = "calendar"
	definitionLevels   = "service_levels"
)

// deskSettings is the part of a desk that only Go reads.
type deskSettings struct {
	Name, Locale, TimeZone, Contact string
	SignInHelp                      string       `json:",omitempty"`
	Remote                          string       `json:",omitempty"`
	Look                            guichet.Look `json:",omitzero"`
	Matrix                          guichet.Matrix
	Rules                           []guichet.Rule `json:",omitempty"` // of desks saved before the rules had versions of their own
	DefaultFlow                     guichet.ID
}

// Desk returns the configuration. It is read again only when its revision has moved. Without any
// configuration it is empty, at revision 0.
func (tx *Tx) Desk(ctx context.Context) (*guichet.Desk, error) {
	if tx.desk != nil {
		return tx.desk, nil
	}
	found := onceOf(ctx)
	if known := found.known(); tx.tx == nil && known != nil {
		return known, nil
	}
	d, err := tx.readDesk(ctx)
	switch {
	case err != nil:
	case tx.tx != nil: // it stays the same for the length of a transaction, unless that changes it
		tx.desk = d
	default:
		found.keep(d)
	}
	return d, err
}

func (tx *Tx) readDesk(ctx context.Context) (*guichet.Desk, error) {
	revision, err := tx.counter(ctx, "revision")
	if err != nil {
		return nil, err
	}
	tx.store.mu.Lock()
	known := tx.store.desk
	tx.store.mu.Unlock()
	if known != nil && known.Revision == revision {
		return known, nil
	}
	d, err := tx.loadDesk(ctx, revision)
	if err != nil {
		return nil, err
	}
	if tx.tx == nil { // what a transaction reads may be rolled back
		tx.store.mu.Lock()
		tx.store.desk = d
		tx.store.mu.Unlock()
	}
	return d, nil
}

func (tx *Tx) loadDesk(ctx context.Context, revision int64) (*guichet.Desk, error) {
	d := &guichet.Desk{Revision: revision,
		Organisations: map[guichet.ID]guichet.Organisation{}, Services: map[guichet.ID]guichet.Service{},
		Offerings: map[guichet.ID]guichet.Offering{}, Teams: map[guichet.ID]guichet.Team{},
		Roles: map[guichet.ID]guichet.Role{}, Workflows: map[guichet.ID]guichet.Workflow{},
		Past: map[guichet.ID][]guichet.Workflow{}, PastOfferings: map[guichet.ID][]guichet.Offering{},
		Templates: map[guichet.ID]guichet.Template{}, Calendars: map[guichet.ID]guichet.Calendar{}}
	for _, load := range []func(context.Context, *guichet.Desk) error{
		tx.loadOrganisations, tx.loadServices, tx.loadTeams, tx.loadDefinitions} {
		if err := load(ctx, d); err != nil {
			return nil, err
		}
	}
	d.Index()
	return d, nil
}

func (tx *Tx) loadOrganisations(ctx context.Context, d *guichet.Desk) error {
	list, err := many(ctx, tx, func(r scanner) (o guichet.Organisation, err error) {
		return o, r.Scan(&o.ID, id(&o.ParentID), &o.Name, &o.Kind, &o.Closed, &o.Version)
	}, `SELECT id, parent_id, name, kind, closed, version FROM organisation`)
	for _, o := range list {
		d.Organisations[o.ID] = o
	}
	return err
}

func (tx *Tx) loadTeams(ctx context.Context, d *guichet.Desk) error {
	list, err := many(ctx, tx, func(r scanner) (t guichet.Team, err error) {
		return t, r.Scan(&t.ID, &t.Name, &t.Level, id(&t.OrganisationID), &t.Email, decoded{&t.Dispatch}, &t.Version)
	}, `SELECT id, name, level, organisation_id, email, dispatch, version FROM team`)
	for _, t := range list {
		d.Teams[t.ID] = t
	}
	if err != nil {
		return err
	}
	members, err := many(ctx, tx, func(r scanner) (m [2]guichet.ID, err error) {
		return m, r.Scan(&m[0], &m[1])
	}, `SELECT m.team_id, m.person_id FROM team_member m JOIN person p ON p.id = m.person_id
		WHERE p.active = TRUE ORDER BY m.team_id, p.sort_key, p.id`)
	for _, m := range members {
		t := d.Teams[m[0]]
		t.Members = append(t.Members, m[1])
		d.Teams[m[0]] = t
	}
	return err
}

type definition struct {
	kind    string
	id      guichet.ID
	version int
	body    string
}

func (tx *Tx) loadDefinitions(ctx context.Context, d *guichet.Desk) error {
	list, err := many(ctx, tx, func(r scanner) (x definition, err error) {
		return x, r.Scan(&x.kind, &x.id, &x.version, &x.body)
	}, `SELECT kind, id, version, body FROM definition ORDER BY kind, id, version`)
	if err != nil {
		return err
	}
	for _, x := range list {
		if err := x.into(d); err != nil {
			return fmt.Errorf("definition %s %s: %w", x.kind, x.id, err)
		}
	}
	return nil
}

// into decodes a definition; newer versions come later and replace older ones. One without a body was
// removed.
func (x definition) into(d *guichet.Desk) error {
	if x.body == "" {
		x.remove(d)
		return nil
	}
	body := []byte(x.body)
	switch x.kind {
	case definitionDesk:
		var s deskSettings
		err := json.Unmarshal(body, &s)
		d.Name, d.Locale, d.TimeZone, d.Contact = s.Name, s.Locale, s.TimeZone, s.Contact
		d.SignInHelp, d.Look, d.Remote = s.SignInHelp, s.Look, s.Remote
		d.Matrix, d.Rules, d.DefaultFlow = s.Matrix, s.Rules, s.DefaultFlow
		return err
	case definitionRole:
		var r guichet.Role
		err := json.Unmarshal(body, &r)
		d.Roles[x.id] = r
		return err
	case definitionWorkflow:
		var w guichet.Workflow
		err := json.Unmarshal(body, &w)
		w.Version = x.version
		d.Workflows[x.id] = w
		d.Past[x.id] = append(d.Past[x.id], w)
		return err
	case definitionOffering:
		var o guichet.Offering
		err := json.Unmarshal(body, &o)
		o.Version, o.Form.Version = x.version, x.version
		d.Offerings[x.id] = o
		d.PastOfferings[x.id] = append(d.PastOfferings[x.id], o)
		return err
	case definitionRules:
		var r guichet.RuleSet
		err := json.Unmarshal(body, &r)
		d.Rules, d.RulesVersion = r.Rules, x.version
		return err
	case definitionCalendar:
		var c guichet.Calendar
		err := json.Unmarshal(body, &c)
		c.Version = x.version
		d.Calendars[x.id] = c
		return err
	case definitionLevels:
		var l guichet.ServiceLevels
		err := json.Unmarshal(body, &l)
		d.Levels = l.Levels
		return err
	case definitionTemplate:
		var t guichet.Template
		err := json.Unmarshal(body, &t)
		t.Version = x.version
		d.Templates[x.id] = t
		return err
	}
	return errors.New("unknown kind")
}

// remove takes an object out of the desk; what a ticket still follows stays among the past versions.
func (x definition) remove(d *guichet.Desk) {
	switch x.kind {
	case definitionRole:
		delete(d.Roles, x.id)
	case definitionWorkflow:
		delete(d.Workflows, x.id)
	case definitionOffering:
		delete(d.Offerings, x.id)
	case definitionTemplate:
		delete(d.Templates, x.id)
	case definitionCalendar:
		delete(d.Calendars, x.id)
	}
}

// SaveDesk writes a configuration over the present one: what it names is created or replaced, a
// changed workflow or offering becomes a new version, and what it does not name stays.
func (tx *Tx) SaveDesk(ctx context.Context, d *guichet.Desk) error {
	return tx.SaveDeskBy(ctx, d, "", "")
}

// touchDesk moves the revision, so that every node reads the configuration again.
func (tx *Tx) touchDesk(ctx context.Context) error {
	tx.news.Everyone, tx.news.People = true, nil
	tx.recounts, tx.desk = true, nil
	_, err := tx.next(ctx, "revision")
	return err
}

func (tx *Tx) saveOrganisations(ctx context.Context, d *guichet.Desk) error {
	for _, key := range topDown(d.Organisations, d.OrganisationPath) {
		o := d.Organisations[key]
		err := tx.exec(ctx, `INSERT INTO organisation (id, parent_id, name, kind, closed) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name, kind = excluded.kind,
				closed = excluded.closed, version = organisation.version + 1`,
			string(o.ID), nullable(o.ParentID), o.Name, string(o.Kind), o.Closed)
		if err != nil {
			return err
		}
		if err := tx.saveClosure(ctx, "organisation_closure", d.OrganisationPath(key)); err != nil {
			return err
		}
	}
	return nil
}

// saveClosure records the ancestors of a node; path is the node, then its ancestors.
func (tx *Tx) saveClosure(ctx context.Context, table string, path []guichet.ID) error {
	if err := tx.exec(ctx, `DELETE FROM `+table+` WHERE descendant_id = $1`, string(path[0])); err != nil {
		return err
	}
	for _, ancestor := range path {
		err := tx.exec(ctx, `INSERT INTO `+table+` (ancestor_id, descendant_id) VALUES ($1, $2)`,
			string(ancestor), string(path[0]))
		if err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) saveTeams(ctx context.Context, d *guichet.Desk) error {
	for _, t := range d.Teams {
		dispatch, err := encoded(t.Dispatch)
		if err != nil {
			return err
		}
		err = tx.exec(ctx, `INSERT INTO team (id, name, level, organisation_id, email, dispatch) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, level = excluded.level,
			organisation_id = excluded.organisation_id, email = excluded.email, dispatch = excluded.dispatch,
			version = team.version + 1`,
			string(t.ID), t.Name, string(t.Level), nullable(t.OrganisationID), t.Email, dispatch)
		if err != nil {
			return err
		}
	}
	return nil
}

// definitionsOf lists the definitions of a desk.
func definitionsOf(d *guichet.Desk) []Definition {
	settings := deskSettings{Name: d.Name, Locale: d.Locale, TimeZone: d.TimeZone, Contact: d.Contact, SignInHelp: d.SignInHelp, Remote: d.Remote,
		Look: d.Look, Matrix: d.Matrix, DefaultFlow: d.DefaultFlow}
	list := []Definition{{Kind: definitionDesk, ID: "desk", Body: settings}, {Kind: definitionRules, ID: "rules", Body: guichet.RuleSet{Rules: d.Rules}}}
	for key, r := range d.Roles {
		list = append(list, Definition{Kind: definitionRole, ID: key, Body: r})
	}
	for key, w := range d.Workflows {
		w.Version = 0
		list = append(list, Definition{Kind: definitionWorkflow, ID: key, Body: w})
	}
	for key, o := range d.Offerings {
		o.Version, o.Form.Version = 0, 0
		list = append(list, Definition{Kind: definitionOffering, ID: key, Body: o})
	}
	if len(d.Levels) > 0 {
		list = append(list, Definition{Kind: definitionLevels, ID: definitionLevels, Body: guichet.ServiceLevels{Levels: d.Levels}})
	}
	for key, c := range d.Calendars {
		c.Version = 0
		list = append(list, Definition{Kind: definitionCalendar, ID: key, Body: c})
	}
	for key, t := range d.Templates {
		t.Version = 0
		list = append(list, Definition{Kind: definitionTemplate, ID: key, Body: t})
	}
	return list
}

// define keeps a new version of a definition when it differs from the newest, and returns the number of
// the newest.
func (tx *Tx) define(ctx context.Context, d Definition) (int, error) {
	body, err := encoded(d.Body)
	if err != nil {
		return 0, err
	}
	last, err := many(ctx, tx, func(r scanner) (x definition, err error) {
		return x, r.Scan(&x.version, &x.body)
	}, `SELECT version, body FROM definition WHERE kind = $1 AND id = $2 ORDER BY version DESC LIMIT 1`, d.Kind, string(d.ID))
	if err != nil {
		return 0, err
	}
	version := 1
	if len(last) > 0 {
		if last[0].body == body {
			return last[0].version, nil
		}
		version = last[0].version + 1
	}
	if d.Kind == definitionCalendar || d.Kind == definitionLevels {
		if err := tx.Reckon(ctx, Reckoning{}); err != nil {
			return 0, err
		}
	}
	return version, tx.exec(ctx, `INSERT INTO definition (kind, id, version, body, created_at, author_id, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, d.Kind, string(d.ID), version, body, micros(tx.Now), string(d.AuthorID), d.Note)
}

// topDown orders the nodes of a tree so that parents come first.
func topDown[T any](nodes map[guichet.ID]T, path func(guichet.ID) []guichet.ID) []guichet.ID {
	var out []guichet.ID
	done := map[guichet.ID]bool{}
	for node := range nodes {
		ancestors := path(node)
		for i := len(ancestors) - 1; i >= 0; i-- {
			if !done[ancestors[i]] {
				done[ancestors[i]] = true
				out = append(out, ancestors[i])
			}
		}
	}
	return out
}

// counter reads a counter; one that was never moved is 0.
func (tx *Tx) counter(ctx context.Context, name string) (int64, error) {
	values, err := many(ctx, tx, single[int64], `SELECT value FROM counter WHERE name = $1`, name)
	if err != nil || len(values) == 0 {
		return 0, err
	}
	return values[0], nil
}

// next moves a counter and returns its new value.
func (tx *Tx) next(ctx context.Context, name string) (int64, error) {
	return one(ctx, tx, "counter", single[int64], `INSERT INTO counter (name, value) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value`, name)
}
