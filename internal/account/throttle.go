package account

import "time"

// The pace of attempts to sign in (CNIL, délibération 2022-100: a growing delay
// of more than a minute after five failures, at most 25 attempts in 24 hours).
const (
	// FailureWindow is how far back failures count.
	FailureWindow = 24 * time.Hour

	freeFailures = 5
	firstDelay   = time.Minute
	longestDelay = time.Hour
	dailyTries   = 25
)

// Delay is how long after the last failure the next attempt on an account may
// come, given the failures since its last success in the past 24 hours: nothing
// under five, then one minute, doubling, up to one hour; from 25 on, until the
// last failure is 24 hours old.
func Delay(failures int) time.Duration {
	switch {
	case failures < freeFailures:
		return 0
	case failures >= dailyTries:
		return FailureWindow
	}
	delay := firstDelay << (failures - freeFailures)
	return min(delay, longestDelay)
}
