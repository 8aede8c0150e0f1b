package servers

import "syscall"

// withParent makes a child process end when this process is killed.
func withParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
