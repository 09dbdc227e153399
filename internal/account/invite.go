package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// InvitationLife is how long an invitation may be answered.
const InvitationLife = 7 * 24 * time.Hour

const invitationPrefix = "gci_"

// Invite gives a person a local account, under a login, and returns the token of the link by which the
// person chooses a password, once, within InvitationLife. Nobody else ever knows that password: whoever
// invites sees the link and nothing more. It is also how a lost password is replaced: the one in use stays
// good until the link is answered. Errors: not found for who does not keep the person's directory; denied
// for who could not give what the person holds; invalid login, taken or missing.
func (a *Accounts) Invite(ctx context.Context, actor guichet.Actor, person guichet.ID, login string) (string, error) {
	if !actor.MayWrite() {
		return "", guichet.Denied("token.read_only")
	}
	token, hash := NewToken(invitationPrefix)
	login = lexis.Fold(markup.Line(login))
	return token, a.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.LockDirectory(ctx); err != nil {
			return err
		}
		p, err := invitable(ctx, tx, actor, person)
		if err != nil {
			return err
		}
		if login, err = nameAccount(ctx, tx, person, login); err != nil {
			return err
		}
		err = tx.SaveInvitation(ctx, store.Invitation{PersonID: person, AuthorID: actor.Person.ID, CreatedAt: tx.Now,
			ExpiresAt: tx.Now.Add(InvitationLife)}, hash)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: "invite", Kind: "person", ObjectID: person,
			Name: p.Name(), Detail: login})
	})
}

// invitable finds an active person whom the actor keeps and whose rights he or she could give.
func invitable(ctx context.Context, tx *store.Tx, actor guichet.Actor, person guichet.ID) (guichet.Person, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return guichet.Person{}, err
	}
	scopes := actor.TokenScopes
	if actor, err = tx.Actor(ctx, actor.Person.ID, actor.Channel); err != nil {
		return guichet.Person{}, err
	}
	actor.TokenScopes = scopes
	other, err := tx.Actor(ctx, person, guichet.ChannelPortal)
	if err == nil && !actor.Keeps(other.Person.OrganisationID, desk) {
		err = guichet.NotFound("person")
	}
	if err != nil {
		return guichet.Person{}, err
	}
	if person != actor.Person.ID && !actor.Covers(other.Grants, desk) {
		return guichet.Person{}, guichet.Denied("person.above")
	}
	return other.Person, nil
}

// nameAccount makes, or finds, the local account of a person; an empty login keeps the one it has.
func nameAccount(ctx context.Context, tx *store.Tx, person guichet.ID, login string) (string, error) {
	identities, err := tx.IdentitiesOf(ctx, person)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(identities, func(i guichet.Identity) bool { return i.Kind == guichet.IdentityLocal })
	if at >= 0 && (login == "" || identities[at].Subject == login) {
		return identities[at].Subject, nil
	}
	var p guichet.Problems
	p.Text("login", login, maxLogin)
	if strings.ContainsAny(login, " \t") {
		p.Add("login", "account.login_spaces")
	}
	if err := p.Err(); err != nil {
		return "", err
	}
	_, err = tx.IdentityBySubject(ctx, guichet.IdentityLocal, login)
	if err == nil {
		return "", guichet.Invalid("login", "account.login_taken", "Login", login)
	}
	if guichet.KindOf(err) != guichet.KindNotFound {
		return "", err
	}
	if at >= 0 {
		return login, tx.RenameIdentity(ctx, identities[at].ID, login)
	}
	return login, tx.SaveIdentity(ctx, guichet.Identity{ID: guichet.NewID(tx.Now), PersonID: person, Kind: guichet.IdentityLocal, Subject: login})
}

// Invitation is what who holds a link sees of it.
type Invitation struct {
	Person    guichet.Person
	Login     string
	ExpiresAt time.Time
}

// Invitation finds out whom a link invites. Error: not found when it was used, replaced or has run out.
func (a *Accounts) Invitation(ctx context.Context, token string) (Invitation, error) {
	var v Invitation
	err := a.store.Read(ctx, func(tx *store.Tx) (err error) {
		v, _, err = invited(ctx, tx, token)
		return err
	})
	return v, err
}

// PendingInvitation tells until when the link of a person may be answered, the zero time without one.
func (a *Accounts) PendingInvitation(ctx context.Context, person guichet.ID) (time.Time, error) {
	var until time.Time
	err := a.store.Read(ctx, func(tx *store.Tx) error {
		i, err := tx.InvitationOf(ctx, person)
		if guichet.KindOf(err) == guichet.KindNotFound {
			return nil
		}
		until = i.ExpiresAt
		return err
	})
	return until, err
}

func invited(ctx context.Context, tx *store.Tx, token string) (Invitation, guichet.Identity, error) {
	var none guichet.Identity
	i, err := tx.Invitation(ctx, HashToken(token))
	if err != nil {
		return Invitation{}, none, err
	}
	p, err := tx.Person(ctx, i.PersonID)
	if err != nil {
		return Invitation{}, none, err
	}
	identities, err := tx.IdentitiesOf(ctx, p.ID)
	if err != nil {
		return Invitation{}, none, err
	}
	at := slices.IndexFunc(identities, func(i guichet.Identity) bool { return i.Kind == guichet.IdentityLocal })
	if !p.Active || at < 0 {
		return Invitation{}, none, guichet.NotFound("invitation")
	}
	return Invitation{p, identities[at].Subject, i.ExpiresAt}, identities[at], nil
}

// Accept sets the password of who was invited, uses the link up, and ends the sessions that were open under
// the old password. Errors: not found when the link is no longer good; invalid password.
func (a *Accounts) Accept(ctx context.Context, token, password string) error {
	v, err := a.Invitation(ctx, token)
	if err != nil {
		return err
	}
	if err := CheckPolicy(password, []string{v.Login, v.Person.Name()}); err != nil {
		return err
	}
	secret, err := a.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return a.store.Write(ctx, func(tx *store.Tx) error {
		_, identity, err := invited(ctx, tx, token)
		if err != nil {
			return err
		}
		identity.Secret = secret
		if err := tx.SaveIdentity(ctx, identity); err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, identity.PersonID); err != nil {
			return err
		}
		if err := tx.ClearSignInFailures(ctx, identity.Subject); err != nil {
			return err
		}
		return tx.DropInvitations(ctx, identity.PersonID)
	})
}
