package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet/internal/store/storetest"
	"guichet/internal/transferring"
	"guichet/internal/web/webtest"
)

const transferPath = "/admin/configuration"

func TestFilesAreComparedThenImported(t *testing.T) {
	for language, words := range map[string][]string{
		"fr": {"Ce que ces fichiers changeraient", "Changement", "Importer ces changements"},
		"en": {"What these files would change", "Changed", "Import these changes"},
	} {
		t.Run(language, func(t *testing.T) {
			s := newFlowStage(t)
			if language == "en" {
				s.english()
			}
			archive := s.Get(storetest.Fay, transferPath+"/export").Expect(http.StatusOK)
			files, err := transferring.Unpack([]byte(archive.Body))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if f.Name == "roles.yaml" {
					files = append(files[:0], f)
				}
			}
			text := strings.Replace(string(files[0].Data), "name: ", "name: Neuf ", 1)
			shown := s.Send(storetest.Fay, transferPath+"/compare", nil, []webtest.Upload{{Name: "roles.yaml", Content: text, Field: "archive"}}, nil).Expect(http.StatusOK)
			shown.Says(words...)
			form := url.Values{"files": shown.Values("files"), "seen": shown.Values("seen"), "note": {"Essai"}}
			before := s.desk().Revision
			s.Post(storetest.Fay, transferPath+"/import", form).Expect(http.StatusSeeOther)
			if s.desk().Revision == before {
				t.Error("nothing was imported")
			}
			// What was compared is no longer the desk.
			s.Post(storetest.Fay, transferPath+"/import", form).Expect(http.StatusConflict)
		})
	}
}

func TestFaultsOfFilesAreTold(t *testing.T) {
	s := newFlowStage(t)
	for text, want := range map[string]string{
		"- {id: x, nam: y}":                      "services.yaml, ligne 1",
		"- {id: x, name: y, parent: nulle-part}": "ne figure pas au-dessus",
		"- {id: x, name: y, team: personne}":     "qui n’existe pas",
	} {
		s.Send(storetest.Fay, transferPath+"/compare", nil, []webtest.Upload{{Name: "services.yaml", Content: text, Field: "archive"}}, nil).Expect(http.StatusUnprocessableEntity).Says(want)
	}
	s.Send(storetest.Fay, transferPath+"/compare", nil, []webtest.Upload{{Name: "desk.zip", Content: "not an archive", Field: "archive"}}, nil).Expect(http.StatusUnprocessableEntity).Says("ne peut pas être lue")
	s.Post(storetest.Fay, transferPath+"/compare", url.Values{}).Expect(http.StatusUnprocessableEntity).Says("Choisissez une archive")
	s.Post(storetest.Fay, transferPath+"/import", url.Values{"files": {"???"}}).Expect(http.StatusUnprocessableEntity)
}
