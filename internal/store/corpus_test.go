package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// subjects, facts and outcomes are what the texts of the corpus are made of.
var (
	subjects = []string{"L’imprimante du deuxième étage", "Les imprimantes de l’accueil", "Le cours Moodle d’algèbre", "La boîte aux lettres partagée",
		"Mon mot de passe", "Le réseau sans fil du bâtiment C", "Les réseaux de l’internat", "Le serveur de fichiers", "L’œuvre numérisée n° 12",
		"Le vidéoprojecteur de l’amphithéâtre", "La clé d’accès de l’élève", "Les clés du logiciel R&D", "Le PC portable d’Hélène", "L’agenda Zimbra",
		"La visioconférence", "Le compte de l’invité", "Les comptes étudiants", "La base de données Apogée", "Le téléphone du secrétariat", "Le VPN"}
	facts = []string{"ne répond plus depuis ce matin", "affiche une erreur base de données", "reste bloquée à l’étape 2", "est très lente, voire figée",
		"demande sans cesse une connexion", "refuse les connexions extérieures", "a disparu après la mise à jour", "sont bloqués pour tout le monde",
		"n’imprime qu’en noir et blanc", "perd la base de l’erreur précédente", "dépasse le quota autorisé", "indique « accès refusé »",
		"fonctionne chez moi, pas à l’école", "coupe le son toutes les cinq minutes", "doit être réinitialisé avant lundi", "réclame un mot de passe inconnu"}
	outcomes = []string{"Redémarrage du service effectué.", "Le câble défectueux a été remplacé.", "Droits rétablis sur l’espace partagé.",
		"Mise à jour du pilote de l’imprimante.", "Nouveau mot de passe transmis par téléphone.", "Quota augmenté ; la boîte se vide.", "Borne réseau changée."}
	remarks = []string{"Soupçon de câble sectionné.", "Prévenir le prestataire avant de rappeler.", "Élève déjà dépanné hier.", "Le serveur est sous garantie."}
)

// written is a ticket of the corpus with its texts, as the naive search reads them.
type written struct {
	number                        int64
	title, solution, rest, hidden string
	texts                         []string
}

const corpusSize = 240

// corpus writes the same tickets in a desk, and tells what they hold.
func corpus(t *testing.T, s *store.Store) []written {
	t.Helper()
	Fill(t, s)
	random := rand.New(rand.NewPCG(7, 11))
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	var out []written
	err := s.Write(context.Background(), func(tx *store.Tx) error {
		for i := range corpusSize {
			w := written{title: pick(subjects)}
			if random.IntN(2) == 0 {
				w.title += " " + pick(facts)
			}
			texts := []string{pick(subjects) + " " + pick(facts) + ". " + pick(subjects) + " " + pick(facts) + "."}
			for range random.IntN(3) {
				texts = append(texts, pick(subjects)+" "+pick(facts)+".")
			}
			if random.IntN(2) == 0 {
				w.solution = pick(outcomes)
			}
			if random.IntN(4) == 0 {
				w.hidden = pick(remarks)
			}
			if err := w.save(tx, i, texts); err != nil {
				return err
			}
			out = append(out, w)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("corpus: %v", err)
	}
	return out
}

func (w *written) save(tx *store.Tx, i int, texts []string) error {
	ctx := context.Background()
	at := time.UnixMicro(int64(1+i%17) * 1_000_000).UTC() // the order of changes is not that of numbers
	who := []guichet.ID{Rita, Stan}[i%2]
	ticket := guichet.Ticket{ID: guichet.ID(fmt.Sprintf("t%03d", i)), State: guichet.StateNew, ServiceID: Wifi, Title: w.title, Description: texts[0],
		RequesterID: who, BeneficiaryID: who, OpenedByID: who, OpenedAt: at, UpdatedAt: at, Solution: w.solution}
	if err := tx.InsertTicket(ctx, &ticket); err != nil {
		return err
	}
	if err := tx.AddParty(ctx, ticket.ID, guichet.Party{PersonID: who, Role: guichet.PartyRequester}); err != nil {
		return err
	}
	events := []guichet.Event{{Kind: guichet.EventOpened}}
	for _, text := range texts[1:] {
		events = append(events, guichet.Event{Kind: guichet.EventFollowedUp, Text: text})
	}
	if w.solution != "" {
		events = append(events, guichet.Event{Kind: guichet.EventResolved, Text: w.solution})
	}
	if w.hidden != "" {
		events = append(events, guichet.Event{Kind: guichet.EventNoted, Internal: true, Text: w.hidden})
	}
	for n := range events {
		events[n].ID, events[n].TicketID, events[n].At, events[n].ActorID = guichet.ID(fmt.Sprintf("e%03d-%d", i, n)), ticket.ID, at, who
		events[n].Channel = guichet.ChannelPortal
	}
	if err := tx.AppendEvents(ctx, events); err != nil {
		return err
	}
	for n, e := range events {
		text := e.Text
		if n == 0 {
			text = ticket.Description
		}
		if err := tx.Index(ctx, ticket, e, text); err != nil {
			return err
		}
	}
	w.number, w.rest = ticket.Number, strings.Join(texts, " ")
	w.texts = append([]string{w.title, w.solution}, texts...)
	return nil
}

// class is what a naive search says of a ticket: 3 for words in the title, 2 in the solution, 1 anywhere, 0 none.
func (w written) class(q guichet.Query, handles bool) int {
	title, solution := lexis.Tokens(fmt.Sprint(w.number)+" "+w.title), lexis.Tokens(w.solution)
	all := slices.Concat(title, solution, lexis.Tokens(w.rest))
	texts := w.texts
	if handles {
		all, texts = append(all, lexis.Tokens(w.hidden)...), append(slices.Clone(texts), w.hidden)
	}
	class := 3
	for _, term := range q.Of(guichet.QueryWords) {
		tokens := lexis.Tokens(term.Values[0])
		holds := func(list []string) bool {
			return !slices.ContainsFunc(tokens, func(x string) bool { return !slices.Contains(list, x) })
		}
		phrase := func(text string) bool { return lexis.HasPhrase(text, lexis.Words(term.Values[0])) }
		switch {
		case term.Not && holds(all), !term.Not && !holds(all), !term.Not && term.Phrase && !slices.ContainsFunc(texts, phrase):
			return 0
		case term.Not:
		case !slices.ContainsFunc(tokens, func(x string) bool { return !slices.Contains(title, x) }):
		case !slices.ContainsFunc(tokens, func(x string) bool { return !slices.Contains(title, x) && !slices.Contains(solution, x) }):
			class = min(class, 2)
		default:
			class = 1
		}
	}
	return class
}

// naive lists what a query finds, in order.
func naive(list []written, q guichet.Query, who guichet.ID) []int64 {
	var out []int64
	for class := 3; class > 0; class-- {
		for i, w := range slices.Backward(list) {
			if (who == Fay || i%2 == 0) && w.class(q, who == Fay) == class {
				out = append(out, w.number)
			}
		}
	}
	return out
}

// questions are what is sought in the corpus: each word in several forms, pairs, phrases, exclusions.
func questions() []string {
	out := []string{"imprimante", "IMPRIMANTES", "l'imprimante", "imprimer", "réseau", "reseaux", "Réseaux sans fil", "mot de passe", `"mot de passe"`, `"mots de passe"`,
		"motdepasse", "erreur base", `"erreur base"`, `"base erreur"`, "base -erreur", "bloqué", "bloquées", "bloquer", "connexion", "connexions", "élève", "eleve ÉLÈVES",
		"œuvre", "oeuvres", "câble", "cable defectueux", "serveur garantie", "soupçon", "prestataire", "quota -boîte", `-"mot de passe" réseau`, "accès refusé",
		`"accès refusé"`, "clé", "clés", "cles élève", "moodle algèbre", "cours", "téléphone", "telephoner", "hélène", "zimbra agenda", "visioconférence", "2", "12", "n° 12",
		"120", "#120", "apogée données", "données", "donnee", "étudiants", "compte", "comptes invité", "vpn", "r&d", "mise à jour", `"mise à jour"`, "redémarrage", "pilote imprimante",
		"imprimante réseau", "le", "de la", "lente figée", "lundi", "borne changée", "absent", "imprimante -réseau -mot -moodle", "école"}
	return out
}

// What words find, and in which order, is the same on both engines, and what reading everything would find.
func TestWordsFindTheSameOnBothEngines(t *testing.T) {
	engines := []*store.Store{OpenEmbedded(t)}
	if os.Getenv("GUICHET_TEST_POSTGRES") != "" {
		engines = append(engines, Open(t, nil))
	}
	if n := len(questions()); n < 60 {
		t.Fatalf("%d questions", n)
	}
	found := 0
	for _, s := range engines {
		list := corpus(t, s)
		for _, who := range []guichet.ID{Fay, Rita} {
			asker := Actor(t, s, who)
			for _, text := range questions() {
				q := Asked(text)
				want := naive(list, q, who)
				if strings.HasPrefix(text, "#") {
					want = []int64{120}
					if who != Fay {
						want = nil // every second ticket is hers
					}
				}
				got := walk(t, s, store.TicketQuery{Scope: asker.Scope(), Asker: asker, Query: q, Limit: 30})
				if !slices.Equal(got, want) {
					t.Errorf("%s seeks %s: %v, want %v", who, text, got, want)
				}
				found += len(got)
			}
		}
	}
	if found < 1000 {
		t.Errorf("the questions find %d tickets in all: the corpus says little", found)
	}
}

// walk reads every page of a list.
func walk(t *testing.T, s *store.Store, q store.TicketQuery) (out []int64) {
	t.Helper()
	for {
		var rows []store.TicketRow
		err := s.Read(context.Background(), func(tx *store.Tx) (err error) {
			rows, q.After, err = tx.Tickets(context.Background(), q)
			return err
		})
		if err != nil {
			t.Fatalf("%+v: %v", q.Query, err)
		}
		for _, r := range rows {
			out = append(out, r.Number)
		}
		if q.After == (store.Cursor{}) {
			return out
		}
	}
}

// A desk that had another index gets its entries by the job: it finds the same as one that was written to.
func TestADeskIsIndexedAgain(t *testing.T) {
	s := Open(t, nil)
	list := corpus(t, s)
	ctx := context.Background()
	err := s.Write(ctx, func(tx *store.Tx) error {
		if err := tx.ForgetWords(ctx); err != nil {
			return err
		}
		for below := int64(1 << 62); below != 0; {
			last, err := tx.IndexAgain(ctx, below, 50)
			if err != nil {
				return err
			}
			below = last
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	asker := Actor(t, s, Fay)
	for _, text := range questions() {
		if strings.HasPrefix(text, "#") {
			continue
		}
		q := Asked(text)
		if got, want := walk(t, s, store.TicketQuery{Scope: asker.Scope(), Asker: asker, Query: q, Limit: 100}), naive(list, q, Fay); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
