package site_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/web/site"
	"guichet/internal/web/webtest"
)

// reading is a stage with a route that reads a form; what it read comes in got.
func reading(t *testing.T) (s *webtest.Stage, got *site.Form) {
	t.Helper()
	got = &site.Form{}
	s = routes(t, site.Route{Pattern: "POST /reads", Access: site.Public, Handle: func(q *site.Request) (err error) {
		if *got, err = q.Form(); err != nil {
			return err
		}
		q.W.WriteHeader(http.StatusNoContent)
		return nil
	}})
	return s, got
}

func TestAFormIsReadAsItWasSent(t *testing.T) {
	s, got := reading(t)
	sent := url.Values{"a": {"1", "2"}, "é": {"« ’ » ✓"}, "empty": {""}}
	s.Post("", "/reads", sent).Expect(http.StatusNoContent)
	if got.Encode() != sent.Encode() {
		t.Errorf("read %v", got.Values)
	}
	s.Send(storetest.Rita, "/reads", sent, []webtest.Upload{{Name: `C:\Users\rita\plan.txt`, Content: "un plan"}, {Name: "../../etc/passwd", Content: "x"}, {Name: "vide.txt"}}, nil).Expect(http.StatusNoContent)
	if got.Encode() != sent.Encode() || len(got.Files) != 2 {
		t.Fatalf("read %v, %d files", got.Values, len(got.Files))
	}
	for i, name := range []string{"plan.txt", "passwd"} {
		if got.Files[i].Name != name {
			t.Errorf("the name of a file is %q, expected %q", got.Files[i].Name, name)
		}
	}
}

func TestWhatIsNoFormIsRefused(t *testing.T) {
	s, _ := reading(t)
	for kind, body := range map[string]string{"": "a=1", "application/json": "{}", "text/plain": "a=1", "multipart/form-data": "--x", "multipart/form-data; boundary=x": "--x\r\nnothing",
		"application/x-www-form-urlencoded": "%zz"} {
		r := httptest.NewRequest(http.MethodPost, "/reads", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		s.Ask("", r).Expect(http.StatusUnprocessableEntity)
	}
	r := httptest.NewRequest(http.MethodPost, "/reads", strings.NewReader("a="+strings.Repeat("x", 2<<20)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	s.Ask("", r).Expect(http.StatusRequestEntityTooLarge)
	s.Send("", "/reads", url.Values{"a": {strings.Repeat("x", 2<<20)}}, nil, nil).Expect(http.StatusRequestEntityTooLarge)
	many := url.Values{}
	for range 300 {
		many.Add("a", "x")
	}
	s.Send("", "/reads", many, nil, nil).Expect(http.StatusUnprocessableEntity)
	s.Send("", "/reads", nil, []webtest.Upload{{Name: "a.txt", Content: "anonymous"}}, nil).Expect(http.StatusUnprocessableEntity)
}

// TestValuesOutliveAFileThatIsRefused: a form has fields after its files.
func TestValuesOutliveAFileThatIsRefused(t *testing.T) {
	s, got := reading(t)
	large := webtest.Upload{Name: "film.mp4", Content: strings.Repeat("x", guichet.MaxDocumentSize+1)}
	s.Send(storetest.Rita, "/reads", url.Values{"before": {"1"}}, []webtest.Upload{large, {Name: "a.txt", Content: "a"}}, url.Values{"after": {"2"}}).Expect(http.StatusRequestEntityTooLarge)
	if got.Get("before") != "1" || got.Get("after") != "2" || len(got.Files) != 1 {
		t.Errorf("read %v, %d files", got.Values, len(got.Files))
	}
}

// TestABodyAnnouncedTooLargeIsReadToItsFirstFile: what was typed before is small, the files are not.
func TestABodyAnnouncedTooLargeIsReadToItsFirstFile(t *testing.T) {
	s, got := reading(t)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("text", "tapé"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.CreateFormFile("files", "film.mp4"); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/reads", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.ContentLength = 2 << 30
	s.Ask(storetest.Rita, r).Expect(http.StatusRequestEntityTooLarge)
	if got.Get("text") != "tapé" || len(got.Files) != 0 {
		t.Errorf("read %v, %d files", got.Values, len(got.Files))
	}
}

// TestValuesOutliveTheOneFileThatIsRefused: what stands after the file is read, as long as the body is no larger than
// a short film; beyond, it is still the file that is refused.
func TestValuesOutliveTheOneFileThatIsRefused(t *testing.T) {
	const limit = 16 << 10
	var got site.Upload
	var refused error
	s := routes(t, site.Route{Pattern: "POST /uploads", Access: site.Public, Handle: func(q *site.Request) error {
		got, refused = q.Upload("logo", limit)
		q.W.WriteHeader(http.StatusNoContent)
		return nil
	}})
	for _, test := range []struct {
		size        int
		code, after string
	}{
		{limit, "", "2"}, {limit + 1, "file.too_large", "2"}, {6 << 20, "file.too_large", "2"}, {40 << 20, "file.too_large", "2"}, {70 << 20, "file.too_large", ""},
	} {
		file := webtest.Upload{Field: "logo", Name: "logo.png", Content: strings.Repeat("x", test.size)}
		s.Send("", "/uploads", url.Values{"before": {"1"}}, []webtest.Upload{file}, url.Values{"after": {"2"}}).Expect(http.StatusNoContent)
		if got.Get("before") != "1" || got.Get("after") != test.after || got.Name != "logo.png" {
			t.Errorf("%d bytes: read %v and %q", test.size, got.Values, got.Name)
		}
		var known *guichet.Error
		if errors.As(refused, &known) != (test.code != "") || known != nil && known.Code != test.code || refused == nil != (len(got.Content) == test.size) {
			t.Errorf("%d bytes: %v, expected %q; %d are there", test.size, refused, test.code, len(got.Content))
		}
	}
}

func TestWhomAFieldNames(t *testing.T) {
	for _, test := range []struct {
		form url.Values
		want string
	}{
		{url.Values{}, "?"}, {url.Values{"who": {"  "}}, "?"}, {url.Values{"who": {" Ann "}}, "Ann"},
		{url.Values{"who": {"Ann"}, "who_choice": {"ann"}}, "ann"}, {url.Values{"who": {"Ann"}, "who_choice": {""}}, "Ann"},
	} {
		if got := site.Named(test.form, "who"); got != test.want {
			t.Errorf("%v names %q, expected %q", test.form, got, test.want)
		}
	}
}
