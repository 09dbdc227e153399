package guichet

import "testing"

// G8: a person is shown by the name alone, never by a trigram.
func TestTrigrams(t *testing.T) {
	for given, want := range map[string]string{
		"JFK (Jean-François KERSERHO)": "Jean-François KERSERHO",
		"EIG (Administrateur)":         "Administrateur",
		"JFK(Jean-François KERSERHO)":  "Jean-François KERSERHO",
		" ÉLB  ( Élise Le Bihan ) ":    "Élise Le Bihan",
		"Jean-François KERSERHO (JFK)": "Jean-François KERSERHO",
		"Jean-François KERSERHO":       "Jean-François KERSERHO",
		"Élise (dite Lili) Martin":     "Élise (dite Lili) Martin",
		"Anne (Martin)":                "Anne (Martin)",
		"JFK ()":                       "JFK ()",
		"JFK":                          "JFK",
		"":                             "",
		"A1B2C3D (Service)":            "A1B2C3D (Service)",
	} {
		if got := WithoutTrigram(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

func TestSplitName(t *testing.T) {
	for name, want := range map[string][2]string{
		"JFK (Jean-François KERSERHO)": {"Jean-François", "KERSERHO"},
		"LE BIHAN Maryvonne":           {"Maryvonne", "LE BIHAN"},
		"Maryvonne LE BIHAN":           {"Maryvonne", "LE BIHAN"},
		"Maryvonne Bihan":              {"Maryvonne", "Bihan"},
		"D’ARC Jeanne":                 {"Jeanne", "D’ARC"},
		"EIG (Administrateur)":         {"", "Administrateur"},
		"":                             {"", ""},
	} {
		if given, family := SplitName(name); given != want[0] || family != want[1] {
			t.Errorf("%q: %q %q", name, given, family)
		}
	}
}
