package guichet

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTree(t *testing.T) {
	tree := NewTree(map[ID]ID{"group": "", "lyon": "group", "lab": "lyon", "rennes": "group", "lost": "gone"})
	for _, c := range []struct {
		node ID
		want []ID
	}{
		{"lab", []ID{"lab", "lyon", "group"}}, {"group", []ID{"group"}}, {"lost", []ID{"lost"}}, {"gone", nil}, {"", nil},
	} {
		if diff := cmp.Diff(c.want, tree.Path(c.node)); diff != "" {
			t.Errorf("path of %q (-want +got):\n%s", c.node, diff)
		}
	}
	for _, c := range []struct {
		node, root ID
		want       bool
	}{
		{"lab", "group", true}, {"lab", "lab", true}, {"lyon", "lab", false}, {"lab", "rennes", false},
		{"lab", "", true}, {"", "", true}, {"", "group", false}, {"gone", "gone", false}, {"lost", "gone", false},
	} {
		if got := tree.Within(c.node, c.root); got != c.want {
			t.Errorf("%q within %q: %v", c.node, c.root, got)
		}
	}
	if (Tree{}).Within("lab", "lab") || (Tree{}).Path("lab") != nil {
		t.Error("the zero tree knows a node")
	}
}

func TestACycleEndsThePath(t *testing.T) {
	tree := NewTree(map[ID]ID{"a": "b", "b": "c", "c": "a", "self": "self", "x": "", "y": ""})
	for node, want := range map[ID][]ID{"a": {"a", "b", "c"}, "c": {"c", "a", "b"}, "self": {"self"}} {
		if diff := cmp.Diff(want, tree.Path(node)); diff != "" {
			t.Errorf("path of %q (-want +got):\n%s", node, diff)
		}
	}
}

// Whatever parents are given, a path ends, begins with its node and follows the parents.
func TestPathsEnd(t *testing.T) {
	node := rapid.SampledFrom([]ID{"a", "b", "c", "d", "e"})
	rapid.Check(t, func(t *rapid.T) {
		parents := rapid.MapOf(node, rapid.OneOf(node, rapid.Just(ID("")))).Draw(t, "parents")
		from := node.Draw(t, "from")
		path := NewTree(parents).Path(from)
		_, known := parents[from]
		if known != (len(path) > 0) || known && path[0] != from {
			t.Fatalf("path of %s: %v", from, path)
		}
		for i, n := range path {
			if slices.Contains(path[:i], n) || i > 0 && parents[path[i-1]] != n {
				t.Fatalf("path of %s: %v", from, path)
			}
		}
	})
}

// catalogue is a tree of services: a theme, its sub-services, and what some people may not see.
func catalogue() *Desk {
	d := &Desk{
		Services: map[ID]Service{
			"mail":      {ID: "mail", Name: "Messagerie", Position: 2, TeamID: "messaging", WorkflowID: "simple"},
			"lists":     {ID: "lists", ParentID: "mail", Name: "Listes", Position: 1, Profiles: []string{"staff", "researcher"}},
			"archive":   {ID: "archive", ParentID: "lists", Name: "Archives", TeamID: "archives", WorkflowID: "slow"},
			"antispam":  {ID: "antispam", ParentID: "mail", Name: "Antispam", Position: 1},
			"phone":     {ID: "phone", Name: "Téléphonie", Position: 1, Profiles: []string{"staff"}},
			"mobile":    {ID: "mobile", ParentID: "phone", Name: "Mobile"},
			"human":     {ID: "human", Name: "Ressources humaines", Position: 3, OpensAt: noon.AddDate(0, 1, 0)},
			"payroll":   {ID: "payroll", ParentID: "human", Name: "Paie"},
			"old":       {ID: "old", Name: "Ancien", State: ServiceClosed},
			"under-old": {ID: "under-old", ParentID: "old", Name: "Sous l’ancien"},
		},
		Offerings: map[ID]Offering{
			"mail-incident": {ID: "mail-incident", ServiceID: "mail", Kind: KindIncident},
			"a-mail":        {ID: "a-mail", ServiceID: "mail", Kind: KindRequest, WorkflowID: "express"},
			"lists-new":     {ID: "lists-new", ServiceID: "lists", Kind: KindRequest},
		},
		Workflows: map[ID]Workflow{
			"simple": {ID: "simple"}, "slow": {ID: "slow"}, "express": {ID: "express"}, "default": {ID: "default"},
		},
		DefaultFlow: "default",
	}
	d.Index()
	return d
}

func TestShows(t *testing.T) {
	later := noon.AddDate(0, 1, 0)
	staff, student := Person{Profile: "staff"}, Person{Profile: "student"}
	for _, c := range []struct {
		name    string
		service ID
		person  Person
		after   bool
		want    bool
	}{
		{"for everybody", "mail", student, false, true},
		{"for everybody, even without a profile", "mail", Person{}, false, true},
		{"for one's profile", "lists", Person{Profile: "researcher"}, false, true},
		{"for another profile", "lists", student, false, false},
		{"below what is for another profile", "archive", student, false, false},
		{"below what is for one's profile", "mobile", staff, false, true},
		{"not open yet (phases, seed 004)", "human", staff, false, false},
		{"below what is not open yet", "payroll", staff, false, false},
		{"open since that moment", "payroll", staff, true, true},
		{"no longer active", "old", staff, false, false},
		{"below what is no longer active", "under-old", staff, false, false},
		{"nowhere", "nowhere", staff, false, false},
		{"nothing", "", staff, false, false},
	} {
		now := noon
		if c.after {
			now = later
		}
		if got := catalogue().Shows(c.service, c.person, now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestChildrenAreThoseShownInTheirOrder(t *testing.T) {
	for _, c := range []struct {
		name    string
		parent  ID
		profile string
		want    []ID
	}{
		{"themes of the staff, by position", "", "staff", []ID{"phone", "mail"}},
		{"themes of a student", "", "student", []ID{"mail"}},
		{"sub-services, by key at the same position", "mail", "staff", []ID{"antispam", "lists"}},
		{"sub-services of a student", "mail", "student", []ID{"antispam"}},
		{"of a hidden theme", "phone", "student", nil},
		{"of a leaf", "mobile", "staff", nil},
	} {
		var got []ID
		for _, s := range catalogue().Children(c.parent, Person{Profile: c.profile}, noon) {
			got = append(got, s.ID)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// What a service leaves empty it takes from its nearest ancestor.
func TestInheritance(t *testing.T) {
	for _, c := range []struct {
		service   ID
		team      ID
		flow      ID
		name      string
		offerings []ID
	}{
		{"mail", "messaging", "simple", "Messagerie", []ID{"a-mail", "mail-incident"}},
		{"antispam", "messaging", "simple", "Messagerie / Antispam", []ID{"a-mail", "mail-incident"}},
		{"lists", "messaging", "simple", "Messagerie / Listes", []ID{"lists-new"}},
		{"archive", "archives", "slow", "Messagerie / Listes / Archives", []ID{"lists-new"}},
		{"mobile", "", "default", "Téléphonie / Mobile", nil},
		{"nowhere", "", "default", "", nil},
	} {
		d := catalogue()
		if got := d.ServiceTeam(c.service); got != c.team {
			t.Errorf("team of %s: %q, want %q", c.service, got, c.team)
		}
		if got := d.FlowOf(c.service, "").ID; got != c.flow {
			t.Errorf("workflow of %s: %q, want %q", c.service, got, c.flow)
		}
		if got := d.ServiceName(c.service); got != c.name {
			t.Errorf("name of %s: %q, want %q", c.service, got, c.name)
		}
		var got []ID
		for _, o := range d.OfferingsOf(c.service) {
			got = append(got, o.ID)
		}
		if diff := cmp.Diff(c.offerings, got); diff != "" {
			t.Errorf("offerings of %s (-want +got):\n%s", c.service, diff)
		}
	}
}

func TestAnOfferingMayHaveItsOwnWorkflow(t *testing.T) {
	d := catalogue()
	if got := d.FlowOf("archive", "a-mail").ID; got != "express" {
		t.Errorf("of an offering with a workflow: %q", got)
	}
	if got := d.FlowOf("archive", "lists-new").ID; got != "slow" {
		t.Errorf("of an offering without one: %q", got)
	}
}
