-- +goose Up
-- Announcements to an audience, their news, and the tickets that belong to them.

CREATE TABLE announcement (
	id            TEXT PRIMARY KEY,
	kind          TEXT NOT NULL,
	title         TEXT NOT NULL,
	body          TEXT NOT NULL,
	service_id    TEXT REFERENCES service (id),
	organisations TEXT NOT NULL,
	profiles      TEXT NOT NULL,
	starts_at     BIGINT NOT NULL,
	ends_at       BIGINT NOT NULL,
	next_at       BIGINT NOT NULL,
	ended_at      BIGINT NOT NULL,
	author_id     TEXT NOT NULL REFERENCES person (id),
	updated_at    BIGINT NOT NULL,
	version       BIGINT NOT NULL
);
CREATE INDEX announcement_open ON announcement (starts_at, id) WHERE ended_at = 0;
CREATE INDEX announcement_updated ON announcement (updated_at, id);

CREATE TABLE announcement_note (
	id              TEXT PRIMARY KEY,
	announcement_id TEXT NOT NULL REFERENCES announcement (id),
	at              BIGINT NOT NULL,
	author_id       TEXT NOT NULL REFERENCES person (id),
	body            TEXT NOT NULL,
	ends            BOOLEAN NOT NULL
);
CREATE INDEX announcement_note_of ON announcement_note (announcement_id, at, id);

CREATE TABLE announcement_ticket (
	announcement_id TEXT NOT NULL REFERENCES announcement (id),
	ticket_id       TEXT NOT NULL REFERENCES ticket (id),
	told            TEXT NOT NULL, -- the last of the news that the ticket was told, or that was there when it joined
	PRIMARY KEY (announcement_id, ticket_id)
);
CREATE INDEX announcement_ticket_of ON announcement_ticket (ticket_id);
