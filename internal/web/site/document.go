package site

import (
	"net/http"
	"strings"

	"guichet"
)

// shown are the types that a browser may show by itself; anything else is downloaded.
var shown = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// SendDocument writes the content of a file, without ever letting it act as a page.
func (q *Request) SendDocument(d guichet.Document) error {
	content, err := q.Blobs.Open(q.R.Context(), d.Hash)
	if err != nil {
		return err
	}
	defer content.Close() //nolint:errcheck // only read
	h := q.W.Header()
	mediaType, disposition := "application/octet-stream", "attachment"
	if shown[d.MediaType] {
		mediaType, disposition = d.MediaType, "inline"
	}
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", disposition+"; filename*=UTF-8''"+percent(d.Name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(q.W, q.R, "", d.CreatedAt, content)
	return nil
}

// percent encodes a file name as RFC 8187 asks: letters and digits stay.
func percent(name string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(name) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteString(string([]byte{'%', hex[c>>4], hex[c&15]}))
	}
	return b.String()
}
