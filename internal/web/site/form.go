package site

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/httpx"
	"guichet/internal/ticketing"
)

// Limits of a form.
const (
	maxFields   = 200
	maxValue    = 512 << 10 // bytes of one value
	maxFormBody = 1 << 20   // of a form without files
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
	if err != nil {
		return f, err
	}
	f.Files = append(q.keptFiles(f.Values["kept_file"]), f.Files...)
	return f, nil
}

func (q *Request) plainForm(f *Form) error {
	q.R.Body = http.MaxBytesReader(q.W, q.R.Body, maxFormBody)
	if err := q.R.ParseForm(); err != nil {
		return httpx.BodyError(err)
	}
	f.Values = q.R.PostForm
	return nil
}

func (q *Request) parts(f *Form, boundary string) error {
	if q.R.ContentLength > maxUpload {
		return &guichet.Error{Kind: guichet.KindTooLarge, Code: "file.too_large"}
	}
	body := http.MaxBytesReader(q.W, q.R.Body, maxUpload)
	reader := multipart.NewReader(body, boundary)
	for n := 0; ; n++ {
		part, err := reader.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return httpx.BodyError(err)
		case n > maxFields:
			return guichet.Invalid("form", "form.unreadable")
		}
		if err := q.part(f, part); err != nil {
			return err
		}
	}
}

func (q *Request) part(f *Form, part *multipart.Part) error {
	if part.FileName() == "" {
		value, err := io.ReadAll(io.LimitReader(part, maxValue+1))
		if err != nil {
			return httpx.BodyError(err)
		}
		if len(value) > maxValue {
			return &guichet.Error{Kind: guichet.KindTooLarge, Code: "form.too_large"}
		}
		f.Add(part.FormName(), string(value))
		return nil
	}
	ref, err := q.Blobs.Put(q.R.Context(), part, guichet.MaxDocumentSize)
	if err != nil || ref.Size == 0 {
		return err
	}
	f.Files = append(f.Files, ticketing.File{Name: baseName(part.FileName()), MediaType: ref.MediaType, Size: ref.Size, Hash: ref.Hash})
	return nil
}

// baseName drops the folders that some browsers send.
func baseName(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// KeepFile is the reference by which a refused form gives its file back.
func (q *Request) KeepFile(f ticketing.File) string {
	fields := []string{f.Hash, strconv.FormatInt(f.Size, 10), f.MediaType, f.Name}
	return q.Signer.Sign("file", append(fields, string(q.Actor.Person.ID))...) + "|" + strings.Join(fields, "|")
}

func (q *Request) keptFiles(references []string) []ticketing.File {
	var out []ticketing.File
	for _, reference := range references {
		fields := strings.SplitN(reference, "|", 5)
		if len(fields) != 5 || !q.Signer.Check(fields[0], "file", append(fields[1:], string(q.Actor.Person.ID))...) {
			continue
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err == nil {
			out = append(out, ticketing.File{Hash: fields[1], Size: size, MediaType: fields[3], Name: fields[4]})
		}
	}
	return out
}
