package account

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// Life of a session: it ends after an hour without use, and twelve hours after it was opened. Its end
// is moved forward at most once a minute.
const (
	sessionIdle  = time.Hour
	sessionLife  = 12 * time.Hour
	sessionTouch = time.Minute
)

// maxLogin is the length of a login, in characters.
const maxLogin = 100

// Prefixes of tokens.
const (
	sessionPrefix = "gcs_"
	tokenPrefix   = "gct_"
)

// Accounts are the use cases of signing in.
type Accounts struct {
	store  *store.Store
	hasher *Hasher
}

// New makes the use cases.
func New(s *store.Store, h *Hasher) *Accounts { return &Accounts{store: s, hasher: h} }

// NewAccount is a local account to create, with its person.
type NewAccount struct {
	Login        string
	Password     string
	Person       guichet.Person
	Teams        []guichet.ID
	Grants       []guichet.Grant
	WeakPassword bool // accept any password: demonstration accounts only
}

// Create makes a person with a local account. Errors: invalid login or password, invalid organisation,
// team or role that the desk does not know, conflict when the login is taken.
func (a *Accounts) Create(ctx context.Context, in NewAccount) (guichet.Person, error) {
	if err := in.check(); err != nil {
		return guichet.Person{}, err
	}
	secret, err := a.hasher.Hash(ctx, in.Password)
	if err != nil {
		return guichet.Person{}, err
	}
	return in.Person, a.store.Write(ctx, func(tx *store.Tx) error {
		_, _, err := tx.PersonByLogin(ctx, in.Login)
		if err == nil {
			return guichet.Conflict("account.login_taken", "Login", in.Login)
		}
		if guichet.KindOf(err) != guichet.KindNotFound {
			return err
		}
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if err := in.checkPlace(desk); err != nil {
			return err
		}
		return in.write(ctx, tx, secret)
	})
}

// checkPlace refuses what the desk does not know: a misspelt role would give nothing, in silence.
func (in *NewAccount) checkPlace(desk *guichet.Desk) error {
	var p guichet.Problems
	known := func(field string, id guichet.ID, found bool) {
		if id != "" && !found {
			p.Add(field, "field.unknown_value")
		}
	}
	_, found := desk.Organisations[in.Person.OrganisationID]
	known("organisation", in.Person.OrganisationID, found)
	for _, id := range in.Teams {
		_, found := desk.Teams[id]
		known("team", id, found)
	}
	for _, g := range in.Grants {
		_, role := desk.Roles[g.RoleID]
		_, organisation := desk.Organisations[g.OrganisationID]
		_, service := desk.Services[g.ServiceID]
		known("role", g.RoleID, role)
		known("role", g.OrganisationID, organisation)
		known("role", g.ServiceID, service)
	}
	return p.Err()
}

func (in *NewAccount) check() error {
	var p guichet.Problems
	in.Login = strings.TrimSpace(in.Login)
	p.Text("login", in.Login, maxLogin)
	p.Text("name", in.Person.Name(), 200)
	if !in.WeakPassword {
		p.Merge(CheckPolicy(in.Password, []string{in.Login, in.Person.Name()}))
	}
	return p.Err()
}

// write stores the person, the identity, the teams and the roles.
func (in *NewAccount) write(ctx context.Context, tx *store.Tx, secret string) error {
	if in.Person.ID == "" {
		in.Person.ID = guichet.NewID(tx.Now)
	}
	in.Person.Active = true
	if err := tx.SavePerson(ctx, in.Person); err != nil {
		return err
	}
	identity := guichet.Identity{ID: guichet.NewID(tx.Now), PersonID: in.Person.ID, Kind: guichet.IdentityLocal,
		Subject: in.Login, Secret: secret}
	if err := tx.SaveIdentity(ctx, identity); err != nil {
		return err
	}
	for _, team := range in.Teams {
		if err := tx.JoinTeam(ctx, team, in.Person.ID); err != nil {
			return err
		}
	}
	for _, g := range in.Grants {
		g.ID, g.PersonID = guichet.NewID(tx.Now), in.Person.ID
		if err := tx.SaveGrant(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// SignIn checks a login and a password and opens a session, whose token it returns. Errors:
// unauthenticated, the same whether the login or the password is wrong, and after the same time;
// denied with the number of seconds to wait after too many failures.
func (a *Accounts) SignIn(ctx context.Context, login, password string) (token string, p guichet.Person, err error) {
	login = lexis.Fold(markup.Clean(login))
	if !plausible(login, password) {
		return "", p, wrongCredentials()
	}
	if err := a.attempt(ctx, login); err != nil {
		return "", p, err
	}
	p, secret, err := a.credentials(ctx, login)
	if err != nil {
		return "", p, err
	}
	ok, err := a.hasher.Verify(ctx, secret, password)
	if err != nil {
		return "", p, err
	}
	if !ok || p.ID == "" {
		return "", guichet.Person{}, wrongCredentials()
	}
	token, hash := NewToken(sessionPrefix)
	return token, p, a.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.ClearSignInFailures(ctx, login); err != nil {
			return err
		}
		return tx.SaveSession(ctx, hash, p.ID, tx.Now.Add(sessionIdle))
	})
}

// plausible refuses, before any work is done for it, what no account can have: the attempt is neither
// counted nor kept.
func plausible(login, password string) bool {
	return utf8.RuneCountInString(login) <= maxLogin && len(password) <= passwordBytes
}

func wrongCredentials() error {
	return &guichet.Error{Kind: guichet.KindUnauthenticated, Code: "account.wrong_credentials"}
}

// attempt counts a failure before the password is looked at; a success forgets it. Many attempts sent
// at once are thus counted one by one.
func (a *Accounts) attempt(ctx context.Context, login string) error {
	return a.store.Write(ctx, func(tx *store.Tx) error {
		before, err := recent(ctx, tx, login)
		if err != nil {
			return err
		}
		if err := tx.AddSignInFailure(ctx, login); err != nil {
			return err
		}
		counted, _, err := tx.SignInFailures(ctx, login)
		if err == nil && counted > before+1 { // others came in between, just now
			err = pause(Delay(counted - 1))
		}
		return err
	})
}

// recent is how many failures count against a login. Error: denied while the pause after the last one
// goes on.
func recent(ctx context.Context, tx *store.Tx, login string) (int, error) {
	n, last, err := tx.SignInFailures(ctx, login)
	if err != nil {
		return 0, err
	}
	since := tx.Now.Sub(last)
	if since > FailureWindow {
		return 0, tx.ForgetSignInFailures(ctx, login, tx.Now.Add(-FailureWindow))
	}
	return n, pause(Delay(n) - since)
}

func pause(wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	seconds := int(wait/time.Second) + 1
	return &guichet.Error{Kind: guichet.KindDenied, Code: "account.throttled",
		Args: map[string]any{"Seconds": seconds, "Minutes": (seconds + 59) / 60}}
}

// credentials finds the person and the hash of a login; an unknown login has none, which the hasher
// takes as long to refuse.
func (a *Accounts) credentials(ctx context.Context, login string) (guichet.Person, string, error) {
	var p guichet.Person
	var i guichet.Identity
	err := a.store.Read(ctx, func(tx *store.Tx) (err error) {
		p, i, err = tx.PersonByLogin(ctx, login)
		return err
	})
	if err == nil {
		return p, i.Secret, nil
	}
	if guichet.KindOf(err) != guichet.KindNotFound {
		return p, "", err
	}
	return guichet.Person{}, "", nil
}

// SignOut ends a session.
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	return a.store.Write(ctx, func(tx *store.Tx) error { return tx.EndSession(ctx, HashToken(token)) })
}

// SessionActor returns who a session belongs to, and prolongs it. Error: unauthenticated when it has ended.
func (a *Accounts) SessionActor(ctx context.Context, token string, channel guichet.Channel) (guichet.Actor, error) {
	actor, s, err := a.session(ctx, token, channel)
	if err != nil {
		return guichet.Actor{}, err
	}
	if now := a.store.Now(); now.Sub(s.SeenAt) > sessionTouch {
		end := now.Add(sessionIdle)
		if last := s.OpenedAt.Add(sessionLife); last.Before(end) {
			end = last
		}
		err = a.store.Write(ctx, func(tx *store.Tx) error { return tx.TouchSession(ctx, HashToken(token), end) })
	}
	return actor, err
}

// WatchSession returns who a session belongs to and when it ends if nobody uses it: what a page asks by
// itself is no use of it. Error: unauthenticated when it has ended.
func (a *Accounts) WatchSession(ctx context.Context, token string, channel guichet.Channel) (guichet.Actor, time.Time, error) {
	actor, s, err := a.session(ctx, token, channel)
	return actor, s.EndsAt, err
}

func (a *Accounts) session(ctx context.Context, token string, channel guichet.Channel) (guichet.Actor, store.Session, error) {
	if token == "" {
		return guichet.Actor{}, store.Session{}, unauthenticated("session")
	}
	var actor guichet.Actor
	var s store.Session
	err := a.store.Read(ctx, func(tx *store.Tx) (err error) {
		if s, err = tx.Session(ctx, HashToken(token)); err != nil {
			return err
		}
		actor, err = tx.ActorOf(ctx, s.Person, channel)
		return err
	})
	if err != nil {
		return guichet.Actor{}, store.Session{}, orUnauthenticated(err, "session")
	}
	return actor, s, nil
}

// TokenActor returns who an API token belongs to, limited to the token's scopes. Error:
// unauthenticated when the token is unknown or has run out.
func (a *Accounts) TokenActor(ctx context.Context, token string) (guichet.Actor, error) {
	var actor guichet.Actor
	err := a.store.Read(ctx, func(tx *store.Tx) error {
		t, err := tx.Token(ctx, HashToken(token))
		if err != nil {
			return err
		}
		actor, err = tx.Actor(ctx, t.PersonID, guichet.ChannelAPI)
		actor.TokenScopes = t.Scopes
		return err
	})
	return actor, orUnauthenticated(err, "token")
}

func unauthenticated(noun string) error {
	return &guichet.Error{Kind: guichet.KindUnauthenticated, Code: "account." + noun + "_ended"}
}

func orUnauthenticated(err error, noun string) error {
	if err != nil && guichet.KindOf(err) == guichet.KindNotFound {
		return unauthenticated(noun)
	}
	return err
}

// PersonActor returns a person as an actor, for the links of mails and for scripts.
func (a *Accounts) PersonActor(ctx context.Context, person guichet.ID, channel guichet.Channel) (actor guichet.Actor, err error) {
	err = a.store.Read(ctx, func(tx *store.Tx) error {
		actor, err = tx.Actor(ctx, person, channel)
		return err
	})
	return actor, err
}

// LoginActor returns the person of a login as an actor, for the command line.
func (a *Accounts) LoginActor(ctx context.Context, login string, channel guichet.Channel) (actor guichet.Actor, err error) {
	err = a.store.Read(ctx, func(tx *store.Tx) error {
		p, _, err := tx.PersonByLogin(ctx, login)
		if err != nil {
			return err
		}
		actor, err = tx.Actor(ctx, p.ID, channel)
		return err
	})
	return actor, err
}

// CreateToken makes an API token for the person of a login and returns it; only its hash is kept.
// Without scopes it may do whatever the person may; a zero expiry is none.
func (a *Accounts) CreateToken(ctx context.Context, login, name string, scopes []guichet.TokenScope, expires time.Time) (string, error) {
	for _, s := range scopes {
		if s != guichet.TokenRead && s != guichet.TokenWrite {
			return "", guichet.Invalid("scope", "field.unknown_value")
		}
	}
	token, hash := NewToken(tokenPrefix)
	return token, a.store.Write(ctx, func(tx *store.Tx) error {
		p, _, err := tx.PersonByLogin(ctx, login)
		if err != nil {
			return err
		}
		return tx.SaveToken(ctx, store.APIToken{ID: guichet.NewID(tx.Now), PersonID: p.ID, Name: name, Scopes: scopes,
			CreatedAt: tx.Now, ExpiresAt: expires}, hash)
	})
}

// Update changes what a person may change of his or her own record: language and telephone.
func (a *Accounts) Update(ctx context.Context, actor guichet.Actor, locale, phone string) error {
	var p guichet.Problems
	phone = strings.TrimSpace(phone)
	if locale != "fr" && locale != "en" {
		p.Add("locale", "field.unknown_value")
	}
	if phone != "" && !guichet.ValidPhone(phone) {
		p.Add("phone", "field.phone")
	}
	if err := p.Err(); err != nil {
		return err
	}
	return a.store.Write(ctx, func(tx *store.Tx) error {
		person, err := tx.Person(ctx, actor.Person.ID)
		if err != nil {
			return err
		}
		person.Locale, person.Phone = locale, phone
		return tx.SavePerson(ctx, person)
	})
}
