-- +goose Up
-- Views of the tickets that people keep under a name, for themselves, a team or everybody who handles tickets.
CREATE TABLE saved_view (
	id         TEXT PRIMARY KEY,
	owner_id   TEXT NOT NULL REFERENCES person (id),
	name       TEXT NOT NULL,
	base       TEXT NOT NULL, -- key of the view that it narrows
	filter     TEXT NOT NULL, -- as it stands in an address
	team_id    TEXT REFERENCES team (id), -- shared with its members
	everybody  BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL
);
CREATE INDEX saved_view_owner ON saved_view (owner_id);
CREATE INDEX saved_view_team ON saved_view (team_id);
CREATE INDEX saved_view_everybody ON saved_view (everybody) WHERE everybody = TRUE;
