-- +goose Up
-- How many unfinished tickets stand in each place (docs/adr/0020). A ticket stands in one cell, so what a view
-- holds is a sum of cells. Each writing of a ticket moves it in the same transaction. Empty: none.
CREATE TABLE ticket_cell (
	team_id         TEXT NOT NULL,
	service_id      TEXT NOT NULL,
	organisation_id TEXT NOT NULL,
	level           TEXT NOT NULL,
	state           TEXT NOT NULL,
	priority        TEXT NOT NULL,
	kind            TEXT NOT NULL,
	held            BOOLEAN NOT NULL, -- somebody has them in hand
	n               BIGINT NOT NULL,
	PRIMARY KEY (team_id, service_id, organisation_id, level, state, priority, kind, held)
);
CREATE INDEX ticket_cell_service ON ticket_cell (service_id);
CREATE INDEX ticket_cell_organisation ON ticket_cell (organisation_id);

INSERT INTO ticket_cell (team_id, service_id, organisation_id, level, state, priority, kind, held, n)
SELECT COALESCE(team_id, ''), COALESCE(service_id, ''), COALESCE(organisation_id, ''), level, state, priority, kind,
	assignee_id IS NOT NULL, COUNT(*)
FROM ticket WHERE phase < 2
GROUP BY COALESCE(team_id, ''), COALESCE(service_id, ''), COALESCE(organisation_id, ''), level, state, priority, kind,
	assignee_id IS NOT NULL;
