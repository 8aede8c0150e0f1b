//go:build unix && !aix && !solaris

package main

import "syscall"

// lock locks a file until the process ends, however it ends.
func lock(fd uintptr) error { return syscall.Flock(int(fd), syscall.LOCK_EX|syscall.LOCK_NB) }
