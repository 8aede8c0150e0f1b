package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/limits"
)

// Do sends any other call of the API through the same credential, limits and errors: to look up a customer's id, or
// to read a conversation back after an unknown outcome. A second HTTP client would draw on the organisation's
// budget behind this one's back.
//
// method is GET, HEAD, POST, PUT, PATCH or DELETE. path begins with /v1/ and may have a query. Both are escaped: each part
// of the path with [url.PathEscape], the query with [url.QueryEscape] or [url.Values.Encode]. A blank, a character that is
// not ASCII or a % that begins no escape is a [*ValidationError]. An escaped slash is one too, except after the = of a look-up.
//
// body is nil, JSON as [json.RawMessage], or anything that encoding/json writes; it is sent as application/json. GET and HEAD
// take none. Text that is not valid UTF-8, in the path or the body, is a [*ValidationError].
//
// The [Response] is there whenever the call succeeded; its Decode gives the body, its Conversation a conversation. Errors
// are those of the other operations. A call that is not GET or HEAD is not repeated once it may have been applied, and counts
// against the limit of the record whose id follows the resource's name, or of the customer for whom it creates a conversation.
//
//	r, err := c.Do(ctx, "GET", "/v1/conversations/externalId="+url.PathEscape(id), nil)
func (c *Client) Do(ctx context.Context, method, path string, body any, opts ...CallOption) (*Response, error) {
	shown, id := template(path)
	op := &limits.Operation{ID: doID, Method: method, Path: shown, MaxBody: gen.Operations[0].MaxBody}
	if raw, ok := body.(json.RawMessage); ok && raw == nil {
		body = nil
	}
	call := call{
		op: op, id: id, mediaType: "application/json",
		readOnly: method == http.MethodGet || method == http.MethodHead,
		settings: callSettingsOf(ctx, opts),
	}
	call.repeatable = call.readOnly
	if !call.readOnly {
		call.object, call.customer = record(method, path)
	}
	target, found := checkDo(method, path, body)
	data, err := c.marshal(op.ID, op.MaxBody, append(call.settings.errs, found...), body)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(data) || !validText(reflect.ValueOf(body)) {
		return nil, &ValidationError{Op: op.ID, Violations: []Violation{{"body", "holds text that is not valid UTF-8"}}}
	}
	call.url = c.below(target)
	if body != nil {
		call.body = data
	}
	if call.customer != "" && imported(data) {
		call.customer = "" // exempt
	}
	call.read = func(a *attempt) content { return readAny(&call, a) }
	r := new(Response)
	if err := c.run(ctx, &call, r); err != nil {
		return nil, err
	}
	return r, nil
}

// doID is what Do is called in errors, logs and events.
const doID = "Do"

var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// record returns the id of the record that a write is for, or of the customer that it creates a conversation for: their limits are
// the same ones whichever way a call is made.
func record(method, path string) (object, customer string) {
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "/v1/"), "?")
	parts := strings.Split(path, "/")
	if len(parts) < 2 || name.MatchString(parts[1]) { // a part of its own, as search
		return "", ""
	}
	id, err := url.PathUnescape(parts[1])
	switch {
	case err != nil:
		return "", ""
	case method == http.MethodPost && len(parts) == 3 && parts[0] == "customers" && parts[2] == "conversations":
		return "", id
	}
	return id, ""
}

// imported reports whether a new conversation says that it is imported.
func imported(body []byte) bool {
	var create struct{ ImportedAt *json.RawMessage }
	return json.Unmarshal(body, &create) == nil && create.ImportedAt != nil
}

// checkDo returns the path, parsed, and what is wrong with the call.
func checkDo(method, path string, body any) (*url.URL, []Violation) {
	var found []Violation
	if !slices.Contains(methods, method) {
		found = append(found, Violation{"method", "must be one of " + strings.Join(methods, ", ")})
	}
	if (method == http.MethodGet || method == http.MethodHead) && body != nil {
		found = append(found, Violation{"body", "must be nil, for " + method + " takes none"})
	}
	switch body.(type) {
	case io.Reader:
		found = append(found, Violation{"body", "must be JSON or a value to write as JSON, not a reader, for it may have to be sent again"})
	case []byte:
		found = append(found, Violation{"body", "must be a json.RawMessage if it is JSON: of other bytes encoding/json makes a text in base64"})
	}
	target, err := checkPath(path)
	if err != nil {
		found = append(found, Violation{"path", err.Error()})
	}
	return target, found
}

// checkPath refuses a path that could lead to another host or leave /v1/, and one that is not escaped. A blank in a query
// would make the request line malformed. A character in a path that is not escaped makes net/url escape the whole path
// anew, with %2F as a slash.
func checkPath(path string) (*url.URL, error) {
	if !strings.HasPrefix(path, "/v1/") {
		return nil, errors.New("must begin with /v1/")
	}
	u, err := url.Parse(path)
	if err != nil || strings.ContainsAny(path, "#\\") {
		return nil, errors.New("must not hold #, \\ or control characters, and each % must begin an escape such as %20")
	}
	bare, query, _ := strings.Cut(path, "?")
	if u.EscapedPath() != bare {
		return nil, errors.New("has a character that must be escaped: use url.PathEscape for each part")
	}
	plain, err := url.QueryUnescape(query)
	if err != nil || strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, errors.New("has a query with a character that must be escaped: use url.QueryEscape or url.Values")
	}
	if strings.ContainsFunc(u.Path, unicode.IsControl) {
		return nil, errors.New("must not hold control characters, escaped or not")
	}
	if !utf8.ValidString(u.Path) || !utf8.ValidString(plain) {
		return nil, errors.New("has escapes of bytes that are not UTF-8")
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(bare, "/v1/"), "/") {
		if err := checkPart(part); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// checkPart checks an escaped part of a path. A server that unescapes it before it looks for slashes and dots must find none,
// even behind a gateway that unescapes it too. Only the externalId of a look-up may have slashes.
func checkPart(part string) error {
	if part == "" {
		return errors.New("must not hold an empty part")
	}
	isSlash := func(r rune) bool { return r == '/' || r == '\\' }
	once, _ := url.PathUnescape(part)
	twice, _ := url.PathUnescape(once)
	for _, text := range []string{once, twice} {
		if name, _, _ := strings.Cut(text, "="); strings.ContainsFunc(name, isSlash) {
			return errors.New("may hold an escaped slash or backslash only after =, such as in externalId=a%2Fb")
		}
		if slices.ContainsFunc(strings.FieldsFunc(text, isSlash), dots) {
			return errors.New("must have no part that is . or .., also before a semicolon, or that begins with a semicolon; escapes count too")
		}
	}
	return nil
}

// dots reports whether a part of a path leads elsewhere. Some servers remove a semicolon and what follows it first, which
// may leave dots or nothing. The document's pattern of path ids has the same rule.
func dots(part string) bool {
	name, _, cut := strings.Cut(part, ";")
	return name == "." || name == ".." || cut && name == ""
}

// name is a part of a path that stands for itself; all others may be ids, or look-ups by address or phone number.
var name = regexp.MustCompile(`^[a-z][a-z-]{0,22}$|^v1$`)

// plainID matches what errors may show as an id. A look-up by address or phone number does not match, nor does an API key.
var plainID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// template leaves out of a path what an error or a log should not show. It also returns the part that it left out, if that
// is the only one and an id.
func template(path string) (shown, id string) {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	var hidden []string
	for i, p := range parts {
		if p != "" && !name.MatchString(p) {
			hidden = append(hidden, p)
			parts[i] = "{…}"
		}
	}
	if len(hidden) == 1 && plainID.MatchString(hidden[0]) {
		id = hidden[0]
	}
	return shorten(strings.Join(parts, "/"), maxText), id
}
