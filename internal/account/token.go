package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// tokenBytes makes a token of 256 bits, which nobody guesses.
const tokenBytes = 32

// NewToken makes a secret to hand out once, and the hash to keep: whoever
// reads the database cannot use what it holds. The prefix tells what the token
// is for when it is found where it should not be ("gct_…").
func NewToken(prefix string) (clear, hash string) {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // never fails since Go 1.24
	encoded := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	clear = prefix + strings.ToLower(encoded)
	return clear, HashToken(clear)
}

// HashToken is what to look for in the database: the SHA-256 of the token in
// hexadecimal. A fast hash is enough, as a token cannot be guessed.
func HashToken(clear string) string {
	sum := sha256.Sum256([]byte(clear))
	return hex.EncodeToString(sum[:])
}

// Signer signs the addresses that mails contain, such as the answer to an
// approval, so that they work without signing in and cannot be made up.
type Signer struct{ key []byte }

// NewSigner signs with the key of the installation (see LoadKey).
func NewSigner(key []byte) Signer { return Signer{key: key} }

// Sign gives the signature of parts for a purpose: 43 letters, digits, - and _
// (HMAC-SHA256). A signature for one purpose is worth nothing for another. Put
// among the parts all that must not change, the expiry too.
func (s Signer) Sign(purpose string, parts ...string) string {
	return base64.RawURLEncoding.EncodeToString(s.mac(purpose, parts))
}

// Check says, in constant time, whether the signature is that of the parts.
func (s Signer) Check(signature, purpose string, parts ...string) bool {
	given, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	return err == nil && hmac.Equal(given, s.mac(purpose, parts))
}

// mac covers each part with its length, so that "ab", "c" is not "a", "bc".
func (s Signer) mac(purpose string, parts []string) []byte {
	mac := hmac.New(sha256.New, s.key)
	for _, part := range append([]string{purpose}, parts...) {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write([]byte(part))
	}
	return mac.Sum(nil)
}

// SignatureApproval is the purpose of the signature in the link by which an approval is answered; its
// parts are the approval, the approver, and when the link ends.
const SignatureApproval = "approval"
