-- +goose Up
-- Who made a version of a definition, and why; editions in progress; administrative acts (docs/adr/0009).

ALTER TABLE definition ADD COLUMN author_id TEXT NOT NULL DEFAULT '';
ALTER TABLE definition ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- The one draft of an object of the configuration: what is being prepared and not yet in force.
CREATE TABLE draft (
	kind       TEXT NOT NULL,
	id         TEXT NOT NULL,
	base       BIGINT NOT NULL, -- version it started from, 0 for a new object
	body       TEXT NOT NULL,
	author_id  TEXT NOT NULL REFERENCES person (id),
	updated_at BIGINT NOT NULL,
	revision   BIGINT NOT NULL, -- moves with every saving
	PRIMARY KEY (kind, id)
);

-- Administrative acts, appended and never changed.
CREATE TABLE audit (
	id        TEXT PRIMARY KEY,
	at        BIGINT NOT NULL,
	actor_id  TEXT REFERENCES person (id), -- NULL: the desk itself, or the command line
	act       TEXT NOT NULL,
	kind      TEXT NOT NULL, -- of the object
	object_id TEXT NOT NULL,
	name      TEXT NOT NULL, -- of the object, as it was then
	detail    TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_object ON audit (kind, object_id, at, id);
