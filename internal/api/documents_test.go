package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
)

// part is a file or a field of a form.
type part struct{ field, file, content string }

// form makes a request with a multipart body.
func (d *desk) form(token, path string, internal bool, parts ...part) *http.Request {
	d.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if internal {
		parts = append(parts, part{field: "internal", content: "true"})
	}
	for _, p := range parts {
		header := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name=%q`, p.field)}}
		if p.file != "" {
			header.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename="%s"`, p.field, p.file))
		}
		body, err := w.CreatePart(header)
		if err != nil {
			d.Fatal(err)
		}
		_, _ = io.WriteString(body, p.content)
	}
	_ = w.Close()
	return d.upload(token, path, w.FormDataContentType(), &b)
}

func (d *desk) upload(token, path, contentType string, body io.Reader) *http.Request {
	d.Helper()
	r, err := http.NewRequestWithContext(d.ctx, http.MethodPost, d.url+path, body)
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

func TestAFileComesBackAsItWas(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita)
	content := strings.Repeat("<script>alert(1)</script>\x00\xff", 1000)
	a := d.send(d.form(d.token(storetest.Rita), path+"/documents", false, part{"file", "page.html", content},
		part{"file", "note.txt", "un"}, part{field: "text", content: "Voici."}))
	if a.status != http.StatusCreated || a.json["event"].(map[string]any)["text"] != "Voici." {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	list := a.json["documents"].([]any)
	sum := sha256.Sum256([]byte(content))
	first := list[slices.Index(texts(list, "name"), "page.html")].(map[string]any)
	if len(list) != 2 || first["sha256"] != hex.EncodeToString(sum[:]) || first["size"] != float64(len(content)) {
		t.Fatalf("documents %v", list)
	}
	back := d.as(storetest.Rita, http.StatusOK, "GET", path+"/documents/"+first["id"].(string), nil)
	if string(back.body) != content {
		t.Errorf("%d bytes came back", len(back.body))
	}
	for header, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Content-Disposition": `attachment; filename="page.html"; filename*=UTF-8''page.html`} {
		if got := back.header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	part := d.as(storetest.Rita, http.StatusPartialContent, "GET", path+"/documents/"+first["id"].(string), nil, "Range", "bytes=0-7")
	if string(part.body) != "<script>" {
		t.Errorf("the range holds %q", part.body)
	}
}

func TestFileNamesInHeaders(t *testing.T) {
	for _, name := range []string{`a"; filename=b.exe; x="`, "état.pdf", "percent%41.txt", `back\slash`, "🙂.png", "a;b=c.txt"} {
		header := disposition(name)
		kind, params, err := mime.ParseMediaType(header)
		if err != nil || kind != "attachment" || params["filename"] == "" {
			t.Errorf("%q: %s is not a header: %v", name, header, err)
		}
		encoded := header[strings.Index(header, "UTF-8''")+len("UTF-8''"):]
		_, lone, err := mime.ParseMediaType("attachment; filename*=UTF-8''" + encoded)
		if err != nil || lone["filename"] != name {
			t.Errorf("%q comes back as %q: %v", name, lone["filename"], err)
		}
		if strings.ContainsFunc(header, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q: %q is not ASCII", name, header)
		}
	}
}

func TestHostileFileNamesOverHTTP(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita)
	for _, name := range []string{"../../../x.sh", "\u202e", "a\xffb", strings.Repeat("n", 900) + ".pdf"} {
		a := d.send(d.form(d.token(storetest.Rita), path+"/documents", false, part{"file", name, "x"}))
		if a.status != http.StatusCreated {
			t.Errorf("%.20q: status %d, %s", name, a.status, a.body)
			continue
		}
		kept := texts(a.json["documents"], "name")[0]
		if kept == "" || strings.ContainsAny(kept, "/\\\x00\u202e") || len([]rune(kept)) > 200 {
			t.Errorf("%.20q is kept as %.40q", name, kept)
		}
	}
}

// endless is a multipart body with a file of so many bytes, made as it is read.
func endless(size int64) (io.Reader, int64) {
	head := "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.bin\"\r\n\r\n"
	tail := "\r\n--B--\r\n"
	return io.MultiReader(strings.NewReader(head), io.LimitReader(zeros{}, size), strings.NewReader(tail)),
		int64(len(head)) + size + int64(len(tail))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestAFileOverTheLimitIsRefused(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita) + "/documents"
	for _, c := range []struct {
		name      string
		size      int64
		announced bool
		status    int
		code      string
	}{
		{"one byte over", guichet.MaxDocumentSize + 1, true, http.StatusRequestEntityTooLarge, "file.too_large"},
		{"one byte over, size not told", guichet.MaxDocumentSize + 1, false, http.StatusRequestEntityTooLarge, "file.too_large"},
		{"announced far over", 3 * guichet.MaxDocumentSize, true, http.StatusRequestEntityTooLarge, "body.too_large"},
		{"the limit itself", guichet.MaxDocumentSize, true, http.StatusCreated, ""},
	} {
		body, length := endless(c.size)
		r := d.upload(d.token(storetest.Rita), path, "multipart/form-data; boundary=B", body)
		if c.announced {
			r.ContentLength = length
			r.Header.Set("Expect", "100-continue")
		}
		if a := d.send(r); a.status != c.status || a.code() != c.code {
			t.Errorf("%s: status %d, %s", c.name, a.status, a.body)
		}
	}
	kept := 0
	if err := d.blobs.Walk(func(string, int64) error { kept++; return nil }); err != nil || kept != 1 {
		t.Errorf("%d files are kept, want 1 (%v)", kept, err)
	}
}

// Who may not add to the ticket does not fill the disk.
func TestAStrangerStoresNothing(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita) + "/documents"
	for token, want := range map[string]int{d.token(storetest.Stan): http.StatusNotFound, d.token(storetest.Fay): http.StatusForbidden,
		d.token(storetest.Rita, guichet.TokenRead): http.StatusForbidden, "": http.StatusUnauthorized} {
		if a := d.send(d.form(token, path, false, part{"file", "x", "x"})); a.status != want {
			t.Errorf("status %d, want %d: %s", a.status, want, a.body)
		}
	}
	_ = d.blobs.Walk(func(hash string, _ int64) error {
		t.Errorf("%s was stored", hash)
		return nil
	})
}

func TestFormsThatAreWrong(t *testing.T) {
	d := newDesk(t)
	path, token := d.open(storetest.Rita)+"/documents", d.token(storetest.Rita)
	if a := d.send(d.form(token, path, false, part{field: "text", content: "rien"})); a.status != http.StatusUnprocessableEntity || a.fields()["file"] != "field.required" {
		t.Errorf("no file: %d %s", a.status, a.body)
	}
	if a := d.send(d.form(token, path, false, part{"file", "x", "x"}, part{field: "state", content: "closed"})); a.fields()["state"] != "field.unknown" {
		t.Errorf("unknown field: %d %s", a.status, a.body)
	}
	if a := d.send(d.form(token, path, false, part{"file", "x", "x"}, part{field: "internal", content: "perhaps"})); a.fields()["internal"] != "field.type" {
		t.Errorf("internal: %d %s", a.status, a.body)
	}
	if a := d.call(token, "POST", path, object{"file": "x"}); a.status != http.StatusUnsupportedMediaType {
		t.Errorf("JSON: %d %s", a.status, a.body)
	}
	if a := d.send(d.upload(token, path, "multipart/form-data; boundary=B", strings.NewReader("--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\ncut"))); a.status != http.StatusBadRequest || a.code() != "body.broken" {
		t.Errorf("cut: %d %s", a.status, a.body)
	}
}
