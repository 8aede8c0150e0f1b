package client

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// FromEnv is [New] with what the environment says:
//
//   - KUSTOMER_ORG, as [WithOrg], or KUSTOMER_BASE_URL, as [WithBaseURL];
//   - KUSTOMER_API_KEY, as [WithAPIKey], or KUSTOMER_API_KEY_FILE, the path of a file that holds the key alone. It is
//     read once.
//
// Empty variables count as not set. opts override the environment: a host or a credential among them makes the
// variables for it go unread.
func FromEnv(opts ...Option) (*Client, error) {
	s := defaults()
	if err := problems(s.apply(opts)).err(); err != nil {
		return nil, err
	}
	var env []Option
	var errs []error
	if s.org == nil && s.baseURL == nil {
		o, err := oneOf("KUSTOMER_ORG", WithOrg, "KUSTOMER_BASE_URL", WithBaseURL)
		env, errs = append(env, o), append(errs, err)
	}
	if s.keys+s.sources == 0 {
		o, err := oneOf("KUSTOMER_API_KEY", WithAPIKey, "KUSTOMER_API_KEY_FILE", withKeyFile)
		env, errs = append(env, o), append(errs, err)
	}
	if err := problems(errs).err(); err != nil {
		return nil, err
	}
	return newClient(defaults(), append(env, opts...))
}

// oneOf returns the option of the variable that is set.
func oneOf(a string, withA func(string) Option, b string, withB func(string) Option) (Option, error) {
	valueA, valueB := os.Getenv(a), os.Getenv(b)
	switch {
	case valueA != "" && valueB != "":
		return nil, fmt.Errorf("%s and %s are both set: keep one", a, b)
	case valueA != "":
		return withA(valueA), nil
	case valueB != "":
		return withB(valueB), nil
	}
	return nil, fmt.Errorf("neither %s nor %s is set", a, b)
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
