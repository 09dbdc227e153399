package httpx

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"guichet"
)

// stallLimit is how long a client may send nothing in the middle of a body.
// A slow upload that progresses may take as long as it needs.
const stallLimit = 30 * time.Second

// LimitBody refuses bodies over n bytes: at once, through tooLarge, when the
// client announces its size; else the read that crosses the limit fails, and
// BodyError tells it from the other failures.
func LimitBody(n int64, tooLarge http.Handler) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > n {
				w.Header().Set("Connection", "close") // the rest of the body is not worth reading
				tooLarge.ServeHTTP(w, r)
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, n)
			next.ServeHTTP(w, r)
		})
	}
}

// BodyError translates the failure of reading a body: too large
// ("body.too_large", with Limit in bytes), stalled ("body.stalled") or broken
// off ("body.broken"). Errors that already are a guichet.Error stay as they are.
func BodyError(err error) error {
	var known *guichet.Error
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.As(err, &tooLarge):
		return &guichet.Error{Kind: guichet.KindTooLarge, Code: "body.too_large",
			Args: map[string]any{"Limit": tooLarge.Limit}, Err: err}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &guichet.Error{Kind: guichet.KindInvalid, Code: "body.stalled", Err: err}
	default:
		return &guichet.Error{Kind: guichet.KindInvalid, Code: "body.broken", Err: err}
	}
}

// refuseStalls closes the connection of a client that stops in the middle of a body.
func refuseStalls(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		body := &steadyBody{ReadCloser: r.Body, connection: http.NewResponseController(w)}
		defer body.finish()
		// On a copy: the server looks at the body of its own request. When it knows that a refused body
		// was not read to its end, it leaves the client the time to read the answer before it closes.
		steady := *r
		steady.Body = body
		next.ServeHTTP(w, &steady)
	})
}

// steadyBody grants each read its own deadline.
type steadyBody struct {
	io.ReadCloser
	connection *http.ResponseController
	ended      bool
}

// Read waits at most stallLimit for the next bytes.
func (b *steadyBody) Read(p []byte) (int, error) {
	_ = b.connection.SetReadDeadline(time.Now().Add(stallLimit))
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		// From here the server itself watches the connection; a deadline left
		// behind would look to it like a client that went away.
		b.ended = true
		_ = b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}

// finish leaves a deadline for the server, which reads what the handler left unread.
func (b *steadyBody) finish() {
	if !b.ended {
		_ = b.connection.SetReadDeadline(time.Now().Add(stallLimit))
	}
}
