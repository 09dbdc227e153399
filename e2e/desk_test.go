package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// desk is a served data folder, as a script sees it.
type desk struct {
	dir      string // where commands run
	data     string
	env      []string
	process  *process
	mu       sync.Mutex
	tokens   map[string]string
	last     answer
	question func() (answer, error) // the last request for reading, to be asked again
}

// call is a request as a script writes it.
type call struct {
	login  string // "-": nobody
	method string
	path   string // see url
	body   io.Reader
	header map[string]string
}

// outside are the addresses that are not below /api/v1; pages are written "page:/path".
var outside = regexp.MustCompile(`^(/api/|/dev/|/healthz|/readyz|/metrics)`)

func (d *desk) url(path string) string {
	if page, ok := strings.CutPrefix(path, "page:"); ok {
		return d.process.url + page
	}
	if outside.MatchString(path) {
		return d.process.url + path
	}
	return d.process.url + "/api/v1" + path
}

// token is the token of a person, made on the command line the first time.
func (d *desk) token(login string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known := d.tokens[login]; known != "" {
		return known, nil
	}
	token, err := command(d.env, "", "token", "create", "--data", d.data, "--for", login)
	if err == nil {
		d.tokens[login] = token
	}
	return token, err
}

// ask sends a call and returns what was answered.
func (d *desk) ask(c call) (answer, error) {
	if d.process == nil {
		return answer{}, fmt.Errorf("nothing is served: start first")
	}
	request, err := http.NewRequest(c.method, d.url(c.path), c.body)
	if err != nil {
		return answer{}, err
	}
	if c.login != "-" {
		token, err := d.token(c.login)
		if err != nil {
			return answer{}, err
		}
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if c.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.header {
		request.Header.Set(name, value)
	}
	return send(request)
}

// document makes JSON out of pairs: name=text, name:=JSON; dots in a name lead into it.
func document(pairs []string) ([]byte, error) {
	root := map[string]any{}
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("%q is not name=value", pair)
		}
		var value any = text
		if raw, isJSON := strings.CutSuffix(name, ":"); isJSON {
			name = raw
			if err := json.Unmarshal([]byte(text), &value); err != nil {
				return nil, fmt.Errorf("%q: %w", pair, err)
			}
		}
		put(root, strings.Split(name, "."), value)
	}
	return json.Marshal(root)
}

func put(node map[string]any, path []string, value any) {
	if len(path) == 1 {
		node[path[0]] = value
		return
	}
	child, ok := node[path[0]].(map[string]any)
	if !ok {
		child = map[string]any{}
		node[path[0]] = child
	}
	put(child, path[1:], value)
}

// envelope wraps a file as a browser sends it.
func envelope(name string, content []byte, beside map[string]string) (*bytes.Buffer, string, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, text := range beside {
		if err := w.WriteField(field, text); err != nil {
			return nil, "", err
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil {
		return nil, "", err
	}
	return &body, w.FormDataContentType(), w.Close()
}

var mailLink = regexp.MustCompile(`href="(/dev/mail/[0-9a-z]+)"`)

// mails counts the messages to a person that hold all the parts, in their subject or text. The
// development mailbox has pages only: they are read as a person reads them.
func (d *desk) mails(login string, parts []string) (int, error) {
	me, err := d.ask(call{login: login, method: http.MethodGet, path: "/me"})
	if err != nil {
		return 0, err
	}
	to, ok := me.at("email")
	if !ok {
		return 0, fmt.Errorf("%s has no address: %s", login, me.body)
	}
	list, err := d.ask(call{login: "-", method: http.MethodGet, path: "/dev/mail?to=" + to})
	n := 0
	for _, link := range mailLink.FindAllStringSubmatch(string(list.body), -1) {
		page, err := d.ask(call{login: "-", method: http.MethodGet, path: link[1]})
		if err != nil {
			return 0, err
		}
		if containsAll(html.UnescapeString(string(page.body)), parts) {
			n++
		}
	}
	return n, err
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

// begin starts the server on the data folder.
func (d *desk) begin(args ...string) error {
	if d.process != nil {
		return fmt.Errorf("already started")
	}
	p, err := start(d.dir, d.env, append(args, "--data", d.data, "--listen", "127.0.0.1:0")...)
	d.process = p
	return err
}

// end stops the server if it runs.
func (d *desk) end(how func(*process) error) error {
	if d.process == nil {
		return nil
	}
	p := d.process
	d.process = nil
	return how(p)
}

// content is what a script names: a file of it, or so many bytes ("bytes:100").
func (d *desk) content(name string) ([]byte, error) {
	var size int
	if n, _ := fmt.Sscanf(name, "bytes:%d", &size); n == 1 {
		return bytes.Repeat([]byte("g"), size), nil
	}
	return os.ReadFile(filepath.Join(d.dir, name))
}
