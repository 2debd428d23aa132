// Package client sends requests and records what comes back. It is the only
// package that touches the network.
package client
