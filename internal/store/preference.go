package store

import (
	"context"

	"guichet"
)

// Preferences reads what a person chose.
func (tx *Tx) Preferences(ctx context.Context, person guichet.ID) (guichet.Chosen, error) {
	list, err := many(ctx, tx, func(r scanner) (kv [2]string, err error) {
		return kv, r.Scan(&kv[0], &kv[1])
	}, `SELECT name, value FROM preference WHERE person_id = $1`, string(person))
	chosen := guichet.Chosen{}
	for _, kv := range list {
		chosen[kv[0]] = kv[1]
	}
	return chosen, err
}

// SavePreference keeps a choice of a person.
func (tx *Tx) SavePreference(ctx context.Context, person guichet.ID, name, value string) error {
	return tx.exec(ctx, `INSERT INTO preference (person_id, name, value) VALUES ($1, $2, $3)
		ON CONFLICT (person_id, name) DO UPDATE SET value = excluded.value`, string(person), name, value)
}

// ForgetPreference goes back to what is usual.
func (tx *Tx) ForgetPreference(ctx context.Context, person guichet.ID, name string) error {
	return tx.exec(ctx, `DELETE FROM preference WHERE person_id = $1 AND name = $2`, string(person), name)
}
