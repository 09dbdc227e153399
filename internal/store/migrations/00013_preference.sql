-- +goose Up
-- What each person chose about the screens. The names and values that may be kept are listed by the program.
CREATE TABLE preference (
	person_id TEXT NOT NULL REFERENCES person (id),
	name      TEXT NOT NULL,
	value     TEXT NOT NULL,
	PRIMARY KEY (person_id, name)
);
