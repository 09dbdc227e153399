package httpx

import (
	"io"
	"net/http"
)

// recorder notes what is answered while passing it on.
type recorder struct {
	http.ResponseWriter
	status int   // 0 until the header is written
	bytes  int64 // of the body, as seen at this layer
}

// record wraps w, once: layers next to one another share their recorder.
func record(w http.ResponseWriter) *recorder {
	if shared, ok := w.(*recorder); ok {
		return shared
	}
	return &recorder{ResponseWriter: w}
}

// WriteHeader notes the final status; 1xx are only announcements.
func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 && status >= http.StatusOK {
		rec.status = status
	}
	rec.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes of the body.
func (rec *recorder) Write(p []byte) (int, error) {
	rec.begin()
	n, err := rec.ResponseWriter.Write(p)
	rec.bytes += int64(n)
	return n, err
}

// ReadFrom lets the server send files without copying them through memory.
func (rec *recorder) ReadFrom(src io.Reader) (int64, error) {
	rec.begin()
	n, err := io.Copy(rec.ResponseWriter, src)
	rec.bytes += n
	return n, err
}

// Flush sends what is written so far, for event streams.
func (rec *recorder) Flush() {
	rec.begin()
	_ = http.NewResponseController(rec.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }

func (rec *recorder) begin() {
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
}

// answered is the status the client gets: 200 when a handler wrote nothing.
func (rec *recorder) answered() int {
	rec.begin()
	return rec.status
}

// started says whether the header has gone, after which no other page can be shown.
func (rec *recorder) started() bool { return rec.status != 0 }
