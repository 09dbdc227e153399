package e2e

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pageClient is a session of the pages, as far as a form without scripts goes.
type pageClient struct {
	url    string
	client *http.Client
}

// signedIn signs demandeur in with the password of the demonstration.
func (d *desk) signedIn(t *testing.T) *pageClient {
	t.Helper()
	password, err := os.ReadFile(filepath.Join(d.data, "demo-password"))
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &pageClient{d.process.url, &http.Client{Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	status := b.post(t, "/sign-in", url.Values{"login": {"demandeur"}, "password": {strings.TrimSpace(string(password))}})
	if status != http.StatusSeeOther {
		t.Fatalf("sign-in: %d", status)
	}
	return b
}

// post sends a form and returns the status of the answer.
func (b *pageClient) post(t *testing.T, path string, form url.Values) int {
	t.Helper()
	answer, err := b.client.PostForm(b.url+path, form)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// get asks for a page and returns its status.
func (b *pageClient) get(t *testing.T, path string) int {
	t.Helper()
	answer, err := b.client.Get(b.url + path)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// ask adds a message to a ticket by its page.
func (b *pageClient) say(t *testing.T, number, text string) int {
	t.Helper()
	return b.post(t, "/tickets/"+number+"/messages", url.Values{"text": {text}})
}
