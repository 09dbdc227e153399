package guichet

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// ID names an object. Identifiers of people, tickets and events are made by NewID; those of the
// desk's configuration (organisations, services, teams, roles, workflows) are the readable keys of
// its files.
type ID string

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID returns an identifier of 26 characters that sorts by the time of its making: 48 bits of
// milliseconds, then 82 random bits (the idea of a ULID, in lower case).
func NewID(now time.Time) ID {
	var b [17]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	_, _ = rand.Read(b[6:]) // never fails since Go 1.24
	return ID(idEncoding.EncodeToString(b[:])[:26])
}
