-- +goose Up
-- How far each person has read a ticket, by the number of its last event that was on screen. Rows of tickets that
-- ended a while ago are swept; what is left follows the tickets in hand.
CREATE TABLE ticket_seen (
	person_id TEXT NOT NULL REFERENCES person (id),
	ticket_id TEXT NOT NULL REFERENCES ticket (id),
	seq       BIGINT NOT NULL,
	PRIMARY KEY (person_id, ticket_id)
);
-- Who has a ticket in hand today has read it.
INSERT INTO ticket_seen (person_id, ticket_id, seq)
SELECT assignee_id, id, last_seq FROM ticket WHERE phase < 2 AND assignee_id IS NOT NULL;

-- Lists of what is unfinished in the order of the priority, the oldest first in each, and of the numbers, which are
-- those four runs merged (docs/adr/0008). No act but one that moves the ticket touches them. They hold an expression: by
-- the bare number PostgreSQL would walk the index of all numbers, hoping to meet unfinished tickets soon.
CREATE INDEX ticket_state_order ON ticket (state, priority, (number + 0)) WHERE phase <> 2;
CREATE INDEX ticket_team_order ON ticket (team_id, phase, priority, (number + 0)) WHERE phase <> 2;
CREATE INDEX ticket_service_order ON ticket (service_id, phase, priority, (number + 0)) WHERE phase <> 2;
CREATE INDEX ticket_organisation_order ON ticket (organisation_id, phase, priority, (number + 0)) WHERE phase <> 2;

-- What comes back from a wait, by its day.
CREATE INDEX ticket_wakes ON ticket (pending_until, id) WHERE state = 'pending' AND pending_until > 0;
