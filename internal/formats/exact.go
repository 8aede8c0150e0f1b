package formats

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// IsExact reports whether encoding/json reads all text in some JSON as it is. It puts U+FFFD for what it cannot read, and does
// not say so.
func IsExact(raw []byte) bool { return utf8.Valid(raw) && !hasLoneSurrogate(raw) }

// hasLoneSurrogate reports whether JSON has an escape that is half of a character, such as \ud800.
func hasLoneSurrogate(raw []byte) bool {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return false
		}
		raw = raw[i:]
		switch r := escaped(raw); {
		case !utf16.IsSurrogate(r):
			raw = raw[min(2, len(raw)):] // with the escaped letter, which may be a backslash
		case utf16.DecodeRune(r, escaped(raw[6:])) == utf8.RuneError:
			return true
		default:
			raw = raw[12:]
		}
	}
}

// escaped returns the code unit that raw begins with as an escape, such as \u00fc, or -1.
func escaped(raw []byte) rune {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return -1
	}
	unit, _ := strconv.ParseUint(string(raw[2:6]), 16, 16) // JSON has four hex digits here
	return rune(unit)
}
