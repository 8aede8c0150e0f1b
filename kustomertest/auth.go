package kustomertest

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// APIKey is the accepted key unless [Config.APIKey] replaces it. Digits separate its words, so that normal text does
// not match the key.
const APIKey = "the0fake1key2of3all4tests"

// A keyring holds keys only as hashes, so that they cannot be printed.
type keyring map[[sha256.Size]byte]keyState

type keyState uint8

const (
	keyUnknown keyState = iota
	keyAccepted
	keyExpired
)

func newKeyring(key string) keyring {
	k := make(keyring)
	k.set(key, keyAccepted)
	return k
}

func (k keyring) set(key string, state keyState) {
	// A call without a key has the empty key.
	if key != "" {
		k[sha256.Sum256([]byte(key))] = state
	}
}

func (k keyring) state(key string) keyState { return k[sha256.Sum256([]byte(key))] }

// AcceptKey accepts a key in addition to the others. It also accepts an expired key again.
func (s *Server) AcceptKey(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys.set(key, keyAccepted)
}

// ExpireKey makes a key expire. From now on, calls with the key get a 401 "Expired token" (the words are observed, the
// form of the response is assumed).
func (s *Server) ExpireKey(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys.set(key, keyExpired)
}

// bearer returns the key in an Authorization header. The scheme must be "Bearer", followed by one space.
func bearer(authorization string) string {
	key, ok := strings.CutPrefix(authorization, "Bearer ")
	if !ok {
		return ""
	}
	return key
}

// authenticate returns the error response for a key, or nil.
func (s *Server) authenticate(key string) *response {
	switch state := s.keys.state(key); {
	case state == keyUnknown:
		return errorResponse(401, errorItem{Code: "unauthorized", Title: "Unauthorized"})
	case state == keyExpired:
		return errorResponse(401, errorItem{Code: "unauthorized", Title: "Expired token"})
	case s.cfg.KeyPod != s.cfg.Pod:
		return errorResponse(401, errorItem{Code: "unauthorized", Title: fmt.Sprintf(
			"Auth token associated with pod %s but request is being handled by %s", s.cfg.KeyPod, s.cfg.Pod)})
	}
	return nil
}

// permitted reports whether the key has one of the roles of an operation. An operation without roles is always
// permitted.
func (s *Server) permitted(roles, legacy []string) bool {
	if s.cfg.Roles == nil || len(roles)+len(legacy) == 0 {
		return true
	}
	return slices.ContainsFunc(s.cfg.Roles, func(r string) bool {
		return slices.Contains(roles, r) || slices.Contains(legacy, r)
	})
}
