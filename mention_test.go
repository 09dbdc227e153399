package guichet

import (
	"slices"
	"testing"
)

func TestMentions(t *testing.T) {
	person := func(id ID, given, family string) Person { return Person{ID: id, GivenName: given, FamilyName: family} }
	people := map[ID]Person{"ann": person("ann", "Ann", "Blanc"), "anne": person("anne", "Ann", "Blanchard"),
		"lea": person("lea", "Léa", "Caron")}
	for text, want := range map[string][]ID{
		"@Ann Blanc, peux-tu regarder ?":             {"ann"},
		"@Ann Blanchard et @léa caron":               {"anne", "lea"},
		"Merci @Léa Caron. @Léa Caron, encore merci": {"lea"},
		"écrire à contact@ann blanc":                 nil,
		"@Ann":                                       nil,
		"@@Léa Caron":                                {"lea"},
		"@":                                          nil,
		"":                                           nil,
	} {
		if got := Mentions(text, people); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
