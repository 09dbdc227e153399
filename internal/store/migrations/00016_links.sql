-- +goose Up
-- What goes together: tickets merged into another, messages split out, what is answered in one step, major incidents,
-- and the persons who said that an announcement touches them.

CREATE TABLE ticket_merge (
	from_id   TEXT PRIMARY KEY REFERENCES ticket (id), -- closed for the other
	into_id   TEXT NOT NULL REFERENCES ticket (id),
	kind      TEXT NOT NULL,
	shared    BOOLEAN NOT NULL, -- its public messages are read by whoever reads the other
	stood     TEXT NOT NULL,    -- where it stood before
	followers TEXT NOT NULL,    -- who began to follow the other by this
	at        BIGINT NOT NULL,
	by_id     TEXT NOT NULL REFERENCES person (id)
);
CREATE INDEX ticket_merge_into ON ticket_merge (into_id, at);

CREATE TABLE ticket_split (
	to_id    TEXT PRIMARY KEY REFERENCES ticket (id),
	from_id  TEXT NOT NULL REFERENCES ticket (id),
	event_id TEXT NOT NULL REFERENCES event (id), -- the message
	at       BIGINT NOT NULL,
	by_id    TEXT NOT NULL REFERENCES person (id)
);
CREATE UNIQUE INDEX ticket_split_event ON ticket_split (event_id);
CREATE INDEX ticket_split_from ON ticket_split (from_id);

CREATE TABLE known_error (
	ticket_id  TEXT PRIMARY KEY REFERENCES ticket (id),
	cause      TEXT NOT NULL,
	workaround TEXT NOT NULL,
	at         BIGINT NOT NULL,
	by_id      TEXT NOT NULL REFERENCES person (id)
);

CREATE TABLE major_incident (
	ticket_id       TEXT PRIMARY KEY REFERENCES ticket (id),
	declared_at     BIGINT NOT NULL,
	declared_by_id  TEXT NOT NULL REFERENCES person (id),
	ended_at        BIGINT NOT NULL,
	announcement_id TEXT REFERENCES announcement (id)
);
CREATE INDEX major_incident_open ON major_incident (declared_at) WHERE ended_at = 0;

-- One message, or one solution, for many tickets: each of them once, however often the work is taken up again.
CREATE TABLE wave (
	id         TEXT PRIMARY KEY,
	ticket_id  TEXT NOT NULL REFERENCES ticket (id), -- from which it goes out
	kind       TEXT NOT NULL,
	body       TEXT NOT NULL,
	service_id TEXT REFERENCES service (id),
	base       TEXT NOT NULL, -- public address, for the links of the text
	by_id      TEXT NOT NULL REFERENCES person (id),
	at         BIGINT NOT NULL,
	ended_at   BIGINT NOT NULL
);
CREATE INDEX wave_of ON wave (ticket_id, at);

CREATE TABLE wave_ticket (
	wave_id   TEXT NOT NULL REFERENCES wave (id),
	ticket_id TEXT NOT NULL REFERENCES ticket (id),
	outcome   TEXT NOT NULL,
	reason    TEXT NOT NULL, -- of a refusal: its message key
	PRIMARY KEY (wave_id, ticket_id)
);
CREATE INDEX wave_waiting ON wave_ticket (wave_id, ticket_id) WHERE outcome = '';

CREATE TABLE announcement_person (
	announcement_id TEXT NOT NULL REFERENCES announcement (id),
	person_id       TEXT NOT NULL REFERENCES person (id),
	at              BIGINT NOT NULL,
	told            TEXT NOT NULL, -- the last of the news that the person was told, or that was there
	PRIMARY KEY (announcement_id, person_id)
);
CREATE INDEX announcement_person_of ON announcement_person (person_id);

-- Outgoing messages that belong to no ticket.
CREATE TABLE letter (
	id         TEXT PRIMARY KEY,
	person_id  TEXT NOT NULL REFERENCES person (id),
	recipient  TEXT NOT NULL,
	subject    TEXT NOT NULL,
	body_text  TEXT NOT NULL,
	body_html  TEXT NOT NULL,
	message_id TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	sent_at    BIGINT NOT NULL,
	last_error TEXT NOT NULL
);
CREATE INDEX letter_created ON letter (created_at, id);
