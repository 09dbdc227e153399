package site

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/httpx"
	"guichet/internal/markup"
	"guichet/internal/ticketing"
)

// Limits of a form.
const (
	maxFields   = 200
	maxFormBody = 1 << 20 // bytes of a form, its files left aside
	maxUpload   = 20*guichet.MaxDocumentSize + maxFormBody
)

// Form is what a reader sent: values, and files whose contents are kept already.
type Form struct {
	url.Values
	Files []ticketing.File
}

// Form reads the body: a plain form, or parts that are streamed, files straight to the disk. The
// files of an attempt that was refused come back as signed references, so that nothing is sent twice.
func (q *Request) Form() (Form, error) {
	kind, params, err := mime.ParseMediaType(q.R.Header.Get("Content-Type"))
	if err != nil {
		return Form{}, guichet.Invalid("form", "form.unreadable")
	}
	f := Form{Values: url.Values{}}
	switch kind {
	case "application/x-www-form-urlencoded":
		err = q.plainForm(&f)
	case "multipart/form-data":
		err = q.parts(&f, params["boundary"])
	default:
		err = guichet.Invalid("form", "form.unreadable")
	}
	f.clean()
	kept := q.keptFiles(f.Values["kept_file"])
	f.Files = append(slices.Clone(kept), f.Files...)
	if err == nil {
		f.Files, err = q.present(f.Files, len(kept))
	}
	return f, err
}

func (f *Form) clean() {
	for name, values := range f.Values {
		for i, v := range values {
			values[i] = kept(v)
		}
		if kept(name) != name {
			delete(f.Values, name)
		}
	}
}

func (q *Request) plainForm(f *Form) error {
	q.R.Body = http.MaxBytesReader(q.W, q.R.Body, maxFormBody)
	if err := q.R.ParseForm(); err != nil {
		return httpx.BodyError(err)
	}
	f.Values = q.R.PostForm
	return nil
}

// parts reads a body of several parts. A file that is not kept does not stop the reading: what was
// typed after it comes back with the refusal.
func (q *Request) parts(f *Form, boundary string) error {
	body := http.MaxBytesReader(q.W, q.R.Body, maxUpload)
	reader, room := multipart.NewReader(body, boundary), int64(maxFormBody)
	var refused error
	for n := 0; ; n++ {
		part, err := reader.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return refused
		case err != nil:
			return httpx.BodyError(err)
		case n > maxFields:
			return guichet.Invalid("form", "form.unreadable")
		case part.FileName() == "":
			err = value(f, part, &room)
		case q.R.ContentLength > maxUpload: // known before any file: none is read
			return &guichet.Error{Kind: guichet.KindTooLarge, Code: "file.too_large"}
		default:
			if err = q.file(f, part); NotKept(err) {
				refused, err = err, nil
			}
		}
		if err != nil {
			return err
		}
	}
}

// present leaves out the files, among the first n, that are no longer there: a form that stood open for longer than files
// are kept which nothing refers to. Those that are there are wanted again.
func (q *Request) present(files []ticketing.File, n int) ([]ticketing.File, error) {
	var gone error
	var out []ticketing.File
	for i, f := range files {
		if i < n {
			switch err := q.Blobs.Touch(f.Hash); {
			case guichet.KindOf(err) == guichet.KindNotFound:
				gone = guichet.Invalid("files", "file.gone", "Name", f.Name)
				continue
			case err != nil:
				return files, err
			}
		}
		out = append(out, f)
	}
	return out, gone
}

// NotKept reports whether an error of Form is that of a file, too large, gone or without room on the disk: the
// values were read all the same.
func NotKept(err error) bool {
	var e *guichet.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Kind == guichet.KindTooLarge || e.Kind == guichet.KindUnavailable || slices.ContainsFunc(e.Fields, func(f guichet.FieldError) bool { return f.Code == "file.gone" })
}

// value reads a part that is no file, as long as there is room for its bytes.
func value(f *Form, part *multipart.Part, room *int64) error {
	text, err := io.ReadAll(io.LimitReader(part, *room+1))
	if err != nil {
		return httpx.BodyError(err)
	}
	if *room -= int64(len(text)); *room < 0 {
		return &guichet.Error{Kind: guichet.KindTooLarge, Code: "form.too_large"}
	}
	f.Add(part.FormName(), string(text))
	return nil
}

// file keeps the content of a part. Nobody leaves files here without having signed in.
func (q *Request) file(f *Form, part *multipart.Part) error {
	if q.Actor.Person.ID == "" {
		return guichet.Invalid("form", "form.unreadable")
	}
	ref, err := q.Blobs.Put(q.R.Context(), part, guichet.MaxDocumentSize)
	if err != nil || ref.Size == 0 {
		return httpx.BodyError(err)
	}
	field, _ := strings.CutPrefix(part.FormName(), "answers.")
	if field == part.FormName() {
		field = ""
	}
	f.Files = append(f.Files, ticketing.File{Name: markup.FileName(part.FileName()), MediaType: ref.MediaType, Size: ref.Size,
		Hash: ref.Hash, Width: ref.Width, Height: ref.Height, Field: kept(field)})
	return nil
}
