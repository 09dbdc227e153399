// Package house holds the rules of the house as tests, and nothing else: who may import whom, which SQL runs on
// both engines, how large a file or a function may grow, which message keys exist, and what project texts may say.
//
// Each failure is a sentence that says what to do. A rule that must change is changed here, in the same commit as
// the code that needs it, with its reason in docs/adr.
package house
