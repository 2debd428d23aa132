//go:build !linux

package main

import "os"

// resident is only known on Linux.
func resident(*os.ProcessState) int64 { return 0 }
