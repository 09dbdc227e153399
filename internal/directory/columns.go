package directory

import (
	"slices"
	"strings"

	"guichet"
	"guichet/internal/lexis"
)

// What a file is about.
const (
	ImportPeople        = "people"
	ImportOrganisations = "organisations"
)

// ImportKinds lists what a file may be about.
func ImportKinds() []string { return []string{ImportPeople, ImportOrganisations} }

// column is what a column of a file may hold, with the headers by which it is recognised, folded.
type column struct {
	field   string
	headers []string
}

var peopleColumns = []column{
	{"employee_number", []string{"matricule", "numero matricule", "n matricule", "numero agent", "employee number", "employee id", "employeenumber", "employee_number"}},
	{"login", []string{"login", "identifiant", "compte", "uid", "user", "username", "nom d utilisateur"}},
	{"email", []string{"email", "e mail", "mail", "courriel", "adresse electronique", "adresse mail", "adresse e mail", "email address"}},
	{"name", []string{"nom complet", "nom et prenom", "nom prenom", "prenom nom", "full name", "name", "displayname", "agent", "utilisateur"}},
	{"given_name", []string{"prenom", "prenoms", "first name", "given name", "given", "firstname", "givenname", "given_name"}},
	{"family_name", []string{"nom", "nom de famille", "nom d usage", "last name", "family name", "family", "lastname", "surname", "sn", "family_name"}},
	{"organisation", []string{"organisation", "organization", "etablissement", "site", "service", "direction", "structure", "client", "entite", "composante", "department"}},
	{"phone", []string{"telephone", "tel", "n de telephone", "numero de telephone", "phone", "phone number", "telephonenumber", "poste"}},
	{"location", []string{"lieu", "bureau", "localisation", "emplacement", "location", "office", "batiment"}},
	{"equipment", []string{"equipement", "materiel", "poste de travail", "ordinateur", "pc", "n inventaire", "numero d inventaire", "equipment", "computer", "device", "asset"}},
	{"profile", []string{"profil", "profile", "categorie", "type", "population", "public"}},
	{"locale", []string{"langue", "language", "locale", "lang"}},
}

var organisationColumns = []column{
	{"id", []string{"code", "cle", "identifiant", "id", "key", "uai", "numero"}},
	{"name", []string{"nom", "libelle", "name", "organisation", "organization", "etablissement", "intitule"}},
	{"parent", []string{"parent", "rattachement", "organisation parente", "code parent", "superieur", "parent code", "pere"}},
	{"kind", []string{"type", "genre", "nature", "kind", "categorie"}},
}

func columnsOf(kind string) []column {
	if kind == ImportOrganisations {
		return organisationColumns
	}
	return peopleColumns
}

// ImportFields lists what the columns of a kind of file may hold.
func ImportFields(kind string) []string {
	var out []string
	for _, c := range columnsOf(kind) {
		out = append(out, c.field)
	}
	return out
}

// guess recognises the columns of a file by their headers; a header that says nothing gives an empty word,
// and so does a second column of the same.
func guess(kind string, header []string) []string {
	out := make([]string, len(header))
	for i, h := range header {
		words := strings.Join(lexis.Words(h), " ")
		for _, c := range columnsOf(kind) {
			if (slices.Contains(c.headers, words) || words == strings.ReplaceAll(c.field, "_", " ")) && !slices.Contains(out, c.field) {
				out[i] = c.field
				break
			}
		}
	}
	return out
}

// checkColumns refuses a choice of columns by which nothing can be brought in.
func checkColumns(kind string, columns []string) error {
	var p guichet.Problems
	has := func(f string) bool { return slices.Contains(columns, f) }
	for i, c := range columns {
		switch {
		case c != "" && !slices.Contains(ImportFields(kind), c):
			p.Add("columns", "field.unknown_value")
		case c != "" && slices.Contains(columns[:i], c):
			p.Add("columns", "import.column_twice")
		}
	}
	if kind == ImportPeople && !has("name") && !has("family_name") || kind == ImportOrganisations && !has("name") {
		p.Add("columns", "import.no_name")
	}
	if kind == ImportPeople && !has("employee_number") && !has("login") && !has("email") {
		p.Add("columns", "import.no_key")
	}
	return p.Err()
}

// record is a line by its fields; what the file does not hold, or leaves empty, is absent.
type record map[string]string

func recordOf(columns []string, r row) record {
	out := record{}
	for i, c := range r.Cells {
		if i < len(columns) && columns[i] != "" && c != "" {
			out[columns[i]] = c
		}
	}
	return out
}

// kindWords are the kinds of organisations as files call them, folded.
var kindWords = map[string]guichet.OrganisationKind{
	"groupe": guichet.OrganisationGroup, "etablissement": guichet.OrganisationEstablishment, "ecole": guichet.OrganisationEstablishment,
	"direction": guichet.OrganisationDirectorate, "service": guichet.OrganisationDirectorate, "faculte": guichet.OrganisationFaculty,
	"ufr": guichet.OrganisationFaculty, "composante": guichet.OrganisationFaculty, "site": guichet.OrganisationSite,
	"client": guichet.OrganisationCustomer,
}

// kindOf reads a kind of organisation, in French, in English or by its key.
func kindOf(word string) (guichet.OrganisationKind, bool) {
	folded := lexis.Fold(word)
	if k := guichet.OrganisationKind(folded); k.Valid() {
		return k, true
	}
	k, known := kindWords[folded]
	return k, known
}

// localeOf reads a language.
func localeOf(word string) string {
	switch lexis.Fold(word) {
	case "fr", "fr-fr", "francais", "french", "fra":
		return "fr"
	case "en", "en-gb", "en-us", "anglais", "english", "eng":
		return "en"
	}
	return word
}
