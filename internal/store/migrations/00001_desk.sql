-- +goose Up
-- Portable subset of SQL: the same text runs on both engines (docs/adr/0001).
-- Times are microseconds since 1970 in UTC, 0 when not set. Identifiers are made by the program.

CREATE TABLE counter (
	name  TEXT PRIMARY KEY,
	value BIGINT NOT NULL
);

CREATE TABLE organisation (
	id        TEXT PRIMARY KEY,
	parent_id TEXT REFERENCES organisation (id),
	name      TEXT NOT NULL,
	kind      TEXT NOT NULL
);

CREATE TABLE organisation_closure (
	ancestor_id   TEXT NOT NULL REFERENCES organisation (id),
	descendant_id TEXT NOT NULL REFERENCES organisation (id),
	PRIMARY KEY (ancestor_id, descendant_id)
);

CREATE TABLE team (
	id              TEXT PRIMARY KEY,
	name            TEXT NOT NULL,
	level           TEXT NOT NULL,
	organisation_id TEXT REFERENCES organisation (id),
	email           TEXT NOT NULL
);

CREATE TABLE service (
	id          TEXT PRIMARY KEY,
	parent_id   TEXT REFERENCES service (id),
	name        TEXT NOT NULL,
	description TEXT NOT NULL,
	icon        TEXT NOT NULL,
	team_id     TEXT REFERENCES team (id),
	workflow_id TEXT NOT NULL,
	profiles    TEXT NOT NULL,
	position    BIGINT NOT NULL,
	opens_at    BIGINT NOT NULL,
	active      BOOLEAN NOT NULL
);

CREATE TABLE service_closure (
	ancestor_id   TEXT NOT NULL REFERENCES service (id),
	descendant_id TEXT NOT NULL REFERENCES service (id),
	PRIMARY KEY (ancestor_id, descendant_id)
);

-- Versioned pieces of configuration that only Go reads: roles, workflows, offerings, rules, the desk itself.
CREATE TABLE definition (
	kind       TEXT NOT NULL,
	id         TEXT NOT NULL,
	version    BIGINT NOT NULL,
	body       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (kind, id, version)
);

CREATE TABLE person (
	id              TEXT PRIMARY KEY,
	organisation_id TEXT REFERENCES organisation (id),
	given_name      TEXT NOT NULL,
	family_name     TEXT NOT NULL,
	email           TEXT NOT NULL,
	phone           TEXT NOT NULL,
	employee_number TEXT NOT NULL,
	location        TEXT NOT NULL,
	profile         TEXT NOT NULL,
	locale          TEXT NOT NULL,
	time_zone       TEXT NOT NULL,
	active          BOOLEAN NOT NULL,
	sort_key        TEXT NOT NULL, -- folded family name, then given name
	email_key       TEXT NOT NULL  -- folded address
);
CREATE INDEX person_sort ON person (sort_key, id);
CREATE INDEX person_email ON person (email_key);
CREATE INDEX person_employee ON person (employee_number);

-- Folded words of a person's names, for finding by the beginning of any of them.
CREATE TABLE person_word (
	word      TEXT NOT NULL,
	person_id TEXT NOT NULL REFERENCES person (id),
	PRIMARY KEY (word, person_id)
);

CREATE TABLE identity (
	id        TEXT PRIMARY KEY,
	person_id TEXT NOT NULL REFERENCES person (id),
	kind      TEXT NOT NULL,
	subject   TEXT NOT NULL,
	secret    TEXT NOT NULL,
	UNIQUE (kind, subject)
);
CREATE INDEX identity_person ON identity (person_id);

CREATE TABLE team_member (
	team_id   TEXT NOT NULL REFERENCES team (id),
	person_id TEXT NOT NULL REFERENCES person (id),
	PRIMARY KEY (team_id, person_id)
);
CREATE INDEX team_member_person ON team_member (person_id);

CREATE TABLE role_grant (
	id              TEXT PRIMARY KEY,
	person_id       TEXT REFERENCES person (id),
	team_id         TEXT REFERENCES team (id),
	role_id         TEXT NOT NULL,
	organisation_id TEXT REFERENCES organisation (id),
	service_id      TEXT REFERENCES service (id),
	CHECK ((person_id IS NULL) <> (team_id IS NULL))
);
CREATE INDEX role_grant_person ON role_grant (person_id);
CREATE INDEX role_grant_team ON role_grant (team_id);
CREATE INDEX role_grant_role ON role_grant (role_id);

CREATE TABLE session (
	token_hash TEXT PRIMARY KEY,
	person_id  TEXT NOT NULL REFERENCES person (id),
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE api_token (
	id         TEXT PRIMARY KEY,
	token_hash TEXT NOT NULL UNIQUE,
	person_id  TEXT NOT NULL REFERENCES person (id),
	name       TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);

CREATE TABLE sign_in_failure (
	login_key TEXT PRIMARY KEY,
	failures  BIGINT NOT NULL,
	last_at   BIGINT NOT NULL
);

CREATE TABLE ticket (
	id              TEXT PRIMARY KEY,
	number          BIGINT NOT NULL UNIQUE,
	kind            TEXT NOT NULL,
	state           TEXT NOT NULL,
	phase           BIGINT NOT NULL, -- 0 work to do, 1 resolved, 2 final
	title           TEXT NOT NULL,
	requester_id    TEXT NOT NULL REFERENCES person (id),
	beneficiary_id  TEXT NOT NULL REFERENCES person (id),
	opened_by_id    TEXT NOT NULL REFERENCES person (id),
	organisation_id TEXT REFERENCES organisation (id),
	service_id      TEXT REFERENCES service (id),
	offering_id     TEXT NOT NULL,
	form_version    BIGINT NOT NULL,
	workflow_id     TEXT NOT NULL,
	workflow        BIGINT NOT NULL,
	urgency         TEXT NOT NULL,
	impact          TEXT NOT NULL,
	priority        TEXT NOT NULL,
	phone           TEXT NOT NULL,
	work_place      TEXT NOT NULL,
	location        TEXT NOT NULL,
	channel         TEXT NOT NULL,
	team_id         TEXT REFERENCES team (id),
	assignee_id     TEXT REFERENCES person (id),
	level           TEXT NOT NULL,
	pending_reason  TEXT NOT NULL,
	pending_until   BIGINT NOT NULL,
	affected_id     TEXT REFERENCES service (id),
	approval_step   BIGINT NOT NULL,
	opened_at       BIGINT NOT NULL,
	updated_at      BIGINT NOT NULL,
	contacted_at    BIGINT NOT NULL,
	resolved_at     BIGINT NOT NULL,
	closed_at       BIGINT NOT NULL,
	close_at        BIGINT NOT NULL,
	reopened        BIGINT NOT NULL,
	rating_time     BIGINT NOT NULL,
	rating_answers  BIGINT NOT NULL,
	last_message    TEXT NOT NULL, -- beginning of the last public message, for lists
	last_seq        BIGINT NOT NULL, -- of its last event
	version         BIGINT NOT NULL,
	-- Long texts come last: lists read the beginning of a row only.
	description     TEXT NOT NULL,
	answers         TEXT NOT NULL,
	solution        TEXT NOT NULL,
	rating_comment  TEXT NOT NULL
);
CREATE INDEX ticket_by_phase ON ticket (phase, updated_at, id);
CREATE INDEX ticket_by_state ON ticket (state, updated_at, id);
CREATE INDEX ticket_by_assignee ON ticket (assignee_id, phase, updated_at, id);
CREATE INDEX ticket_by_team ON ticket (team_id, phase, updated_at, id);
CREATE INDEX ticket_pool ON ticket (team_id, phase, updated_at, id) WHERE assignee_id IS NULL;
CREATE INDEX ticket_by_service ON ticket (service_id, phase, updated_at, id);
CREATE INDEX ticket_by_organisation ON ticket (organisation_id, phase, updated_at, id);
CREATE INDEX ticket_by_update ON ticket (updated_at, id);

CREATE TABLE ticket_party (
	ticket_id  TEXT NOT NULL REFERENCES ticket (id),
	person_id  TEXT NOT NULL REFERENCES person (id),
	role       TEXT NOT NULL,
	-- Copies of the ticket's, so that a person's tickets are read in the order of their last change.
	phase      BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	PRIMARY KEY (person_id, ticket_id, role)
);
CREATE INDEX ticket_party_ticket ON ticket_party (ticket_id);
CREATE INDEX ticket_party_recent ON ticket_party (person_id, phase, updated_at, ticket_id, role);

CREATE TABLE ticket_link (
	from_id TEXT NOT NULL REFERENCES ticket (id),
	to_id   TEXT NOT NULL REFERENCES ticket (id),
	kind    TEXT NOT NULL,
	PRIMARY KEY (from_id, to_id, kind)
);
CREATE INDEX ticket_link_to ON ticket_link (to_id);

CREATE TABLE event (
	id        TEXT PRIMARY KEY,
	ticket_id TEXT NOT NULL REFERENCES ticket (id),
	seq       BIGINT NOT NULL,
	at        BIGINT NOT NULL,
	actor_id  TEXT REFERENCES person (id),
	channel   TEXT NOT NULL,
	kind      TEXT NOT NULL,
	internal  BOOLEAN NOT NULL,
	body      TEXT NOT NULL,
	ref_id    TEXT NOT NULL,
	changes   TEXT NOT NULL,
	why       TEXT NOT NULL,
	UNIQUE (ticket_id, seq)
);

CREATE TABLE task (
	id          TEXT PRIMARY KEY,
	ticket_id   TEXT NOT NULL REFERENCES ticket (id),
	title       TEXT NOT NULL,
	assignee_id TEXT REFERENCES person (id),
	due_at      BIGINT NOT NULL,
	minutes     BIGINT NOT NULL,
	done_at     BIGINT NOT NULL,
	done_by_id  TEXT REFERENCES person (id),
	created_at  BIGINT NOT NULL
);
CREATE INDEX task_ticket ON task (ticket_id, created_at);

CREATE TABLE document (
	id         TEXT PRIMARY KEY,
	ticket_id  TEXT NOT NULL REFERENCES ticket (id),
	event_id   TEXT NOT NULL REFERENCES event (id),
	name       TEXT NOT NULL,
	media_type TEXT NOT NULL,
	size       BIGINT NOT NULL,
	hash       TEXT NOT NULL,
	internal   BOOLEAN NOT NULL,
	author_id  TEXT NOT NULL REFERENCES person (id),
	created_at BIGINT NOT NULL
);
CREATE INDEX document_ticket ON document (ticket_id, created_at);

CREATE TABLE approval (
	id          TEXT PRIMARY KEY,
	ticket_id   TEXT NOT NULL REFERENCES ticket (id),
	step        BIGINT NOT NULL,
	step_name   TEXT NOT NULL,
	approver_id TEXT NOT NULL REFERENCES person (id),
	needs_all   BOOLEAN NOT NULL,
	decision    TEXT NOT NULL,
	reason      TEXT NOT NULL,
	asked_at    BIGINT NOT NULL,
	decided_at  BIGINT NOT NULL
);
CREATE INDEX approval_ticket ON approval (ticket_id, step);
CREATE INDEX approval_waiting ON approval (approver_id, asked_at) WHERE decision = '';

CREATE TABLE idempotency (
	person_id   TEXT NOT NULL REFERENCES person (id),
	key         TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	result      TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (person_id, key)
);

CREATE TABLE job (
	id         TEXT PRIMARY KEY,
	kind       TEXT NOT NULL,
	key        TEXT NOT NULL,
	payload    TEXT NOT NULL,
	run_at     BIGINT NOT NULL, -- when it is due; while it is leased, when the lease ends
	dead       BOOLEAN NOT NULL,
	attempts   BIGINT NOT NULL,
	lease      TEXT NOT NULL,
	last_error TEXT NOT NULL,
	created_at BIGINT NOT NULL
);
CREATE INDEX job_due ON job (run_at, id) WHERE dead = FALSE;
CREATE UNIQUE INDEX job_key ON job (key) WHERE key <> '' AND dead = FALSE;

CREATE TABLE notification (
	event_id   TEXT NOT NULL REFERENCES event (id),
	person_id  TEXT NOT NULL REFERENCES person (id),
	why        TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (event_id, person_id)
);

CREATE TABLE mail (
	id         TEXT PRIMARY KEY,
	ticket_id  TEXT NOT NULL REFERENCES ticket (id),
	event_id   TEXT NOT NULL REFERENCES event (id),
	person_id  TEXT REFERENCES person (id),
	recipient  TEXT NOT NULL,
	subject    TEXT NOT NULL,
	body_text  TEXT NOT NULL,
	body_html  TEXT NOT NULL,
	message_id TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	sent_at    BIGINT NOT NULL,
	last_error TEXT NOT NULL
);
CREATE INDEX mail_created ON mail (created_at, id);
