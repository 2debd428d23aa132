package main

import (
	"os"
	"syscall"
)

// resident is the most memory that a process held, in octets.
func resident(p *os.ProcessState) int64 {
	if usage, ok := p.SysUsage().(*syscall.Rusage); ok {
		return usage.Maxrss << 10
	}
	return 0
}
