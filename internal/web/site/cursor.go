package site

import (
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/ticketing"
)

// FormatCursor writes the place in a list after which a page begins, for an address; empty when
// there is no more.
func FormatCursor(c ticketing.Cursor) string {
	if c.ID == "" {
		return ""
	}
	return strconv.FormatInt(c.UpdatedAt.UnixMicro(), 36) + "." + string(c.ID)
}

// ParseCursor reads what FormatCursor wrote; anything else is the beginning.
func ParseCursor(s string) ticketing.Cursor {
	at, id, found := strings.Cut(s, ".")
	n, err := strconv.ParseInt(at, 36, 64)
	if !found || err != nil || len(id) > 64 {
		return ticketing.Cursor{}
	}
	return ticketing.Cursor{UpdatedAt: time.UnixMicro(n).UTC(), ID: guichet.ID(id)}
}
