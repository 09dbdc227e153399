package httpx

import "net/http"

// CrossOrigin refuses, through denied, requests that another site makes a
// browser send in its user's name (CSRF). It trusts the named origins, such as
// "https://guichet.example.fr", besides the one the request is addressed to:
// behind a proxy these may differ. Clients that are not browsers send neither
// Origin nor Sec-Fetch-Site and pass; a request with an Authorization header
// cannot be forged, as no other site may set it.
func CrossOrigin(denied http.Handler, trusted ...string) (Middleware, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	protection.SetDenyHandler(denied)
	return protection.Handler, nil
}
