package client

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// FromEnv is [New] with what the environment says:
//
//   - KUSTOMER_ORG, as [WithOrg], or KUSTOMER_BASE_URL, as [WithBaseURL];
//   - KUSTOMER_API_KEY, as [WithAPIKey], or KUSTOMER_API_KEY_FILE, the path of a file in UTF-8 that holds the key
//     alone. It is read once; a byte-order mark and line breaks at its end are left out.
//
// Empty variables count as not set. opts override the environment: a host or a credential among them makes the
// variables for it go unread. The error names everything that is wrong, with options and environment.
func FromEnv(opts ...Option) (*Client, error) {
	// Last, so that they see what opts have given, and that the numbers of opts in errors are right.
	return newClient(defaults(), append(slices.Clip(opts), hostFromEnv, credentialFromEnv))
}

func hostFromEnv(s *settings) {
	if s.org != nil || s.baseURL != nil {
		return
	}
	s.noHost = !s.oneOf("KUSTOMER_ORG", WithOrg, "KUSTOMER_BASE_URL", WithBaseURL)
}

func credentialFromEnv(s *settings) {
	if s.keys+s.sources > 0 {
		return
	}
	if !s.oneOf("KUSTOMER_API_KEY", WithAPIKey, "KUSTOMER_API_KEY_FILE", withKeyFile) {
		s.keys++ // or it would be said once more that none was given
	}
}

// oneOf applies the option of the variable that is set, and reports whether it is the only one.
func (s *settings) oneOf(a string, withA func(string) Option, b string, withB func(string) Option) bool {
	valueA, valueB := os.Getenv(a), os.Getenv(b)
	switch {
	case valueA != "" && valueB != "":
		s.refuse("%s and %s are both set: keep one", a, b)
		return false
	case valueA != "":
		withA(valueA)(s)
		return true
	case valueB != "":
		withB(valueB)(s)
		return true
	}
	s.refuse("neither %s nor %s is set", a, b)
	return false
}

func withKeyFile(path string) Option {
	return func(s *settings) {
		key, err := os.ReadFile(path)
		if err != nil {
			s.keys++
			var p *fs.PathError // whose path may be the key itself, given in the wrong variable
			if errors.As(err, &p) {
				err = p.Err
			}
			s.refuse("the file that KUSTOMER_API_KEY_FILE names cannot be read: %w", err)
			return
		}
		// Editors and secret stores end a file with a line break.
		WithAPIKey(strings.TrimRight(string(key), "\r\n"))(s)
	}
}
