-- +goose Up
-- The daily sweep asks which contents on the disk a document still refers to.
CREATE INDEX document_hash ON document (hash);
