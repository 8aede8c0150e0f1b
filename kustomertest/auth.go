package kustomertest

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// APIKey is the key that a fake accepts unless [WithAPIKey] replaces it. Digits keep its words apart, so that a text that has
// them is not taken for one that repeats the key.
const APIKey = "the0fake1key2of3all4tests"

// A keyring knows keys by their hash alone, so that nothing can print them.
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
	// The empty key is what a call without a token has.
	if key != "" {
		k[sha256.Sum256([]byte(key))] = state
	}
}

func (k keyring) state(key string) keyState { return k[sha256.Sum256([]byte(key))] }

// AcceptKey accepts a key beside those that are accepted already, or again.
func (s *Server) AcceptKey(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys.set(key, keyAccepted)
}

// ExpireKey lets a key expire: from now on it is answered 401 "Expired token" (the words are observed, the form
// of the answer is assumed).
func (s *Server) ExpireKey(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys.set(key, keyExpired)
}

// bearer returns the key in an Authorization header. The scheme is written exactly so, with one blank.
func bearer(authorization string) string {
	key, ok := strings.CutPrefix(authorization, "Bearer ")
	if !ok {
		return ""
	}
	return key
}

// authenticate returns the refusal of a key, or nil.
func (s *Server) authenticate(key string) *answer {
	switch state := s.keys.state(key); {
	case state == keyUnknown:
		return refuse(401, errorItem{Code: "unauthorized", Title: "Unauthorized"})
	case state == keyExpired:
		return refuse(401, errorItem{Code: "unauthorized", Title: "Expired token"})
	case s.cfg.keyPod != s.cfg.pod:
		return refuse(401, errorItem{Code: "unauthorized", Title: fmt.Sprintf(
			"Auth token associated with pod %s but request is being handled by %s", s.cfg.keyPod, s.cfg.pod)})
	}
	return nil
}

// permitted reports whether the key has one of an operation's roles. An operation without roles needs none.
func (s *Server) permitted(roles, legacy []string) bool {
	if s.cfg.roles == nil || len(roles)+len(legacy) == 0 {
		return true
	}
	return slices.ContainsFunc(s.cfg.roles, func(r string) bool {
		return slices.Contains(roles, r) || slices.Contains(legacy, r)
	})
}
