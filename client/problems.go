package client

import (
	"errors"
	"strings"
)

// problems are all that is wrong with something, said in one line.
type problems []error

// err returns the problems as one error, or nil if there are none; nil entries do not count.
func (p problems) err() error {
	var all problems
	for _, err := range p {
		if err != nil {
			all = append(all, err)
		}
	}
	if all == nil {
		return nil
	}
	return all
}

func (p problems) Error() string { return "kustomer: " + within(errors.Join(p...)) }

// maxWithin is how much of an error goes into the text of another one, in bytes.
const maxWithin = 4 << 10

// within returns the text of an error for use within the text of another error of this package: in one line, and without
// the name of the module, which the outer text has.
func within(err error) string {
	text := strings.ReplaceAll(err.Error(), "\n", "; ")
	return shorten(strings.ReplaceAll(printable(text), "kustomer: ", ""), maxWithin)
}

func (p problems) Unwrap() []error { return p }
