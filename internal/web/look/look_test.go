package look_test

import (
	"bytes"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/web/webtest"
)

func TestAPhoneMayInstallThePortal(t *testing.T) {
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	page := s.Get("", "/manifest.webmanifest").Expect(http.StatusOK)
	if kind := page.Header.Get("Content-Type"); kind != "application/manifest+json" || !strings.Contains(page.Body, `"display":"standalone"`) {
		t.Errorf("manifest: %s %s", kind, page.Body)
	}
	for name, size := range map[string]int{"192.png": 192, "512.png": 512, "maskable.png": 512} {
		picture, err := png.Decode(bytes.NewReader([]byte(s.Get("", "/icons/"+name).Expect(http.StatusOK).Body)))
		if err != nil || picture.Bounds().Dx() != size || picture.Bounds().Dy() != size {
			t.Errorf("%s: %v", name, err)
		}
		_, _, _, alpha := picture.At(0, 0).RGBA()
		if filled := alpha == 0xffff; filled != (name == "maskable.png") {
			t.Errorf("%s: its corner is filled: %t", name, filled)
		}
	}
	s.Get("", "/icons/x.png").Expect(http.StatusNotFound)
}

func TestTheLookHasAnAddressOfItsOwn(t *testing.T) {
	s := webtest.New(t)
	desk := storetest.Desk()
	desk.Look = guichet.Look{Accent: "#a3123a", Logo: "data:image/png;base64,iVBORw0KGgo="}
	s.Write(func(tx *store.Tx) error { return tx.SaveDesk(s.Ctx, desk) })
	at := "/look/" + desk.Look.Mark() + "/"
	if page := s.Get("", at+"look.css").Expect(http.StatusOK); !strings.Contains(page.Body, "--accent:light-dark(#a3123a,#") {
		t.Error(page.Body)
	}
	if page := s.Get("", at+"logo").Expect(http.StatusOK); page.Header.Get("Content-Type") != "image/png" {
		t.Error(page.Header)
	}
	s.Get("", "/look/0123/look.css").Expect(http.StatusNotFound)
	s.Get("", "/look/0123/logo").Expect(http.StatusNotFound)
}
