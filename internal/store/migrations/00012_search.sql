-- +goose Up
-- What few tickets are is found without walking through the others. The index of words itself is made by the program
-- for each engine (docs/adr/0019); a desk that has tickets already is indexed again by a job, the newest first.
CREATE INDEX ticket_critical ON ticket (phase, updated_at, id) WHERE priority = 'critical';
CREATE INDEX ticket_problem ON ticket (phase, updated_at, id) WHERE kind = 'problem';
CREATE INDEX ticket_level3 ON ticket (phase, updated_at, id) WHERE level = 'N3';
CREATE INDEX ticket_level_rd ON ticket (phase, updated_at, id) WHERE level = 'R&D';

INSERT INTO job (id, kind, key, payload, run_at, dead, attempts, lease, last_error, created_at)
	SELECT 'search-index', 'search.index', 'search.index', '', 0, FALSE, 0, '', '', 0 WHERE EXISTS (SELECT 1 FROM ticket);
