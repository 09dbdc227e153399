-- +goose Up
-- Running tickets that are moved to a newer version of their workflow (docs/adr/0013).

CREATE TABLE adoption (
	id          TEXT PRIMARY KEY,
	workflow_id TEXT NOT NULL,
	version     BIGINT NOT NULL, -- to which tickets are moved
	moves       TEXT NOT NULL,   -- what becomes of those without a place there
	actor_id    TEXT NOT NULL REFERENCES person (id),
	started_at  BIGINT NOT NULL,
	total       BIGINT NOT NULL,
	moved       BIGINT NOT NULL,
	kept        BIGINT NOT NULL, -- left on their version
	after_id    TEXT NOT NULL,   -- last ticket looked at
	ended_at    BIGINT NOT NULL,
	stopped     BOOLEAN NOT NULL
);
CREATE INDEX adoption_workflow ON adoption (workflow_id, started_at, id);

CREATE INDEX ticket_running ON ticket (workflow_id, id) WHERE phase < 2;
CREATE INDEX ticket_by_workflow ON ticket (workflow_id, updated_at, id);
