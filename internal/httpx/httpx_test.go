package httpx

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// status is a handler that answers nothing but a status.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

// logTo writes JSON records into out.
func logTo(out io.Writer) *slog.Logger { return slog.New(slog.NewJSONHandler(out, nil)) }

// onlyRecord reads the one record that was logged.
func onlyRecord(t *testing.T, out *bytes.Buffer) map[string]any {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(out.Bytes(), &fields); err != nil {
		t.Fatalf("not one record: %v\n%s", err, out)
	}
	return fields
}

func TestChainKeepsOrder(t *testing.T) {
	var order string
	layer := func(name string) Middleware {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				order += name
				next.ServeHTTP(w, r)
			})
		}
	}
	serve(Chain(status(http.StatusOK), layer("a"), layer("b"), layer("c")), get("/"))
	if order != "abc" {
		t.Errorf("order %q", order)
	}
}

func TestRequestID(t *testing.T) {
	for given, kept := range map[string]bool{
		"proxy-42.a_B": true, "": false, "a b": false, "a\nb": false, "<script>": false, strings.Repeat("x", 65): false,
	} {
		var inside string
		handler := RequestID(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			inside = RequestIDFrom(r.Context())
		}))
		r := get("/")
		r.Header.Set("X-Request-Id", given)
		answered := serve(handler, r).Header().Get("X-Request-Id")
		if inside == "" || inside != answered {
			t.Errorf("%q: inside %q, answered %q", given, inside, answered)
		}
		if (inside == given) != kept {
			t.Errorf("%q: became %q", given, inside)
		}
	}
}

func TestAccessLog(t *testing.T) {
	var out bytes.Buffer
	handler := Chain(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout")
	}), RequestID, AccessLog(slog.New(LogHandler(logTo(&out).Handler()))))
	secret := strings.Repeat("k", 43)
	r := get("/approvals/" + secret + "?code=" + secret)
	r.Header.Set("Cookie", "session="+secret)
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("X-Request-Id", "abc")
	serve(handler, r)

	if strings.Contains(out.String(), secret) || strings.Count(out.String(), "request_id") != 1 {
		t.Fatalf("logged %s", &out)
	}
	got := onlyRecord(t, &out)
	for field, want := range map[string]any{
		"method": "GET", "path": "/approvals/…", "status": 418.0, "bytes": 15.0, "request_id": "abc", "level": "INFO",
	} {
		if got[field] != want {
			t.Errorf("%s: got %v, want %v", field, got[field], want)
		}
	}
}

func TestAccessLogOfServerErrors(t *testing.T) {
	var out bytes.Buffer
	serve(AccessLog(logTo(&out))(status(http.StatusServiceUnavailable)), get("/"+strings.Repeat("a/", 200)))
	got := onlyRecord(t, &out)
	if got["level"] != "ERROR" || got["path"] != "/…" {
		t.Errorf("logged %v", got)
	}
}

func TestRecoverRendersAndLogs(t *testing.T) {
	var out bytes.Buffer
	broken := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "12345")
		panic("broken pipe organ")
	})
	render := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, "own page")
	}
	w := serve(Chain(broken, RequestID, Recover(logTo(&out), render)), get("/"))
	if w.Code != http.StatusInternalServerError || w.Body.String() != "own page" || w.Header().Get("Content-Length") != "" {
		t.Errorf("answered %d %q %v", w.Code, w.Body, w.Header())
	}
	got := onlyRecord(t, &out)
	if got["cause"] != "broken pipe organ" || !strings.Contains(got["stack"].(string), "httpx_test.go") || got["request_id"] == nil {
		t.Errorf("logged %v", got)
	}
}

func TestRecoverCutsABegunAnswer(t *testing.T) {
	halfway := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic("late")
	})
	server := httptest.NewServer(Recover(logTo(io.Discard), status(http.StatusInternalServerError))(halfway))
	defer server.Close()
	response, err := http.Get(server.URL)
	if err == nil {
		defer response.Body.Close()
		_, err = io.ReadAll(response.Body)
	}
	if err == nil {
		t.Error("half an answer was taken for a whole one")
	}
}

func TestSecurityHeaders(t *testing.T) {
	plain := serve(SecurityHeaders("http://127.0.0.1:8080")(status(http.StatusNotFound)), get("/")).Header()
	secure := serve(SecurityHeaders("https://guichet.example.fr")(status(http.StatusOK)), get("/")).Header()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := plain.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	policy := plain.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("policy %q", policy)
	}
	if plain.Get("Strict-Transport-Security") != "" || secure.Get("Strict-Transport-Security") == "" {
		t.Error("HTTPS must be demanded exactly when it is used")
	}
}

func TestAHandlerMayReplaceAHeader(t *testing.T) {
	static := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	})
	if got := serve(SecurityHeaders("")(static), get("/")).Header().Get("Cache-Control"); !strings.HasPrefix(got, "public") {
		t.Errorf("Cache-Control %q", got)
	}
}

func compressed(t *testing.T, contentType string, size int) *httptest.ResponseRecorder {
	t.Helper()
	compress, err := Compress()
	if err != nil {
		t.Fatal(err)
	}
	r := get("/")
	r.Header.Set("Accept-Encoding", "gzip")
	return serve(compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, strings.Repeat("a", size))
	})), r)
}

func TestCompress(t *testing.T) {
	for _, test := range []struct {
		contentType string
		size        int
		want        string
	}{
		{"text/html; charset=utf-8", 5000, "gzip"},
		{"application/problem+json", 5000, "gzip"},
		{"image/svg+xml", 5000, "gzip"},
		{"text/html", 100, ""},
		{"text/event-stream", 5000, ""},
		{"image/png", 5000, ""},
		{"font/woff2", 5000, ""},
	} {
		w := compressed(t, test.contentType, test.size)
		if got := w.Header().Get("Content-Encoding"); got != test.want {
			t.Errorf("%s of %d bytes: encoding %q", test.contentType, test.size, got)
		}
	}
	reader, err := gzip.NewReader(compressed(t, "text/html", 5000).Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(reader); err != nil || len(text) != 5000 {
		t.Errorf("%d bytes came out, %v", len(text), err)
	}
}

func TestAPanicUnderCompressionShowsTheErrorPage(t *testing.T) {
	compress, err := Compress()
	if err != nil {
		t.Fatal(err)
	}
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })
	r := get("/")
	r.Header.Set("Accept-Encoding", "gzip")
	handler := Chain(broken, AccessLog(logTo(io.Discard)), compress, Recover(logTo(io.Discard), status(http.StatusInternalServerError)))
	if w := serve(handler, r); w.Code != http.StatusInternalServerError {
		t.Errorf("answered %d", w.Code)
	}
}

func TestCrossOrigin(t *testing.T) {
	protect, err := CrossOrigin(status(http.StatusForbidden), "https://guichet.example.fr")
	if err != nil {
		t.Fatal(err)
	}
	handler := protect(status(http.StatusOK))
	for _, test := range []struct {
		method, site, origin string
		want                 int
	}{
		{"POST", "cross-site", "https://evil.example", http.StatusForbidden},
		{"POST", "same-site", "https://other.example.fr", http.StatusForbidden},
		{"POST", "", "https://evil.example", http.StatusForbidden},
		{"POST", "same-origin", "", http.StatusOK},
		{"POST", "cross-site", "https://guichet.example.fr", http.StatusOK},
		{"POST", "", "", http.StatusOK},
		{"GET", "cross-site", "https://evil.example", http.StatusOK},
	} {
		r := httptest.NewRequest(test.method, "http://internal:8080/", nil)
		r.Header.Set("Sec-Fetch-Site", test.site)
		r.Header.Set("Origin", test.origin)
		if got := serve(handler, r).Code; got != test.want {
			t.Errorf("%+v: got %d", test, got)
		}
	}
	if _, err := CrossOrigin(status(http.StatusForbidden), "not an origin"); err == nil {
		t.Error("a wrong origin was trusted")
	}
}

func TestMetricsByRouteAndClass(t *testing.T) {
	registry := prometheus.NewRegistry()
	mux := http.NewServeMux()
	mux.Handle("GET /tickets/{number}", status(http.StatusNotFound))
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
	})
	handler := Metrics(registry)(mux)
	for _, path := range []string{"/tickets/1", "/tickets/2", "/live", "/elsewhere"} {
		serve(handler, get(path))
	}
	want := map[string]uint64{"GET /tickets/{number} 4xx": 2, "unmatched 4xx": 1}
	if got := counts(t, registry); len(got) != len(want) || got["unmatched 4xx"] != 1 || got["GET /tickets/{number} 4xx"] != 2 {
		t.Errorf("got %v, want %v", got, want)
	}
}

// counts reads how many requests were measured for each route and class.
func counts(t *testing.T, registry *prometheus.Registry) map[string]uint64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]uint64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, label := range metric.GetLabel() {
				labels[label.GetName()] = label.GetValue()
			}
			got[labels["route"]+" "+labels["class"]] = metric.GetHistogram().GetSampleCount()
		}
	}
	return got
}
