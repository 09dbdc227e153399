package presets

import (
	"strings"
	"testing"
	"testing/fstest"

	"guichet"
)

// inUse is a preset as the desk that loaded it has it.
func inUse(t *testing.T, name string) Preset {
	t.Helper()
	p := load(t, name)
	logins := map[guichet.ID]string{}
	for _, x := range p.People {
		logins[x.ID] = x.Login
	}
	return Of(&p.Desk, Known{Grants: p.Grants, Logins: logins})
}

func folderOf(files ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		out[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return out
}

// over reads files over a desk in use and tells the differences, with what beside the files stays.
func over(t *testing.T, desk Preset, o Over, fsys fstest.MapFS) (told, kept []string, err error) {
	t.Helper()
	o.Desk = desk
	r, err := Read(fsys, o)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range r.Kept {
		kept = append(kept, e.File+" "+string(e.ID))
	}
	after := Of(&r.Desk, Known{Grants: r.Grants, Logins: desk.logins, People: r.People})
	return changes(t, desk, after), kept, nil
}

func TestWhatIsExportedChangesNothing(t *testing.T) {
	for _, name := range Names() {
		desk := inUse(t, name)
		told, kept, err := over(t, desk, Over{Prune: true, Used: func(Entry) bool { return false }}, written(t, desk))
		if err != nil || len(told) > 0 || len(kept) > 0 {
			t.Errorf("%s: %q %q %v", name, told, kept, err)
		}
	}
}

// One file alone changes its kind, and what it does not hold stays unless it is pruned.
func TestOneFileAlone(t *testing.T) {
	desk := inUse(t, "eig")
	const roles = `
- {id: stagiaire, name: Stagiaire, permissions: [ticket.read]}
- {id: manager, name: Direction générale, permissions: [ticket.read, desk.report]}
`
	told, kept, err := over(t, desk, Over{}, folderOf("roles.yaml", roles))
	if err != nil || strings.Join(told, "; ") != "added roles.yaml stagiaire; changed roles.yaml manager | name: Direction → Direction générale" &&
		strings.Join(told, "; ") != "changed roles.yaml manager | name: Direction → Direction générale; added roles.yaml stagiaire" {
		t.Errorf("got %q %v", told, err)
	}
	if strings.Join(kept, "; ") != "roles.yaml customer_administrator; roles.yaml desk_operator; roles.yaml functional_administrator; "+
		"roles.yaml moderator; roles.yaml technical_administrator; roles.yaml technician" {
		t.Errorf("kept %q", kept)
	}
	// To prune is refused where something else names what would go.
	_, _, err = over(t, desk, Over{Prune: true, Used: func(Entry) bool { return false }}, folderOf("roles.yaml", roles))
	if err == nil || !strings.Contains(err.Error(), `workflows.yaml:0: assistance: `) {
		t.Errorf("a role that the workflow names was pruned: %v", err)
	}
	// What is in use stays.
	used := func(e Entry) bool { return e.ID != "desk_operator" }
	told, kept, err = over(t, desk, Over{Prune: true, Used: used}, folderOf("roles.yaml", roles))
	if err != nil || !strings.Contains(strings.Join(told, "; "), "removed roles.yaml desk_operator") || len(kept) != 5 {
		t.Errorf("got %q, kept %q, %v", told, kept, err)
	}
}

func TestFilesOverADesk(t *testing.T) {
	desk := inUse(t, "insa")
	for _, c := range []struct{ name, file, text, want string }{
		{"a child of what stays", "services.yaml", "- {id: neuf, parent: moodle, name: Neuf}", "added services.yaml neuf"},
		{"an unknown parent", "services.yaml", "- {id: neuf, parent: mood, name: Neuf}", `services.yaml:1: neuf: its parent "mood" does not stand above it`},
		{"a form for a service that stays", "offerings.yaml", "- {id: neuf, service: chat, name: Neuf, form: {fields: []}}", "added offerings.yaml neuf"},
		{"a technician of the desk", "rules.yaml", "- {id: neuve, name: Neuve, when: {}, then: {team: cube-vr, technician: technicien}}", "added rules.yaml neuve"},
		{"a technician of nowhere", "rules.yaml", "\n- id: neuve\n  name: Neuve\n  when: {}\n  then: {team: cube-vr, technician: personne}", `rules.yaml:2: neuve: unknown login "personne"`},
		{"a word typed wrong", "rules.yaml", "- {id: neuve, name: Neuve, when: {}, than: {}}", "rules.yaml:1: unknown key than"},
		{"a file typed wrong", "service.yaml", "[]", "service.yaml:0: unknown file"},
		{"no file", "readme.txt", "", ".:0: no file of a desk is here"},
		{"not a list", "services.yaml", "a: b", "services.yaml:1: cannot unmarshal"},
		{"an empty file", "services.yaml", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			told, _, err := over(t, desk, Over{}, folderOf(c.file, c.text))
			got := strings.Join(told, "; ")
			if err != nil {
				got = err.Error()
			}
			if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Whatever is in the files, reading them ends, and says where it hurts.
func FuzzRead(f *testing.F) {
	var d guichet.Desk
	(&filler{t: f}).desk(&d)
	desk := Of(&d, Known{})
	files, err := desk.Files()
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		f.Add(file.Name, file.Data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		fsys := fstest.MapFS{}
		for _, file := range files {
			if file.Name == name {
				fsys[name] = &fstest.MapFile{Data: data}
			}
		}
		r, err := Read(fsys, Over{Desk: desk})
		if err != nil {
			return
		}
		after := Of(&r.Desk, Known{Grants: r.Grants})
		if _, err := after.Files(); err != nil {
			t.Fatal(err)
		}
		if _, err := Diff(desk, after); err != nil {
			t.Fatal(err)
		}
	})
}
