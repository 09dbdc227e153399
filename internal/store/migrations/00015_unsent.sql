-- +goose Up
-- What people typed and have not sent yet: at each place the text at hand, and one that was typed elsewhere
-- at the same time. Removed when sent.

CREATE TABLE unsent (
	person_id TEXT NOT NULL REFERENCES person (id),
	place     TEXT NOT NULL,
	older     BOOLEAN NOT NULL,
	body      TEXT NOT NULL,
	saved_at  BIGINT NOT NULL,
	version   BIGINT NOT NULL,
	PRIMARY KEY (person_id, place, older)
);
CREATE INDEX unsent_saved ON unsent (saved_at);
