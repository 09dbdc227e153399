package api

import (
	"context"
	"net/http"
	"strings"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/i18n"
)

// caller is who sent a request. It travels with the request as far as the route, which hands the
// actor to the use case.
type caller struct {
	actor  guichet.Actor
	key    string // the hash of the token
	locale string // in which to answer
}

type callerKey struct{}

func withCaller(ctx context.Context, c caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

func (f *face) printer(ctx context.Context) i18n.Printer {
	return f.I18n.Printer(callerOf(ctx).locale, nil)
}

// authenticated lets whoever holds a token through.
func (f *face) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, given := bearer(r)
		if !given {
			w.Header().Set("WWW-Authenticate", `Bearer realm="guichet"`)
			f.write(w, r, &guichet.Error{Kind: guichet.KindUnauthenticated, Code: "token.missing"})
			return
		}
		ctx := f.Desk.Once(r.Context())
		actor, err := f.Accounts.TokenActor(ctx, token)
		if err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer realm="guichet", error="invalid_token"`)
			f.write(w, r, err)
			return
		}
		if !actor.MayRead() && r.Method != http.MethodPost {
			f.write(w, r, guichet.Denied("token.write_only"))
			return
		}
		c := caller{actor, account.HashToken(token), localeOf(r, actor.Person)}
		next.ServeHTTP(w, r.WithContext(withCaller(ctx, c)))
	})
}

// bearer reads the token of a request (RFC 6750).
func bearer(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// localeOf is the language that the request asks for, else that of the person.
func localeOf(r *http.Request, p guichet.Person) string {
	wanted := r.Header.Get("Accept-Language")
	if wanted == "" || p.Locale == "" {
		return i18n.Match(wanted, p.Locale)
	}
	return i18n.Match(wanted+", "+p.Locale+";q=0.001", "")
}
