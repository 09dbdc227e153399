package house

import (
	"go/ast"
	"go/token"
	"regexp"
	"testing"
)

// errorMakers are the functions of the root package that take a message key, with the place of that argument.
var errorMakers = map[string]int{"Denied": 0, "Conflict": 0, "Unavailable": 0, "Invalid": 1}

// The codes of errors are message keys, under "error.".
func TestErrorsHaveMessages(t *testing.T) {
	if !facesExist(t) {
		t.Skip("errors are shown by the pages and the API, which do not exist yet")
	}
	fr := catalogue(t, "fr")
	for _, s := range sources(t, written) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if code, ok := errorCode(n); ok {
				if _, found := fr["error."+code]; !found {
					t.Errorf("%s: the error %q has no message: add %q to internal/i18n/locales/{fr,en}/errors.json", s.at(n), code, "error."+code)
				}
			}
			return true
		})
	}
}

// errorCode returns the message key that a node makes an error of, when it is written out.
func errorCode(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.CallExpr:
		return codeOfCall(n)
	case *ast.CompositeLit:
		return codeOfLiteral(n)
	}
	return "", false
}

var dottedCode = regexp.MustCompile(`^[a-z_]+\.[a-z_.]+$`)

func codeOfCall(c *ast.CallExpr) (string, bool) {
	if sel, ok := c.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Add" { // Problems.Add(field, code)
		code, ok := writtenArgument(c, 1)
		return code, ok && dottedCode.MatchString(code)
	}
	name := rootName(c.Fun)
	if name == "NotFound" {
		noun, ok := writtenArgument(c, 0)
		return noun + ".not_found", ok
	}
	if place, known := errorMakers[name]; known {
		return writtenArgument(c, place)
	}
	return "", false
}

// codeOfLiteral reads guichet.Error{…, Code: "…"}.
func codeOfLiteral(c *ast.CompositeLit) (string, bool) {
	if name := rootName(c.Type); name != "Error" && name != "FieldError" {
		return "", false
	}
	for _, element := range c.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		field, ok := pair.Key.(*ast.Ident)
		value, written := pair.Value.(*ast.BasicLit)
		if ok && written && field.Name == "Code" {
			return unquote(value), true
		}
	}
	return "", false
}

// rootName names a thing of the root package, spoken of from there or from elsewhere.
func rootName(e ast.Expr) string {
	switch f := e.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if pkg, ok := f.X.(*ast.Ident); ok && pkg.Name == module {
			return f.Sel.Name
		}
	}
	return ""
}

func writtenArgument(c *ast.CallExpr, place int) (string, bool) {
	if len(c.Args) <= place {
		return "", false
	}
	lit, ok := c.Args[place].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	return unquote(lit), true
}

func TestErrorCodesAreRead(t *testing.T) {
	for text, want := range map[string]string{
		`guichet.Conflict("ticket.claimed", "by", name)`:             "ticket.claimed",
		`guichet.NotFound("ticket")`:                                 "ticket.not_found",
		`guichet.Invalid("title", "field.required")`:                 "field.required",
		`problems.Add("title", "field.too_long", "limit", 3)`:        "field.too_long",
		`&guichet.Error{Kind: guichet.KindInvalid, Code: "invalid"}`: "invalid",
		`waiting.Add(1)`:          "",
		`http.NotFound("ticket")`: "",
	} {
		var got string
		ast.Inspect(expression(t, text), func(n ast.Node) bool {
			if code, ok := errorCode(n); ok {
				got = code
			}
			return true
		})
		if got != want {
			t.Errorf("%s: read %q, want %q", text, got, want)
		}
	}
}
