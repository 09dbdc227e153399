package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"guichet"
)

// config is a plain API: JSON only, no page nor schema that the library would serve by itself.
func (f *face) config() huma.Config {
	config := huma.DefaultConfig("Guichet", f.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil
	config.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	config.RejectUnknownQueryParameters = true
	config.Transformers = []huma.Transformer{f.translate}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	config.Security = []map[string][]string{{"token": {}}}
	return config
}

// route names an operation of the API: its key in the messages, where it is, how it succeeds, and how
// it may fail beside the ways that all share.
type route struct {
	id     string
	method string
	path   string // below prefix
	tag    string
	status int
	errors []int
}

// operation describes a route. Every one may answer 400 to 429 as listed here.
func (f *face) operation(r route) huma.Operation {
	op := huma.Operation{OperationID: r.id, Method: r.method, Path: prefix + r.path, Tags: []string{r.tag},
		DefaultStatus: r.status, BodyReadTimeout: -1, Responses: map[string]*huma.Response{}}
	problem := f.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, status := range append([]int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusServiceUnavailable}, r.errors...) {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status),
			Content: map[string]*huma.MediaType{problemType: {Schema: problem}}}
	}
	return op
}

// register binds a route to its use case: handle gets the actor as a parameter, and its errors are
// told as problems.
func register[I, O any](f *face, r route, handle func(context.Context, guichet.Actor, *I) (*O, error)) {
	huma.Register(f.huma, f.operation(r), func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, callerOf(ctx).actor, in)
		if err != nil {
			return nil, f.problem(ctx, err)
		}
		return out, nil
	})
}

// Groups of errors that routes share.
var (
	readErrors  = []int{http.StatusUnprocessableEntity}
	findErrors  = []int{http.StatusNotFound}
	writeErrors = []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
		http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity}
)
