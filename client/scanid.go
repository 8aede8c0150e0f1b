package client

import (
	"bytes"
	"encoding/json"
)

// scanID finds data.id in a body that cannot be decoded: cut off, nested too deep, broken elsewhere, or with an id that is
// a number. It looks at nothing but strings and brackets, and takes the first id that is there whole.
func scanID(body []byte) string {
	var name []byte // of the value that comes next
	depth, inData := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; c {
		case '{', '[':
			depth++
			inData = inData || depth == 2 && c == '{' && string(name) == `"data"`
			name = nil
		case '}', ']':
			depth--
			inData = inData && depth >= 2
			name = nil
		case ',':
			name = nil
		case '"':
			end := stringEnd(body, i)
			if end < 0 {
				return ""
			}
			text := body[i:end]
			i = end - 1
			if rest := bytes.TrimLeft(body[end:], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
				name = text
			} else if id := idText(text); inData && depth == 2 && string(name) == `"id"` && id != "" {
				return id
			}
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			n := bytes.IndexAny(body[i:], ",}] \t\r\n")
			if n < 0 {
				return ""
			}
			if inData && depth == 2 && string(name) == `"id"` {
				return string(body[i : i+n])
			}
			i += n - 1
		}
	}
	return ""
}

// stringEnd returns where the string that begins at i ends, or -1.
func stringEnd(body []byte, i int) int {
	for i++; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

func idText(quoted []byte) string {
	var id string
	if json.Unmarshal(quoted, &id) != nil {
		return ""
	}
	return id
}
