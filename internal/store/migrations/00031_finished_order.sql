-- +goose Up
-- Lists of what is finished in the order of the numbers, which is that of the opening (docs/adr/0008). A ticket enters
-- them when it ends, and no act after that moves it.
CREATE INDEX ticket_state_past ON ticket (state, (number + 0)) WHERE phase = 2;
CREATE INDEX ticket_team_past ON ticket (team_id, (number + 0)) WHERE phase = 2;
CREATE INDEX ticket_assignee_past ON ticket (assignee_id, (number + 0)) WHERE phase = 2;
CREATE INDEX ticket_service_past ON ticket (service_id, (number + 0)) WHERE phase = 2;
CREATE INDEX ticket_organisation_past ON ticket (organisation_id, (number + 0)) WHERE phase = 2;

-- Tags that were used last, where one handles tickets.
CREATE INDEX ticket_tagged ON ticket (updated_at, id) WHERE tags <> '';
CREATE INDEX ticket_team_tagged ON ticket (team_id, updated_at, id) WHERE tags <> '';
CREATE INDEX ticket_service_tagged ON ticket (service_id, updated_at, id) WHERE tags <> '';
CREATE INDEX ticket_organisation_tagged ON ticket (organisation_id, updated_at, id) WHERE tags <> '';
