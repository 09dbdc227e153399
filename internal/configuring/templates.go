package configuring

import (
	"guichet"
)

// templates are edited by who configures the whole desk, or every service that they are limited to.
func templates() kind[guichet.Template] {
	return kind[guichet.Template]{
		name: "template",
		find: func(d *guichet.Desk, id guichet.ID) (guichet.Template, bool) { t, ok := d.Templates[id]; return t, ok },
		all:  func(d *guichet.Desk) []guichet.ID { return keys(d.Templates) },
		put: func(d *guichet.Desk, id guichet.ID, t guichet.Template) {
			t.ID = id
			if d.Templates == nil {
				d.Templates = map[guichet.ID]guichet.Template{}
			}
			d.Templates[id] = t
		},
		drop:  func(d *guichet.Desk, id guichet.ID) { delete(d.Templates, id) },
		check: func(d *guichet.Desk, t guichet.Template) error { return t.Check(d) },
		used:  usedTemplate,
		may:   mayEditTemplate,
		label: func(t guichet.Template) string { return t.Name },
		kept:  func(t guichet.Template) guichet.Template { t.Version = 0; return t },
	}
}

func mayEditTemplate(a guichet.Actor, d *guichet.Desk, t guichet.Template) bool {
	if a.Configures("", d) {
		return true
	}
	for _, s := range t.Services {
		if !a.Configures(s, d) {
			return false
		}
	}
	return len(t.Services) > 0
}

// usedTemplate refuses to take away what is named elsewhere, and says where.
func usedTemplate(d *guichet.Desk, id guichet.ID) error {
	if uses := d.TemplateUses(id); len(uses) > 0 {
		return guichet.Conflict("template.used", "Where", guichet.UseNames(uses))
	}
	return nil
}
