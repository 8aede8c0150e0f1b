package definitions

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Parse reads the response of GET /v1/metadata/{resource}, or a recorded exchange whose body is that response. The error
// for any other input says what the input is and what was expected.
func Parse(data []byte, resource string) (*Definitions, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\xef\xbb\xbf")))
	var response envelope
	if err := json.Unmarshal(data, &response); err != nil {
		return nil, fmt.Errorf("%s, %s", unreadable(data, err), expected(resource))
	}
	if response.Data == nil && len(response.Body) > 0 && json.Unmarshal(response.Body, &response) != nil {
		return nil, fmt.Errorf("this is a recorded exchange with another kind of body, %s", expected(resource))
	}
	if what := response.unexpected(resource); what != "" {
		return nil, fmt.Errorf("%s, %s", what, expected(resource))
	}
	return fromProperties(resource, response.Data.Attributes.Properties), nil
}

// An envelope has the fields that distinguish the possible inputs.
type envelope struct {
	Data   *resourceObject `json:"data"`
	Errors json.RawMessage `json:"errors"`
	Error  json.RawMessage `json:"error"`
	Body   json.RawMessage `json:"body"` // of a recorded exchange
}

type resourceObject struct {
	Type       string `json:"type"`
	ID         string `json:"id"`
	Attributes struct {
		Properties map[string]json.RawMessage `json:"properties"`
	} `json:"attributes"`
}

func expected(resource string) string {
	return "but the response of GET /v1/metadata/" + resource + " was expected"
}

// unexpected describes a response of another kind. It returns "" for the metadata of the resource.
func (e *envelope) unexpected(resource string) string {
	switch d := e.Data; {
	case given(e.Errors):
		return "this is an error response: " + short(e.Errors)
	case d == nil && given(e.Error):
		return "this is an error: " + short(e.Error)
	case d == nil:
		return "this is JSON without data"
	case d.Type != "metadata" && d.Type != "":
		return "this is a record of the type " + strconv.Quote(d.Type)
	case d.ID != resource && d.ID != "":
		return "this is the metadata of " + strconv.Quote(d.ID)
	case d.Attributes.Properties == nil:
		return "this has no data.attributes.properties"
	}
	return ""
}

// unreadable describes input that is not JSON, or not JSON of the right form.
func unreadable(data []byte, err error) string {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case len(data) == 0:
		return "this is empty"
	case isUTF16(data):
		return "this is UTF-16, which PowerShell writes by default: save it as UTF-8"
	case data[0] == '<':
		return "this is HTML or XML, such as a login page or an error page of a proxy"
	case ok:
		return cmp.Or(wrong.Field, "this") + " is a JSON " + wrong.Value
	case truncated(data):
		return fmt.Sprintf("this is JSON that ends in the middle, after %d bytes", len(data))
	}
	return "this is not JSON: " + err.Error()
}

// isUTF16 reports whether data begins with a byte order mark of UTF-16, or with an ASCII character in UTF-16.
func isUTF16(data []byte) bool {
	begin := string(data[:min(len(data), 2)])
	return begin == "\xff\xfe" || begin == "\xfe\xff" || strings.Contains(begin, "\x00")
}

// truncated reports whether data is the beginning of valid JSON.
func truncated(data []byte) bool {
	var value json.RawMessage
	return json.NewDecoder(bytes.NewReader(data)).Decode(&value) == io.ErrUnexpectedEOF
}

// maxShort is how many bytes of an error response are shown.
const maxShort = 200

// short returns the beginning of an error response in one line.
func short(raw json.RawMessage) string {
	var b bytes.Buffer
	_ = json.Compact(&b, raw) // cannot fail: it is valid JSON
	if b.Len() > maxShort {
		return string(bytes.ToValidUTF8(b.Bytes()[:maxShort], nil)) + "…"
	}
	return b.String()
}
