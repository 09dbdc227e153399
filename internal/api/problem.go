package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strconv"

	"guichet"
	"guichet/internal/httpx"
)

// Problem is how every refusal and every fault is told (RFC 9457).
type Problem struct {
	Type      string         `json:"type" format:"uri-reference"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Code      string         `json:"code"`
	Detail    string         `json:"detail"`
	Errors    []ProblemField `json:"errors,omitempty" nullable:"false"`
	RequestID string         `json:"request_id,omitempty"`

	headers http.Header
}

// ProblemField is what is wrong with one field of a request and, in a query, where.
type ProblemField struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Place   *Place `json:"place,omitempty"`
}

// Error implements error, for logs.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the status of the answer.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are the headers of the answer.
func (p *Problem) GetHeaders() http.Header { return p.headers }

const problemType = "application/problem+json"

// ContentType is the media type of the answer.
func (p *Problem) ContentType(string) string { return problemType }

// retryAfter is how long to wait when a resource is missing, in seconds.
const retryAfter = 15

// statuses maps each kind of error once.
var statuses = map[guichet.ErrorKind]int{
	guichet.KindInternal:        http.StatusInternalServerError,
	guichet.KindInvalid:         http.StatusUnprocessableEntity,
	guichet.KindNotFound:        http.StatusNotFound,
	guichet.KindDenied:          http.StatusForbidden,
	guichet.KindConflict:        http.StatusConflict,
	guichet.KindTooLarge:        http.StatusRequestEntityTooLarge,
	guichet.KindUnavailable:     http.StatusServiceUnavailable,
	guichet.KindUnauthenticated: http.StatusUnauthorized,
}

// problem tells an error of a use case to the caller. What is not an error of the domain is a defect:
// it is logged, and nothing of it is told.
func (f *face) problem(ctx context.Context, err error) *Problem {
	var told *Problem
	if errors.As(err, &told) {
		return told
	}
	var e *guichet.Error
	if !errors.As(err, &e) || e.Kind == guichet.KindInternal {
		if !errors.Is(err, context.Canceled) {
			f.Log.ErrorContext(ctx, "api", "error", err)
		}
		return f.problemOf(ctx, http.StatusInternalServerError, "internal", nil)
	}
	if e.Kind == guichet.KindUnavailable {
		f.Log.WarnContext(ctx, "api", "error", err)
	}
	p := f.problemOf(ctx, statusOf(e), e.Code, e.Args)
	p.Errors = f.fields(ctx, e.Fields)
	return p
}

// statusOf is the status of an error of the domain. A request that cannot be read at all has no field
// to point at.
func statusOf(e *guichet.Error) int {
	if e.Kind == guichet.KindInvalid && len(e.Fields) == 0 {
		return http.StatusBadRequest
	}
	return statuses[e.Kind]
}

func (f *face) problemOf(ctx context.Context, status int, code string, args map[string]any) *Problem {
	p := &Problem{Type: docsPath + "#status-" + strconv.Itoa(status), Status: status, Code: code,
		Title:  f.printer(ctx).T("api.status." + strconv.Itoa(status)),
		Detail: f.message(ctx, code, args), RequestID: httpx.RequestIDFrom(ctx)}
	if status == http.StatusServiceUnavailable {
		p.headers = http.Header{"Retry-After": {strconv.Itoa(retryAfter)}}
	}
	return p
}

// message is the text of a code. Whoever took a ticket is named.
func (f *face) message(ctx context.Context, code string, args map[string]any) string {
	if code == "ticket.claimed" && args["Name"] != nil {
		return f.printer(ctx).With("error.ticket.claimed_by", args)
	}
	return f.printer(ctx).Error(code, args)
}

func (f *face) fields(ctx context.Context, list []guichet.FieldError) []ProblemField {
	var out []ProblemField
	for _, e := range list {
		out = append(out, ProblemField{e.Field, e.Code, f.message(ctx, e.Code, e.Args), placeOf(e)})
	}
	return out
}

// write answers with an error, outside of the routes.
func (f *face) write(w http.ResponseWriter, r *http.Request, err error) {
	f.writeProblem(w, r, f.problem(r.Context(), err))
}

func (f *face) writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	maps.Copy(w.Header(), p.headers)
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		f.Log.DebugContext(r.Context(), "api: the client went away", "error", err)
	}
}
