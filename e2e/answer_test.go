package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// client waits longer than any answer may take.
var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	body   []byte
	json   any // nil when it is not JSON
}

// send sends a request and reads the answer whole.
func send(request *http.Request) (answer, error) {
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	a := answer{status: response.StatusCode, header: response.Header, body: body}
	if strings.Contains(response.Header.Get("Content-Type"), "json") && json.Unmarshal(body, &a.json) != nil {
		return a, fmt.Errorf("not the JSON that it says it is: %s", body)
	}
	return a, err
}

// at is the value at a path of members and places, such as "timeline.-1.kind": negative places count
// from the end, # is the length. Numbers and booleans are written as in JSON.
func (a answer) at(path string) (string, bool) {
	v, ok := walk(a.json, path)
	if !ok {
		return "", false
	}
	if text, isText := v.(string); isText {
		return text, true
	}
	b, err := json.Marshal(v)
	return string(b), err == nil
}

func walk(v any, path string) (any, bool) {
	if path == "" {
		return v, true
	}
	step, rest, _ := strings.Cut(path, ".")
	switch node := v.(type) {
	case map[string]any:
		child, ok := node[step]
		if !ok {
			return nil, false
		}
		return walk(child, rest)
	case []any:
		if step == "#" {
			return float64(len(node)), true
		}
		i, err := strconv.Atoi(step)
		if i < 0 {
			i += len(node)
		}
		if err != nil || i < 0 || i >= len(node) {
			return nil, false
		}
		return walk(node[i], rest)
	}
	return nil, false
}

// count is how many elements of the list at a path have all these values ("kind=held").
func (a answer) count(path string, values []string) int {
	node, _ := walk(a.json, path)
	list, _ := node.([]any)
	n := 0
	for _, item := range list {
		if (answer{json: item}).has(values) {
			n++
		}
	}
	return n
}

func (a answer) has(values []string) bool {
	for _, pair := range values {
		path, want, _ := strings.Cut(pair, "=")
		if got, ok := a.at(path); !ok || got != want {
			return false
		}
	}
	return true
}
