package ruling

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"guichet"
)

// said is what tickets are made of in the benchmark: sentences, in which words come back as in a desk.
var said = []string{
	"Bonjour, depuis ce matin plus personne n’accède aux dossiers partagés du site de Lyon.",
	"L’imprimante du deuxième étage affiche une erreur et le bac reste bloqué.",
	"Je n’arrive plus à me connecter à Moodle avec mon compte de l’établissement.",
	"Le réseau sans fil coupe toutes les dix minutes dans l’amphithéâtre Gaston Berger.",
	"Merci de créer une adresse pour la nouvelle collègue qui arrive lundi au laboratoire.",
	"Le vidéoprojecteur de la salle 204 ne s’allume plus, le cours commence à quatorze heures.",
	"Pouvez-vous installer le logiciel de statistiques sur les postes de la salle informatique ?",
	"Cordialement, Claire Morvan, poste 4712.",
}

func arrivals(n int) []guichet.Facts {
	random := rand.New(rand.NewPCG(1, 2))
	out := make([]guichet.Facts, n)
	for i := range out {
		f := facts()
		f.Ticket.Title = fmt.Sprintf("Demande %d : %s", i, said[random.IntN(len(said))])
		var text strings.Builder
		for text.Len() < 600 {
			text.WriteString(said[random.IntN(len(said))] + " ")
		}
		f.Ticket.Description = text.String()
		out[i] = f
	}
	return out
}

// BenchmarkDryRun judges thirty rules on a thousand tickets, under the rules in force and under a draft,
// as the trial on screen does.
func BenchmarkDryRun(b *testing.B) {
	var rules []guichet.Rule
	for i := range 30 {
		rules = append(rules, guichet.Rule{ID: guichet.ID(fmt.Sprint("r", i)), Continue: true, When: when{All: []comparison{
			{Field: "service", Values: []string{"moodle", "reseau"}},
			{Field: "words", Values: []string{"panne", fmt.Sprint("mot", i), "réseau partagé inaccessible"}}}}})
	}
	now, draft := desk(rules...), desk(rules[1:]...)
	list := arrivals(1000)
	b.ReportAllocs()
	for b.Loop() {
		reading := NewReading()
		for _, f := range list {
			reading = reading.Next()
			now.Route(f, For(now).JudgeOf(reading))
			draft.Route(f, For(draft).JudgeOf(reading))
		}
	}
}
