// Package presets holds the ready-made desks that ship in the program: one folder of plain files
// per organisation. The same files are what an administrator exports, changes and imports.
package presets

import (
	"embed"
	"io/fs"
	"slices"

	"guichet"
)

//go:embed eig glevents insa paris ugecam
var files embed.FS

// Names lists the presets, in the order of the alphabet.
func Names() []string { return []string{"eig", "glevents", "insa", "paris", "ugecam"} }

// Preset is the whole configuration of a desk with its people, ready to be stored. The slices are
// in the order of the files; parents stand before their children.
type Preset struct {
	Name          string       // key of the preset: one of Names
	Desk          guichet.Desk // filled and indexed
	Organisations []guichet.Organisation
	Services      []guichet.Service
	Teams         []guichet.Team // with their members
	Roles         []guichet.Role
	Workflows     []guichet.Workflow
	Offerings     []guichet.Offering
	Templates     []guichet.Template
	Calendars     []guichet.Calendar
	Grants        []guichet.Grant // of teams
	People        []DemoPerson

	lines  lines
	logins map[guichet.ID]string // of the people of the desk in use
	words  map[string]guichet.ID // the same, by login
}

// DemoPerson is a person of a preset, with the teams and the grants that the person holds. Login
// is empty for who does not sign in. Identifiers of people are the readable keys of the file.
type DemoPerson struct {
	guichet.Person
	Login  string
	Teams  []guichet.ID
	Grants []guichet.Grant
}

// Load reads a preset of the program. Errors name the file and the line.
func Load(name string) (Preset, error) {
	if !slices.Contains(Names(), name) {
		return Preset{}, guichet.NotFound("preset")
	}
	folder, err := fs.Sub(files, name)
	if err != nil {
		return Preset{}, err
	}
	return read(folder, name)
}

// Person finds a person by key, or by login, which is the key of those who sign in.
func (p Preset) Person(key string) (DemoPerson, bool) {
	i := slices.IndexFunc(p.People, func(x DemoPerson) bool {
		return string(x.ID) == key || (x.Login != "" && x.Login == key)
	})
	if i < 0 {
		return DemoPerson{}, false
	}
	return p.People[i], true
}

// personID finds whom a word of the files names: a login, or the identifier of who has none.
func (p Preset) personID(word guichet.ID) (guichet.ID, bool) {
	if x, known := p.Person(string(word)); known {
		return x.ID, true
	}
	if id, known := p.words[string(word)]; known {
		return id, true
	}
	_, known := p.logins[word]
	return word, known
}

// whom is the person whom a word of the files names. A word that names nobody stays as it is, for the check to
// tell. Everything in files that names a person is read by whom, checked by personID, and written by word.
func (p Preset) whom(word guichet.ID) guichet.ID {
	id, _ := p.personID(word)
	return id
}

// signsIn reports whether somebody has this login.
func (p Preset) signsIn(login string) bool {
	person, known := p.Person(login)
	_, inUse := p.words[login]
	return known && person.Login != "" || inUse && login != ""
}

// word is how the files name a person.
func (p Preset) word(person guichet.ID) guichet.ID {
	if login := p.logins[person]; login != "" {
		return guichet.ID(login)
	}
	return person
}

// WithoutPeople is the preset for a desk of one's own: the people of the demonstration are left out,
// and rules that named one of them leave the ticket to the pool of the team.
func (p Preset) WithoutPeople() Preset {
	p.People = nil
	p.Teams = slices.Clone(p.Teams)
	for i := range p.Teams {
		p.Teams[i].Members = nil
	}
	p.Desk.Rules = slices.Clone(p.Desk.Rules)
	for i := range p.Desk.Rules {
		p.Desk.Rules[i].Then.AssigneeID, p.Desk.Rules[i].Then.Observers = "", nil
	}
	p.Services = slices.Clone(p.Services)
	for i := range p.Services {
		p.Services[i].OwnerID = ""
	}
	p.fillDesk()
	return p
}

// Account is a demonstration account.
type Account struct{ Login, Name string }

// Accounts lists the demonstration accounts of a preset, in the order of its file.
func Accounts(name string) ([]Account, error) {
	p, err := Load(name)
	if err != nil {
		return nil, err
	}
	var out []Account
	for _, person := range p.People {
		if person.Login != "" {
			out = append(out, Account{person.Login, person.Person.Name()})
		}
	}
	return out, nil
}
