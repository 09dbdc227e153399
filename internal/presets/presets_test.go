package presets

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"guichet"
)

func load(t *testing.T, name string) Preset {
	t.Helper()
	p, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPresetsAreSound(t *testing.T) {
	for _, name := range Names() {
		if err := load(t, name).Check(); err != nil {
			t.Errorf("%s:\n%v", name, err)
		}
	}
}

func TestUnknownPreset(t *testing.T) {
	if _, err := Load("atlantis"); guichet.KindOf(err) != guichet.KindNotFound {
		t.Errorf("got %v, want not found", err)
	}
}

// The story of the demonstration needs each of its accounts, with the place that its name says.
func TestAccounts(t *testing.T) {
	for _, name := range Names() {
		p := load(t, name)
		for _, login := range []string{"demandeur", "demandeur2", "approbateur", "moderateur", "technicien", "technicien2",
			"adminfonc", "admintech"} {
			if person, ok := p.Person(login); !ok || person.Login != login {
				t.Errorf("%s: no account %q", name, login)
			}
		}
		one, _ := p.Person("technicien")
		two, _ := p.Person("technicien2")
		if !slices.ContainsFunc(one.Teams, func(id guichet.ID) bool { return slices.Contains(two.Teams, id) }) {
			t.Errorf("%s: technicien and technicien2 share no team", name)
		}
		levels := map[guichet.Level]bool{}
		for _, id := range append(slices.Clone(one.Teams), two.Teams...) {
			levels[p.Desk.Teams[id].Level] = true
		}
		if len(levels) < 2 {
			t.Errorf("%s: the technicians work at the levels %v only", name, levels)
		}
		services := map[guichet.ID]bool{}
		moderator, _ := p.Person("moderateur")
		for _, g := range moderator.Grants {
			services[g.ServiceID] = g.RoleID == "moderator"
		}
		if len(services) < 2 {
			t.Errorf("%s: moderateur moderates %v", name, services)
		}
	}
}

// Who may close is the great difference between the two processes.
func TestClosure(t *testing.T) {
	closers := map[string][]guichet.Performer{"eig": {guichet.PerformerAssignee, "moderator", guichet.PerformerSystem}, "glevents": {guichet.PerformerSystem}, "insa": {"moderator"},
		"paris": {guichet.PerformerSystem}, "ugecam": {"moderator", guichet.PerformerSystem}}
	for _, name := range Names() {
		p, want := load(t, name), closers[name]
		flow := p.Desk.FlowOf("", "")
		tr, ok := flow.Transition(guichet.ActionClose, guichet.StateResolved)
		if !ok || !slices.Equal(tr.By, want) {
			t.Errorf("%s: closed by %v, want %v", name, tr.By, want)
		}
		_, validates := flow.Transition(guichet.ActionValidate, guichet.StateResolved)
		if rates := name == "paris" || name == "glevents"; validates != (name != "insa") || flow.Rating != rates {
			t.Errorf("%s: the requester validates: %v, rates: %v", name, validates, flow.Rating)
		}
	}
}

// The desk records a call by its subject alone, so that the form of a referral must not insist.
func TestReferralsNeedNoAnswer(t *testing.T) {
	if _, err := load(t, "eig").Desk.Offerings["renvoi"].Form.Check(nil, guichet.Asking{}); err != nil {
		t.Errorf("a referral is refused without answers: %v", err)
	}
}

func TestWithoutPeople(t *testing.T) {
	full := load(t, "insa")
	bare := full.WithoutPeople()
	if len(bare.People) != 0 || len(full.People) == 0 {
		t.Errorf("%d people are left, %d stay in the demonstration", len(bare.People), len(full.People))
	}
	named := func(p Preset) bool {
		return slices.ContainsFunc(p.Desk.Rules, func(r guichet.Rule) bool { return r.Then.AssigneeID != "" })
	}
	if named(bare) || !named(full) {
		t.Errorf("rules name a technician: %v without people, %v with", named(bare), named(full))
	}
	if members := bare.Desk.Teams["cube-vr"].Members; len(members) != 0 {
		t.Errorf("the team keeps the members %v", members)
	}
}

// mended is the preset insa with one text of one file replaced.
func mended(t *testing.T, file, from, to string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	entries, err := fs.ReadDir(files, "insa")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := fs.ReadFile(files, "insa/"+e.Name())
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if e.Name() == file {
			if !strings.Contains(text, from) {
				t.Fatalf("%s does not hold %q", file, from)
			}
			text = strings.Replace(text, from, to, 1)
		}
		out[e.Name()] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestFaultsNameTheirPlace(t *testing.T) {
	for _, c := range []struct{ name, file, from, to, want string }{
		{"unknown key", "teams.yaml", "  level: N1", "  levle: N1", "insa/teams.yaml:4: unknown key levle"},
		{"wrong type", "workflows.yaml", "auto_close_days: 0", "auto_close_days: never", "insa/workflows.yaml:6: cannot unmarshal"},
		{"broken file", "roles.yaml", "permissions: [ticket.read", "permissions: [ticket.read]]", "insa/roles.yaml:"},
		{"wrong day", "services.yaml", "icon: graduation-cap", "opens_at: demain", `insa/services.yaml:2: opens_at: "demain"`},
		{"unknown zone", "desk.yaml", "Europe/Paris", "Europe/Pairs", "insa/desk.yaml:0: time_zone"},
		{"unknown team", "services.yaml", "team: assistance-portail", "team: nobody", `: portail: unknown team "nobody"`},
		{"twice", "organisations.yaml", "id: insa-hdf", "id: insa-cvl", "insa/organisations.yaml:9: insa-cvl: stands twice"},
		{"parent below", "organisations.yaml", "parent: groupe-insa, name: Mission", "parent: insa-lyon, name: Mission", `insa/organisations.yaml:3: mission-numerique: its parent "insa-lyon" does not stand above it`},
		{"hole in the matrix", "desk.yaml", "{low: medium, medium: high, high: critical}", "{low: medium, medium: high}", "matrix: no priority for impact high, urgency high"},
		{"out of a final state", "workflows.yaml", "{action: close, from: [resolved]", "{action: close, from: [closed]", "insa/workflows.yaml:25: groupe: transitions.11.from: workflow.leaves_final close"},
		{"nothing closes", "workflows.yaml", "{action: close, from: [resolved]", "{action: close, from: [new]", "insa/workflows.yaml:7: groupe: closure: workflow.closure_nobody"},
		{"no such closure", "workflows.yaml", "closure: moderator", "closure: nobody", "insa/workflows.yaml:7: groupe: closure: workflow.closure_unknown nobody"},
		{"a pause of no clock", "workflows.yaml", "pauses: [resolution]}", "pauses: [lunch]}", "insa/workflows.yaml:9: groupe: pending_reasons.0.pauses: workflow.unknown_clock lunch"},
		{"unknown permission", "roles.yaml", "desk.operate", "desk.destroy", `technical_administrator: unknown permission "desk.destroy"`},
		{"unknown login", "rules.yaml", "technician: technicien}", "technician: fantome}", `video-soustitres: unknown login "fantome"`},
		{"not of the team", "rules.yaml", "technician: technicien}", "technician: demandeur}", `video-soustitres: technician: not in team`},
		{"a condition on no service", "rules.yaml", "values: [openmoodle]", "values: [openmodle]", `insa/rules.yaml:3: openmoodle-base: all.0: unknown value "openmodle"`},
		{"a condition that cannot be", "rules.yaml", "field: kind, values: [incident]", "field: kind, op: at_least, values: [incident]", `insa/rules.yaml:10: scenari-generation: all.1: unknown operator`},
		{"a faulty expression", "rules.yaml", "when:\n    all:\n      - {field: service, values: [cube-vr]}", "when: {expression: 'service == 3'}", `cube-vr: expression, line 1, column 9, at "== 3"`},
		{"unknown dispatch", "teams.yaml", "level: N1", "dispatch: lottery\n  level: N1", `unknown dispatch "lottery"`},
		{"condition on nothing", "offerings.yaml", "show_if: {field: copie, values: [yes]}", "show_if: {field: copier, values: [yes]}", `moodle-cours-ouverture: field "modele": show_if: form.condition_field "copier"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := read(mended(t, c.file, c.from, c.to), "insa")
			if err == nil {
				err = p.Check()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
