package custom

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/kustomer-go/kustomer/internal/formats"
)

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

func encodeURL(s string) (json.RawMessage, error) {
	if !formats.IsAbsoluteURL(s) {
		return nil, errNoURL
	}
	return encodeText(s)
}

var errNoURL = errors.New("must be an absolute URL (RFC 3986), such as https://example.com/orders/M%C3%BCller")

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

func hasBlank(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}
