package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// Str returns the key of a string attribute: both Str("orderNumber") and Str("orderNumberStr") are orderNumberStr. A
// value may have up to 1024 Unicode code points (Kustomer's reference says characters). The empty string is a value;
// [Key.Null] clears the attribute. [Key.Get] returns an error for text that is not valid Unicode, such as half of a
// surrogate pair.
func Str(name string) Key[string] { return newKey(name, "Str", encodeStr, decodeString) }

// Txt returns the key of a text with several lines: Txt("summary") is summaryTxt. Its length is not checked: Kustomer's
// reference states a maximum of 1024 characters in one place and none in another.
func Txt(name string) Key[string] { return newKey(name, "Txt", encodeText, decodeString) }

// URL returns the key of an absolute URL (RFC 3986): URL("tracking") is trackingUrl. An http or https URL must have a
// host; other URLs need a host or a path. Blanks, non-ASCII letters and the characters " < > [ \ ] ^ ` { | } must be
// percent-encoded, for example with url.PathEscape or url.QueryEscape.
func URL(name string) Key[string] { return newKey(name, "Url", encodeURL, decodeString) }

// ID returns the key of the id of another record: ID("primaryOrder") is primaryOrderId. Kustomer's ids have 24
// hexadecimal digits (observed), but this is not checked. An empty id, or one with blanks or slashes, is an error. The
// organisation defines which kind of record the id refers to; this is not checked.
func ID(name string) Key[string] { return newKey(name, "Id", encodeID, decodeString) }

// Tree returns the key of a choice in a tree: Tree("contactReason") is contactReasonTree. A value is the path of node
// ids from the root, joined by dots, such as delivery.damaged_parcel (observed). The organisation defines the nodes and
// whether inner nodes can be chosen; this is not checked.
func Tree(name string) Key[string] { return newKey(name, "Tree", encodeTree, decodeString) }

func encodeStr(s string) (json.RawMessage, error) {
	const maxStr = 1024
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

func encodeURL(s string) (json.RawMessage, error) {
	if !formats.IsAbsoluteURL(s) {
		return nil, errors.New("must be an absolute URL (RFC 3986), such as https://example.com/orders/M%C3%BCller")
	}
	return encodeText(s)
}

func encodeID(s string) (json.RawMessage, error) {
	if s == "" || strings.Contains(s, "/") || hasBlank(s) {
		return nil, errors.New("must be the id of a record: not empty, without blanks or slashes")
	}
	return encodeText(s)
}

func encodeTree(s string) (json.RawMessage, error) {
	if slices.Contains(strings.Split(s, "."), "") {
		return nil, errors.New("must be a path of node ids joined by dots, none of them empty")
	}
	return encodeText(s)
}

// hasBlank reports whether s has white space or control characters.
func hasBlank(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

func decodeString(raw json.RawMessage) (string, error) {
	var s string
	if raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return "", fmt.Errorf("is %s, not a string", jsonType(raw))
	}
	if !formats.IsExact(raw) {
		return "", errNotExact
	}
	return s, nil
}

var errNotExact = errors.New("holds text that is not valid Unicode")
