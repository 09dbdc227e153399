package guichet

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// codesOf are the problems of an error, by field.
func codesOf(err error) map[string]string {
	out := map[string]string{}
	var e *Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			out[f.Field] = f.Code
		}
	}
	return out
}

func TestAFrontIsChecked(t *testing.T) {
	for _, c := range []struct {
		look        Look
		field, code string
	}{
		{Look{}, "", ""}, {Look{Accent: "#2140c0"}, "", ""}, {Look{Accent: "#a3123a", Dark: "#ffb3c4"}, "", ""},
		{Look{Accent: "#ff8800"}, "accent", "look.contrast"}, {Look{Accent: "red"}, "accent", "look.colour"}, {Look{Accent: "#12345"}, "accent", "look.colour"},
		{Look{Accent: "#2140c0", Dark: "#2140c0"}, "accent_dark", "look.contrast"}, {Look{Dark: "#ffb3c4"}, "accent", "look.accent_first"},
		{Look{Logo: "data:image/svg+xml;base64,AA"}, "logo", "look.logo"}, {Look{Logo: "https://evil.example/x.png"}, "logo", "look.logo"},
		{Look{Logo: "data:image/png;base64,iVBORw0KGgo="}, "", ""},
	} {
		got := codesOf(Front{Name: "Guichet", Look: c.look}.Check())
		if c.field == "" && len(got) > 0 || c.field != "" && got[c.field] != c.code {
			t.Errorf("%+v: %v, expected %s %s", c.look, got, c.field, c.code)
		}
	}
	if got := codesOf(Front{}.Check()); got["name"] == "" {
		t.Error("a desk without a name")
	}
}

// TestContrastIsThatOfWCAG checks known ratios.
func TestContrastIsThatOfWCAG(t *testing.T) {
	black, white := Colour{}, Colour{1, 1, 1}
	grey, _ := ParseColour("#767676")
	if r := black.Contrast(white); r < 20.99 || r > 21.01 {
		t.Errorf("black on white: %f", r)
	}
	if r := grey.Contrast(white); r < 4.53 || r > 4.55 {
		t.Errorf("#767676 on white: %f", r)
	}
}

// TestEveryAcceptedAccentIsLegibleInBothThemes takes any colour: what is accepted is read on every paper, in
// the dark theme too, where the shade may be the program's choice.
func TestEveryAcceptedAccentIsLegibleInBothThemes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Colour{rapid.Float64Range(0, 1).Draw(t, "r"), rapid.Float64Range(0, 1).Draw(t, "g"), rapid.Float64Range(0, 1).Draw(t, "b")}
		look := Look{Accent: c.String()}
		if again, known := ParseColour(c.String()); !known || again.String() != c.String() {
			t.Fatalf("%s is not read back", c)
		}
		if (Front{Name: "x", Look: look}).Check() != nil {
			return
		}
		light, dark := look.Accents()
		if light.Legible(false) < MinContrast || dark.Legible(true) < MinContrast {
			t.Fatalf("%s: %.2f in the light theme, %.2f in the dark one", c, light.Legible(false), dark.Legible(true))
		}
	})
}
