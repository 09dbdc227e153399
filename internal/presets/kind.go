package presets

// kind is one file of a configuration. Everything that is done with the files of a desk (reading, checking,
// export, import, differences) goes through this table.
//
// A new kind of configuration needs a line in kinds and three functions beside those of the other kinds: one that
// reads its file into the preset (read.go; list and single give entries with their lines), one that checks it
// (check.go), and one that gives back the entries of the file (write.go), in a stable order. What list read, write
// must give back: TestEveryFieldIsExported fills each field of guichet.Desk and fails on the first that is lost.
// An entry is the noun itself when it has yaml tags, or a small struct when the file says things otherwise. Fields
// have readable texts ("4h", "08:30") and omitempty; differences are found by comparing entries and need nothing.
type kind struct {
	file  string
	about string // the comment at the head of the file, for those who open it
	read  func(*Preset, *folder)
	check func(Preset, *folder)
	write func(Preset) any // a slice of entries with an ID, or one entry without
	// The order of the entries means something, beside what each says: services of one parent, rules.
	ordered bool
	// The file may be missing: nothing of this kind then.
	optional bool
}

// kinds lists the files in the order in which they are read: what others name comes first.
func kinds() []kind {
	return []kind{
		{file: fileDesk, about: aboutDesk, read: (*Preset).readDesk, check: Preset.checkDesk, write: Preset.writeDesk},
		{file: fileOrganisations, about: aboutOrganisations, read: (*Preset).readOrganisations,
			check: Preset.checkOrganisations, write: Preset.writeOrganisations},
		{file: fileRoles, about: aboutRoles, read: (*Preset).readRoles, check: Preset.checkRoles, write: Preset.writeRoles},
		{file: fileTeams, about: aboutTeams, read: (*Preset).readTeams, check: Preset.checkTeams, write: Preset.writeTeams},
		{file: filePeople, about: aboutPeople, read: (*Preset).readPeople, check: Preset.checkPeople,
			write: Preset.writePeople, optional: true},
		{file: fileServices, about: aboutServices, read: (*Preset).readServices, check: Preset.checkServices,
			write: Preset.writeServices, ordered: true},
		{file: fileOfferings, about: aboutOfferings, read: (*Preset).readOfferings, check: Preset.checkOfferings,
			write: Preset.writeOfferings},
		{file: fileWorkflows, about: aboutWorkflows, read: (*Preset).readWorkflows, check: Preset.checkWorkflows,
			write: Preset.writeWorkflows},
		{file: fileRules, about: aboutRules, read: (*Preset).readRules, check: Preset.checkRules, write: Preset.writeRules,
			ordered: true},
		{file: fileTemplates, about: aboutTemplates, read: (*Preset).readTemplates, check: Preset.checkTemplates,
			write: Preset.writeTemplates, optional: true},
		{file: fileCalendars, about: aboutCalendars, read: (*Preset).readCalendars, check: Preset.checkCalendars,
			write: Preset.writeCalendars, optional: true},
		{file: fileLevels, about: aboutLevels, read: (*Preset).readLevels, check: Preset.checkLevels,
			write: Preset.writeLevels, optional: true, ordered: true},
	}
}

// FileNames lists the names of the files.
func FileNames() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.file)
	}
	return names
}

// What the head of each file says.
const (
	aboutDesk          = "Le guichet : son nom, sa langue, son fuseau horaire, son processus par défaut, sa matrice de priorités\n(impact, puis urgence)."
	aboutOrganisations = "L’arbre des organisations. Un parent figure avant ses enfants."
	aboutRoles         = "Ce que permet chaque rôle. Qui peut franchir chaque étape d’un ticket est dit dans workflows.yaml."
	aboutTeams         = "Les équipes, leur niveau et leurs rôles."
	aboutPeople        = "Les personnes. Celles qui ont un « login » peuvent se connecter ; aucun mot de passe ne figure ici."
	aboutServices      = "Le catalogue. Un parent figure avant ses enfants ; un sous-service prend de son parent ce qu’il ne dit pas."
	aboutOfferings     = "Ce qui peut être demandé. L’objet, la description, l’urgence, le bénéficiaire, le téléphone et le lieu sont\ndemandés par tous les formulaires et ne sont pas répétés ici."
	aboutWorkflows     = "Les processus : les étapes, qui les franchit, ce qu’elles demandent."
	aboutRules         = "Les règles, dans leur ordre."
	aboutCalendars     = "Quand le guichet est ouvert : heures de chaque jour, jours fériés, fermetures, ouvertures exceptionnelles."
	aboutLevels        = "Les engagements de service, dans leur ordre : le premier dont les conditions sont remplies vaut pour un ticket.\nLes délais sont en temps ouvré : 30m, 4h, 2d (une journée du calendrier)."
	aboutTemplates     = "Les modèles : réponses, solutions, points à vérifier, messages électroniques, tickets entiers. Ce qui est entre\naccolades doubles est remplacé à l’usage."
)
