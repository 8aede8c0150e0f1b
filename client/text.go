package client

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// How much of a text from elsewhere goes into a message, in bytes.
const (
	maxText       = 200
	maxID         = 64
	maxNestedText = 4 << 10
)

// byteOrderMark is what some servers send before a body, although JSON does not allow it.
const byteOrderMark = "\ufeff"

func trimByteOrderMark(body []byte) []byte { return bytes.TrimPrefix(body, []byte(byteOrderMark)) }

// An errorList is several errors as one, whose text is one line.
type errorList []error

// err returns the list as an error, without its nil elements. It returns nil if no element is left.
func (l errorList) err() error {
	if l = slices.DeleteFunc(l, func(err error) bool { return err == nil }); len(l) > 0 {
		return l
	}
	return nil
}

func (l errorList) Error() string { return "kustomer: " + nestedText(errors.Join(l...)) }

func (l errorList) Unwrap() []error { return l }

// is reports whether err is or wraps an error of type E.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// nestedText returns the text of an error for the text of another error of this package: in one line, and without the prefix
// that the outer text has.
func nestedText(err error) string {
	text := strings.ReplaceAll(err.Error(), "\n", "; ")
	return shorten(strings.ReplaceAll(printable(text), "kustomer: ", ""), maxNestedText)
}

// oneLine makes a server's text fit for one line of a message.
func oneLine(text string) string { return shorten(printable(text), maxText) }

// printable replaces with a blank each character that breaks a line, changes its direction or controls a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, text)
}

// shorten cuts a text to limit bytes.
func shorten(text string, limit int) string {
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return text
}

func displayID(id string) string { return displayText(id, maxID) }

// displayText makes an id or a name of the caller fit for a message. It is cut to limit bytes, and quoted if it has characters
// that cannot be printed.
func displayText(text string, limit int) string {
	short := shorten(text, limit)
	if quoted := strconv.Quote(short); len(quoted) != len(short)+2 {
		return quoted
	}
	return short
}
