package ticketing

import (
	"context"
	"slices"
	"strconv"

	"guichet"
	"guichet/internal/store"
)

// Assist gives the address by which the equipment of a ticket is reached from afar, and writes who asked for
// it, when, and for which equipment. The equipment is the one that the request names, else that of the
// person. Errors: not found when there is none or no such address, denied to who does not work on the ticket.
func (d *Desk) Assist(ctx context.Context, actor guichet.Actor, number int64, person guichet.ID) (link string, err error) {
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToWork(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !slices.Contains([]guichet.ID{l.ticket.RequesterID, l.ticket.BeneficiaryID}, person) {
			return guichet.NotFound("person")
		}
		values, err := l.remote(ctx, tx, person)
		if err != nil {
			return err
		}
		if link = guichet.RemoteLink(l.desk.Remote, values); link == "" {
			return guichet.NotFound("person")
		}
		after := l.ticket
		after.UpdatedAt = tx.Now
		return save(ctx, tx, l.ticket, &after, []guichet.Event{{At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel,
			Kind: guichet.EventRemote, Internal: true, RefID: person, Changes: []guichet.Change{{Field: "equipment", To: values["equipment"]}}}})
	})
	return link, err
}

// remote gathers what the address may name.
func (l loaded) remote(ctx context.Context, tx *store.Tx, person guichet.ID) (map[string]string, error) {
	p, err := tx.Person(ctx, person)
	if err != nil {
		return nil, err
	}
	values := map[string]string{"equipment": EquipmentOf(l.ticket, p), "ticket": strconv.FormatInt(l.ticket.Number, 10)}
	identities, err := tx.IdentitiesOf(ctx, person)
	for _, i := range identities {
		if i.Kind == guichet.IdentityLocal {
			values["login"] = i.Subject
		}
	}
	return values, err
}

// EquipmentOf is the equipment on which somebody may be helped about a ticket: the one that the request names, if
// it is the beneficiary's, else that of the person.
func EquipmentOf(t guichet.Ticket, p guichet.Person) string {
	if named := t.Equipment(); named != "" && p.ID == t.BeneficiaryID {
		return named
	}
	return p.Equipment
}
