-- +goose Up
-- The jobs of some kinds are found without walking through those of others, which may wait by the thousand:
-- mail, while no server is named.
CREATE INDEX job_due_by_kind ON job (kind, run_at, id) WHERE dead = FALSE;
DROP INDEX job_due;
