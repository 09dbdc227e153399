package api

import (
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"guichet/internal/i18n"
)

// describe gives the specification its sentences, in English: they are messages like the others, so
// that the documentation says the same in both languages.
func (f *face) describe() {
	p := f.I18n.Printer("en", nil)
	spec := f.huma.OpenAPI()
	spec.Info.Description = p.T("api.intro")
	for _, op := range operations(spec) {
		op.Summary = p.T("api.operation." + op.OperationID)
		for _, param := range op.Parameters {
			param.Description = fieldText(p, param.Name)
		}
		if op.OperationID == listID {
			describeQuery(p, op)
		}
		if op.RequestBody != nil {
			for _, media := range op.RequestBody.Content {
				describeFields(p, media.Schema)
			}
		}
	}
	schemas := spec.Components.Schemas.Map()
	delete(schemas, "ErrorModel") // the library's own problem, which no route answers
	delete(schemas, "ErrorDetail")
	for _, s := range schemas {
		describeFields(p, s)
	}
}

func describeFields(p i18n.Printer, s *huma.Schema) {
	for name, field := range s.Properties {
		if field.Ref == "" {
			field.Description = fieldText(p, name)
		}
	}
}

// fieldText is the sentence about a field: fields of one name mean one thing everywhere.
func fieldText(p i18n.Printer, name string) string {
	return p.T("api.field." + strings.ToLower(strings.ReplaceAll(name, "-", "_")))
}

// operations lists the operations in the order of their addresses, then of their methods.
func operations(spec *huma.OpenAPI) []*huma.Operation {
	var list []*huma.Operation
	for _, path := range slices.Sorted(maps.Keys(spec.Paths)) {
		item := spec.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op != nil {
				list = append(list, op)
			}
		}
	}
	return list
}
