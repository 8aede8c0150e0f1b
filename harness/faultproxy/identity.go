package faultproxy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"sync"
	"time"
)

type self struct {
	certificate tls.Certificate
	roots       *x509.CertPool
}

// Roots are what a client has to trust.
func Roots() *x509.CertPool { return identity().roots }

// Identity is what a server of TLS needs whom such a client trusts. It agrees on that protocol.
func Identity(protocol string) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{identity().certificate}, NextProtos: []string{protocol}}
}

// identity makes a certificate for the loopback address, at any time that tests may have.
var identity = sync.OnceValue(func() self {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return self{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots}
})
