package markup

import "testing"

func TestLine(t *testing.T) {
	for given, want := range map[string]string{
		"  Page\tblanche\x00 ":              "Page blanche",
		"un\r\ntitre\u2028sur trois lignes": "un titre sur trois lignes",
		"facture\u202egpj.exe":              "facturegpj.exe",
		"ad\u200bmin\ufeff\u2060":           "admin",
		"\u2066isolé\u2069 \u200ftexte":     "isolé texte",
		"\u200b\u200e":                      "",
		"Prêt\u00a0: « oui » 🙂":             "Prêt\u00a0: « oui » 🙂",
		"\u009b31mrouge":                    "31mrouge",
	} {
		if got := Line(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
		if again := Line(want); again != want {
			t.Errorf("%q is clean and becomes %q", want, again)
		}
	}
}

func TestFileName(t *testing.T) {
	for given, want := range map[string]string{
		"photo.png":              "photo.png",
		"../../etc/passwd":       "passwd",
		`C:\Users\me\état.pdf`:   "état.pdf",
		"a\r\nSet-Cookie: x.txt": "a Set-Cookie: x.txt",
		"photo\u202egnp.exe":     "photognp.exe",
		"\u200b.htaccess":        ".htaccess",
		"..":                     "",
		".":                      "",
		" / ":                    "",
		"\x00\u202e":             "",
		"":                       "",
	} {
		if got := FileName(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}
