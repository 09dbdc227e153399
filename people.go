package guichet

import (
	"slices"
	"strings"
)

// Person is anybody known to the desk: requester, technician, approver, contact.
type Person struct {
	ID             ID
	OrganisationID ID
	GivenName      string
	FamilyName     string
	Email          string
	Phone          string
	EmployeeNumber string
	Location       string
	Equipment      string // reference of the person's device, by which it is reached from afar
	Profile        string // audience: staff, researcher, student…
	Locale         string // fr or en
	TimeZone       string // IANA name
	Active         bool
	Skills         []string // that dispatch looks for, in the form of tags
	Version        int64    // of the record, for who edits it
}

// Name is how a person is shown: given name, then family name (DOMAIN G8: never a trigram).
func (p Person) Name() string { return strings.TrimSpace(p.GivenName + " " + p.FamilyName) }

// IdentityKind is a way to sign in.
type IdentityKind string

// IdentityLocal is an account whose password the desk keeps, hashed.
const IdentityLocal IdentityKind = "local"

// Identity is how a person signs in. One person may have several.
type Identity struct {
	ID       ID
	PersonID ID
	Kind     IdentityKind
	Subject  string // the login, for a local account
	Secret   string // the password hash, for a local account
}

// Level is a support level, in the order of functional escalation.
type Level string

// The support levels (seed 001: three levels; seed 000: N3 then R&D).
const (
	Level1  Level = "N1"
	Level2  Level = "N2"
	Level3  Level = "N3"
	LevelRD Level = "R&D"
)

var levelOrder = map[Level]int{Level1: 1, Level2: 2, Level3: 3, LevelRD: 4}

// Valid reports whether l is a known level.
func (l Level) Valid() bool { return levelOrder[l] > 0 }

// Above reports whether l comes after other in the order of escalation.
func (l Level) Above(other Level) bool { return levelOrder[l] > levelOrder[other] }

// Team handles tickets; its pool holds those that nobody has claimed.
type Team struct {
	ID             ID
	Name           string
	Level          Level
	OrganisationID ID
	Email          string // when set, the team is told there rather than member by member
	Members        []ID
	Dispatch       Dispatch
	Version        int64 // of the record, for who edits it
}

// Has reports whether a person is a member.
func (t Team) Has(person ID) bool { return slices.Contains(t.Members, person) }
