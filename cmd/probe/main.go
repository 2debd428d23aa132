// Command probe tests HTTP APIs from outside.
//
// It is a thin client of package probe: commands read flags, call the
// library, write reports, and say by the exit status how it went. Only main
// exits; only this package prints and reads the environment.
package main

import "os"

func main() {
	os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}
