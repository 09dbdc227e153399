-- +goose Up
-- Messages that were sent and may still be taken back: nobody but their author knows of them. And the size of
-- pictures, so that a page keeps their place.

CREATE TABLE outgoing (
	id         TEXT PRIMARY KEY,
	person_id  TEXT NOT NULL REFERENCES person (id),
	ticket_id  TEXT NOT NULL REFERENCES ticket (id),
	mode       TEXT NOT NULL,
	message    TEXT NOT NULL,
	channel    TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	due_at     BIGINT NOT NULL,
	failed     TEXT NOT NULL
);
CREATE INDEX outgoing_of ON outgoing (ticket_id, person_id, created_at);
CREATE INDEX outgoing_failed ON outgoing (person_id) WHERE failed <> '';

ALTER TABLE document ADD COLUMN width BIGINT NOT NULL DEFAULT 0;
ALTER TABLE document ADD COLUMN height BIGINT NOT NULL DEFAULT 0;
CREATE INDEX task_assignee ON task (assignee_id, due_at, id) WHERE done_at = 0;
