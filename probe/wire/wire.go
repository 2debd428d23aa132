// Package wire writes requests and reads responses as octets of HTTP/1.1
// (RFC 9112). It reads what servers really send: a breach of the grammar is
// noted as a fault and got over wherever a reader can tell what was meant.
package wire
