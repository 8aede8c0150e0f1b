//go:build !linux

package servers

import "syscall"

// withParent does nothing: only Linux can end a child process when this process is killed.
func withParent() *syscall.SysProcAttr { return nil }
