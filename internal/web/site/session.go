package site

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"guichet"
	"guichet/internal/account"
)

// cookieName has the prefix that ties a cookie to this host where the connection is encrypted.
func (s *Site) cookieName(name string) string {
	if s.secure() {
		return "__Host-" + name
	}
	return name
}

func (s *Site) secure() bool { return strings.HasPrefix(s.BaseURL, "https://") }

func (s *Site) setCookie(w http.ResponseWriter, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(name), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode})
}

func (q *Request) cookie(name string) string {
	c, err := q.R.Cookie(q.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

const (
	sessionCookie = "guichet_session"
	noticeCookie  = "guichet_notice"
)

// WatchSession says who reads and when the session ends, without prolonging it.
func (q *Request) WatchSession(ctx context.Context) (guichet.Actor, time.Time, error) {
	return q.Accounts.WatchSession(ctx, q.token(), guichet.ChannelPortal)
}

// SessionKey names the session of the reader without giving it away.
func (q *Request) SessionKey() string { return account.HashToken(q.token()) }

func (q *Request) token() string { return q.cookie(sessionCookie) }

// OpenSession gives the browser its session, for as long as it stays open. The one that it had ends.
func (q *Request) OpenSession(token string) error {
	q.setCookie(q.W, sessionCookie, token, 0)
	if q.token() == "" {
		return nil
	}
	return q.Accounts.SignOut(q.R.Context(), q.token())
}

// CloseSession ends the session and makes the browser forget it.
func (q *Request) CloseSession() error {
	err := q.Accounts.SignOut(q.R.Context(), q.token())
	q.setCookie(q.W, sessionCookie, "", -1)
	q.W.Header().Set("Clear-Site-Data", `"cache"`)
	return err
}

// leaveNotice keeps a sentence for the next page. It is signed: nobody else writes on our pages.
func (q *Request) leaveNotice(text string) {
	value := base64.RawURLEncoding.EncodeToString([]byte(text))
	q.setCookie(q.W, noticeCookie, value+"."+q.Signer.Sign(noticeCookie, value), 60)
}

func (q *Request) takeNotice() string {
	value, signature, _ := strings.Cut(q.cookie(noticeCookie), ".")
	if value == "" || !q.Signer.Check(signature, noticeCookie, value) {
		return ""
	}
	text, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return ""
	}
	q.setCookie(q.W, noticeCookie, "", -1)
	return string(text)
}
