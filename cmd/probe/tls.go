package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"

	"github.com/spf13/cobra"
)

// tlsFlags say how https is spoken.
type tlsFlags struct {
	insecure          bool
	caCert, cert, key string
}

func (t *tlsFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&t.insecure, "insecure", false, "take any certificate of the server")
	f.Var(single(&t.caCert, "FILE", "", parseText), "cacert", "PEM certificates to trust besides those of the system")
	f.Var(single(&t.cert, "FILE", "", parseText), "cert", "PEM certificate to show to the server")
	f.Var(single(&t.key, "FILE", "", parseText), "key", "PEM key of --cert (default: in the same file)")
}

// config gives nil where Go's default will do.
func (t *tlsFlags) config() (*tls.Config, error) {
	if *t == (tlsFlags{}) {
		return nil, nil
	}
	config := &tls.Config{InsecureSkipVerify: t.insecure}
	if t.caCert != "" {
		pem, err := os.ReadFile(t.caCert)
		if err != nil {
			return nil, usagef("--cacert: cannot read %s: %s", t.caCert, reason(err))
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, usagef("--cacert: %s holds no PEM certificate", t.caCert)
		}
	}
	if t.cert == "" {
		if t.key != "" {
			return nil, usagef("--key needs --cert")
		}
		return config, nil
	}
	pair, err := t.pair()
	if err != nil {
		return nil, err
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}

func (t *tlsFlags) pair() (tls.Certificate, error) {
	keyFile := t.key
	if keyFile == "" {
		keyFile = t.cert
	}
	cert, err := os.ReadFile(t.cert)
	if err != nil {
		return tls.Certificate{}, usagef("--cert: cannot read %s: %s", t.cert, reason(err))
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return tls.Certificate{}, usagef("--key: cannot read %s: %s", keyFile, reason(err))
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return pair, usagef("%s and %s are not a PEM certificate and its key", t.cert, keyFile)
	}
	return pair, nil
}
