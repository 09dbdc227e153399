package i18n

import (
	"time"

	"golang.org/x/text/feature/plural"
)

// Printer writes for one reader: one language, one time zone. It is a small
// value, made for each request; get it from Bundle.Printer.
type Printer struct {
	catalogue *catalogue
	zone      *time.Location
}

// Locale is the language written: "fr" or "en".
func (p Printer) Locale() string { return p.catalogue.locale }

// Zone is the time zone in which times are written.
func (p Printer) Zone() *time.Location { return p.zone }

// Has says whether the key exists, for callers with a more general text to
// fall back on.
func (p Printer) Has(key string) bool {
	_, found := p.catalogue.messages[key]
	return found
}

// T is the text of a key, its placeholders filled from name, value pairs:
// T("ticket.title", "number", "42"). Whole numbers are written plainly, or as
// sizes where the text says {{size .name}}; other values with fmt. A missing key gives the key itself between ⟦ and ⟧.
func (p Printer) T(key string, kv ...any) string {
	m, found := p.catalogue.messages[key]
	if !found {
		return missing(key)
	}
	return m.other.print(kv, &p.catalogue.format)
}

// Error is the text of the code of an error, or of one of its fields: the key
// "error.<code>" filled from its arguments.
func (p Printer) Error(code string, args map[string]any) string {
	return p.With("error."+code, args)
}

// With is T for values kept in a map, such as the arguments of an error.
func (p Printer) With(key string, values map[string]any) string {
	kv := make([]any, 0, 2*len(values))
	for name, value := range values {
		kv = append(kv, name, value)
	}
	return p.T(key, kv...)
}

// N is the text of a key for a count: in French 0 and 1 are singular, in
// English only 1 is. The count is the placeholder {{.n}}, grouped as Number
// does; other placeholders come from name, value pairs.
func (p Printer) N(key string, n int, kv ...any) string {
	m, found := p.catalogue.messages[key]
	if !found {
		return missing(key)
	}
	values := append([]any{"n", p.Number(n)}, kv...)
	if m.one != nil && p.singular(n) {
		return m.one.print(values, &p.catalogue.format)
	}
	return m.other.print(values, &p.catalogue.format)
}

// singular applies the plural rule of the language (Unicode CLDR, cardinals).
func (p Printer) singular(n int) bool {
	// The rule is defined on the absolute value, and accepts it modulo ten million.
	n = max(n, -n) % 10_000_000
	return plural.Cardinal.MatchPlural(p.catalogue.tag, n, 0, 0, 0, 0) == plural.One
}
