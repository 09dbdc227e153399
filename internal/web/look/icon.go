package look

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"

	"guichet"
)

// point is a place of the drawing, whose sides are 36 units long.
type point struct{ x, y float64 }

// samples is how many points of a pixel are looked at, along each side.
const samples = 4

// icon draws the ticket stub on the accent, as a PNG. A maskable one fills its square, and keeps the stub away
// from the edges that systems cut.
func icon(size int, accent guichet.Colour, maskable bool) ([]byte, error) {
	scale, ground := 1.25, rounded
	if maskable {
		scale, ground = 1.65, func(point) bool { return true }
	}
	paper := guichet.Colour{R: 1, G: 0.996, B: 0.984}
	picture := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			var solid, stub float64
			for i := range samples * samples {
				at := point{unit(x, i%samples, size), unit(y, i/samples, size)}
				if !ground(at) {
					continue
				}
				solid++
				if drawn(point{18 + (at.x-18)*scale, 18 + (at.y-18)*scale}) {
					stub++
				}
			}
			picture.SetNRGBA(x, y, shade(accent, paper, solid, stub))
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, picture)
	return b.Bytes(), err
}

func unit(pixel, sample, size int) float64 {
	return (float64(pixel) + (float64(sample)+0.5)/samples) * 36 / float64(size)
}

func shade(accent, paper guichet.Colour, solid, stub float64) color.NRGBA {
	if solid == 0 {
		return color.NRGBA{}
	}
	c := accent.Mix(paper, stub/solid)
	part := func(v float64) uint8 { return uint8(math.Round(255 * v)) }
	return color.NRGBA{part(c.R), part(c.G), part(c.B), part(solid / (samples * samples))}
}

// rounded is a square with round corners.
func rounded(p point) bool { return inBox(p, point{0, 0}, point{36, 36}, 8) }

// drawn reports whether a point belongs to the stub: its paper, less the notches, the perforation and the lines.
func drawn(p point) bool {
	switch {
	case !inBox(p, point{3, 8}, point{33, 28}, 2), near(p, point{34.25, 18}, 4), near(p, point{1.75, 18}, 4):
		return false
	case math.Abs(p.x-13) < 1.1 && p.y > 9.3 && math.Mod(p.y-9.3, 5) < 2.4:
		return false
	}
	return !stroke(p, 18.5, 26.5, 15) && !stroke(p, 18.5, 23.5, 21)
}

// stroke is a level line with round ends.
func stroke(p point, from, to, y float64) bool {
	return near(p, point{min(max(p.x, from), to), y}, 1.2)
}

func near(p, q point, distance float64) bool { return math.Hypot(p.x-q.x, p.y-q.y) < distance }

// inBox is a box with round corners.
func inBox(p, from, to point, radius float64) bool {
	inner := point{min(max(p.x, from.x+radius), to.x-radius), min(max(p.y, from.y+radius), to.y-radius)}
	return near(p, inner, radius) || p == inner
}
