-- +goose Up
-- Acts on many tickets at once, ticket by ticket, and what each person had seen of a ticket.
CREATE TABLE bulk (
	id         TEXT PRIMARY KEY,
	actor_id   TEXT NOT NULL REFERENCES person (id),
	state      TEXT NOT NULL,
	deed       TEXT NOT NULL,
	undo_of    TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	ended_at   BIGINT NOT NULL
);
CREATE INDEX bulk_actor ON bulk (actor_id, created_at);

CREATE TABLE bulk_item (
	bulk_id   TEXT NOT NULL REFERENCES bulk (id),
	seq       BIGINT NOT NULL,
	ticket_id TEXT NOT NULL REFERENCES ticket (id),
	number    BIGINT NOT NULL,
	state     TEXT NOT NULL, -- empty: it waits
	problem   TEXT NOT NULL, -- why it was refused
	stood     TEXT NOT NULL, -- where the ticket stood before
	last_seq  BIGINT NOT NULL, -- of the ticket, after
	PRIMARY KEY (bulk_id, seq)
);
CREATE INDEX bulk_item_state ON bulk_item (bulk_id, state, seq);
