// Package guichet holds the nouns of the service desk and the pure rules that bind them.
//
// It is the glossary of the program: one file per noun, standard library only, no database,
// no clock and no network. Everything that decides lives here and can be tested with tables;
// everything that writes, shows or sends lives in the packages below internal.
package guichet
