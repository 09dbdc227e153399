package ticketing_test

import (
	"context"
	"testing"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/presets"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// TestRecordingACallAsksNoMoreThanIsKnown: the incident form of Moodle has questions that its requester must
// answer; a moderator who takes the call records the ticket without them, and what is answered is checked.
func TestRecordingACallAsksNoMoreThanIsKnown(t *testing.T) {
	ctx := context.Background()
	s := storetest.Open(t, nil)
	p, err := presets.Load("insa")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(ctx, func(tx *store.Tx) error { return p.Save(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
	accounts := account.New(s, account.NewHasher())
	open := func(who guichet.ID, in ticketing.Open) error {
		t.Helper()
		actor, err := accounts.PersonActor(ctx, who, guichet.ChannelDesk)
		if err != nil {
			t.Fatal(err)
		}
		in.Service, in.Kind, in.Title, in.Description = "moodle", guichet.KindIncident, "Moodle ne répond pas", "Appel de 9 h 10."
		_, err = ticketing.New(s).Open(ctx, actor, in)
		return err
	}
	if err := open("demandeur", ticketing.Open{Channel: guichet.ChannelDesk}); guichet.KindOf(err) != guichet.KindInvalid {
		t.Errorf("the requester, without the answers: %v, want them asked for", err)
	}
	if err := open("moderateur", ticketing.Open{Requester: "demandeur", Channel: guichet.ChannelPhone}); err != nil {
		t.Errorf("the moderator, by telephone: %v", err)
	}
	wrong := ticketing.Open{Requester: "demandeur", Channel: guichet.ChannelPhone, Answers: map[string][]string{"nothing": {"x"}}}
	if err := open("moderateur", wrong); guichet.KindOf(err) != guichet.KindInvalid {
		t.Errorf("an answer to no question: %v", err)
	}
}
