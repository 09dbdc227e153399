package configuring_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

func (b *bench) desk() (d *guichet.Desk) {
	b.Helper()
	b.must(b.store.Read(b.ctx, func(tx *store.Tx) (err error) { d, err = tx.Desk(b.ctx); return err }))
	return d
}

// Two moves that are each sound, at the same moment, do not make a circle together: what is below it would be
// lost from every list.
func TestTwoMovesMakeNoCircle(t *testing.T) {
	b := newBench(t)
	fay := b.actor(Fay)
	move := func(id, below guichet.ID) error {
		s := b.desk().Services[id]
		s.ParentID = below
		return b.use.SaveService(b.ctx, fay, s, s.Version)
	}
	for round := range 8 {
		var both sync.WaitGroup
		for _, m := range [][2]guichet.ID{{Learning, Network}, {Network, Learning}} {
			s := b.desk().Services[m[0]]
			s.ParentID = m[1]
			both.Go(func() { _ = b.use.SaveService(b.ctx, fay, s, s.Version) }) // one of them is refused
		}
		both.Wait()
		d := b.desk()
		up, down := d.Services[Learning].ParentID, d.Services[Network].ParentID
		if up != "" && down != "" || up == "" && down == "" {
			t.Fatalf("round %d: learning stands below %q and network below %q", round, up, down)
		}
		b.must(move(Learning, ""))
		b.must(move(Network, ""))
	}
}

// What somebody is told was kept is in force, or still there as a draft, whoever publishes or gives up the draft
// at the same moment.
func TestNothingKeptIsLost(t *testing.T) {
	b := newBench(t)
	fay := b.actor(Fay)
	for round := range 12 {
		e := b.flow(Validated)
		first, second := e.Value, e.Value
		first.Name, second.Name = fmt.Sprint("Premier ", round), fmt.Sprint("Second ", round)
		b.must(b.use.Workflows.Keep(b.ctx, fay, Validated, first, e.Revision()))
		seen := b.flow(Validated).Revision()
		var both sync.WaitGroup
		var kept error
		both.Go(func() { kept = b.use.Workflows.Keep(b.ctx, fay, Validated, second, seen) })
		both.Go(func() { // conflict, when the other was first
			if round%2 == 0 {
				_, _ = b.use.Workflows.Publish(b.ctx, fay, Validated, 0, "")
			} else {
				_ = b.use.Workflows.Discard(b.ctx, fay, Validated)
			}
		})
		both.Wait()
		after := b.flow(Validated)
		if kept == nil && after.Value.Name != second.Name && round%2 == 0 {
			t.Fatalf("round %d: kept, and lost: %q is in force, draft %+v", round, after.Value.Name, after.Draft)
		}
		if after.Draft != nil {
			b.must(b.use.Workflows.Discard(b.ctx, fay, Validated))
		}
	}
}

// Who configures one service reaches nothing beside it: not by the place of what is edited, not by its older
// versions, not by what concerns the whole desk. Each answers as what does not exist.
func TestWhoConfiguresOneServiceStaysInIt(t *testing.T) {
	b := newBench(t)
	fay := b.actor(Fay)
	b.must(b.store.Write(b.ctx, func(tx *store.Tx) error {
		_, err := tx.Define(b.ctx, store.Definition{Kind: "role", ID: "local", Body: guichet.Role{ID: "local", Name: "Local",
			Permissions: []guichet.Permission{guichet.PermissionConfigure}}})
		if err != nil {
			return err
		}
		return tx.SaveGrant(b.ctx, guichet.Grant{ID: "local", PersonID: Stan, RoleID: "local", ServiceID: Moodle})
	}))
	wifi := guichet.Offering{Name: "Une borne", ServiceID: Wifi, Kind: guichet.KindRequest, Form: guichet.Form{Fields: []guichet.Field{}}}
	b.must(b.use.Offerings.Create(b.ctx, fay, "borne", wifi))
	_, err := b.use.Offerings.Publish(b.ctx, fay, "borne", 0, "")
	b.must(err)
	stan := b.actor(Stan)
	if _, err := b.use.Offerings.Open(b.ctx, stan, Incident); err != nil {
		t.Fatalf("nothing of the service is open: %v", err)
	}
	moved := wifi
	moved.ServiceID = Moodle
	missing := func(name string, err error, like error) {
		t.Helper()
		if guichet.KindOf(err) != guichet.KindNotFound || err == nil || like != nil && strings.Replace(err.Error(), "borne", "none", 1) != like.Error() {
			t.Errorf("%s: %v, want as if it did not exist (%v)", name, err, like)
		}
	}
	_, there := b.use.Offerings.Open(b.ctx, stan, "borne")
	_, not := b.use.Offerings.Open(b.ctx, stan, "none")
	missing("an offering beside", there, not)
	missing("kept under one's own service", b.use.Offerings.Keep(b.ctx, stan, "borne", moved, 0), not)
	incident := b.desk().Offerings[Incident]
	incident.ServiceID = Wifi
	missing("one's own, given to another service", b.use.Offerings.Keep(b.ctx, stan, Incident, incident, 0), not)
	missing("a new one beside", b.use.Offerings.Create(b.ctx, stan, "neuf", wifi), nil)
	b.must(b.use.Offerings.Keep(b.ctx, fay, "borne", moved, 0))
	_, there = b.use.Offerings.Open(b.ctx, stan, "borne")
	missing("an offering whose draft comes", there, not)
	_, err = b.use.Offerings.Publish(b.ctx, fay, "borne", 0, "")
	b.must(err)
	if _, err := b.use.Offerings.Open(b.ctx, stan, "borne"); err != nil {
		t.Errorf("it came: %v", err)
	}
	missing("back to where it was", b.use.Offerings.Restore(b.ctx, stan, "borne", 1), nil)
	_, err = b.use.Offerings.At(b.ctx, stan, "borne", 1)
	missing("as it was elsewhere", err, nil)
	b.besideServices(stan, missing)
	b.besideTheWhole(stan, missing)
}

func (b *bench) besideServices(stan guichet.Actor, missing func(string, error, error)) {
	d := b.desk()
	none := b.use.SaveService(b.ctx, stan, guichet.Service{ID: "none", Name: "x"}, 0)
	save := func(id guichet.ID, change func(*guichet.Service)) error {
		s := d.Services[id]
		change(&s)
		return b.use.SaveService(b.ctx, stan, s, s.Version)
	}
	missing("the service beside", save(Wifi, func(s *guichet.Service) { s.Name = "x" }), none)
	missing("one below, put elsewhere", save(Homework, func(s *guichet.Service) { s.ParentID = Network }), none)
	missing("one below, put at the top", save(Homework, func(s *guichet.Service) { s.ParentID = "" }), none)
	missing("its order among the others", b.use.MoveService(b.ctx, stan, Moodle, true), none)
	_, err := b.use.CreateService(b.ctx, stan, guichet.Service{Name: "Neuf", ParentID: Network})
	missing("a new one beside", err, none)
	_, err = b.use.CreateService(b.ctx, stan, guichet.Service{Name: "Neuf"})
	missing("a new theme", err, none)
	_, err = b.use.ServiceActs(b.ctx, stan, Wifi)
	missing("what was done to another", err, none)
	reader := stan
	reader.TokenScopes = []guichet.TokenScope{guichet.TokenRead}
	s := d.Services[Moodle]
	missing("with a token that reads", b.use.SaveService(b.ctx, reader, s, s.Version), none)
}

func (b *bench) besideTheWhole(stan guichet.Actor, missing func(string, error, error)) {
	_, err := b.use.Workflows.Open(b.ctx, stan, Validated)
	missing("a process", err, nil)
	_, err = b.use.Rules.Open(b.ctx, stan, configuring.RulesID)
	missing("the rules", err, nil)
	_, err = b.use.TryRules(b.ctx, stan)
	missing("a trial of the rules", err, nil)
	_, err = b.use.History(b.ctx, stan, configuring.Place{})
	missing("the history", err, nil)
	_, err = b.use.Members(b.ctx, stan)
	missing("the teams", err, nil)
	text := guichet.Template{Kind: guichet.TemplateReply, Name: "Réponse", Body: guichet.Wording{"fr": "Bonjour"}}
	missing("a template for all", b.use.Templates.Create(b.ctx, stan, "pour-tous", text), nil)
	for name, services := range map[string][]guichet.ID{"of another service": {Wifi}, "of both": {Moodle, Wifi}, "of no service that is": {Moodle, "none"}, "of an empty one": {""}} {
		text.Services = services
		missing("a template "+name, b.use.Templates.Create(b.ctx, stan, "texte", text), nil)
	}
	text.Services = []guichet.ID{Homework}
	b.must(b.use.Templates.Create(b.ctx, stan, "texte", text))
	text.Services = nil
	missing("one's own, for all", b.use.Templates.Keep(b.ctx, stan, "texte", text, 1), nil)
}

// A template that a rule names is not taken from under it.
func TestATemplateOfARuleStays(t *testing.T) {
	b := newBench(t)
	fay := b.actor(Fay)
	b.must(b.use.Templates.Create(b.ctx, fay, "adieu", guichet.Template{Kind: guichet.TemplateReply, Name: "Adieu", Body: guichet.Wording{"fr": "Merci"}}))
	_, err := b.use.Templates.Publish(b.ctx, fay, "adieu", 0, "")
	b.must(err)
	b.must(b.use.Rules.Keep(b.ctx, fay, configuring.RulesID, guichet.RuleSet{Rules: []guichet.Rule{{ID: "r", Name: "Clore", Then: guichet.RuleThen{CloseWith: "adieu"}}}}, 0))
	_, err = b.use.Rules.Publish(b.ctx, fay, configuring.RulesID, 0, "")
	b.must(err)
	err = b.use.Templates.Remove(b.ctx, fay, "adieu")
	b.kind(err, guichet.KindConflict)
	if guichet.CodeOf(err) != "template.used" {
		t.Error(err)
	}
}

// Who operates the desk reads what was done to it, and not the addresses of people.
func TestTheHistoryIsNoDirectory(t *testing.T) {
	b := newBench(t)
	b.must(b.store.Write(b.ctx, func(tx *store.Tx) error {
		return tx.Audit(b.ctx, store.AuditEntry{ActorID: Fay, Act: "update", Kind: "person", ObjectID: Rita, Name: "Rita Durand", Detail: "rita@here → rita@home"})
	}))
	for who, want := range map[guichet.ID]string{Fay: "rita@here → rita@home", Tom: ""} {
		page, err := b.use.History(b.ctx, b.actor(who), configuring.Place{})
		b.must(err)
		if len(page.Acts) != 1 || page.Acts[0].Name != "Rita Durand" || page.Acts[0].Detail != want {
			t.Errorf("%s reads %+v", who, page.Acts)
		}
	}
}
