package transferring_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/presets"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/transferring"
)

// bench is a desk that loaded a preset with its people.
type bench struct {
	*testing.T
	store *store.Store
	use   *transferring.Transfers
}

func newBench(t *testing.T, preset string) *bench {
	t.Helper()
	s := storetest.Open(t, storetest.NewClock().Now)
	p, err := presets.Load(preset)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t, s, transferring.New(s)}
	b.write(func(tx *store.Tx) error {
		if err := p.Save(t.Context(), tx); err != nil {
			return err
		}
		for _, x := range p.People {
			if x.Login == "" {
				continue
			}
			err := tx.SaveIdentity(t.Context(), guichet.Identity{ID: "i-" + x.ID, PersonID: x.ID, Kind: guichet.IdentityLocal, Subject: x.Login, Secret: "kept"})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return b
}

func (b *bench) write(f func(*store.Tx) error) {
	b.Helper()
	if err := b.store.Write(b.Context(), f); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) read(f func(*store.Tx) error) {
	b.Helper()
	if err := b.store.Read(b.Context(), f); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) desk() *guichet.Desk {
	b.Helper()
	var d *guichet.Desk
	b.read(func(tx *store.Tx) (err error) { d, err = tx.Desk(context.Background()); return err })
	return d
}

func (b *bench) actor(person guichet.ID) guichet.Actor {
	b.Helper()
	a, err := account.New(b.store, account.NewHasher()).PersonActor(b.Context(), person, guichet.ChannelDesk)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// exported is what the desk writes.
func (b *bench) exported(people bool) fstest.MapFS {
	b.Helper()
	files, err := b.use.Export(b.Context(), guichet.SystemActor(), people)
	if err != nil {
		b.Fatal(err)
	}
	out := fstest.MapFS{}
	for _, f := range files {
		out[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return out
}

// changed is one file of the export with a text replaced.
func (b *bench) changed(file string, pairs ...string) fstest.MapFS {
	b.Helper()
	text := string(b.exported(file == presets.FilePeople)[file].Data)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			b.Fatalf("%s does not hold %q", file, pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return fstest.MapFS{file: &fstest.MapFile{Data: []byte(text)}}
}

func (b *bench) take(o transferring.Offer) transferring.Plan {
	b.Helper()
	plan, err := b.use.Import(b.Context(), b.actor("adminfonc"), o)
	if err != nil {
		b.Fatal(err)
	}
	return plan
}

func told(p transferring.Plan) string {
	var out []string
	for _, c := range p.Changes {
		out = append(out, string(c.Kind)+" "+c.File+" "+string(c.ID))
	}
	return strings.Join(out, "; ")
}

// Every preset, loaded with its people, comes back from its files as it was: nothing is written.
func TestADeskTakesItsOwnFiles(t *testing.T) {
	for _, name := range presets.Names() {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, name)
			before := b.desk()
			if p := b.take(transferring.Offer{Files: b.exported(true), Prune: true}); len(p.Changes) > 0 || len(p.Kept) > 0 || len(p.Warnings) > 0 {
				t.Errorf("changes %q, kept %v, warnings %v", told(p), p.Kept, p.Warnings)
			}
			if now := b.desk(); now.Revision != before.Revision {
				t.Errorf("the revision moved from %d to %d", before.Revision, now.Revision)
			}
		})
	}
}

// An empty desk becomes, by files alone, what another one is.
func TestFilesMakeADesk(t *testing.T) {
	for _, name := range presets.Names() {
		t.Run(name, func(t *testing.T) {
			full := newBench(t, name).exported(true)
			s := storetest.Open(t, storetest.NewClock().Now)
			b := &bench{t, s, transferring.New(s)}
			if _, err := b.use.Import(t.Context(), guichet.SystemActor(), transferring.Offer{Files: full}); err != nil {
				t.Fatal(err)
			}
			for file, data := range b.exported(true) {
				if string(data.Data) != string(full[file].Data) {
					t.Errorf("%s differs:\n%s\n--- was\n%s", file, data.Data, full[file].Data)
				}
			}
		})
	}
}

func TestOnlyWhatDiffersBecomesAVersion(t *testing.T) {
	b := newBench(t, "insa")
	before := b.desk()
	files := b.changed(presets.FileWorkflows, "name: Processus du Groupe", "name: Processus commun")
	maps.Copy(files, b.changed(presets.FileServices, "icon: globe", "icon: earth"))
	plan, err := b.use.Compare(b.Context(), b.actor("adminfonc"), transferring.Offer{Files: files})
	if err != nil || told(plan) != "changed services.yaml openmoodle; changed workflows.yaml groupe" {
		t.Fatalf("%q %v", told(plan), err)
	}
	offer := transferring.Offer{Files: files, Seen: plan.Revision, Note: "Un nom plus juste"}
	b.take(offer)
	now := b.desk()
	if w := now.Workflows["groupe"]; w.Name != "Processus commun" || w.Version != before.Workflows["groupe"].Version+1 {
		t.Errorf("workflow %s, version %d", w.Name, w.Version)
	}
	if now.Services["openmoodle"].Icon != "earth" {
		t.Error("the service did not change")
	}
	for id, o := range now.Offerings {
		if o.Version != before.Offerings[id].Version {
			t.Errorf("the form %s became version %d although nothing changed in it", id, o.Version)
		}
	}
	b.read(func(tx *store.Tx) error {
		versions, err := tx.Versions(b.Context(), "workflow", "groupe")
		if err == nil && (versions[0].AuthorID != "adminfonc" || versions[0].Note != offer.Note) {
			t.Errorf("version by %q: %q", versions[0].AuthorID, versions[0].Note)
		}
		acts, auditErr := tx.AuditTrail(b.Context(), "configuration", "", store.Cursor{}, 5)
		if auditErr == nil && (len(acts) != 1 || acts[0].Act != "import" || acts[0].Name != "services.yaml, workflows.yaml" || acts[0].ActorID != "adminfonc") {
			t.Errorf("audit %+v", acts)
		}
		return err
	})
	// Once more: nothing, even though the desk is no longer the one that was seen; changed meanwhile: refused.
	if _, err := b.use.Import(b.Context(), b.actor("adminfonc"), offer); guichet.CodeOf(err) != "transfer.moved" {
		t.Errorf("a desk that moved since: %v", err)
	}
	if p := b.take(transferring.Offer{Files: files}); len(p.Changes) > 0 || b.desk().Revision != now.Revision {
		t.Errorf("once more: %q", told(p))
	}
}

func TestFaultsChangeNothing(t *testing.T) {
	b := newBench(t, "insa")
	before := b.desk().Revision
	files := b.changed(presets.FileServices, "icon: globe", "icon: earth")
	files["offerings.yaml"] = &fstest.MapFile{Data: []byte("- id: neuf\n  service: nulle-part\n  name: Neuf\n  form: {fields: []}\n")}
	_, err := b.use.Import(b.Context(), b.actor("adminfonc"), transferring.Offer{Files: files})
	faults := presets.Faults(err)
	if guichet.KindOf(err) != guichet.KindInvalid || len(faults) == 0 || faults[0].Error() != `offerings.yaml:1: neuf: unknown service "nulle-part"` {
		t.Errorf("faults %v of %v", faults, err)
	}
	if d := b.desk(); d.Revision != before || d.Services["openmoodle"].Icon != "globe" {
		t.Error("half of the files was taken")
	}
}

func TestPruneSparesWhatIsUsed(t *testing.T) {
	b := newBench(t, "insa")
	b.write(func(tx *store.Tx) error {
		d := b.desk().Clone()
		d.Services["neuf"] = guichet.Service{ID: "neuf", Name: "Neuf", TeamID: "cube-vr", State: guichet.ServiceOpen}
		d.Services["neuf-un"] = guichet.Service{ID: "neuf-un", ParentID: "neuf", Name: "Un", State: guichet.ServiceOpen}
		d.Organisations["neuve"] = guichet.Organisation{ID: "neuve", ParentID: "groupe-insa", Name: "Neuve", Kind: guichet.OrganisationSite}
		d.Teams["neuve"] = guichet.Team{ID: "neuve", Name: "Neuve", OrganisationID: "neuve"}
		d.Roles["neuf"] = guichet.Role{ID: "neuf", Name: "Neuf", Permissions: []guichet.Permission{guichet.PermissionRead}}
		d.Offerings["neuve"] = guichet.Offering{ID: "neuve", ServiceID: "neuf", Name: "Neuve"}
		if err := tx.SaveDesk(b.Context(), d); err != nil {
			return err
		}
		return tx.SaveGrant(b.Context(), guichet.Grant{ID: "neuf", TeamID: "neuve", RoleID: "neuf", OrganisationID: "neuve", ServiceID: "neuf-un"})
	})
	files := newBench(t, "insa").exported(false)
	kept := b.take(transferring.Offer{Files: files})
	if len(kept.Changes) > 0 || len(kept.Kept) != 6 {
		t.Fatalf("without pruning: %q, kept %v", told(kept), kept.Kept)
	}
	p := b.take(transferring.Offer{Files: files, Prune: true})
	if told(p) != "removed organisations.yaml neuve; removed roles.yaml neuf; removed teams.yaml neuve; "+
		"removed services.yaml neuf; removed services.yaml neuf-un; removed offerings.yaml neuve" {
		t.Errorf("pruned %q", told(p))
	}
	d := b.desk()
	for name, gone := range map[string]bool{"service": d.Services["neuf"].Name == "", "team": d.Teams["neuve"].Name == "", "role": d.Roles["neuf"].Name == "",
		"organisation": d.Organisations["neuve"].Name == "", "form": d.Offerings["neuve"].Name == ""} {
		if !gone {
			t.Errorf("the %s is still there", name)
		}
	}
	// Somebody works at Lyon, and holds a role over it: files without Lyon leave it.
	less := b.changed(presets.FileOrganisations, "- {id: insa-hdf, parent: groupe-insa, name: INSA Hauts-de-France, kind: establishment}\n", "",
		"- {id: insa-strasbourg, parent: groupe-insa, name: INSA Strasbourg, kind: establishment}\n", "")
	p = b.take(transferring.Offer{Files: less, Prune: true})
	if told(p) != "" || len(p.Kept) != 2 {
		t.Errorf("establishments that people belong to: %q, kept %v", told(p), p.Kept)
	}
}

func TestTeamsHoldWhatTheFilesSay(t *testing.T) {
	b := newBench(t, "eig")
	b.take(transferring.Offer{Files: b.changed(presets.FileTeams, "  roles:\n    - {role: technician}", "  roles:\n    - {role: technician, service: rh}\n    - {role: desk_operator}")})
	var held []string
	b.read(func(tx *store.Tx) error {
		grants, err := tx.Grants(b.Context())
		for _, g := range grants {
			if g.TeamID == "assistance" {
				held = append(held, string(g.RoleID+"/"+g.ServiceID))
			}
		}
		return err
	})
	if slices.Sort(held); strings.Join(held, " ") != "desk_operator/ technician/rh" {
		t.Errorf("held %q", held)
	}
}

func TestPeople(t *testing.T) {
	b := newBench(t, "ugecam")
	neuf := "- id: neuf\n  login: neuf\n  given: Éva\n  family: Neuf\n  email: eva@ugecam.example\n  organisation: rouen\n  teams: [apprentis]\n  roles:\n    - {role: manager}\n"
	p := b.take(transferring.Offer{Files: fstest.MapFS{presets.FilePeople: &fstest.MapFile{Data: []byte(neuf)}}})
	if told(p) != "added people.yaml neuf" {
		t.Fatalf("%q", told(p))
	}
	b.read(func(tx *store.Tx) error {
		eva, identity, err := tx.PersonByLogin(b.Context(), "neuf")
		if err != nil || eva.Name() != "Éva Neuf" || identity.Secret != "" {
			t.Errorf("%+v %q %v", eva, identity.Secret, err)
		}
		_, identity, err = tx.PersonByLogin(b.Context(), "technicien")
		if err != nil || identity.Secret != "kept" {
			t.Errorf("somebody else's password: %q %v", identity.Secret, err)
		}
		return nil
	})
	if !b.desk().Teams["apprentis"].Has("neuf") {
		t.Error("not a member")
	}
	// The login of somebody else is not to be had.
	_, err := b.use.Import(b.Context(), b.actor("adminfonc"), transferring.Offer{Files: fstest.MapFS{presets.FilePeople: &fstest.MapFile{
		Data: []byte("- {id: autre, login: Technicien, given: A, family: B, email: c@ugecam.example}")}}})
	if f := presets.Faults(err); len(f) != 1 || !strings.Contains(f[0].Text, "belongs to somebody else") {
		t.Errorf("a login twice: %v", err)
	}
	for _, f := range b.exported(true) {
		if strings.Contains(string(f.Data), "kept") {
			t.Error("a secret was exported")
		}
	}
}

func TestWhoMayMoveTheConfiguration(t *testing.T) {
	b := newBench(t, "insa")
	files := b.exported(false)
	for _, person := range []guichet.ID{"demandeur", "technicien", "moderateur", "admintech"} {
		_, out := b.use.Export(b.Context(), b.actor(person), false)
		_, in := b.use.Import(b.Context(), b.actor(person), transferring.Offer{Files: files})
		_, look := b.use.Compare(b.Context(), b.actor(person), transferring.Offer{Files: files})
		for _, err := range []error{out, in, look} {
			if guichet.KindOf(err) != guichet.KindNotFound {
				t.Errorf("%s: %v", person, err)
			}
		}
	}
	// Who configures without keeping the directory may look at all of it, and take nothing in.
	b.write(func(tx *store.Tx) error {
		d := b.desk().Clone()
		d.Roles["configurator"] = guichet.Role{ID: "configurator", Name: "C", Permissions: []guichet.Permission{guichet.PermissionConfigure}}
		if err := tx.SaveDesk(b.Context(), d); err != nil {
			return err
		}
		return tx.SaveGrant(b.Context(), guichet.Grant{ID: "c", PersonID: "demandeur", RoleID: "configurator"})
	})
	if _, err := b.use.Export(b.Context(), b.actor("demandeur"), false); err != nil {
		t.Error(err)
	}
	_, people := b.use.Export(b.Context(), b.actor("demandeur"), true)
	_, in := b.use.Import(b.Context(), b.actor("demandeur"), transferring.Offer{Files: files})
	if guichet.KindOf(people) != guichet.KindNotFound || guichet.KindOf(in) != guichet.KindNotFound {
		t.Errorf("people: %v; import: %v", people, in)
	}
}

// A role that lost what makes an administrator would lock everybody out of the pages.
func TestSomebodyStillAdministers(t *testing.T) {
	b := newBench(t, "insa")
	less := b.changed(presets.FileRoles, "permissions: [ticket.read, desk.configure, desk.report, directory.manage]", "permissions: [ticket.read]")
	_, err := b.use.Import(b.Context(), b.actor("adminfonc"), transferring.Offer{Files: less})
	if guichet.CodeOf(err) != "directory.last_administrator" {
		t.Errorf("the last administrator: %v", err)
	}
	if !b.actor("adminfonc").Full() {
		t.Error("the role was changed all the same")
	}
	if _, err := b.use.Import(b.Context(), guichet.SystemActor(), transferring.Offer{Files: less}); err != nil {
		t.Errorf("the command line: %v", err)
	}
}
