-- +goose Up
-- When people are away, who answers meanwhile; steps of approval as they stood when a ticket was opened.

CREATE TABLE absence (
	id         TEXT PRIMARY KEY,
	person_id  TEXT NOT NULL REFERENCES person (id),
	starts_at  BIGINT NOT NULL,
	ends_at    BIGINT NOT NULL, -- the person is back
	deputy_id  TEXT REFERENCES person (id),
	note       TEXT NOT NULL,
	created_at BIGINT NOT NULL
);
CREATE INDEX absence_person ON absence (person_id, ends_at);
CREATE INDEX absence_deputy ON absence (deputy_id, ends_at);

-- The steps of a ticket do not change with the form that it came by. The rest is about the present step.
CREATE TABLE approval_plan (
	ticket_id   TEXT PRIMARY KEY REFERENCES ticket (id),
	steps       TEXT NOT NULL,
	asked_at    BIGINT NOT NULL,
	reminded_at BIGINT NOT NULL,
	expires_at  BIGINT NOT NULL,
	passed      BOOLEAN NOT NULL -- nobody answered in time, others were asked
);

ALTER TABLE approval ADD COLUMN for_id TEXT REFERENCES person (id); -- who is away, and whom the approver answers for
ALTER TABLE approval ADD COLUMN need BIGINT NOT NULL DEFAULT 0; -- how many must agree; 0: as needs_all says
ALTER TABLE approval ADD COLUMN chosen TEXT NOT NULL DEFAULT ''; -- why this approver
ALTER TABLE approval ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT FALSE; -- the question no longer counts
