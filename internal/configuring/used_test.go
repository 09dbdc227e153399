package configuring_test

import (
	"errors"
	"testing"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// What a rule names is not removed from under it: the calendar of a condition, the template that it sends.
func TestWhatARuleNamesStays(t *testing.T) {
	b := newBench(t)
	b.must(b.store.Write(b.ctx, func(tx *store.Tx) error {
		d := Desk()
		d.Calendars = map[guichet.ID]guichet.Calendar{"nights": {ID: "nights", Name: "Nuits", TimeZone: "Europe/Paris"}}
		d.Templates = map[guichet.ID]guichet.Template{"sorry": {ID: "sorry", Kind: guichet.TemplateReply, Name: "Excuses", Body: guichet.Wording{"fr": "x"}}}
		d.Rules = []guichet.Rule{{ID: "late", Name: "La nuit", Off: true, Then: guichet.RuleThen{Template: "sorry"},
			When: guichet.RuleWhen{Any: []guichet.RuleCondition{{Field: guichet.RuleCalendar, Values: []string{"nights"}}}}}}
		return tx.SaveDesk(b.ctx, d)
	}))
	for code, err := range map[string]error{"calendar.used_by_rule": b.use.Calendars.Remove(b.ctx, b.actor(Fay), "nights"),
		"template.used": b.use.Templates.Remove(b.ctx, b.actor(Fay), "sorry"), "draft.not_removable": b.use.Workflows.Remove(b.ctx, b.actor(Fay), Moderated)} {
		var refused *guichet.Error
		if !errors.As(err, &refused) || refused.Code != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
}
