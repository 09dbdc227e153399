-- +goose Up
-- The directory is edited on screen and filled from files (docs/adr/0010).

-- Versions of the records, so that two editors do not undo each other's work.
ALTER TABLE person ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE organisation ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE organisation ADD COLUMN closed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE team ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- From when a grant gives nothing any more; 0: no end.
ALTER TABLE role_grant ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0;

CREATE INDEX person_organisation ON person (organisation_id, sort_key, id);
CREATE INDEX person_word_person ON person_word (person_id);
CREATE INDEX api_token_person ON api_token (person_id);
CREATE INDEX organisation_closure_descendant ON organisation_closure (descendant_id);

-- Links by which a person chooses a password, once. Only the hash of the token is kept.
CREATE TABLE invitation (
	token_hash TEXT PRIMARY KEY,
	person_id  TEXT NOT NULL REFERENCES person (id),
	author_id  TEXT NOT NULL REFERENCES person (id),
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX invitation_person ON invitation (person_id);

-- Files of persons or organisations being brought in: read, compared, then applied.
CREATE TABLE directory_import (
	id          TEXT PRIMARY KEY,
	author_id   TEXT NOT NULL REFERENCES person (id),
	kind        TEXT NOT NULL, -- people, organisations
	name        TEXT NOT NULL, -- of the file
	state       TEXT NOT NULL,
	options     TEXT NOT NULL,
	counts      TEXT NOT NULL,
	fingerprint TEXT NOT NULL, -- of what the preview promised
	total       BIGINT NOT NULL,
	done        BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	finished_at BIGINT NOT NULL,
	body        BYTEA NOT NULL -- the file, emptied once it was applied
);
CREATE INDEX directory_import_author ON directory_import (author_id, created_at);

CREATE TABLE directory_import_line (
	import_id TEXT NOT NULL REFERENCES directory_import (id),
	seq       BIGINT NOT NULL,
	line      BIGINT NOT NULL, -- of the file; 0 for who is absent from it
	action    TEXT NOT NULL,
	body      TEXT NOT NULL,
	PRIMARY KEY (import_id, seq)
);
CREATE INDEX directory_import_line_action ON directory_import_line (import_id, action, seq);
