// Package account proves who somebody is: passwords, the pace of attempts to
// sign in, tokens, and links signed by the installation.
package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

const (
	// Cost of one hash: OWASP Password Storage Cheat Sheet, Argon2id minimum.
	// About 46 ms and 19 MiB of memory each.
	hashMemory  = 19 * 1024 // KiB
	hashPasses  = 2
	hashThreads = 1

	saltLength   = 16
	digestLength = 32

	// passwordBytes is the longest password looked at, so that hashing a book
	// costs nothing.
	passwordBytes = 1024
	// hashesAtOnce bounds the memory and the processors a wave of attempts takes.
	hashesAtOnce = 2
)

var errPasswordSize = errors.New("password of more than 1024 bytes")

// Hasher hashes and verifies passwords with Argon2id, a few at a time; the
// others wait their turn. It is safe for concurrent use: make one for the program.
type Hasher struct {
	turns chan struct{}
	dummy digest
}

// NewHasher makes a Hasher.
func NewHasher() *Hasher {
	return &Hasher{turns: make(chan struct{}, hashesAtOnce), dummy: newDigest()}
}

// Hash gives the text to store for a password, in the PHC string format
// "$argon2id$v=19$m=19456,t=2,p=1$salt$digest". It fails when ctx ends before
// its turn, or when the password has more than 1,024 bytes.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > passwordBytes {
		return "", errPasswordSize
	}
	d := newDigest()
	sum, err := h.compute(ctx, d, password)
	if err != nil {
		return "", err
	}
	d.sum = sum
	return d.String(), nil
}

// Verify says whether a password is the one that was hashed. For an account
// that does not exist, or has no password, give an empty hash: the answer is
// no, and takes as long. It fails when ctx ends first or the hash is malformed.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	if len(password) > passwordBytes {
		return false, nil
	}
	stored := h.dummy
	if hash != "" {
		parsed, err := parseDigest(hash)
		if err != nil {
			return false, err
		}
		stored = parsed
	}
	sum, err := h.compute(ctx, stored, password)
	if err != nil {
		return false, err
	}
	// The dummy has no sum, which equals none.
	return subtle.ConstantTimeCompare(sum, stored.sum) == 1, nil
}

// NeedsRehash says whether a hash was made at another cost than today's; the
// next successful sign-in is the moment to replace it.
func NeedsRehash(hash string) bool {
	d, err := parseDigest(hash)
	now := newDigest()
	return err != nil || d.memory != now.memory || d.passes != now.passes || d.threads != now.threads
}

// compute hashes when its turn comes.
func (h *Hasher) compute(ctx context.Context, d digest, password string) ([]byte, error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// The same accented letter may be typed in two forms (NIST SP 800-63B, 3.1.1.2).
	password = norm.NFKC.String(password)
	return argon2.IDKey([]byte(password), d.salt, d.passes, d.memory, d.threads, digestLength), nil
}

// digest is a hash and all that is needed to make it again.
type digest struct {
	memory, passes uint32
	threads        uint8
	salt, sum      []byte
}

// newDigest has today's cost, a fresh salt and no sum yet.
func newDigest() digest {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	return digest{memory: hashMemory, passes: hashPasses, threads: hashThreads, salt: salt}
}

// String is the PHC form.
func (d digest) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, d.memory, d.passes, d.threads, encode(d.salt), encode(d.sum))
}

// parseDigest reads the PHC form.
func parseDigest(hash string) (digest, error) {
	malformed := errors.New("malformed password hash")
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return digest{}, malformed
	}
	var d digest
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &d.memory, &d.passes, &d.threads); err != nil {
		return digest{}, malformed
	}
	var saltErr, sumErr error
	d.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	d.sum, sumErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(d.salt) < 8 || len(d.sum) != digestLength || !d.affordable() {
		return digest{}, malformed
	}
	return d, nil
}

// affordable refuses costs that would take the machine down.
func (d digest) affordable() bool {
	return d.memory >= 8 && d.memory <= 1<<20 && d.passes >= 1 && d.passes <= 16 && d.threads >= 1 && d.threads <= 16
}
