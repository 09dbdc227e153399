package account

import (
	"strconv"
	"strings"
	"time"
)

// linkLife is how long the link of a mail stands at most; later its reader signs in.
const linkLife = 30 * 24 * time.Hour

// ApprovalLink makes the token of the link by which one person answers one question without signing in.
// It stands until the question expires, a month at most. The token holds its end and is good for nothing
// else: neither for another question, nor for another person.
func (s Signer) ApprovalLink(approval, person string, now, expires time.Time) string {
	until := now.Add(linkLife)
	if !expires.IsZero() && expires.Before(until) {
		until = expires
	}
	end := strconv.FormatInt(until.Unix(), 36)
	return end + "." + s.Sign(SignatureApproval, approval, person, end)
}

// LinkState says what a token is worth.
type LinkState int

// What a token may be worth.
const (
	LinkForged LinkState = iota // nobody here made it
	LinkOver                    // it was good, and is too old
	LinkGood
)

// CheckApprovalLink says what a token is worth for a question and a person.
func (s Signer) CheckApprovalLink(token, approval, person string, now time.Time) LinkState {
	end, signature, _ := strings.Cut(token, ".")
	if !s.Check(signature, SignatureApproval, approval, person, end) {
		return LinkForged
	}
	until, err := strconv.ParseInt(end, 36, 64)
	if err != nil || now.Unix() >= until {
		return LinkOver
	}
	return LinkGood
}
