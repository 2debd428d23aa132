//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package client

import (
	"net"
	"syscall"
)

// socket is for systems whose sockets can be asked without being read.
func socket(net.Conn) syscall.RawConn { return nil }

func (c *conn) lookDirect() state { return quiet }
