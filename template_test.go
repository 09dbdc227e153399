package guichet

import (
	"slices"
	"testing"
)

// templateDesk is the desk of the tests with a template of each kind.
func templateDesk() *Desk {
	d := testDesk()
	d.Offerings = map[ID]Offering{"ask": {ID: "ask", ServiceID: "moodle", Checklists: []ID{"points"},
		Form: Form{Fields: []Field{{Key: "course", Type: FieldText, Required: true}, {Key: "count", Type: FieldNumber}}}}}
	d.Templates = map[ID]Template{}
	for _, t := range []Template{
		{ID: "hello", Kind: TemplateReply, Name: "Bonjour", Body: Wording{"fr": "Bonjour {{demandeur.nom}}", "en": "Hello"}},
		{ID: "lesson", Kind: TemplateReply, Name: "Un cours", Services: []ID{"moodle"}, Body: Wording{"fr": "Le cours"}},
		{ID: "radio", Kind: TemplateReply, Name: "Ondes", Services: []ID{"wifi"}, Body: Wording{"fr": "Les ondes"}},
		{ID: "core", Kind: TemplateReply, Name: "Experts", Teams: []ID{"core"}, Body: Wording{"fr": "Le cœur"}},
		{ID: "done", Kind: TemplateSolution, Name: "Fait", Body: Wording{"fr": "C’est fait."}},
		{ID: "points", Kind: TemplateChecklist, Name: "Points", Items: []CheckItem{{Key: "a", Text: Wording{"fr": "A"}, Required: true}, {Key: "b", Text: Wording{"fr": "B"}}}},
		{ID: "call", Kind: TemplateTicket, Name: "Appel", Ticket: &TicketDraft{Title: Wording{"fr": "Appel"}, Checklist: "points", Solution: "done", ServiceID: "moodle"}},
		{ID: "mail", Kind: TemplateMail, Name: "Message", Mail: &MailSlot{EventResolved, "requester"}, Body: Wording{"fr": "Voici."}},
		{ID: "mail-moodle", Kind: TemplateMail, Name: "Message Moodle", Services: []ID{"moodle"}, Mail: &MailSlot{EventResolved, "requester"}, Subject: Wording{"fr": "Moodle"}},
	} {
		d.Templates[t.ID] = t
	}
	return d
}

func TestSoundTemplates(t *testing.T) {
	d := templateDesk()
	for _, x := range d.Templates {
		if err := x.Check(d); err != nil {
			t.Errorf("%s: %v", x.ID, err)
		}
	}
}

func TestFaultyTemplates(t *testing.T) {
	long := Wording{"fr": "x"}
	for _, c := range []struct {
		name   string
		change func(*Template)
		want   []string
	}{
		{"hello", func(x *Template) { x.Name = " " }, []string{"name: field.required"}},
		{"hello", func(x *Template) { x.Kind = "poem" }, []string{"kind: field.unknown_value"}},
		{"hello", func(x *Template) { x.Body = Wording{"en": "Hello"} }, []string{"body.fr: field.required"}},
		{"hello", func(x *Template) { x.Body["en"] = "{{nobody}}" }, []string{"body.en: template.unknown_placeholder"}},
		{"hello", func(x *Template) { x.Body["de"] = "Hallo" }, []string{"body: template.unknown_language"}},
		{"hello", func(x *Template) { x.Services, x.Teams = []ID{"gone"}, []ID{"lost"} },
			[]string{"services: template.unknown_reference", "teams: template.unknown_reference"}},
		{"points", func(x *Template) { x.Items = nil }, []string{"items: template.no_items"}},
		{"points", func(x *Template) { x.Items = []CheckItem{{Key: "a", Text: long}, {Key: "a"}} },
			[]string{"items.1.key: template.key_twice", "items.1.text.fr: field.required"}},
		{"points", func(x *Template) { x.Items = make([]CheckItem, 51) }, []string{"items: field.too_many"}},
		{"mail", func(x *Template) { x.Mail = &MailSlot{EventRouted, "agent"} }, []string{"mail: field.unknown_value"}},
		{"mail", func(x *Template) { x.Mail, x.Body = nil, nil }, []string{"body.fr: field.required", "mail: field.unknown_value"}},
		{"mail", func(x *Template) { x.Closing = Wording{"fr": "{{"} }, []string{"closing.fr: template.unclosed"}},
		{"call", func(x *Template) { x.Ticket = nil }, []string{"ticket.title.fr: field.required"}},
		{"call", func(x *Template) { x.Ticket.Title = Wording{"fr": "{{demandeur.nom}}"} }, []string{"ticket.title.fr: template.needs_ticket"}},
		{"call", func(x *Template) { x.Ticket.Checklist, x.Ticket.Solution = "done", "points" },
			[]string{"ticket.checklist: template.unknown_reference", "ticket.solution: template.unknown_reference"}},
		{"call", func(x *Template) {
			x.Ticket.Kind, x.Ticket.Urgency, x.Ticket.Impact, x.Ticket.Channel = "a", "b", "c", "d"
		},
			[]string{"ticket.channel: field.unknown_value", "ticket.impact: field.unknown_value", "ticket.kind: field.unknown_value", "ticket.urgency: field.unknown_value"}},
		{"call", func(x *Template) {
			x.Ticket.OfferingID, x.Ticket.Answers = "ask", map[string][]string{"count": {"many"}, "colour": {"red"}}
		}, []string{"answers.colour: field.unknown", "answers.count: field.number"}},
		{"call", func(x *Template) { x.Ticket.Answers = map[string][]string{"count": {"1"}} }, []string{"ticket.offering: field.required"}},
		{"call", func(x *Template) { x.Ticket.OfferingID, x.Ticket.ServiceID = "ask", "wifi" }, []string{"ticket.offering: field.unknown_value"}},
	} {
		d := templateDesk()
		x := d.Templates[ID(c.name)]
		c.change(&x)
		if got := faults(x.Check(d)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTemplatesForATicket(t *testing.T) {
	d := templateDesk()
	for _, c := range []struct {
		service ID
		teams   []ID
		want    []ID
	}{
		{"homework", nil, []ID{"lesson", "hello"}},
		{"wifi", []ID{"core"}, []ID{"radio", "hello", "core"}},
		{"", nil, []ID{"hello"}},
	} {
		var got []ID
		for _, x := range d.TemplatesFor(TemplateReply, c.service, c.teams) {
			got = append(got, x.ID)
		}
		if c.service == "wifi" {
			slices.Sort(got)
			slices.Sort(c.want)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %v: got %v, want %v", c.service, c.teams, got, c.want)
		}
	}
}

func TestMailTextOfTheNearestService(t *testing.T) {
	d := templateDesk()
	slot := MailSlot{EventResolved, "requester"}
	for service, want := range map[ID]ID{"homework": "mail-moodle", "moodle": "mail-moodle", "wifi": "mail", "": "mail"} {
		if got, _ := d.MailText(slot, service); got.ID != want {
			t.Errorf("%s: got %s, want %s", service, got.ID, want)
		}
	}
	if got, found := d.MailText(MailSlot{EventClosed, "requester"}, "moodle"); found {
		t.Errorf("found %s for a message that nobody rewrote", got.ID)
	}
}

func TestWhereATemplateIsUsed(t *testing.T) {
	d := templateDesk()
	d.Rules = []Rule{{ID: "answer", Then: RuleThen{Template: "lesson"}}, {ID: "end", Off: true, Then: RuleThen{CloseWith: "done"}}}
	for id, want := range map[ID][]ID{"points": {"ask", "call"}, "done": {"end", "call"}, "lesson": {"answer"}, "hello": nil} {
		var got []ID
		for _, u := range d.TemplateUses(id) {
			got = append(got, u.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", id, got, want)
		}
	}
}

func TestChecklist(t *testing.T) {
	d := templateDesk()
	l := NewChecklist("l1", d.Templates["points"], "t1", ann, noon)
	if done, all := l.Progress(); done != 0 || all != 2 {
		t.Errorf("progress %d of %d", done, all)
	}
	if left := Unchecked([]Checklist{l}); len(left) != 1 || left[0].Key != "a" {
		t.Errorf("left: %+v", left)
	}
	l.Items[0].DoneAt = noon
	if done, _ := l.Progress(); done != 1 || len(Unchecked([]Checklist{l})) != 0 {
		t.Errorf("after the required point: %d done, left %+v", done, Unchecked([]Checklist{l}))
	}
}
