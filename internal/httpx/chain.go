// Package httpx holds what every HTTP request meets before a page or the API:
// its identifier, the access log, limits, security headers, compression,
// metrics. Each piece is a plain func(http.Handler) http.Handler.
//
// Order matters. From the outside in: RequestID, AccessLog, SecurityHeaders,
// Compress, Recover, Throttle, CrossOrigin, LimitBody, then the sessions, then
// Metrics right around the ServeMux. Recover stands inside Compress so that a
// page of error is not preceded by half a compressed one; Metrics reads the
// pattern that the mux writes on the request it is given, so nothing between
// them may hand over a copy of the request.
package httpx

import "net/http"

// Middleware is one layer around a handler.
type Middleware = func(http.Handler) http.Handler

// Chain puts the layers around a handler, the first one outermost.
func Chain(handler http.Handler, layers ...Middleware) http.Handler {
	for i := len(layers) - 1; i >= 0; i-- {
		handler = layers[i](handler)
	}
	return handler
}
