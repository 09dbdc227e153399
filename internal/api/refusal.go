package api

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"guichet"
)

// held keeps the status of an answer until its first byte, so that translate may still choose it.
type held struct {
	inner
	status int
}

// inner gives the embedded context another name than its own method has.
type inner huma.Context

// SetStatus notes the status.
func (h *held) SetStatus(code int) { h.status = code }

// Status is the status noted.
func (h *held) Status() int { return h.status }

// Unwrap leads to the request.
func (h *held) Unwrap() huma.Context { return h.inner }

// BodyWriter sends the status, then takes the body.
func (h *held) BodyWriter() io.Writer {
	h.send()
	return h.inner.BodyWriter()
}

func (h *held) send() {
	if h.status != 0 {
		h.inner.SetStatus(h.status)
		h.status = 0
	}
}

func holdStatus(ctx huma.Context, next func(huma.Context)) {
	h := &held{inner: ctx}
	next(h)
	h.send()
}

// translate says in the words of the desk what was found wrong with the form of a request.
func (f *face) translate(ctx huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := f.refusal(ctx, model)
	ctx.SetStatus(p.Status)
	return p, nil
}

func (f *face) refusal(ctx huma.Context, model *huma.ErrorModel) *Problem {
	switch model.Status {
	case http.StatusUnsupportedMediaType:
		return f.problemOf(ctx.Context(), model.Status, "body.media_type", nil)
	case http.StatusRequestEntityTooLarge:
		return f.problemOf(ctx.Context(), model.Status, "body.too_large", map[string]any{"Limit": int64(maxBody)})
	case http.StatusRequestTimeout:
		return f.problemOf(ctx.Context(), model.Status, "body.stalled", nil)
	case http.StatusBadRequest:
		return f.problemOf(ctx.Context(), model.Status, "body.malformed", nil)
	case http.StatusUnprocessableEntity:
		return f.wrongFields(ctx, model.Errors)
	}
	return f.problemOf(ctx.Context(), http.StatusBadRequest, "body.broken", nil)
}

// wrongFields tells which fields are wrong: 400 when one has not the right type, 422 otherwise. A path
// that cannot be read leads nowhere.
func (f *face) wrongFields(ctx huma.Context, details []*huma.ErrorDetail) *Problem {
	var list []guichet.FieldError
	status := http.StatusUnprocessableEntity
	for _, d := range details {
		place, field, _ := strings.Cut(d.Location, ".")
		if place == "path" {
			return f.problem(ctx.Context(), guichet.NotFound("route"))
		}
		name, code := verdict(field, d.Message)
		if name == "" {
			return f.problemOf(ctx.Context(), http.StatusBadRequest, "body.malformed", nil)
		}
		if code == "field.type" {
			status = http.StatusBadRequest
		}
		list = append(list, guichet.FieldError{Field: name, Code: code})
	}
	p := f.problemOf(ctx.Context(), status, "invalid", nil)
	p.Errors = f.fields(ctx.Context(), list)
	return p
}

// verdict is the field that a message speaks of, and the code of what is wrong with it.
func verdict(field, message string) (name, code string) {
	var missing string
	if n, _ := fmt.Sscanf(message, validation.MsgExpectedRequiredProperty, &missing); n == 1 {
		return strings.TrimPrefix(field+"."+missing, "."), "field.required"
	}
	for _, v := range verdicts() {
		if strings.HasPrefix(message, v.message) {
			return field, v.code
		}
	}
	return field, "field.type"
}

type messageCode struct{ message, code string }

func verdicts() []messageCode {
	return []messageCode{
		{validation.MsgUnexpectedProperty, "field.unknown"},
		{"unknown query parameter", "field.unknown"},
		{beforeVerb(validation.MsgExpectedOneOf), "field.unknown_value"},
		{validation.MsgExpectedRFC3339DateTime, "field.moment"},
		{"invalid date/time", "field.moment"},
		{beforeVerb(validation.MsgExpectedMinimumNumber), "field.range"},
		{beforeVerb(validation.MsgExpectedMaximumNumber), "field.range"},
		{beforeVerb(validation.MsgExpectedMatchPattern), "field.key"},
	}
}

// beforeVerb is a message up to the value that it is filled with.
func beforeVerb(format string) string {
	text, _, _ := strings.Cut(format, "%")
	return text
}
