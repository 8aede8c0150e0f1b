package client_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

// The documented response to a create may lack a readable id.
func TestCreateWithoutAnID(t *testing.T) {
	for name, body := range map[string]string{
		"no data": "{}", "null data": `{"data":null}`,
		"data is a list": `{"data":[]}`, "no id": `{"data":{"type":"conversation"}}`, "null id": `{"data":{"id":null}}`, "empty id": `{"data":{"id":""}}`, "id is true": `{"data":{"id":true}}`, "id elsewhere": `{"id":"x","data":{"links":{"id":"x"},"attributes":{"id":"x"}}}`, "id of something else, cut off": `{"data":{"type":"x"},"meta":{"id":"evil"`, "half an id": `{"data":{"id":"x`, "half a number": `{"data":{"id":7`,
		"number as id of something else": `{"meta":{"id":7,`, "number as id below": `{"data":{"attributes":{"id":7,`, "number that is no id": `{"data":{"rev":7,`,
		"id beside a data that is deeper": `{"x":{"data":{},"id":"x",`,
	} {
		for _, contentType := range []string{"application/json", "text/html", ""} {
			c, _ := responding(t, testResponse{201, http.Header{"Content-Type": {contentType}, "X-Amz-Cf-Id": {"req-1"}}, body})
			conv, err := c.CreateConversationForCustomer(t.Context(), customerID, client.ConversationCreate{})
			e, ok := errors.AsType[*client.Error](err)
			if conv != nil || !ok {
				t.Errorf("%s: error is %v", name, err)
				continue
			}
			if e.Outcome != client.OutcomeApplied || e.StatusCode != 201 || string(e.Body) != body || e.RequestID != "req-1" || !strings.Contains(err.Error(), "the write succeeded") {
				t.Errorf("%s: error is %v", name, err)
			}
			if _, ok := errors.AsType[*client.OutcomeUnknownError](err); ok {
				t.Errorf("%s: the outcome is not unknown", name)
			}
		}
	}
}

// A readable response is a success, with any 2xx status and content type.
func TestAnySuccessStatus(t *testing.T) {
	for _, status := range []int{200, 201, 202, 299} {
		c, _ := responding(t, testResponse{status, http.Header{"Content-Type": {"text/plain"}}, `{"data":{"id":"c1"}}`})
		if conv, err := tag(t, c); err != nil || conv.StatusCode != status {
			t.Errorf("%d gives %v", status, err)
		}
	}
}

func TestUnreadableSuccessKeepsWhatCame(t *testing.T) {
	c, _ := responding(t, testResponse{status: 201, body: `{"data":"x"}`})
	_, err := tag(t, c)
	var e *client.Error
	if !errors.As(err, &e) || e.Attempts != 1 || e.StatusCode != 201 || strings.Contains(err.Error(), "\n") {
		t.Errorf("error is %v", err)
	}
}

func TestMemoryStaysBounded(t *testing.T) {
	for _, test := range []struct {
		status, length, read int
		start                string
	}{
		{200, 64 << 20, 8 << 20, `{"data":{"id":"c1","attributes":{"name":"n"}}}`},
		{200, -1, 8 << 20, `{"data":{"id":"c1","attributes":{"name":"n"}}}`},
		{500, 64 << 20, 64 << 10, ""},
		{404, -1, 64 << 10, ""},
	} {
		t.Run(fmt.Sprint(test.status, test.length), func(t *testing.T) {
			body := new(endless)
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				resp := testResponse{status: test.status}.response(r)
				resp.Body, resp.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(test.start), body)), int64(test.length)
				return resp, nil
			}))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			conv, err := tag(t, c)
			runtime.ReadMemStats(&after)
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 128<<20 {
				t.Errorf("%d MiB were allocated", grown>>20)
			}
			if body.read > test.read+1<<20 {
				t.Errorf("%d bytes were read", body.read)
			}
			if test.status == 200 {
				if err != nil || conv.Attributes.Name != "n" || conv.DecodeError() == nil || len(conv.Raw()) != 8<<20 {
					t.Errorf("got %v", err)
				}
				return
			}
			var e *client.Error
			if !errors.As(err, &e) || e.StatusCode != test.status || len(e.Body) != 64<<10 {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// A response that is longer than the limit is detected, also if one read ends exactly at the limit.
func TestBodyLongerThanTheLimit(t *testing.T) {
	const limit = 8 << 20
	begin := `{"data":{"type":"conversation","id":"c1"}}`
	for _, more := range []int{0, 1} {
		text := begin + strings.Repeat(" ", limit-len(begin)+more)
		var parts []io.Reader
		for ; text != ""; text = text[min(len(text), 64<<10):] {
			parts = append(parts, strings.NewReader(text[:min(len(text), 64<<10)]))
		}
		c, err := client.New(client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithHTTPClient(&http.Client{
			Transport: transport(func(r *http.Request) (*http.Response, error) {
				resp := testResponse{status: 200}.response(r)
				resp.Body, resp.ContentLength = io.NopCloser(io.MultiReader(parts...)), -1
				return resp, nil
			})}))
		if err != nil {
			t.Fatal(err)
		}
		conv, err := c.AppendTagsToConversation(t.Context(), "c1", []string{"vip"})
		if err != nil || len(conv.Raw()) != limit || (conv.DecodeError() != nil) != (more > 0) {
			t.Errorf("%d more: %v, %v", more, err, conv.DecodeError())
		}
	}
}

// An error whose body is cut off says why, and a read whose body is cut off has no items.
func TestBodiesThatBreakOff(t *testing.T) {
	var a testResponse
	c := breakingOff(t, func() (testResponse, int) { return a, len(a.body) })
	a = testResponse{status: 422, body: `{"errors":[{"title":"half"}]}`}
	_, err := tag(t, c)
	if e, ok := errors.AsType[*client.Error](err); !ok || !errors.Is(err, io.ErrUnexpectedEOF) || len(e.Items) != 1 {
		t.Errorf("of an error: %v", err)
	}
	a = testResponse{status: 200, body: `{"errors":[{"title":"half"}]}`}
	_, err = c.Do(t.Context(), "GET", "/v1/users/current", nil)
	if e, ok := errors.AsType[*client.Error](err); !ok || !errors.Is(err, io.ErrUnexpectedEOF) || len(e.Items) != 0 {
		t.Errorf("of a read: %v", err)
	}
	a = testResponse{status: 422, body: strings.Repeat("x", 1<<20)}
	_, err = tag(t, c)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Err != nil {
		t.Errorf("of an error that is too long: %v", err)
	}
	for body, short := range map[string]bool{`{"data":{"id":"c","attributes":{"name":7,"status":`: true, `{"data":{"id":"c","attributes":{"name":7,]`: false} {
		c, _ := responding(t, testResponse{status: 200, body: body})
		conv, err := tag(t, c)
		if err != nil || strings.Contains(conv.DecodeError().Error(), "it ends too early") != short {
			t.Errorf("%s: %v, %v", body, err, conv.DecodeError())
		}
	}
}

// DecodeError lists at most twenty errors.
func TestDecodeErrorIsBounded(t *testing.T) {
	attributes := strings.TrimSuffix(strings.Repeat(`"priority":"high",`, 30), ",")
	c, _ := responding(t, testResponse{status: 200, body: `{"data":{"id":"c","attributes":{` + attributes + `}}}`})
	conv, err := tag(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(conv.DecodeError().Error(), "priority"); n != 20 {
		t.Errorf("%d faults are named: %v", n, conv.DecodeError())
	}
}

// The id is found after any other value in a body that is cut off.
func TestIDBehindOtherValues(t *testing.T) {
	for _, before := range []string{
		`"data":{`, `"data":{"rev":7,`, `"data":{"rev":-1234,`, `"data":{"rev":1234 ,`, `"meta":{"rev":1234},"data":{`, `"meta":[12],"data":{`,
		`"data":{"name":"a\"b",`, `"data":{"name":"\\",`, `"data":{"name":"{[",`, `"data":{"links":{"id":"x"},`, `"data":{"tags":["id"],`,
	} {
		for id, want := range map[string]string{`"c-1"`: "c-1", `17`: "17"} {
			c, _ := responding(t, testResponse{status: 200, body: `{` + before + `"id":` + id + `,"attributes":{`})
			conv, err := tag(t, c)
			if err != nil || conv.ID != want {
				t.Errorf("%s then %s: %v", before, id, err)
			}
		}
	}
}

// Text that changes is reported wherever it is, because two names may have become one.
func TestTextThatGoCannotHold(t *testing.T) {
	for attributes, named := range map[string]bool{
		"{\"name\":\"M\xfcller\"}":                               true,
		"{\"custom\":{\"f\xfcrStr\":\"a\",\"f\xe4rStr\":\"b\"}}": true,
		`{"custom":{"f\ud800rStr":"a"}}`:                         true,
		`{"name":"a\udc00"}`:                                     true,
		"{\"rev\":\"x\",\"name\":\"\xff\"}":                      true,
		`{"name":"\ud83d\ude00\\ud800\ufffd"}`:                   false,
		`{"name":"Müller","custom":{"fürStr":"ä"}}`:              false,
	} {
		c, _ := responding(t, testResponse{status: 200, body: `{"data":{"type":"conversation","id":"x","attributes":` + attributes + `}}`})
		conv, err := tag(t, c)
		if err != nil || conv.ID != "x" {
			t.Fatalf("%s: %v", attributes, err)
		}
		if got := strings.Contains(fmt.Sprint(conv.DecodeError()), "is not valid Unicode"); got != named {
			t.Errorf("%s: the decode error is %v", attributes, conv.DecodeError())
		}
	}
}
