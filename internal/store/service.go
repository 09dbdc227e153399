package store

import (
	"context"
	"slices"

	"guichet"
)

func (tx *Tx) loadServices(ctx context.Context, d *guichet.Desk) error {
	list, err := many(ctx, tx, func(r scanner) (s guichet.Service, err error) {
		return s, r.Scan(&s.ID, id(&s.ParentID), &s.Name, &s.Description, &s.Icon, id(&s.TeamID), &s.WorkflowID,
			decoded{&s.Profiles}, &s.Position, moment{&s.OpensAt}, &s.OwnerID, decoded{&s.Teams}, decoded{&s.Providers},
			decoded{&s.Organisations}, moment{&s.ClosesAt}, &s.State, &s.Version, decoded{&s.Skills})
	}, `SELECT id, parent_id, name, description, icon, team_id, workflow_id, profiles, position, opens_at, owner_id,
		teams, providers, organisations, closes_at, state, version, skills FROM service`)
	for _, s := range list {
		d.Services[s.ID] = s
	}
	return err
}

func (tx *Tx) saveServices(ctx context.Context, d *guichet.Desk) error {
	for _, key := range topDown(d.Services, d.ServicePath) {
		if err := tx.putService(ctx, d.Services[key]); err != nil {
			return err
		}
		if err := tx.saveClosure(ctx, "service_closure", d.ServicePath(key)); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) putService(ctx context.Context, s guichet.Service) error {
	if s.State == "" {
		s.State = guichet.ServiceOpen
	}
	var texts [5]string
	for i, v := range []any{s.Profiles, s.Teams, s.Providers, s.Organisations, s.Skills} {
		text, err := encoded(v)
		if err != nil {
			return err
		}
		texts[i] = text
	}
	return tx.exec(ctx, `INSERT INTO service (id, parent_id, name, description, icon, team_id, workflow_id, profiles,
			position, opens_at, active, owner_id, teams, providers, organisations, closes_at, state, version, skills)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, $18)
		ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name,
			description = excluded.description, icon = excluded.icon, team_id = excluded.team_id,
			workflow_id = excluded.workflow_id, profiles = excluded.profiles, position = excluded.position,
			opens_at = excluded.opens_at, active = excluded.active, owner_id = excluded.owner_id, teams = excluded.teams,
			providers = excluded.providers, organisations = excluded.organisations, closes_at = excluded.closes_at,
			state = excluded.state, version = service.version + 1, skills = excluded.skills`,
		string(s.ID), nullable(s.ParentID), s.Name, s.Description, s.Icon, nullable(s.TeamID), string(s.WorkflowID),
		texts[0], s.Position, micros(s.OpensAt), s.Open(), string(s.OwnerID), texts[1], texts[2], texts[3],
		micros(s.ClosesAt), string(s.State), texts[4])
}

// LockCatalogue makes changes to the tree of services wait for one another: two moves that are each sound
// may make a circle together.
func (tx *Tx) LockCatalogue(ctx context.Context) error {
	_, err := tx.next(ctx, "catalogue")
	return err
}

// SaveService creates or replaces services of a desk in which they stand already, and with them the
// closure of whatever is below.
func (tx *Tx) SaveService(ctx context.Context, d *guichet.Desk, services ...guichet.ID) error {
	for _, key := range services {
		if err := tx.putService(ctx, d.Services[key]); err != nil {
			return err
		}
	}
	for key := range d.Services {
		path := d.ServicePath(key)
		if !slices.ContainsFunc(path, func(up guichet.ID) bool { return slices.Contains(services, up) }) {
			continue
		}
		if err := tx.saveClosure(ctx, "service_closure", path); err != nil {
			return err
		}
	}
	return tx.touchDesk(ctx)
}
