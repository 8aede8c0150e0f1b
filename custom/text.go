package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// maxStr is the longest value of an attribute with the suffix Str, in Unicode code points. Kustomer's
// documentation says 1024 characters and not what it counts.
const maxStr = 1024

// Str returns the key of a string attribute: Str("orderNumber") is orderNumberStr, and so is
// Str("orderNumberStr"). A value may have up to 1024 characters, counted as Unicode code points (what the
// reference counts is not said). The empty string is a value; [Key.Null] clears the attribute. [Key.Get] gives an
// error for a text that is not valid Unicode, such as half of a surrogate pair.
func Str(name string) Key[string] { return newKey(name, "Str", encodeStr, decodeString) }

// Txt returns the key of a text of several lines: Txt("summary") is summaryTxt. How long it may be is left to the server:
// Kustomer's reference says 1024 characters in one place and nothing in another.
func Txt(name string) Key[string] { return newKey(name, "Txt", encodeText, decodeString) }

func encodeStr(s string) (json.RawMessage, error) {
	if n := utf8.RuneCountInString(s); n > maxStr {
		return nil, fmt.Errorf("has %d characters, may have %d", n, maxStr)
	}
	return encodeText(s)
}

func encodeText(s string) (json.RawMessage, error) {
	if !utf8.ValidString(s) {
		return nil, errNotUTF8
	}
	return json.Marshal(s)
}

func decodeString(raw json.RawMessage) (string, error) {
	var s string
	if raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return "", fmt.Errorf("is %s, not a string", kind(raw))
	}
	if !formats.IsExact(raw) {
		return "", errNotExact
	}
	return s, nil
}

var errNotExact = errors.New("is a text that Go cannot hold exactly")
