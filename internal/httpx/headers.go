package httpx

import (
	"net/http"
	"strings"
)

// contentPolicy allows what Guichet serves itself and nothing else: no inline
// script or style, no other host, no framing.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'"

// transportPolicy asks browsers to use HTTPS only, for two years.
const transportPolicy = "max-age=63072000; includeSubDomains"

// SecurityHeaders sets the headers every response carries. A handler may
// replace one (a static file sets its own Cache-Control, a document a stricter
// policy). HTTPS is only demanded when the public address uses it.
func SecurityHeaders(baseURL string) Middleware {
	headers := map[string]string{
		"Content-Security-Policy":      contentPolicy,
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		"Cache-Control":                "no-store",
	}
	if strings.HasPrefix(strings.ToLower(baseURL), "https://") {
		headers["Strict-Transport-Security"] = transportPolicy
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for name, value := range headers {
				w.Header().Set(name, value)
			}
			next.ServeHTTP(w, r)
		})
	}
}
