-- +goose Up
-- The points to check on a ticket, with the words that their template had when they were added.

CREATE TABLE checklist (
	id          TEXT PRIMARY KEY,
	ticket_id   TEXT NOT NULL REFERENCES ticket (id),
	template_id TEXT NOT NULL,
	name        TEXT NOT NULL,
	added_by_id TEXT REFERENCES person (id), -- NULL: the desk itself
	added_at    BIGINT NOT NULL,
	UNIQUE (ticket_id, template_id)
);

CREATE TABLE checklist_item (
	checklist_id TEXT NOT NULL REFERENCES checklist (id),
	position     BIGINT NOT NULL,
	key          TEXT NOT NULL,
	words        TEXT NOT NULL, -- by language
	required     BOOLEAN NOT NULL,
	done_by_id   TEXT REFERENCES person (id),
	done_at      BIGINT NOT NULL,
	PRIMARY KEY (checklist_id, key)
);
