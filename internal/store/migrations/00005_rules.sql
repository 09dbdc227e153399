-- +goose Up
-- What rules read and set: tags of tickets, explanations of automatic decisions, how teams give out their work.

ALTER TABLE ticket ADD COLUMN tags TEXT NOT NULL DEFAULT '';

CREATE TABLE ticket_tag (
	tag        TEXT NOT NULL,
	ticket_id  TEXT NOT NULL REFERENCES ticket (id),
	-- Copies of the ticket's, so that the tickets of a tag are read in the order of their last change.
	phase      BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	PRIMARY KEY (ticket_id, tag)
);
CREATE INDEX ticket_tag_recent ON ticket_tag (tag, phase, updated_at, ticket_id);

ALTER TABLE event ADD COLUMN trace TEXT NOT NULL DEFAULT '';

ALTER TABLE service ADD COLUMN skills TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN skills TEXT NOT NULL DEFAULT '';
ALTER TABLE team ADD COLUMN dispatch TEXT NOT NULL DEFAULT '';

-- When each member last received a ticket of the team.
CREATE TABLE dispatch_turn (
	team_id   TEXT NOT NULL REFERENCES team (id),
	person_id TEXT NOT NULL REFERENCES person (id),
	at        BIGINT NOT NULL,
	PRIMARY KEY (team_id, person_id)
);

-- What technicians have in hand, counted without reading the tickets.
CREATE INDEX ticket_in_hand ON ticket (assignee_id, priority) WHERE phase = 0;
