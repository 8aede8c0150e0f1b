package definitions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxSize is how much is read: the metadata of thousands of attributes take some megabytes.
const maxSize = 16 << 20

// Read reads the answer of GET /v1/metadata/{resource}, or a recording of it that has the answer as its body. Of anything
// else the error says what it is and what was expected.
func Read(r io.Reader, resource string) (*Definitions, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("this is longer than %d MiB, %s", maxSize>>20, expected(resource))
	}
	return Parse(data, resource)
}

// Parse is [Read] for what has been read.
func Parse(data []byte, resource string) (*Definitions, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\xef\xbb\xbf")))
	var answer envelope
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, fmt.Errorf("%s, %s", notJSON(data, err), expected(resource))
	}
	if answer.Data == nil && len(answer.Body) > 0 && json.Unmarshal(answer.Body, &answer) != nil {
		return nil, fmt.Errorf("this is a recording with a body of another kind, %s", expected(resource))
	}
	if what := answer.not(resource); what != "" {
		return nil, fmt.Errorf("%s, %s", what, expected(resource))
	}
	return of(resource, answer.Data.Attributes.Properties), nil
}

// envelope is what tells one answer from another.
type envelope struct {
	Data   *resourceObject `json:"data"`
	Errors json.RawMessage `json:"errors"`
	Error  json.RawMessage `json:"error"`
	Body   json.RawMessage `json:"body"` // of a recording
}

type resourceObject struct {
	Type       string `json:"type"`
	ID         string `json:"id"`
	Attributes struct {
		Properties map[string]json.RawMessage `json:"properties"`
	} `json:"attributes"`
}

func expected(resource string) string {
	return "but the answer of GET /v1/metadata/" + resource + " was expected"
}

// not says what the answer is instead, or "".
func (e *envelope) not(resource string) string {
	switch d := e.Data; {
	case given(e.Errors):
		return "this is an error of Kustomer: " + short(e.Errors)
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

// notJSON says what stands there instead of an answer.
func notJSON(data []byte, err error) string {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case len(data) == 0:
		return "this is empty"
	case isUTF16(data):
		return "this is in UTF-16, as PowerShell writes files: save it as UTF-8"
	case data[0] == '<':
		return "this is HTML or XML, as of a login page or a proxy"
	case ok && wrong.Field == "":
		return "this is JSON, and no object but " + article(wrong.Value)
	case ok:
		return fmt.Sprintf("here %s is %s", wrong.Field, article(wrong.Value))
	case json.Valid(data):
	case tooDeep(data):
		return "this is JSON that is nested deeper than can be read"
	case truncated(data):
		return fmt.Sprintf("this is JSON that ends in the middle, after %d bytes", len(data))
	}
	return "this is no JSON: " + err.Error()
}

// isUTF16 reports whether a text begins with the byte order mark of UTF-16, or with a letter of ASCII in it.
func isUTF16(data []byte) bool {
	begin := string(data[:min(len(data), 2)])
	return begin == "\xff\xfe" || begin == "\xfe\xff" || strings.Contains(begin, "\x00")
}

func article(kind string) string {
	if kind == "array" || kind == "object" {
		return "an " + kind
	}
	return "a " + kind
}

// truncated reports whether JSON is right as far as it goes, and does not end.
func truncated(data []byte) bool {
	d := json.NewDecoder(bytes.NewReader(data))
	depth := 0
	for {
		token, err := d.Token()
		if err != nil {
			return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) && depth > 0
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

// maxDepth is how deep encoding/json reads.
const maxDepth = 10_000

// tooDeep reports whether more objects and arrays are open at once than can be read. It looks at nothing but brackets and texts.
func tooDeep(data []byte) bool {
	depth, text := 0, false
	for i := 0; i < len(data) && depth <= maxDepth; i++ {
		switch c := data[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
	}
	return depth > maxDepth
}

// maxShort is how much of an error is shown, in bytes.
const maxShort = 200

// short is the beginning of an error, in one line.
func short(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return "one that is no JSON"
	}
	if b.Len() > maxShort {
		return string(bytes.ToValidUTF8(b.Bytes()[:maxShort], nil)) + "…"
	}
	return b.String()
}
