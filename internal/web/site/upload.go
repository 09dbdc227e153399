package site

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"guichet"
	"guichet/internal/httpx"
)

// Upload is one file that is read where it is, and kept by no other than who reads it.
type Upload struct {
	url.Values
	Name    string
	Content []byte
}

// minUploadBody is how much of a file is read at least, in bytes, and thrown away: a photograph or a film taken for
// another file is refused beside its field, and the connection is not closed on who sends it.
const minUploadBody = 64 << 20

// Upload reads a form with the one file of a name, of at most limit bytes. Errors: too large; invalid when
// the form cannot be read. What could be read comes back all the same: what stands after a file that is too
// large too.
func (q *Request) Upload(field string, limit int64) (Upload, error) {
	u := Upload{Values: url.Values{}}
	kind, params, err := mime.ParseMediaType(q.R.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return u, guichet.Invalid("form", "form.unreadable")
	}
	reader := multipart.NewReader(http.MaxBytesReader(q.W, q.R.Body, max(limit, minUploadBody)+maxFormBody), params["boundary"])
	room := int64(maxFormBody)
	form := Form{Values: u.Values}
	defer form.clean()
	var refused error
	for n := 0; ; n++ {
		part, err := reader.NextPart()
		switch {
		case err != nil && (refused != nil || errors.Is(err, io.EOF)):
			return u, refused
		case err != nil:
			return u, httpx.BodyError(err)
		case n > maxFields:
			return u, guichet.Invalid("form", "form.unreadable")
		case part.FileName() == "" && part.FormName() != field:
			err = value(&form, part, &room)
		case part.FormName() == field:
			u.Name = part.FileName()
			if u.Content, err = whole(part, limit); guichet.KindOf(err) == guichet.KindTooLarge {
				refused, err = err, nil
			}
		}
		if err != nil {
			return u, err
		}
	}
}

func whole(part io.Reader, limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(part, limit+1))
	if err != nil {
		return nil, httpx.BodyError(err)
	}
	if int64(len(content)) > limit {
		return nil, &guichet.Error{Kind: guichet.KindTooLarge, Code: "file.too_large", Args: map[string]any{"Limit": limit}}
	}
	return content, nil
}
