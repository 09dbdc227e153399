package api

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"guichet"
	"guichet/internal/httpx"
	"guichet/internal/ticketing"
)

const (
	documentsPath = "/tickets/{number}/documents"
	uploadPattern = http.MethodPost + " " + prefix + documentsPath
)

func (f *face) documentRoutes() {
	register(f, route{id: "add_documents", method: http.MethodPost, path: documentsPath, tag: "exchange",
		status: http.StatusCreated, errors: writeErrors}, f.addDocuments)
	register(f, route{id: "document", method: http.MethodGet, path: documentsPath + "/{id}", tag: "exchange",
		errors: findErrors}, f.document)
	// Described once the route is registered: the library must not read the body, which goes to the disk.
	f.huma.OpenAPI().Paths[prefix+documentsPath].Post.RequestBody = uploadBody()
	f.huma.OpenAPI().Paths[prefix+documentsPath+"/{id}"].Get.Responses["200"].Content = map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
}

func uploadBody() *huma.RequestBody {
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {
		Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"file"}, AdditionalProperties: false,
			Properties: map[string]*huma.Schema{
				"file":     {Type: huma.TypeArray, Items: file},
				"text":     {Type: huma.TypeString},
				"internal": {Type: huma.TypeBoolean}}}}}}
}

// direct gives a route the request itself.
type direct struct{ request *http.Request }

// Resolve implements huma.Resolver.
func (d *direct) Resolve(ctx huma.Context) []error {
	d.request, _ = humago.Unwrap(ctx)
	return nil
}

type uploadInput struct {
	direct
	Number int64  `path:"number" minimum:"1"`
	Key    string `header:"Idempotency-Key" pattern:"^[!-~]{1,200}$"`
}

// addDocuments reads the body only once the caller is known to be allowed to add to the ticket.
func (f *face) addDocuments(ctx context.Context, actor guichet.Actor, in *uploadInput) (*saidOutput, error) {
	if !actor.MayWrite() {
		return nil, guichet.Denied("token.read_only")
	}
	v, err := f.Desk.View(ctx, actor, in.Number, 0)
	if err != nil {
		return nil, err
	}
	if !v.Speaks {
		return nil, guichet.Denied("action.denied")
	}
	message, err := f.receive(ctx, in.request)
	if err != nil {
		return nil, err
	}
	message.Key = in.Key
	said, err := f.Desk.FollowUp(ctx, actor, in.Number, message)
	if err != nil {
		return nil, err
	}
	return f.saidWithDocuments(ctx, actor, said)
}

func (f *face) saidWithDocuments(ctx context.Context, actor guichet.Actor, said ticketing.Said) (*saidOutput, error) {
	out, err := f.said(ctx, actor, said)
	if err != nil {
		return nil, err
	}
	v, err := f.Desk.View(ctx, actor, said.Ticket.Number, 0)
	for _, d := range documents(v.Documents) {
		if d.Event == said.Event.ID {
			out.Body.Documents = append(out.Body.Documents, d)
		}
	}
	return out, err
}

// receive streams the files of a multipart body to the store, and gathers what came beside them.
func (f *face) receive(ctx context.Context, r *http.Request) (ticketing.FollowUp, error) {
	var message ticketing.FollowUp
	parts, err := r.MultipartReader()
	if err != nil {
		return message, f.problemOf(ctx, http.StatusUnsupportedMediaType, "body.media_type", nil)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return message, tooMuch(err)
		}
		if err := f.takePart(ctx, part, &message); err != nil {
			return message, tooMuch(err)
		}
	}
	if len(message.Files) == 0 {
		return message, guichet.Invalid("file", "field.required")
	}
	return message, nil
}

// tooMuch says of a body over the limit what the limit of a file is.
func tooMuch(err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return &guichet.Error{Kind: guichet.KindTooLarge, Code: "file.too_large", Err: err,
			Args: map[string]any{"Limit": int64(guichet.MaxDocumentSize)}}
	}
	return httpx.BodyError(err)
}

func (f *face) takePart(ctx context.Context, part *multipart.Part, message *ticketing.FollowUp) (err error) {
	switch part.FormName() {
	case "file":
		ref, err := f.Blobs.Put(ctx, part, guichet.MaxDocumentSize)
		if err != nil {
			return err
		}
		message.Files = append(message.Files, ticketing.File{Name: part.FileName(), MediaType: ref.MediaType,
			Size: ref.Size, Hash: ref.Hash, Width: ref.Width, Height: ref.Height})
	case "text":
		message.Text, err = smallPart(part)
	case "internal":
		message.Internal, err = yesOrNo(part)
	default:
		return guichet.Invalid(part.FormName(), "field.unknown")
	}
	return err
}

// smallPart reads a text that comes beside files.
func smallPart(part *multipart.Part) (string, error) {
	b, err := io.ReadAll(http.MaxBytesReader(nil, part, maxEnvelope))
	return string(b), err
}

func yesOrNo(part *multipart.Part) (bool, error) {
	text, err := smallPart(part)
	if err != nil {
		return false, err
	}
	yes, err := strconv.ParseBool(text)
	if err != nil {
		return false, guichet.Invalid("internal", "field.type")
	}
	return yes, nil
}

type documentInput struct {
	direct
	Number int64      `path:"number" minimum:"1"`
	ID     guichet.ID `path:"id"`
}

// document sends a file that the caller sees on the ticket. Nothing of it is ever run or shown in the
// place of a page: it is saved.
func (f *face) document(ctx context.Context, actor guichet.Actor, in *documentInput) (*huma.StreamResponse, error) {
	d, err := f.Desk.DocumentOf(ctx, actor, in.Number, in.ID)
	if err != nil {
		return nil, err
	}
	return f.send(ctx, in.request, d)
}

func (f *face) send(ctx context.Context, r *http.Request, d guichet.Document) (*huma.StreamResponse, error) {
	file, err := f.Blobs.Open(ctx, d.Hash)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer file.Close() //nolint:errcheck // it was only read
		_, w := humago.Unwrap(ctx)
		h := w.Header()
		h.Set("Content-Type", d.MediaType)
		h.Set("Content-Disposition", disposition(d.Name))
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "private, no-store")
		http.ServeContent(w, r, "", d.CreatedAt, file)
	}}, nil
}
