package faultproxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// An answer is what the server said, ready to be sent on in parts.
type answer struct {
	status string
	header http.Header // without its length
	body   []byte
}

func readAnswer(r *http.Response) (answer, error) {
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	r.Header.Del("Content-Length")
	return answer{r.Status, r.Header, body}, err
}

// length is a header that lies by that much.
func (a answer) length(lie int) string { return fmt.Sprintf("Content-Length: %d", len(a.body)+lie) }

// head is the head of the answer with these lines more.
func (a answer) head(lines ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", a.status)
	_ = a.header.Write(&b) // to memory
	b.WriteString(strings.Join(lines, "\r\n") + "\r\n\r\n")
	return b.Bytes()
}

// with is the answer with these lines more in its head.
func (a answer) with(lines ...string) []byte { return append(a.head(lines...), a.body...) }
