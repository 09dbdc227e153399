-- +goose Up
-- What was opened within a time is found without walking through what changed since (docs/adr/0019).
CREATE INDEX ticket_opened ON ticket (opened_at, id);
-- Of many, a list walks in the order of the last change: the time of opening is told by the index itself.
DROP INDEX ticket_by_update;
CREATE INDEX ticket_by_update ON ticket (updated_at, id, opened_at);
DROP INDEX ticket_by_phase;
CREATE INDEX ticket_by_phase ON ticket (phase, updated_at, id, opened_at);
