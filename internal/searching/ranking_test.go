package searching_test

import (
	"context"
	"slices"
	"testing"

	"guichet"
	"guichet/internal/presets"
	"guichet/internal/searching"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// TestWhatIsTypedComesFirst types what people say in each preset: the first service proposed is the one that they
// mean.
func TestWhatIsTypedComesFirst(t *testing.T) {
	for _, c := range []struct {
		preset string
		who    guichet.ID
		means  map[string]guichet.ID
	}{
		{"insa", "demandeur", map[string]guichet.ID{
			"rendre un devoir sur Moodle": "moodle-devoirs", "impossible de rendre un devoir": "moodle-devoirs",
			"Moodle": "moodle", "moodle ne marche pas": "moodle", "problème sur moodle": "moodle", "OpenMoodle": "openmoodle",
			"accès impossible à OpenMoodle": "openmoodle", "openmoo": "openmoodle",
			"sous-titrage d’une vidéo": "video-soustitres", "scenari": "scenari", "export odt opale": "scenari-opale",
			"impossible de rendre un devoir sur Moodle": "moodle-devoirs", "annuaire": "portail-annuaire", "réserver une séance au cube vr": "cube-vr-seances", "chat": "chat",
			"prendre rendez-vous": "rendez-vous", "compte pour un vacataire": "acces-exterieurs"}},
		{"paris", "demandeur", map[string]guichet.ID{
			"rendre un devoir sur Moodle": "moodle", "moodle": "moodle", "wifi": "reseau-wifi", "vpn": "reseau-vpn", "sifac": "sifac",
			"mon ordinateur est lent": "ordinateur-panne", "boîte partagée": "messagerie-partagee", "je ne reçois plus mes mails": "messagerie", "mdp oublié": "reseau-compte", "messagerie": "messagerie",
			"imprimante": "impression-locale", "téléphone mobile": "telephonie-mobile", "mot de passe oublié": "reseau-compte",
			"déménagement": "demenagement", "apogée": "scolarite"}},
		{"glevents", "demandeur", map[string]guichet.ID{
			"outlook": "messagerie-outlook", "vpn": "reseau-vpn", "wifi": "reseau-wifi", "imprimante": "impression", "plus internet sur le site": "reseau-site",
			"mot de passe": "comptes", "logiciel à installer": "poste-logiciels", "facturation": "applications-gestion", "téléphone": "telephonie"}},
		{"ugecam", "demandeur", map[string]guichet.ID{
			"mot de passe oublié": "session", "imprimante": "materiel-impression", "dossier de soins": "logiciels-soins", "planning": "logiciels-planning",
			"boîte aux lettres": "messagerie", "mes mails n’arrivent plus": "messagerie", "mon pc ne démarre plus": "materiel-poste", "accès à un dossier": "acces", "téléphone": "materiel-telephone", "wifi": "reseau"}},
		{"eig", "beatrice.joly", map[string]guichet.ID{
			"paie": "rh-paie", "planning": "rh-plannings", "configurateur": "systeme-configurateur", "facturation": "comptabilite-facturation",
			"mode administrateur": "administrateur", "restaurer une base": "systeme-bases", "connexion impossible": "systeme-acces"}},
	} {
		t.Run(c.preset, func(t *testing.T) {
			ctx := context.Background()
			p, err := presets.Load(c.preset)
			if err != nil {
				t.Fatal(err)
			}
			s := Open(t, NewClock().Now)
			if err := s.Write(ctx, func(tx *store.Tx) error { return p.Save(ctx, tx) }); err != nil {
				t.Fatal(err)
			}
			seek := searching.New(s)
			for text, want := range c.means {
				found, err := seek.Suggest(ctx, Actor(t, s, c.who), text)
				if err != nil {
					t.Fatal(err)
				}
				var got []guichet.ID
				for _, x := range found.Proposals {
					got = append(got, x.Service)
				}
				bears, called := slices.Index(got, "openmoodle"), slices.Index(got, "moodle")
				if want != "openmoodle" && bears >= 0 && bears < called {
					t.Errorf("%q proposes what only bears the name before what is called so: %v", text, got)
				}
				if len(got) == 0 || got[0] != want {
					t.Errorf("%q proposes %v, %s is meant", text, got, want)
				}
			}
		})
	}
}
