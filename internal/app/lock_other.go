//go:build !unix

package app

// lock does nothing where the system has no such locks: docs/operations.md asks for one process.
func lock(string) (release func(), err error) { return func() {}, nil }
