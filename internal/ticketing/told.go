package ticketing

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// told works out whom a message of the actor would be told to, by the rule that tells them (Audience), in
// each mode of the composer.
func (l loaded) told(ctx context.Context, tx *store.Tx, actor guichet.Actor, approvals []guichet.Approval) (map[guichet.Mode][]guichet.Recipient, error) {
	t := l.ticket
	a := guichet.Audience{Ticket: t, Parties: l.parties, Team: l.desk.Teams[t.TeamID].Members, Moderated: l.desk.Flow(t).Moderated()}
	for _, q := range approvals {
		if q.Step == t.ApprovalStep && !q.Withdrawn {
			a.Approvers = append(a.Approvers, q.ApproverID)
		}
	}
	if a.Moderated || t.TeamID == "" && t.AssigneeID == "" {
		var err error
		if a.Moderators, err = tx.Holders(ctx, l.desk.RolesWith(guichet.PermissionModerate), t.OrganisationID, t.ServiceID); err != nil {
			return nil, err
		}
	}
	out := map[guichet.Mode][]guichet.Recipient{}
	for mode, e := range map[guichet.Mode]guichet.Event{
		guichet.ModeReply:    {Kind: guichet.EventFollowedUp},
		guichet.ModeNote:     {Kind: guichet.EventNoted, Internal: true},
		guichet.ModeSolution: {Kind: guichet.EventResolved},
	} {
		e.ActorID = actor.Person.ID
		out[mode] = a.Recipients(e)
	}
	return out, nil
}
