package directory

import (
	"cmp"
	"strings"

	"guichet"
	"guichet/internal/lexis"
)

// sites finds organisations, of those that the actor keeps, by what files call them: the key, the name, or
// the path from above, parted by ">".
type sites struct {
	c      *change
	byName map[string][]guichet.ID
}

func newSites(c *change) *sites {
	s := &sites{c: c, byName: map[string][]guichet.ID{}}
	for id, o := range c.desk.Organisations {
		if c.keeps(id) {
			s.byName[lexis.Fold(o.Name)] = append(s.byName[lexis.Fold(o.Name)], id)
		}
	}
	return s
}

// find finds an organisation; the problem of one that is unknown, or of a name that several bear, is told.
func (s *sites) find(p *guichet.Problems, field, word string) guichet.ID {
	if _, known := s.c.desk.Organisations[guichet.ID(word)]; known && s.c.keeps(guichet.ID(word)) {
		return guichet.ID(word)
	}
	steps := strings.Split(word, ">")
	found := s.byName[lexis.Fold(strings.TrimSpace(steps[len(steps)-1]))]
	if len(steps) > 1 {
		found = s.along(found, steps)
	}
	switch len(found) {
	case 1:
		return found[0]
	case 0:
		p.Add(field, "import.organisation_unknown", "Name", word)
	default:
		p.Add(field, "import.organisation_shared", "Name", word)
	}
	return ""
}

// along keeps the organisations that stand below the others of a path.
func (s *sites) along(found []guichet.ID, steps []string) []guichet.ID {
	var out []guichet.ID
	for _, id := range found {
		above := s.c.desk.OrganisationPath(id)[1:]
		ok := len(above) >= len(steps)-1
		for i := 1; ok && i < len(steps); i++ {
			ok = lexis.Fold(s.c.desk.Organisations[above[i-1]].Name) == lexis.Fold(strings.TrimSpace(steps[len(steps)-1-i]))
		}
		if ok {
			out = append(out, id)
		}
	}
	return out
}

// sitesPlan compares a file of organisations with the tree.
type sitesPlan struct {
	*change
	opt    Options
	sites  *sites
	lines  []Line
	byWord map[string]int // line of the file by the key or the name of its organisation
	after  *guichet.Desk  // the tree as it would be
}

func (c *change) planOrganisations(t table, opt Options) ([]Line, error) {
	p := &sitesPlan{change: c, opt: opt, sites: newSites(c), byWord: map[string]int{}, after: c.desk.Clone()}
	parents := make([]string, len(t.Rows))
	taken := map[guichet.ID]bool{}
	for i, r := range t.Rows {
		rec := recordOf(opt.Columns, r)
		parents[i] = rec["parent"]
		p.lines = append(p.lines, p.line(r.Line, rec, taken))
		p.name(i, rec)
	}
	for i := range p.lines {
		p.place(i, parents[i])
	}
	p.after.Index()
	for i := range p.lines {
		p.conclude(i)
	}
	return p.inOrder(), nil
}

// line reads what a line says of an organisation, without its place.
func (p *sitesPlan) line(number int, rec record, taken map[guichet.ID]bool) Line {
	l := Line{Line: number, Name: rec["name"], Key: rec["id"], Organisation: &OrganisationInput{Name: rec["name"]}}
	id := p.existing(rec)
	if before, known := p.desk.Organisations[id]; known {
		l.Version = before.Version
		*l.Organisation = OrganisationInput{before.Name, before.Kind, before.ParentID, before.Version}
		if rec["name"] != "" {
			l.Organisation.Name = rec["name"]
		}
		if !p.keeps(id) {
			l.fault(guichet.Invalid("key", "import.outside"))
		}
	} else if id != "" && !validCode(id) {
		l.fault(guichet.Invalid("key", "import.code", "Limit", maxCode))
	} else if id == "" {
		id = key(rec["name"], func(id guichet.ID) bool { _, known := p.desk.Organisations[id]; return known || taken[id] })
	}
	if taken[id] {
		l.fault(guichet.Invalid("key", "import.key_twice"))
	}
	taken[id] = true
	l.Object = id
	if word, given := rec["kind"]; given {
		k, known := kindOf(word)
		if l.Organisation.Kind = k; !known {
			l.fault(guichet.Invalid("kind", "import.kind_unknown", "Name", word))
		}
	}
	l.Organisation.Kind = cmp.Or(l.Organisation.Kind, guichet.OrganisationSite)
	var problems guichet.Problems
	l.Organisation.check(&problems)
	l.fault(problems.Err())
	return l
}

// maxCode is the length of the code of an organisation.
const maxCode = 60

// validCode reports whether a new organisation may have a code: it stands in addresses and in files.
func validCode(id guichet.ID) bool { return guichet.ValidKey(strings.ToLower(string(id))) }

// existing is the key of the organisation that a line is about: the one it holds, or that of the one
// organisation that bears the name.
func (p *sitesPlan) existing(rec record) guichet.ID {
	if id := rec["id"]; id != "" {
		return guichet.ID(id)
	}
	if found := p.sites.byName[lexis.Fold(rec["name"])]; len(found) == 1 {
		return found[0]
	}
	return ""
}

// name lets other lines call the organisation of a line by its key or its name.
func (p *sitesPlan) name(i int, rec record) {
	for _, word := range []string{rec["id"], rec["name"]} {
		if _, used := p.byWord[lexis.Fold(word)]; word != "" && !used {
			p.byWord[lexis.Fold(word)] = i
		}
	}
}

// place finds the parent that a line names, in the file or in the tree.
func (p *sitesPlan) place(i int, word string) {
	l := &p.lines[i]
	if word == "" && l.Version == 0 {
		l.Organisation.Parent = p.opt.Organisation
	}
	if word != "" {
		if j, here := p.byWord[lexis.Fold(word)]; here {
			l.Organisation.Parent = p.lines[j].Object
			if len(p.lines[j].Faults) > 0 {
				l.fault(guichet.Invalid("parent", "import.parent_faulty", "Line", p.lines[j].Line))
			}
		} else {
			var problems guichet.Problems
			l.Organisation.Parent = p.sites.find(&problems, "parent", word)
			l.fault(problems.Err())
		}
	}
	if len(l.Faults) == 0 {
		p.after.Organisations[l.Object] = guichet.Organisation{ID: l.Object, ParentID: l.Organisation.Parent, Name: l.Organisation.Name, Kind: l.Organisation.Kind}
	}
}

// conclude says what a line does, once the whole tree is known.
func (p *sitesPlan) conclude(i int) {
	l := &p.lines[i]
	before, known := p.desk.Organisations[l.Object]
	in := l.Organisation
	if len(l.Faults) == 0 {
		p.checkPlace(l, before.ParentID)
	}
	if len(l.Faults) > 0 {
		return
	}
	if !known {
		l.Action = LineCreate
		return
	}
	for _, d := range []Difference{{"name", before.Name, in.Name}, {"kind", string(before.Kind), string(in.Kind)},
		{"parent", p.desk.Organisations[before.ParentID].Name, p.after.Organisations[in.Parent].Name}} {
		if d.Before != d.After {
			l.Differences = append(l.Differences, d)
		}
	}
	l.Action = LineSame
	if len(l.Differences) > 0 || before.ParentID != in.Parent {
		l.Action = LineChange
	}
}

// checkPlace refuses a place that the actor may not give, or that is below the organisation itself.
func (p *sitesPlan) checkPlace(l *Line, before guichet.ID) {
	parent := l.Organisation.Parent
	_, there := p.after.Organisations[parent]
	path := p.after.OrganisationPath(l.Object)
	switch {
	case parent == "" && before != "" || parent == "" && !p.keeps(""):
		if !p.keeps("") {
			l.fault(guichet.Invalid("parent", "field.required"))
		}
	case parent == "":
	case !there || !p.actor.Keeps(parent, p.after):
		l.fault(guichet.Invalid("parent", "field.unknown_value"))
	case p.after.Organisations[path[len(path)-1]].ParentID != "":
		l.fault(guichet.Invalid("parent", "organisation.cycle"))
	case l.Version > 0 && parent != before && !p.actor.Full():
		l.fault(guichet.Invalid("parent", "organisation.move"))
	}
}

// inOrder puts parents before children: they are created in this order.
func (p *sitesPlan) inOrder() []Line {
	at := map[guichet.ID]int{}
	for i, l := range p.lines {
		at[l.Object] = i
	}
	var out []Line
	done := make([]bool, len(p.lines))
	for i, l := range p.lines {
		path := p.after.OrganisationPath(l.Object)
		for j := len(path) - 1; j >= 0; j-- {
			if k, here := at[path[j]]; here && !done[k] && p.lines[k].Action != LineFaulty {
				done[k] = true
				out = append(out, p.lines[k])
			}
		}
		if !done[i] {
			done[i] = true
			out = append(out, l)
		}
	}
	return out
}
