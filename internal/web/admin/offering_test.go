package admin_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// The points to check on the tickets of a form and the condition of a step are chosen on screen, published, and shown
// again as they were chosen; a step that looks at no question is said beside its condition.
func TestChecklistsAndTheConditionOfAStep(t *testing.T) {
	s := stage(t)
	err := s.Store.Write(s.Ctx, func(tx *store.Tx) error {
		d := config(s).Clone()
		d.Templates = map[guichet.ID]guichet.Template{"identity": {ID: "identity", Kind: guichet.TemplateChecklist, Name: "Identité",
			Items: []guichet.CheckItem{{Key: "a", Text: guichet.Wording{"fr": "Le nom"}}}}}
		return tx.SaveDesk(s.Ctx, d)
	})
	if err != nil {
		t.Fatal(err)
	}
	const designer = "/admin/offerings/moodle-incident"
	page := s.Get(storetest.Fay, designer).Expect(http.StatusOK).Says("Points à vérifier", "Identité")
	form := everything(page, "name", "service", "kind", "fields.0.key", "fields.0.type", "fields.0.label", "fields.0.options", "checklists_shown")
	form["checklists"], form["revision"], form["op"] = []string{"identity"}, []string{"0"}, []string{"publish"}
	for name, value := range map[string]string{"approval.0.name": "Direction", "approval.0.approvers.0.by": "role:director",
		"approval.0.test.0.field": "where", "approval.0.test.0.is": "one_of", "approval.0.test.0.values": "Ailleurs"} {
		form.Set(name, value)
	}
	s.Post(storetest.Fay, designer, form).Expect(http.StatusSeeOther)
	o := config(s).Offerings[storetest.Incident]
	if len(o.Checklists) != 1 || len(o.Approval) != 1 || o.Approval[0].If == nil || o.Approval[0].If.Field != "where" || o.Approval[0].If.Values[0] != "other" {
		t.Fatalf("published: %+v", o)
	}
	page = s.Get(storetest.Fay, designer).Says("Condition de l’étape", "Seulement si")
	if got := page.Values("approval.0.test.0.values"); len(got) != 1 || got[0] != "Ailleurs" {
		t.Errorf("the condition is shown as %v", got)
	}
	form["checklists"] = nil
	form.Set("revision", "0")
	form.Set("approval.0.test.0.values", "")
	s.Post(storetest.Fay, designer, form).Expect(http.StatusSeeOther)
	s.Get(storetest.Fay, designer).Says("Étape 1 – Condition de l’étape")
	if o := config(s).Offerings[storetest.Incident]; len(o.Checklists) != 1 {
		t.Error("a faulty form is in force")
	}
	s.Change(storetest.Fay, func(p *guichet.Person) { p.Locale = "en" })
	s.Get(storetest.Fay, designer).Says("Checklists", "Condition of the step")
}

// A kind of file that is none is said beside the boxes of the kinds.
func TestWrongKindsOfFilesAreSaidBesideTheirBoxes(t *testing.T) {
	s := stage(t)
	form := url.Values{"name": {"Signaler"}, "service": {string(storetest.Moodle)}, "kind": {"incident"}, "revision": {"0"}, "op": {"save"},
		"fields.0.key": {"proof"}, "fields.0.type": {"file"}, "fields.0.label": {"Justificatif"}, "fields.0.limits.files": {"hologram"}}
	s.Post(storetest.Fay, "/admin/offerings/moodle-incident", form).Expect(http.StatusSeeOther)
	page := s.Get(storetest.Fay, "/admin/offerings/moodle-incident").Expect(http.StatusOK)
	_, boxes, found := strings.Cut(page.Body, `name="fields.0.limits.files"`)
	boxes, _, _ = strings.Cut(boxes, "</fieldset>")
	if !found || !strings.Contains(boxes, `class="error"`) {
		t.Errorf("nothing is said beside the boxes: %s", boxes)
	}
}

// Every administrative act and every kind of object has its words, in both languages.
func TestActsHaveWords(t *testing.T) {
	written := regexp.MustCompile(`(?:Act: |audited\(|auditedGrant\(|act :?= |change\{[a-z]+, )"([a-z_]+)"|Kind: "([a-z_]+)", (?:ObjectID|\n?\s*Name)|audited\([a-z"_]+, "([a-z_]+)"|\bname:\s+"([a-z_]+)"`)
	files, err := filepath.Glob("../../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, locale := range []string{"fr", "en"} {
		list, _ := filepath.Glob("../../i18n/locales/" + locale + "/*.json")
		for _, name := range list {
			var read map[string]any
			body, err := os.ReadFile(name)
			if err != nil || json.Unmarshal(body, &read) != nil {
				t.Fatal(name, err)
			}
			for key := range read {
				texts[locale+" "+key] = name
			}
		}
	}
	seen := 0
	for _, name := range files {
		room := filepath.Base(filepath.Dir(name))
		if strings.HasSuffix(name, "_test.go") || !strings.Contains("account announcing configuring directory ticketing transferring", room) {
			continue
		}
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(body), "udit") && room != "configuring" {
			continue
		}
		for _, m := range written.FindAllStringSubmatch(string(body), -1) {
			for i, prefix := range []string{"admin.act.", "admin.kind.", "admin.kind.", "admin.kind."} {
				if m[i+1] == "" {
					continue
				}
				seen++
				for _, locale := range []string{"fr", "en"} {
					if texts[locale+" "+prefix+m[i+1]] == "" {
						t.Errorf("%s: %s%s has no words in %s", name, prefix, m[i+1], locale)
					}
				}
			}
		}
	}
	if seen < 30 {
		t.Errorf("%d acts and kinds found: the pattern does not read the code any more", seen)
	}
}
