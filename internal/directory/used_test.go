package directory_test

import (
	"testing"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// What a service names is not removed from under it: the team of one of its levels, an organisation of its audience.
func TestWhatAServiceNamesStays(t *testing.T) {
	s := newStage(t)
	err := s.s.Write(t.Context(), func(tx *store.Tx) error {
		d, err := tx.Desk(t.Context())
		if err != nil {
			return err
		}
		d = d.Clone()
		d.Teams["second"] = guichet.Team{ID: "second", Name: "Second niveau"}
		d.Organisations["annexe"] = guichet.Organisation{ID: "annexe", Name: "Annexe"}
		wifi := d.Services[Wifi]
		wifi.Teams, wifi.Organisations = map[guichet.Level]guichet.ID{guichet.Level2: "second"}, []guichet.ID{"annexe"}
		d.Services[Wifi] = wifi
		return tx.SaveDesk(t.Context(), d)
	})
	s.no(err)
	fay := s.actor(Fay)
	s.refused(s.d.RemoveTeam(t.Context(), fay, "second"), "team.named")
	s.refused(s.d.RemoveOrganisation(t.Context(), fay, "annexe"), "organisation.named")
}
