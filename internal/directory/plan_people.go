package directory

import (
	"strings"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/store"
)

// peoplePlan compares a file of persons with the directory. It reads the directory once; each line then
// costs a few look-ups.
type peoplePlan struct {
	*change
	opt    Options
	known  []store.Known
	byKey  map[string][]int // who bears "n:" an employee number, "l:" a login, "e:" an address
	inFile map[string]int   // the same keys in the file, with the line
	met    map[guichet.ID]int
	grants map[guichet.ID][]guichet.Grant
	sites  *sites
}

func (c *change) planPeople(t table, opt Options) ([]Line, error) {
	p := &peoplePlan{change: c, opt: opt, byKey: map[string][]int{}, inFile: map[string]int{}, met: map[guichet.ID]int{}, sites: newSites(c)}
	var err error
	if p.known, err = c.Everybody(c.ctx); err != nil {
		return nil, err
	}
	if p.grants, err = c.HeldBy(c.ctx); err != nil {
		return nil, err
	}
	for i, k := range p.known {
		for _, key := range keysOf(k.EmployeeNumber, k.Login, k.Email) {
			p.byKey[key] = append(p.byKey[key], i)
		}
	}
	lines := make([]Line, 0, len(t.Rows))
	for _, r := range t.Rows {
		lines = append(lines, p.line(r))
	}
	if opt.Absent {
		lines = append(lines, p.absent()...)
	}
	return lines, nil
}

// keysOf are the keys of a person, the surest first.
func keysOf(number, login, email string) []string {
	var out []string
	if number != "" {
		out = append(out, "n:"+number)
	}
	if login != "" {
		out = append(out, "l:"+lexis.Fold(login))
	}
	if email != "" {
		out = append(out, "e:"+lexis.Fold(email))
	}
	return out
}

// line says what a line would do.
func (p *peoplePlan) line(r row) Line {
	rec := recordOf(p.opt.Columns, r)
	if name := rec["name"]; name != "" {
		given, family := guichet.SplitName(name)
		rec.unless("given_name", given)
		rec.unless("family_name", family)
	}
	l := Line{Line: r.Line}
	keys := keysOf(rec["employee_number"], rec["login"], rec["email"])
	if len(keys) == 0 {
		l.fault(guichet.Invalid("key", "import.line_key"))
	} else {
		l.Key = keys[0][2:]
	}
	before := p.find(&l, keys)
	p.once(&l, keys)
	in := p.input(&l, rec, before)
	l.Name = strings.TrimSpace(in.GivenName + " " + in.FamilyName)
	if len(l.Faults) > 0 {
		return l
	}
	if before == nil {
		p.create(&l, rec, in)
	} else {
		p.compare(&l, rec, in, *before)
	}
	return l
}

// unless sets a field that the line does not hold.
func (r record) unless(field, value string) {
	if r[field] == "" && value != "" {
		r[field] = value
	}
}

// find recognises a person by the surest key that somebody bears. Keys that point at different persons are
// a fault, and so is somebody whom the actor does not keep.
func (p *peoplePlan) find(l *Line, keys []string) *store.Known {
	found := -1
	for _, key := range keys {
		bearers := p.byKey[key]
		switch {
		case len(bearers) > 1:
			l.fault(guichet.Invalid("key", "import.key_shared", "Key", key[2:]))
			return nil
		case len(bearers) == 1 && found < 0:
			found = bearers[0]
		case len(bearers) == 1 && found != bearers[0]:
			l.fault(guichet.Invalid("key", "import.key_conflict", "Key", key[2:]))
			return nil
		}
	}
	if found < 0 {
		return nil
	}
	k := &p.known[found]
	if !p.keeps(k.OrganisationID) {
		l.fault(guichet.Invalid("key", "import.outside"))
		return nil
	}
	l.Object, l.Version = k.ID, k.Version
	return k
}

// once refuses a second line about the same person.
func (p *peoplePlan) once(l *Line, keys []string) {
	for _, key := range keys {
		if first, twice := p.inFile[key]; twice && first != l.Line {
			l.fault(guichet.Invalid("key", "import.twice", "Line", first))
			return
		}
		p.inFile[key] = l.Line
	}
	if l.Object == "" {
		return
	}
	if first, twice := p.met[l.Object]; twice {
		l.fault(guichet.Invalid("key", "import.twice", "Line", first))
		return
	}
	p.met[l.Object] = l.Line
}

// input is the record that the line makes: what it does not hold stays.
func (p *peoplePlan) input(l *Line, rec record, before *store.Known) PersonInput {
	in := PersonInput{Locale: p.desk.Locale, Organisation: p.opt.Organisation}
	if before != nil {
		in = InputOf(before.Person)
	}
	for field, to := range map[string]*string{"given_name": &in.GivenName, "family_name": &in.FamilyName, "email": &in.Email,
		"phone": &in.Phone, "employee_number": &in.EmployeeNumber, "location": &in.Location, "equipment": &in.Equipment, "profile": &in.Profile, "locale": &in.Locale} {
		if v, given := rec[field]; given {
			*to = v
		}
	}
	in.Locale = localeOf(in.Locale)
	in.clean()
	var problems guichet.Problems
	in.check(&problems)
	known := true
	if word, given := rec["organisation"]; given {
		in.Organisation = p.sites.find(&problems, "organisation", word)
		known = in.Organisation != ""
	}
	if known && (before == nil || in.Organisation != before.OrganisationID) {
		p.place(&problems, in.Organisation)
	}
	l.fault(problems.Err())
	return in
}

func (p *peoplePlan) create(l *Line, rec record, in PersonInput) {
	l.Action, l.Person, l.Login = LineCreate, &in, lexis.Fold(rec["login"])
	if len([]rune(l.Login)) > maxName {
		l.fault(guichet.Invalid("login", "field.too_long", "Limit", maxName, "Length", len([]rune(l.Login))))
	}
}

// compare says what the line changes of a person.
func (p *peoplePlan) compare(l *Line, rec record, in PersonInput, before store.Known) {
	after := in.onto(before.Person)
	l.Differences = compare(p.desk, before.Person, after)
	login := lexis.Fold(rec["login"])
	switch {
	case login != "" && before.Login == "":
		l.Login = login
		l.Differences = append(l.Differences, Difference{"login", "", login})
	case login != "" && login != before.Login:
		l.fault(guichet.Invalid("login", "import.login_differs", "Login", before.Login))
		return
	}
	l.Returns = !before.Active
	if (in.Email != before.Email || l.Login != "" || l.Returns) && p.aboveMe(before.ID) {
		l.fault(guichet.Invalid("key", "person.above"))
		return
	}
	l.Action = LineSame
	if len(l.Differences) > 0 || l.Returns {
		l.Action, l.Person = LineChange, &in
	}
}

// aboveMe reports whether a person holds what the actor could not give.
func (p *peoplePlan) aboveMe(person guichet.ID) bool {
	return person != p.actor.Person.ID && !p.actor.Covers(p.grants[person], p.desk)
}

// absent lists the persons of the organisation that the file is the whole of, whom the file does not hold:
// they would leave. Nobody leaves who administers the whole desk.
func (p *peoplePlan) absent() []Line {
	var out []Line
	for _, k := range p.known {
		_, met := p.met[k.ID]
		if met || !k.Active || k.ID == p.actor.Person.ID || p.mentioned(k) ||
			!p.keeps(k.OrganisationID) || !p.desk.Contains(guichet.Area{OrganisationID: p.opt.Organisation}, guichet.Area{OrganisationID: k.OrganisationID}) {
			continue
		}
		l := Line{Action: LineLeave, Name: k.Name(), Object: k.ID, Version: k.Version}
		for _, key := range keysOf(k.EmployeeNumber, k.Login, k.Email)[:min(1, len(keysOf(k.EmployeeNumber, k.Login, k.Email)))] {
			l.Key = key[2:]
		}
		who := guichet.Actor{Grants: p.grants[k.ID], Roles: p.desk.Roles}
		if who.Full() || p.aboveMe(k.ID) {
			l.fault(guichet.Invalid("key", "import.administrator"))
		}
		out = append(out, l)
	}
	return out
}

// mentioned reports whether a line, faulty perhaps, bears a key of a person.
func (p *peoplePlan) mentioned(k store.Known) bool {
	for _, key := range keysOf(k.EmployeeNumber, k.Login, k.Email) {
		if _, in := p.inFile[key]; in {
			return true
		}
	}
	return false
}
