package api

import "strings"

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
