// Package demo plays the demonstrations of the presets: for each, a file of tickets that happened on a
// desk during its last weeks.
package demo
