package guichet

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// queryWord is a name of the language: a key, and the words for it. The first of each language is the one
// that is written; the others are read too.
type queryWord struct {
	key    string
	fr, en []string
}

func (w queryWord) called(word string) bool {
	return slices.Contains(w.fr, word) || slices.Contains(w.en, word)
}

// in is the word to write in a language.
func (w queryWord) in(locale string) string {
	if locale == "en" {
		return w.en[0]
	}
	return w.fr[0]
}

func words(s ...string) []string { return s }

// queryFields are the operators, in the order in which they are offered.
var queryFields = sync.OnceValue(func() []queryWord {
	return []queryWord{
		{string(QueryStatus), words("statut", "état"), words("status", "state")},
		{string(QueryService), words("service"), words("service")},
		{string(QueryTeam), words("équipe"), words("team")},
		{string(QueryAssignee), words("assigné", "assignée", "attribué", "technicien"), words("assigned", "assignee")},
		{string(QueryRequester), words("demandeur", "demandeuse", "bénéficiaire"), words("requester", "from")},
		{string(QueryOrganisation), words("organisation", "orga"), words("organisation", "organization", "org")},
		{string(QueryPriority), words("priorité"), words("priority")},
		{string(QueryLevel), words("niveau"), words("level")},
		{string(QueryKind), words("type", "nature"), words("kind")},
		{string(QueryTag), words("étiquette"), words("tag", "label")},
		{string(QueryCreated), words("créé", "créée"), words("created", "opened")},
		{string(QueryUpdated), words("modifié", "modifiée", "depuis"), words("updated", "since")},
		{string(QueryResolved), words("résolu", "résolue"), words("resolved")},
		{string(QueryDue), words("échéance"), words("due")},
		{string(QueryResumes), words("reprise"), words("resumes")},
		{string(QueryNumber), words("numéro"), words("number")},
		{string(QueryUnread), words("nouveau", "nouveauté", "nouveautés"), words("unread", "new", "news")},
		{string(QueryIs), words("est"), words("is")},
	}
})

// queryValues are the closed lists of values of the fields.
var queryValues = sync.OnceValue(func() map[QueryField][]queryWord {
	out := map[QueryField][]queryWord{}
	for _, w := range queryFields() {
		out[QueryField(w.key)] = QueryField(w.key).vocabulary()
	}
	return out
})

// queryMeanings are the keys by the words, in the form in which the language compares: of the operators under no
// field, of the values under theirs. They are worked out once, for every list and menu reads queries.
var queryMeanings = sync.OnceValue(func() map[QueryField]map[string]string {
	out := map[QueryField]map[string]string{"": meaningsOf(queryFields())}
	for f, list := range queryValues() {
		out[f] = meaningsOf(list)
	}
	return out
})

func meaningsOf(list []queryWord) map[string]string {
	out := map[string]string{}
	for _, w := range list {
		for _, s := range slices.Concat(w.fr, w.en) {
			if _, known := out[bareWord(s)]; !known {
				out[bareWord(s)] = w.key
			}
		}
	}
	return out
}

// Values of QueryStatus and QueryIs that are no state.
const (
	QueryOpen       = "open"       // somebody still has to work on it
	QueryUnfinished = "unfinished" // open or resolved
	QueryFinished   = "finished"
	QueryUnassigned = "unassigned"
	QueryOverdue    = "overdue"
	QueryReopened   = "reopened"
	QueryFiles      = "files" // has some
	QueryMine       = "mine"
	QueryFollowed   = "followed" // who asks takes part
)

func queryStates() []queryWord {
	return []queryWord{
		{QueryOpen, words("ouvert", "ouverte", "ouverts"), words("open")},
		{QueryUnfinished, words("non clos", "vivant"), words("unfinished")},
		{QueryFinished, words("terminé", "terminée", "fini"), words("finished", "final")},
		{string(StateAwaitingApproval), words("approbation", "en approbation", "à approuver"), words("approval", "awaiting approval")},
		{string(StateNew), words("à qualifier", "qualifier", "nouveau", "nouvelle"), words("new", "to qualify")},
		{string(StateAssigned), words("attribué", "en cours", "cours", "assigné", "affecté"), words("assigned", "in progress", "progress")},
		{string(StatePending), words("en attente", "attente", "suspendu"), words("pending", "waiting", "on hold")},
		{string(StateResolved), words("résolu", "résolue"), words("resolved", "solved")},
		{string(StateClosed), words("clos", "close", "fermé", "clôturé"), words("closed")},
		{string(StateRejected), words("rejeté", "refusé"), words("rejected", "refused")},
		{string(StateCancelled), words("retiré", "annulé"), words("cancelled", "canceled", "withdrawn")},
	}
}

func (f QueryField) words() []queryWord { return queryValues()[f] }

// vocabulary is the closed list of values of a field; none for one whose values are names.
func (f QueryField) vocabulary() []queryWord {
	switch f {
	case QueryStatus:
		return queryStates()
	case QueryIs:
		return append(queryStates(), []queryWord{
			{QueryUnassigned, words("non assigné", "sans technicien", "à prendre"), words("unassigned", "to take")},
			{QueryMine, words("à moi", "moi", "mien"), words("mine", "me")},
			{QueryFollowed, words("suivi"), words("followed", "watched")},
			{QueryOverdue, words("en retard", "retard", "dépassé"), words("overdue", "late", "breached")},
			{QueryReopened, words("rouvert", "réouvert"), words("reopened")},
			{QueryFiles, words("avec fichier", "fichier"), words("with files", "files", "file")},
		}...)
	case QueryPriority:
		return []queryWord{
			{string(PriorityCritical), words("critique"), words("critical", "urgent")},
			{string(PriorityHigh), words("haute", "élevée"), words("high")},
			{string(PriorityMedium), words("moyenne", "normale"), words("medium", "normal")},
			{string(PriorityLow), words("basse", "faible"), words("low")},
		}
	case QueryKind:
		return []queryWord{
			{string(KindIncident), words("incident", "panne"), words("incident")},
			{string(KindRequest), words("demande"), words("request")},
			{string(KindProblem), words("problème"), words("problem")},
		}
	case QueryLevel:
		return []queryWord{
			{string(Level1), words("n1", "1"), words("n1", "l1")}, {string(Level2), words("n2", "2"), words("n2", "l2")},
			{string(Level3), words("n3", "3"), words("n3", "l3")}, {string(LevelRD), words("r&d", "rd"), words("r&d", "rnd")},
		}
	case QueryTeam:
		return []queryWord{{QueryMe, words("miennes", "moi", "mienne", "mes"), words("mine", "me", "my")}}
	case QueryAssignee:
		return []queryWord{{QueryMe, words("moi"), words("me")}, {QueryNone, words("personne", "aucun"), words("none", "nobody", "unassigned")}}
	case QueryRequester:
		return []queryWord{{QueryMe, words("moi"), words("me")}}
	case QueryUnread:
		return []queryWord{{QueryYes, words("oui", "vrai"), words("yes", "true")}, {QueryNo, words("non", "faux"), words("no", "false")}}
	}
	return nil
}

// Choices are the values of a field that is of a closed list, in the order in which they are offered.
func (f QueryField) Choices() []string {
	var out []string
	for _, w := range f.words() {
		out = append(out, w.key)
	}
	return append(out, f.periods()...)
}

// QueryFields lists the operators in the order in which they are offered.
func QueryFields() []QueryField {
	var out []QueryField
	for _, w := range queryFields() {
		out = append(out, QueryField(w.key))
	}
	return out
}

// QueryFieldCalled finds an operator by its name, without its colon.
func QueryFieldCalled(name string) (QueryField, bool) {
	key, known := queryMeanings()[""][bareWord(name)]
	return QueryField(key), known
}

// Name is how the operator is written in a language, without its colon.
func (f QueryField) Name(locale string) string {
	for _, w := range queryFields() {
		if w.key == string(f) {
			return w.in(locale)
		}
	}
	return string(f)
}

// Word is how a value in its one form is written in a language.
func (f QueryField) Word(value, locale string) string {
	for _, w := range f.words() {
		if w.key == value {
			return strings.ReplaceAll(w.in(locale), " ", "-")
		}
	}
	if f.isTime() {
		return timeWord(f, value, locale)
	}
	return value
}

// canonical brings a value to its one form. Names are left as they are typed; whether they mean something is
// found when the query is carried out.
func (f QueryField) canonical(v string) (string, bool) {
	if key, known := queryMeanings()[f][bareWord(strings.TrimLeft(v, "@"))]; known {
		return key, true
	}
	switch {
	case f.isTime():
		return f.canonicalTime(v)
	case f == QueryNumber:
		v = strings.TrimLeft(v, "#")
		return trimZeros(v), isNumber(v)
	case f == QueryTag:
		v = CleanTag(v)
		return v, v != ""
	case f.named():
		v = strings.TrimSpace(strings.TrimLeft(v, "@"))
		return v, v != ""
	}
	return "", false
}

// named reports a field whose values are names of the desk.
func (f QueryField) named() bool {
	return slices.Contains([]QueryField{QueryService, QueryTeam, QueryAssignee, QueryRequester, QueryOrganisation}, f)
}

// bareWord brings a word to the form in which the language compares: lower case, no accents, and one space
// for what parts it.
func bareWord(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case strings.ContainsRune("-_ \u00a0\u202f'’", r):
			b.WriteByte(' ')
		default:
			b.WriteString(unaccented(r))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// WordBegins reports whether a word begins as what is typed, whatever the accents and the case; a name of several
// words may begin so at any of them.
func WordBegins(word, typed string) bool {
	own, begin := bareWord(word), bareWord(typed)
	return strings.HasPrefix(own, begin) || begin != "" && beginWith(own, begin)
}

// unaccented is a lower case letter without its accent.
func unaccented(r rune) string {
	const with, without = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ", "aaaaaaceeeeiiiinooooouuuuyy"
	switch r {
	case 'œ':
		return "oe"
	case 'æ':
		return "ae"
	}
	if i := strings.IndexRune(with, r); i >= 0 {
		return string(without[len([]rune(with[:i]))])
	}
	return string(r)
}
