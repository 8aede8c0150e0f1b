//go:build !unix || aix || solaris

package main

// lock does nothing: the standard library has no lock for this system. Run one sync at a time.
func lock(uintptr) error { return nil }
