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
	place := strconv.FormatInt(c.UpdatedAt.UnixMicro(), 36)
	if c.Part > 0 {
		place += "~" + strconv.Itoa(c.Part)
	}
	return place + "." + string(c.ID)
}

// ParseCursor reads what FormatCursor wrote; anything else is the beginning.
func ParseCursor(s string) ticketing.Cursor {
	at, id, found := strings.Cut(s, ".")
	at, part, parted := strings.Cut(at, "~")
	n, err := strconv.ParseInt(at, 36, 64)
	if !found || err != nil || len(id) > 64 {
		return ticketing.Cursor{}
	}
	c := ticketing.Cursor{UpdatedAt: time.UnixMicro(n).UTC(), ID: guichet.ID(id)}
	if parted {
		if c.Part, err = strconv.Atoi(part); err != nil || c.Part < 0 || c.Part > maxParts {
			return ticketing.Cursor{}
		}
	}
	return c
}

// maxParts is more than any list is read in.
const maxParts = 9
