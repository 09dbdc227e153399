package store

import (
	"context"
	"strings"
	"time"

	"guichet"
)

// SaveSession opens a session under the hash of its token.
func (tx *Tx) SaveSession(ctx context.Context, tokenHash string, person guichet.ID, expires time.Time) error {
	now := micros(tx.Now)
	return tx.exec(ctx, `INSERT INTO session (token_hash, person_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)`,
		tokenHash, string(person), now, micros(expires))
}

// Session is an open session.
type Session struct {
	Person   guichet.Person
	OpenedAt time.Time
	SeenAt   time.Time
	EndsAt   time.Time // unless it is used again before
}

// Session finds an open session by the hash of its token, with its person.
func (tx *Tx) Session(ctx context.Context, tokenHash string) (Session, error) {
	return one(ctx, tx, "session", func(r scanner) (s Session, err error) {
		s.Person, err = scanPerson(leading{r, []any{moment{&s.OpenedAt}, moment{&s.SeenAt}, moment{&s.EndsAt}}})
		return s, err
	}, `SELECT s.created_at, s.seen_at, s.expires_at, `+personColumns+` FROM session s JOIN person p ON p.id = s.person_id
		WHERE s.token_hash = $1 AND s.expires_at > $2`, tokenHash, micros(tx.Now))
}

// TouchSession notes that a session is used and moves its end.
func (tx *Tx) TouchSession(ctx context.Context, tokenHash string, expires time.Time) error {
	return tx.exec(ctx, `UPDATE session SET seen_at = $1, expires_at = $2 WHERE token_hash = $3`,
		micros(tx.Now), micros(expires), tokenHash)
}

// EndSession closes a session.
func (tx *Tx) EndSession(ctx context.Context, tokenHash string) error {
	tx.ended(tokenHash)
	return tx.exec(ctx, `DELETE FROM session WHERE token_hash = $1`, tokenHash)
}

// APIToken is a key to the API. Only the hash of the token is kept.
type APIToken struct {
	ID        guichet.ID
	PersonID  guichet.ID
	Name      string
	Scopes    []guichet.TokenScope
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
}

// SaveToken keeps a token by its hash.
func (tx *Tx) SaveToken(ctx context.Context, t APIToken, tokenHash string) error {
	scopes := make([]string, len(t.Scopes))
	for i, s := range t.Scopes {
		scopes[i] = string(s)
	}
	return tx.exec(ctx, `INSERT INTO api_token (id, token_hash, person_id, name, scopes, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, string(t.ID), tokenHash, string(t.PersonID), t.Name,
		strings.Join(scopes, " "), micros(t.CreatedAt), micros(t.ExpiresAt))
}

const tokenColumns = `id, person_id, name, scopes, created_at, expires_at`

func scanToken(r scanner) (t APIToken, err error) {
	var scopes string
	err = r.Scan(&t.ID, &t.PersonID, &t.Name, &scopes, moment{&t.CreatedAt}, moment{&t.ExpiresAt})
	for _, s := range strings.Fields(scopes) {
		t.Scopes = append(t.Scopes, guichet.TokenScope(s))
	}
	return t, err
}

// Token finds a token that has not run out by its hash.
func (tx *Tx) Token(ctx context.Context, tokenHash string) (APIToken, error) {
	return one(ctx, tx, "token", scanToken, `SELECT `+tokenColumns+` FROM api_token
		WHERE token_hash = $1 AND (expires_at = 0 OR expires_at > $2)`, tokenHash, micros(tx.Now))
}

// Tokens lists every token, newest first.
func (tx *Tx) Tokens(ctx context.Context) ([]APIToken, error) {
	return many(ctx, tx, scanToken, `SELECT `+tokenColumns+` FROM api_token ORDER BY created_at DESC, id`)
}

// SignInFailures returns how many times a login failed in a row, and when last.
func (tx *Tx) SignInFailures(ctx context.Context, login string) (int, time.Time, error) {
	type failures struct {
		n  int
		at time.Time
	}
	list, err := many(ctx, tx, func(r scanner) (f failures, err error) { return f, r.Scan(&f.n, moment{&f.at}) },
		`SELECT failures, last_at FROM sign_in_failure WHERE login_key = $1`, login)
	if err != nil || len(list) == 0 {
		return 0, time.Time{}, err
	}
	return list[0].n, list[0].at, nil
}

// AddSignInFailure counts a failure.
func (tx *Tx) AddSignInFailure(ctx context.Context, login string) error {
	return tx.exec(ctx, `INSERT INTO sign_in_failure (login_key, failures, last_at) VALUES ($1, 1, $2)
		ON CONFLICT (login_key) DO UPDATE SET failures = sign_in_failure.failures + 1, last_at = excluded.last_at`,
		login, micros(tx.Now))
}

// ClearSignInFailures forgets the failures of a login.
func (tx *Tx) ClearSignInFailures(ctx context.Context, login string) error {
	return tx.exec(ctx, `DELETE FROM sign_in_failure WHERE login_key = $1`, login)
}

// ForgetSignInFailures forgets the failures of a login when the last one came before a time.
func (tx *Tx) ForgetSignInFailures(ctx context.Context, login string, before time.Time) error {
	return tx.exec(ctx, `DELETE FROM sign_in_failure WHERE login_key = $1 AND last_at < $2`, login, micros(before))
}

// Once keeps the result of a request under its idempotency key. When the key is known already it
// returns the result kept then, or a conflict if the request was another one.
func (tx *Tx) Once(ctx context.Context, person guichet.ID, key, fingerprint string) (result string, err error) {
	type kept struct{ fingerprint, result string }
	list, err := many(ctx, tx, func(r scanner) (k kept, err error) { return k, r.Scan(&k.fingerprint, &k.result) },
		`SELECT fingerprint, result FROM idempotency WHERE person_id = $1 AND key = $2`, string(person), key)
	if err != nil || len(list) == 0 {
		return "", err
	}
	if list[0].fingerprint != fingerprint {
		return "", guichet.Conflict("idempotency.reused")
	}
	return list[0].result, nil
}

// KeepOnce records the result of a request under its idempotency key. When a request with the same
// key was quicker, the transaction runs again and finds its result.
func (tx *Tx) KeepOnce(ctx context.Context, person guichet.ID, key, fingerprint, result string) error {
	n, err := tx.affected(ctx, `INSERT INTO idempotency (person_id, key, fingerprint, result, created_at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person_id, key) DO NOTHING`,
		string(person), key, fingerprint, result, micros(tx.Now))
	if err == nil && n == 0 {
		return errStale
	}
	return err
}

// Sweep removes what has had its time: ended sessions and invitations, failures to sign in and idempotency keys last
// used before the given times.
func (tx *Tx) Sweep(ctx context.Context, failures, keys time.Time) error {
	if err := tx.exec(ctx, `DELETE FROM session WHERE expires_at <= $1`, micros(tx.Now)); err != nil {
		return err
	}
	if err := tx.exec(ctx, `DELETE FROM sign_in_failure WHERE last_at < $1`, micros(failures)); err != nil {
		return err
	}
	if err := tx.exec(ctx, `DELETE FROM invitation WHERE expires_at <= $1`, micros(tx.Now)); err != nil {
		return err
	}
	return tx.exec(ctx, `DELETE FROM idempotency WHERE created_at < $1`, micros(keys))
}

// Invitation is a link by which a person chooses a password, once.
type Invitation struct {
	PersonID  guichet.ID
	AuthorID  guichet.ID
	CreatedAt time.Time
	ExpiresAt time.Time
}

func scanInvitation(r scanner) (i Invitation, err error) {
	return i, r.Scan(&i.PersonID, &i.AuthorID, moment{&i.CreatedAt}, moment{&i.ExpiresAt})
}

// SaveInvitation keeps an invitation by the hash of its token, instead of those that the person had.
func (tx *Tx) SaveInvitation(ctx context.Context, i Invitation, tokenHash string) error {
	if err := tx.DropInvitations(ctx, i.PersonID); err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO invitation (token_hash, person_id, author_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		tokenHash, string(i.PersonID), string(i.AuthorID), micros(i.CreatedAt), micros(i.ExpiresAt))
}

// Invitation finds an invitation that has not run out by the hash of its token. Error: not found.
func (tx *Tx) Invitation(ctx context.Context, tokenHash string) (Invitation, error) {
	return one(ctx, tx, "invitation", scanInvitation, `SELECT person_id, author_id, created_at, expires_at FROM invitation
		WHERE token_hash = $1 AND expires_at > $2`, tokenHash, micros(tx.Now))
}

// InvitationOf finds the invitation that a person may still answer. Error: not found.
func (tx *Tx) InvitationOf(ctx context.Context, person guichet.ID) (Invitation, error) {
	return one(ctx, tx, "invitation", scanInvitation, `SELECT person_id, author_id, created_at, expires_at FROM invitation
		WHERE person_id = $1 AND expires_at > $2 ORDER BY created_at DESC`, string(person), micros(tx.Now))
}

// DropInvitations removes the invitations of a person.
func (tx *Tx) DropInvitations(ctx context.Context, person guichet.ID) error {
	return tx.exec(ctx, `DELETE FROM invitation WHERE person_id = $1`, string(person))
}
