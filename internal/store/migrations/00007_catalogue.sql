-- +goose Up
-- A service has an owner, teams by level, providers, an audience by organisation, a closing date and a
-- state. The column active stays for older programs: true while the state is open.
ALTER TABLE service ADD COLUMN owner_id TEXT NOT NULL DEFAULT '';
ALTER TABLE service ADD COLUMN teams TEXT NOT NULL DEFAULT '';
ALTER TABLE service ADD COLUMN providers TEXT NOT NULL DEFAULT '';
ALTER TABLE service ADD COLUMN organisations TEXT NOT NULL DEFAULT '';
ALTER TABLE service ADD COLUMN closes_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE service ADD COLUMN state TEXT NOT NULL DEFAULT 'open';
ALTER TABLE service ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE service SET state = 'closed' WHERE active = FALSE;
