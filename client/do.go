package client

import (
	"context"
	"encoding"
	"encoding/json"
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
	"github.com/kustomer-go/kustomer/internal/schema"
)

// Do sends any other call of the API with the same credential, limits and errors, such as one that creates a customer. A second
// HTTP client would use the organisation's budget without this client knowing.
//
// method is GET, HEAD, POST, PUT, PATCH or DELETE. path begins with /v1/ and may have a query. Both must be escaped: each
// segment of the path with [url.PathEscape], the query with [url.QueryEscape] or [url.Values.Encode]. A blank, a character
// that is not ASCII, or a % that begins no escape is a [*ValidationError]. An escaped slash is refused too, except after the = of
// a look-up.
//
// body is nil, JSON as [json.RawMessage], or any value that encoding/json can write. It is sent as application/json. GET and
// HEAD have no body. Text in the path or body that is not valid UTF-8 is a [*ValidationError].
//
// If the call succeeds, [Response.Decode], [DecodeConversation], [DecodeCustomer] and [DecodeRecords] decode the body. The errors
// are those of the other operations. A 404 to a HEAD is never [ErrNotFound], because it has no body.
//
// A GET, a HEAD, a POST whose path ends in /search, and a POST with [CallReadOnly] change nothing, so they are repeated after a
// failure that may pass. Any other call is not repeated after it may have been applied. It counts against the limit of the
// record in the path, or of the customer for whom it creates a conversation.
//
// [Client.Pages] reads lists. This package has operations of its own for conversations and customers:
// [Client.GetConversation], [Client.ConversationByExternalID], [Client.CustomerConversations], [Client.FindCustomer] and
// [Client.RemoveTags].
//
//	r, err := c.Do(ctx, "POST", "/v1/customers", map[string]any{"name": "Jane Doe"})
func (c *Client) Do(ctx context.Context, method, path string, body any, opts ...CallOption) (*Response, error) {
	shown, id := redactPath(path)
	op := &schema.Operation{ID: doID, Method: method, Path: shown, MaxBody: gen.Operations[0].MaxBody}
	if raw, ok := body.(json.RawMessage); ok && raw == nil {
		body = nil
	}
	call := call{
		op: op, path: path, id: id, mediaType: "application/json", decode: decodeAny, settings: callSettingsOf(ctx, opts),
	}
	call.readOnly = method == http.MethodGet || method == http.MethodHead ||
		method == http.MethodPost && (call.settings.readOnly || isSearch(path))
	call.repeatable = call.readOnly
	call.search = call.readOnly && isSearch(path)
	if !call.readOnly {
		call.object, call.customer = limitKeys(method, path)
	}
	data, err := c.marshal(op, append(call.optionErrs(), checkDo(method, path, body)...), body)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(data) || !validText(reflect.ValueOf(body)) {
		return nil, &ValidationError{Op: op.ID, Violations: []Violation{{"body", "has text that is not valid UTF-8"}}}
	}
	call.body = data
	var create struct{ ImportedAt *json.RawMessage }
	if call.customer != "" && json.Unmarshal(data, &create) == nil && create.ImportedAt != nil {
		call.customer = "" // the limit does not apply
	}
	r := new(Response)
	if err := c.run(ctx, &call, r); err != nil {
		return nil, err
	}
	return r, nil
}

// doID is the operation of Do in errors, logs and events.
const doID = "Do"

// isSearch reports whether a path is that of a search, which changes nothing.
func isSearch(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	return strings.HasSuffix(path, "/search")
}

var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// limitKeys returns the id of the record that a write changes, or of the customer that it creates a conversation for. Their
// limits count all calls, whether by Do or by an operation.
func limitKeys(method, path string) (object, customer string) {
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "/v1/"), "?")
	parts := strings.Split(path, "/")
	if len(parts) < 2 || resourceName.MatchString(parts[1]) { // such as /v1/customers/search
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

// checkDo checks the arguments of Do.
func checkDo(method, path string, body any) []Violation {
	var found []Violation
	if !slices.Contains(methods, method) {
		found = append(found, Violation{"method", "must be one of " + strings.Join(methods, ", ")})
	}
	if (method == http.MethodGet || method == http.MethodHead) && body != nil {
		found = append(found, Violation{"body", "must be nil, because " + method + " has no body"})
	}
	switch body.(type) {
	case io.Reader:
		found = append(found, Violation{"body", "must be JSON or a value to write as JSON, not a reader, because it may have to be sent again"})
	case []byte:
		found = append(found, Violation{"body", "must be a json.RawMessage if it is JSON: encoding/json writes other bytes as base64"})
	}
	if wrong := checkPath(path); wrong != "" {
		found = append(found, Violation{"path", wrong})
	}
	return found
}

// validText reports whether all text in v is valid UTF-8. encoding/json replaces invalid text with U+FFFD without an error. It
// has already written v, so v has no cycles. Values that have their own MarshalJSON are not checked.
func validText(v reflect.Value) bool {
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return true
	}
	self := v
	if v.CanAddr() {
		self = v.Addr() // has the methods of both
	}
	if _, ok := self.Type().MethodByName("MarshalJSONTo"); ok { // of Go 1.27
		return true
	}
	if self.CanInterface() {
		switch m := self.Interface().(type) {
		case json.Marshaler:
			return true
		case encoding.TextMarshaler:
			text, err := m.MarshalText()
			return err != nil || utf8.Valid(text)
		}
	}
	switch v.Kind() {
	case reflect.String:
		return utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		return validText(v.Elem())
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if !validText(it.Key()) || !validText(it.Value()) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !validText(v.Index(i)) {
				return false
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if (f.IsExported() || f.Anonymous) && f.Tag.Get("json") != "-" && !validText(v.Field(i)) {
				return false
			}
		}
	}
	return true
}

// checkPath refuses a path that could lead to another host or out of /v1/, and one that is not escaped. A blank in a query
// makes the request line malformed. If a character in a path is not escaped, net/url escapes the whole path again, with %2F as
// a slash.
func checkPath(path string) string {
	if !strings.HasPrefix(path, "/v1/") {
		return "must begin with /v1/"
	}
	u, err := url.Parse(path)
	if err != nil || strings.ContainsAny(path, "#\\") {
		return "must not have #, \\ or control characters, and each % must begin an escape such as %20"
	}
	bare, query, _ := strings.Cut(path, "?")
	if u.EscapedPath() != bare {
		return "has a character that must be escaped: use url.PathEscape for each segment"
	}
	plain, err := url.QueryUnescape(query)
	if err != nil || strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "has a query with a character that must be escaped: use url.QueryEscape or url.Values"
	}
	if strings.ContainsFunc(u.Path, unicode.IsControl) {
		return "must not have control characters, escaped or not"
	}
	if !utf8.ValidString(u.Path) || !utf8.ValidString(plain) {
		return "has escapes of bytes that are not UTF-8"
	}
	for segment := range strings.SplitSeq(strings.TrimPrefix(bare, "/v1/"), "/") {
		if wrong := checkSegment(segment); wrong != "" {
			return wrong
		}
	}
	return ""
}

// checkSegment checks an escaped segment of a path. It must have no slash or dot segment after unescaping once, or twice
// behind a gateway that also unescapes. Only the externalId of a look-up may have slashes.
func checkSegment(segment string) string {
	if segment == "" {
		return "must not have an empty segment"
	}
	isSlash := func(r rune) bool { return r == '/' || r == '\\' }
	once, _ := url.PathUnescape(segment)
	twice, _ := url.PathUnescape(once)
	for _, text := range []string{once, twice} {
		if name, _, _ := strings.Cut(text, "="); strings.ContainsFunc(name, isSlash) {
			return "may have an escaped slash or backslash only after =, such as in externalId=a%2Fb"
		}
		if slices.ContainsFunc(strings.FieldsFunc(text, isSlash), isDotSegment) {
			return "must have no segment that is . or .., also before a semicolon, or that begins with a semicolon; escapes count too"
		}
	}
	return ""
}

// isDotSegment reports whether a segment of a path leads to another path. Some servers first remove a semicolon and what
// follows, which may leave dots or nothing. The document's pattern of path ids has the same rule.
func isDotSegment(segment string) bool {
	name, _, cut := strings.Cut(segment, ";")
	return name == "." || name == ".." || cut && name == ""
}

// resourceName matches the segments of a path that are names. All others may be ids, or look-ups by address or phone number.
var resourceName = regexp.MustCompile(`^[a-z][a-z-]{0,22}$|^v1$`)

// plainID matches the segments that errors may show as an id. A look-up by address or phone number does not match, and neither
// does an API key.
var plainID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// redactPath replaces the segments of a path that an error or a log should not show. If it replaced exactly one and that is an
// id, it returns the id too.
func redactPath(path string) (shown, id string) {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	var hidden []string
	for i, p := range parts {
		if p != "" && !resourceName.MatchString(p) {
			hidden = append(hidden, p)
			parts[i] = "{…}"
		}
	}
	if len(hidden) == 1 && plainID.MatchString(hidden[0]) {
		id = hidden[0]
	}
	return shorten(strings.Join(parts, "/"), maxText), id
}
