package custom

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/kustomer-go/kustomer/internal/formats"
)

// URL returns the key of an absolute URL as RFC 3986 has them: URL("tracking") is trackingUrl. It has a scheme and something
// that it leads to, which for http and https is a host. Blanks, letters such as ü and the characters " < > [ \ ] ^ ` { | } are
// refused unless they are percent-encoded, as url.PathEscape and url.QueryEscape do it, and so is a % without two hexadecimal
// digits.
func URL(name string) Key[string] { return newKey(name, "Url", encodeURL, decodeString) }

// ID returns the key of the id of another record: ID("primaryOrder") is primaryOrderId. Ids are 24 hexadecimal digits
// (observed), which is not insisted on; what could be no id is refused: the empty one, and one with blanks or slashes. What
// kind of record it may be, the organisation defines.
func ID(name string) Key[string] { return newKey(name, "Id", encodeID, decodeString) }

// Tree returns the key of a choice in a tree: Tree("contactReason") is contactReasonTree. A value is the ids of the nodes
// from the root on, joined by dots, as in delivery.damaged_parcel (observed). Which there are, and whether one in the middle
// may be chosen, the organisation defines.
func Tree(name string) Key[string] { return newKey(name, "Tree", encodeTree, decodeString) }

func encodeURL(s string) (json.RawMessage, error) {
	if !formats.IsAbsoluteURL(s) {
		return nil, errNoURL
	}
	return encodeText(s)
}

var errNoURL = errors.New("must be an absolute URL as RFC 3986 has them, such as https://example.com/orders/M%C3%BCller")

func encodeID(s string) (json.RawMessage, error) {
	if s == "" || strings.Contains(s, "/") || hasBlank(s) {
		return nil, errors.New("must be the id of a record, not empty and without blanks or slashes")
	}
	return encodeText(s)
}

func encodeTree(s string) (json.RawMessage, error) {
	if slices.Contains(strings.Split(s, "."), "") {
		return nil, errors.New("must be a path of node ids joined by dots, none of them empty")
	}
	return encodeText(s)
}

func hasBlank(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}
