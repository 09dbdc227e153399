package guichet

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
)

// Look is how an organisation dresses its desk: its accent for each theme and its logo. What is empty is the
// usual accent, and the ticket stub.
type Look struct {
	Accent string // #rrggbb, on light paper
	Dark   string // likewise, on dark paper; empty: a lighter shade of Accent
	Logo   string // a picture as a data: address
}

// Mark is short and changes with the look; empty when it is the usual one.
func (l Look) Mark() string {
	if l == (Look{}) {
		return ""
	}
	sum := sha256.Sum256([]byte(l.Accent + " " + l.Dark + " " + l.Logo))
	return hex.EncodeToString(sum[:6])
}

// Front is what the people of an organisation see of its desk on every page.
type Front struct {
	Name       string
	Contact    string // how to reach the desk otherwise
	SignInHelp string // what to do when one cannot sign in
	Look       Look
}

// Front is the front of a desk.
func (d *Desk) Front() Front { return Front{d.Name, d.Contact, d.SignInHelp, d.Look} }

// SetFront gives a desk another front.
func (d *Desk) SetFront(f Front) {
	d.Name, d.Contact, d.SignInHelp, d.Look = f.Name, f.Contact, f.SignInHelp, f.Look
}

// Colour is a colour of a screen; each part goes from 0 to 1.
type Colour struct{ R, G, B float64 }

// ParseColour reads #rrggbb.
func ParseColour(s string) (Colour, bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return Colour{}, false
	}
	part := func(shift int) float64 { return float64(n>>shift&255) / 255 }
	return Colour{part(16), part(8), part(0)}, true
}

// String writes #rrggbb.
func (c Colour) String() string {
	n := uint64(0)
	for _, v := range []float64{c.R, c.G, c.B} {
		n = n<<8 | uint64(math.Round(255*min(max(v, 0), 1)))
	}
	s := strconv.FormatUint(n, 16)
	return "#" + strings.Repeat("0", 6-len(s)) + s
}

// Mix is the colour between c and other; part is how much of other there is, from 0 to 1.
func (c Colour) Mix(other Colour, part float64) Colour {
	at := func(a, b float64) float64 { return a + (b-a)*part }
	return Colour{at(c.R, other.R), at(c.G, other.G), at(c.B, other.B)}
}

// luminance is the relative luminance of WCAG 2.
func (c Colour) luminance() float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// Contrast is the ratio of contrast of two colours, from 1 to 21.
func (c Colour) Contrast(other Colour) float64 {
	a, b := c.luminance(), other.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// MinContrast is what a text needs against what lies behind it.
const MinContrast = 4.5

// Papers are the grounds on which an accent is read: the page, the sheet, and the sheet with a wash of it.
func (c Colour) Papers(dark bool) []Colour {
	paper, sheet, wash := Colour{0.961, 0.953, 0.925}, Colour{1, 0.996, 0.984}, 0.09
	if dark {
		paper, sheet, wash = Colour{0.078, 0.086, 0.106}, Colour{0.110, 0.122, 0.149}, 0.16
	}
	return []Colour{paper, sheet, sheet.Mix(c, wash)}
}

// Legible is the least contrast of an accent on the papers of a theme.
func (c Colour) Legible(dark bool) float64 {
	least := 21.0
	for _, p := range c.Papers(dark) {
		least = min(least, c.Contrast(p))
	}
	return least
}

// The usual accents (docs: UX, Look).
const (
	UsualAccent     = "#2140c0"
	UsualAccentDark = "#a8b9ff"
)

// Accents are the accents of both themes. That of the dark theme, when it is not chosen, is the first shade of
// the light one, towards white, that can be read there.
func (l Look) Accents() (light, dark Colour) {
	light, chosen := ParseColour(l.Accent)
	if !chosen {
		light, _ = ParseColour(UsualAccent)
	}
	if dark, known := ParseColour(l.Dark); known {
		return light, dark
	}
	if !chosen {
		dark, _ = ParseColour(UsualAccentDark)
		return light, dark
	}
	for part := 0.0; part < 1; part += 0.05 {
		if dark = light.Mix(Colour{1, 1, 1}, part); dark.Legible(true) >= 1.3*MinContrast {
			return light, dark
		}
	}
	return light, Colour{1, 1, 1}
}

// MaxLogo is how much a logo weighs at most, in bytes: it comes with every page.
const MaxLogo = 16 << 10

// maxFrontText is the length of what a front says, in characters.
const maxFrontText = 600

// Check says what is wrong with a front.
func (f Front) Check() error {
	var p Problems
	p.Text("name", f.Name, MaxTitle)
	p.AtMost("contact", f.Contact, maxFrontText)
	p.AtMost("sign_in_help", f.SignInHelp, maxFrontText)
	f.Look.checkAccent(&p, "accent", f.Look.Accent, false)
	f.Look.checkAccent(&p, "accent_dark", f.Look.Dark, true)
	if f.Look.Accent == "" && f.Look.Dark != "" {
		p.Add("accent", "look.accent_first")
	}
	if f.Look.Logo != "" && !validLogo(f.Look.Logo) {
		p.Add("logo", "look.logo")
	}
	return p.Err()
}

func (Look) checkAccent(p *Problems, field, text string, dark bool) {
	if text == "" {
		return
	}
	c, known := ParseColour(text)
	switch {
	case !known:
		p.Add(field, "look.colour")
	case c.Legible(dark) < MinContrast:
		p.Add(field, "look.contrast", "Contrast", math.Floor(10*c.Legible(dark))/10, "Least", MinContrast)
	}
}

// validLogo accepts the pictures that browsers show alike; a drawing that could do more than be drawn is none.
func validLogo(address string) bool {
	kind, data, found := strings.Cut(strings.TrimPrefix(address, "data:"), ";base64,")
	known := kind == "image/png" || kind == "image/jpeg" || kind == "image/webp"
	return found && strings.HasPrefix(address, "data:") && known && data != "" && len(data) <= MaxLogo*4/3+4
}
