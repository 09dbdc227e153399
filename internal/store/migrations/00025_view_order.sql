-- +goose Up
-- Views may be shared with those who hold a role; each person puts those that he or she sees in order.
ALTER TABLE saved_view ADD COLUMN role_id TEXT NOT NULL DEFAULT '';
CREATE INDEX saved_view_role ON saved_view (role_id) WHERE role_id <> '';

CREATE TABLE saved_view_place (
	person_id TEXT NOT NULL REFERENCES person (id),
	view_id   TEXT NOT NULL REFERENCES saved_view (id),
	place     BIGINT NOT NULL, -- from 1
	PRIMARY KEY (person_id, view_id)
);
CREATE INDEX saved_view_place_view ON saved_view_place (view_id);
