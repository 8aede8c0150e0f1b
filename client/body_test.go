package client

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

func TestKindOfABody(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 5_000)
	for body, want := range map[string]bodyKind{
		"": bodyEmpty, " \r\n\t": bodyEmpty, "\ufeff": bodyEmpty, "\ufeff \n": bodyEmpty,
		"{}": bodyObject, " { } ": bodyObject, "\ufeff{}": bodyObject, `{"data":{"id":"x"}}`: bodyObject, `{"errors":[]}`: bodyObject, `{"a":1e999}`: bodyObject,
		`{`: bodyObject, `{"`: bodyObject, `{"da`: bodyObject, `{"data"`: bodyObject, `{"data":`: bodyObject, `{"data":{"id":"x`: bodyObject, `{"data":{"id":"x"`: bodyObject, `{"data":nul`: bodyObject, `{"data":1`: bodyObject, `{"a":[1,2`: bodyObject, `{"a":"\`: bodyObject, `{"a":1,`: bodyObject,
		deep: bodyObject, `{"data":{}}<!-- proxy -->`: bodyObject, "{\"a\":\"\xff\"}": bodyObject,
		"<html>": bodyOther, "OK": bodyOther, "null": bodyOther, "[]": bodyOther, "7": bodyOther, `"x"`: bodyOther, "true": bodyOther, "[": bodyOther, `[{"data":{"id":"x"}}]`: bodyOther, `<script>{"data":{"id":"x"}}</script>`: bodyOther,
		"{{ template }}": bodyOther, "{ color: red }": bodyOther, "{'a':1}": bodyOther, "{]": bodyOther, "{,}": bodyOther, `{"a" "b"}`: bodyOther, `{"a"}`: bodyOther, `{"a":bad}`: bodyOther, `{"a":1]`: bodyOther, "{\"a\":\"\n\"}": bodyOther, `{"a":{{`: bodyOther,
		"\x1f\x8b\x08": bodyOther, "\xff\xfe{\x00": bodyOther, "\x00": bodyOther,
	} {
		if got := kindOf([]byte(body)); got != want {
			t.Errorf("%.60q is of kind %d, not %d", body, got, want)
		}
	}
}

func TestHasErrors(t *testing.T) {
	for body, want := range map[string]bool{
		`{"errors":[{"title":"x"}]}`: true, `{"errors":[{}]}`: true, `{"errors":["x"]}`: true, `{"errors":{"title":"x"}}`: true, `{"errors":"x"}`: true, `{"errors":true}`: true, `{"errors":7}`: true, `{"errors":[1e999]}`: true,
		`{"data":{"a":1},"errors":["x"]}`: true, `{"data":{"a":1e999},"errors":["x"]}`: true, `{"Errors":["x"]}`: true, "\ufeff" + `{"errors":["x"]}`: true, `{"errors":[],"errors":["x"]}`: true,
		`{"errors":[{"title":"x`: true, `{"errors":["x"],"data":{"a":`: true, `{"errors":[`: true,
		`{"errors":null}`: false, `{"errors":[]}`: false, `{"errors":[ ]}`: false, `{"errors":{}}`: false, `{"errors":""}`: false, `{"errors":`: false, `{}`: false, ``: false, `null`: false, `[{"errors":["x"]}]`: false, `<html>"errors":["x"]`: false, `{"data":{"errors":["x"]}}`: false, `{"error":["x"]}`: false,
	} {
		if got := hasErrors([]byte(body)); got != want {
			t.Errorf("%s: %t", body, got)
		}
	}
}

// If the call has the id, there is always a conversation, with everything that could be decoded.
func TestConversationWithTheIDOfTheCall(t *testing.T) {
	for _, test := range []struct{ body, id, name string }{
		{`{"data":{"id":"x","attributes":{"name":"n"}}}`, "x", "n"},
		{`{"data":{"attributes":{"name":"n"}}}`, "asked", "n"},
		{`{"data":{"id":null,"attributes":{"name":"n"}}}`, "asked", "n"},
		{`{"data":{"id":"","attributes":{"name":"n"}}}`, "asked", "n"},
		{`{"data":{"id":["x"],"attributes":{"name":"n"}}}`, "asked", "n"},
		{`{"data":{"attributes":{"name":"n"},"id":"x`, "asked", "n"},
		{`{"data":{"attributes":{"name":"n","rev":`, "asked", "n"},
		{`{"data":{"attributes":{"name":"n"},"links":{]`, "asked", "n"},
		{`{}`, "asked", ""}, {``, "asked", ""}, {`{"data":null}`, "asked", ""}, {`{"data":[]}`, "asked", ""}, {"\x1f\x8b", "asked", ""},
	} {
		conv := &Conversation{Response: Response{StatusCode: 200, raw: []byte(test.body), plain: []byte(test.body)}}
		c := decodeInto(conv)(&call{object: "asked"}, &attempt{Response: conv.Response})
		if c.id != (test.id != "asked") || conv.ID != test.id || conv.Attributes.Name != test.name || conv.StatusCode != 200 || string(conv.Raw()) != test.body {
			t.Errorf("%s gives %+v, id %q, name %q", test.body, c, conv.ID, conv.Attributes.Name)
		}
		if errors.Is(conv.DecodeError(), errNoID) != (test.id == "asked") {
			t.Errorf("%s: the decode error is %v", test.body, conv.DecodeError())
		}
		if err := decodeRecord(&Conversation{Response: Response{plain: []byte(test.body)}}); errors.Is(err, errNoID) != (test.id == "asked") {
			t.Errorf("%s with no id asked gives %v", test.body, err)
		}
	}
}

func gzipped(t testing.TB, text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUngzip(t *testing.T) {
	const text = `{"data":{"id":"x"}}`
	once := gzipped(t, text)
	twice := gzipped(t, string(once))
	long := gzipped(t, strings.Repeat("x", 100))
	for _, test := range []struct {
		name     string
		encoding []string
		body     []byte
		want     string
		err      string // "" is none
	}{
		{"none", nil, []byte(text), text, ""},
		{"none, though it looks so", nil, once, string(once), ""},
		{"gzip", []string{"gzip"}, once, text, ""},
		{"any case", []string{"GZip"}, once, text, ""},
		{"x-gzip", []string{" x-gzip "}, once, text, ""},
		{"identity", []string{"identity"}, []byte(text), text, ""},
		{"an empty value", []string{""}, []byte(text), text, ""},
		{"a list", []string{"identity, gzip"}, once, text, ""},
		{"twice", []string{"gzip, gzip"}, twice, text, ""},
		{"twice in two fields", []string{"gzip", "gzip"}, twice, text, ""},
		{"undone before, with the header left", []string{"gzip"}, []byte(text), text, ""},
		{"another undone before", []string{"br"}, []byte(text), text, ""},
		{"empty", []string{"gzip"}, nil, "", ""},
		{"br", []string{"br"}, []byte("\x8b\x02"), "", `as "br"`},
		{"zstd", []string{"zstd"}, []byte("\x28\xb5"), "", `as "zstd"`},
		{"br below gzip", []string{"br, gzip"}, gzipped(t, "\x8b\x02"), "", `as "br"`},
		{"gzip that is none", []string{"gzip"}, []byte("\x8b\x02"), "", "cannot be decompressed"},
		{"cut", []string{"gzip"}, long[:len(long)-9], strings.Repeat("x", 100), "unexpected EOF"},
		{"cut in its head", []string{"gzip"}, once[:5], "", "unexpected EOF"},
		{"broken", []string{"gzip"}, append([]byte{0x1f, 0x8b}, 'x', 'y', 'z'), "", "unexpected EOF"},
		{"more behind it", []string{"gzip"}, append(bytes.Clone(once), "<html>"...), text, "decompress"},
		{"longer than the limit", []string{"gzip"}, gzipped(t, strings.Repeat("y", 201)), strings.Repeat("y", 200), "longer"},
	} {
		got, err := ungzip(http.Header{"Content-Encoding": test.encoding}, test.body, 200)
		if string(got) != test.want || (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: got %.40q, %v", test.name, got, err)
		}
	}
}

// A body that decompresses to more than the limit uses no more memory than the limit.
func TestUngzipABomb(t *testing.T) {
	const limit = 1 << 20
	bomb := gzipped(t, strings.Repeat("\x00", 64*limit))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	body, err := ungzip(http.Header{"Content-Encoding": {"gzip"}}, bomb, limit)
	runtime.ReadMemStats(&after)
	if len(body) != limit || !errors.Is(err, errTooLong) {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 12*limit {
		t.Errorf("%d bytes were allocated", grown)
	}
}
