-- +goose Up
-- The equipment of a person, by which it is reached from afar.
ALTER TABLE person ADD COLUMN equipment TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE person DROP COLUMN equipment;
