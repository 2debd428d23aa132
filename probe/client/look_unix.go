//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package client

import (
	"errors"
	"net"
	"syscall"
)

// socket gives raw access to a TCP or Unix connection, else nil.
func socket(c net.Conn) syscall.RawConn {
	direct, ok := c.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := direct.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// lookDirect asks the socket without taking anything from it.
func (c *conn) lookDirect() state {
	found := ended
	err := c.direct.Control(func(fd uintptr) {
		var octet [1]byte
		for {
			n, _, err := syscall.Recvfrom(int(fd), octet[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
			switch {
			case errors.Is(err, syscall.EINTR):
				continue
			case errors.Is(err, syscall.EAGAIN):
				found = quiet
			case err == nil && n > 0:
				found = octets
			}
			return
		}
	})
	if err != nil {
		return ended
	}
	return found
}
