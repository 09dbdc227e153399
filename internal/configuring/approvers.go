package configuring

import (
	"context"
	"strconv"

	"guichet"
	"guichet/internal/store"
)

// NameApprovers puts the login of a person where a step of approval names him or her in another way: by
// name, by address, by number. Problems are attached to "approval.N.approvers" or "approval.N.fallback", N
// from 0: nobody is so called, several are, or the person has no account. Error: not found for who may not
// configure the service; without a service, the desk.
func (c *Configuring) NameApprovers(ctx context.Context, actor guichet.Actor, service guichet.ID, steps []guichet.ApprovalStep) error {
	return c.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if !actor.MayRead() || !actor.Configures(service, desk) {
			return guichet.NotFound("page")
		}
		var p guichet.Problems
		for i, s := range steps {
			for part, list := range map[string][]guichet.ApproverSpec{"approvers": s.Approvers, "fallback": s.Fallback} {
				for n, a := range list {
					if a.Login == "" {
						continue
					}
					if list[n].Login, err = loginOf(ctx, tx, a.Login); guichet.KindOf(err) == guichet.KindConflict {
						p.Add("approval."+strconv.Itoa(i)+"."+part, guichet.CodeOf(err), "Text", a.Login)
						list[n].Login, err = a.Login, nil
					}
					if err != nil {
						return err
					}
				}
			}
		}
		return p.Err()
	})
}

// loginOf is the login of the one person whom a text names; a conflict says that there is none.
func loginOf(ctx context.Context, tx *store.Tx, text string) (string, error) {
	_, identity, err := tx.PersonByLogin(ctx, text)
	if err == nil {
		return identity.Subject, nil
	}
	if guichet.KindOf(err) != guichet.KindNotFound {
		return "", err
	}
	found, err := tx.FindPeople(ctx, text, 2)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", guichet.Conflict("person.unknown")
	case len(found) > 1:
		return "", guichet.Conflict("person.several")
	}
	identities, err := tx.IdentitiesOf(ctx, found[0].ID)
	if err != nil {
		return "", err
	}
	for _, i := range identities {
		if i.Kind == guichet.IdentityLocal {
			return i.Subject, nil
		}
	}
	return "", guichet.Conflict("person.no_login")
}
