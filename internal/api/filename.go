package api

import (
	"strings"
	"unicode"

	"guichet/internal/markup"
)

// namelessFile is what a file is called whose name says nothing.
const namelessFile = "document"

// fileName makes the name that a sender gives to a file into one fit to be kept and shown: no folder, no
// control character, none of those that reverse the writing and so hide the true extension.
func fileName(given string) string {
	name := markup.Clean(given)
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	if strings.Trim(name, ". ") == "" {
		return namelessFile
	}
	return name
}

// disposition makes a browser save a file under its name (RFC 6266): in ASCII for old ones, then as it
// is (RFC 8187).
func disposition(name string) string {
	return `attachment; filename="` + plainName(name) + `"; filename*=UTF-8''` + percent(name)
}

func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			return '_'
		}
		return r
	}, name)
}

// percent writes every byte but the attr-char of RFC 8187 as %XX.
func percent(name string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&+-.^_`|~"
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(name) {
		if strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', digits[c>>4], digits[c&15]})
	}
	return b.String()
}
