-- +goose Up
-- The clocks of the tickets that have a service level. They are worked out from events, calendars and levels
-- (docs/adr/0011); they are kept so that lists and jobs find what is due without reading all that again.
-- Where the ticket stands is copied, so that each way into a list has its index in the order of the due dates.
-- Times are 0 where there is none.
CREATE TABLE ticket_clock (
	ticket_id       TEXT PRIMARY KEY REFERENCES ticket (id),
	level_id        TEXT NOT NULL,
	contact_state   TEXT NOT NULL,
	contact_due     BIGINT NOT NULL,
	resolve_state   TEXT NOT NULL,
	resolve_due     BIGINT NOT NULL,
	warn_at         BIGINT NOT NULL, -- from when the next due date is near
	due_at          BIGINT NOT NULL, -- next of the two, of what is not done
	moment_at       BIGINT NOT NULL, -- when the job that watches is due
	team_id         TEXT,
	assignee_id     TEXT,
	service_id      TEXT,
	organisation_id TEXT
);
CREATE INDEX ticket_clock_due ON ticket_clock (due_at, ticket_id) WHERE due_at > 0;
CREATE INDEX ticket_clock_team ON ticket_clock (team_id, due_at, ticket_id) WHERE due_at > 0;
CREATE INDEX ticket_clock_assignee ON ticket_clock (assignee_id, due_at, ticket_id) WHERE due_at > 0;
CREATE INDEX ticket_clock_service ON ticket_clock (service_id, due_at, ticket_id) WHERE due_at > 0;
CREATE INDEX ticket_clock_organisation ON ticket_clock (organisation_id, due_at, ticket_id) WHERE due_at > 0;
