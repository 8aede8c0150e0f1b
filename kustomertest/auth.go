package kustomertest

import (
	"crypto/sha256"
	"fmt"
	"slices"
)

// APIKey is the accepted key unless [Config.APIKey] replaces it. Normal text does not match it.
const APIKey = "the0fake1key2of3all4tests"

// AcceptKey accepts a key in addition to the others. It also accepts an expired key again.
func (s *Server) AcceptKey(key string) { s.setKey(key, true) }

// ExpireKey makes a key expire. From now on, calls with the key get a 401 "Expired token" (the words are observed, the
// form of the response is assumed).
func (s *Server) ExpireKey(key string) { s.setKey(key, false) }

func (s *Server) setKey(key string, accepted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key != "" { // which is the key of a call without one
		s.keys[sha256.Sum256([]byte(key))] = accepted
	}
}

// authenticate returns the error response for a key, or nil.
func (s *Server) authenticate(key string) *response {
	accepted, known := s.keys[sha256.Sum256([]byte(key))]
	title := ""
	switch {
	case !known:
	case !accepted:
		title = "Expired token"
	case s.cfg.KeyPod != s.cfg.Pod:
		title = fmt.Sprintf("Auth token associated with pod %s but request is being handled by %s", s.cfg.KeyPod, s.cfg.Pod)
	default:
		return nil
	}
	return errorResponse(401, errorItem{Title: title})
}

// permitted reports whether the key has one of the roles of an operation, if that has any.
func (s *Server) permitted(roles, legacy []string) bool {
	all := slices.Concat(roles, legacy)
	return s.cfg.Roles == nil || len(all) == 0 ||
		slices.ContainsFunc(all, func(r string) bool { return slices.Contains(s.cfg.Roles, r) })
}
