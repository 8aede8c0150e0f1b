package custom

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// URL returns the key of an absolute URL: URL("tracking") is trackingUrl. One without a scheme, without
// anything that it leads to, or with blanks is refused; one of http or https needs a host.
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
	u, err := url.Parse(s)
	if err != nil || !absolute(u) || hasBlank(s) {
		return nil, errors.New("must be an absolute URL, such as https://example.com/orders/1")
	}
	return encodeText(s)
}

// absolute reports whether a URL has a scheme and something that it leads to. In localhost:8080, example.com:443/x and C:\x
// a host or a drive stands where the scheme belongs.
func absolute(u *url.URL) bool {
	switch scheme := strings.ToLower(u.Scheme); {
	case scheme == "http" || scheme == "https":
		return u.Hostname() != ""
	case len(scheme) < 2 || scheme == "localhost" || strings.Contains(scheme, "."):
		return false
	}
	return u.Host != "" || u.Opaque != "" || strings.Trim(u.Path, "/") != ""
}

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
