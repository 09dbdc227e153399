package ticketing_test

import (
	"fmt"
	"slices"
	"testing"

	"guichet/internal/ticketing"

	. "guichet/internal/store/storetest"
)

func TestTagsInUseAreOfferedOnce(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{})
	look := func() []string {
		v, err := s.desk.Look(s.ctx, s.actor(Mona), ticket.Number, ticketing.Look{Composer: true})
		if err != nil {
			t.Fatal(err)
		}
		return v.InUse
	}
	if got := look(); len(got) != 0 {
		t.Errorf("before there is any: %v", got)
	}
	for i := range 3 {
		other := s.open(Rita, ticketing.Open{Title: fmt.Sprint("Ticket ", i), Description: "Le même."})
		if _, err := s.desk.Tag(s.ctx, s.actor(Mona), other.Number, []string{"vip", "École", fmt.Sprint("salle-", i)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := look(), []string{"salle-0", "salle-1", "salle-2", "vip", "école"}; !slices.Equal(got, want) {
		t.Errorf("offered %q, want %q", got, want)
	}
}
