package site

import (
	"encoding/base64"
	"strings"
)

const (
	placeCookie = "guichet_place"
	placeLimit  = 1500 // a cookie holds little; whoever searched with more returns to the plain list
)

// KeepPlace notes the list that is being read, so that its tickets lead back to it, filters included.
func (q *Request) KeepPlace() {
	if path := q.R.URL.RequestURI(); len(path) <= placeLimit {
		q.setCookie(q.W, placeCookie, base64.RawURLEncoding.EncodeToString([]byte(path)), 0)
	}
}

// Place is the list of the desk that was read last, or the beginning of the desk.
func (q *Request) Place() string {
	path, err := base64.RawURLEncoding.DecodeString(q.cookie(placeCookie))
	if err != nil || !strings.HasPrefix(string(path), "/desk/") {
		return "/desk/"
	}
	return string(path)
}
