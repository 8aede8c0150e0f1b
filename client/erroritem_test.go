package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

// Texts of a server are cut, and the number of omitted ones is shown.
func TestLongErrorsAreCut(t *testing.T) {
	const whole = 200 // bytes of a text that are shown
	message := func(body string) string {
		c, _ := responding(t, testResponse{status: 422, body: body})
		_, err := tag(t, c)
		return err.Error()
	}
	for n, cut := range map[int]bool{whole: false, whole + 1: true} {
		if text := message(fmt.Sprintf(`{"errors":[{"title":%q}]}`, strings.Repeat("x", n))); strings.Contains(text, "…") != cut {
			t.Errorf("a text of %d bytes gives %q", n, text)
		}
	}
	items := strings.TrimSuffix(strings.Repeat(`{"title":"item"},`, 8), ",")
	if text := message(`{"errors":[` + items + `]}`); strings.Count(text, "item") != 5 || !strings.Contains(text, "; and 3 more") {
		t.Errorf("eight items give %q", text)
	}
	if text := message(`{"errors":[{"title":"above","meta":{"subErrors":[` + items + `]}}]}`); strings.Count(text, "item") != 5 || !strings.Contains(text, "above: item, item, item, item, item, …") {
		t.Errorf("eight items below one give %q", text)
	}
	if text := message(`{}`); !strings.Contains(text, "): 422 Unprocessable Entity") {
		t.Errorf("a status with a name gives %q", text)
	}
	c, _ := responding(t, testResponse{status: 499})
	if _, err := tag(t, c); !strings.Contains(err.Error(), "): status 499") {
		t.Errorf("a status without a name gives %v", err)
	}
}

// Suberrors are read to a depth of four.
func TestErrorsBelowErrors(t *testing.T) {
	body := `{"title":"deepest"}`
	for range 20 {
		body = `{"title":"x","meta":{"subErrors":[` + body + `]}}`
	}
	c, _ := responding(t, jsonError(400, body))
	_, err := tag(t, c)
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		t.Fatal(err)
	}
	depth := 0
	for items := e.Items; len(items) > 0; items = items[0].SubErrors {
		depth++
	}
	if depth != 5 {
		t.Errorf("%d levels of errors", depth)
	}
}

// An error has the status, with any body.
func TestErrorBodiesOfAnyShape(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, body := range map[string]string{
		"empty": "", "HTML": "<html><body><h1>502 Bad Gateway</h1></body></html>", "truncated": `{"errors":[{"status":400,"code":"badparam","title":"Inv`, "null": "null",
		"list": "[]", "top-level error": `{"error":"invalid","errorCode":7}`, "errors is a text": `{"errors":"no"}`, "errors is an object": `{"errors":{"title":"x"}}`,
		"items of wrong types": `{"errors":["a",null,7,{"status":[1],"code":7,"title":{"a":1},"source":"x","meta":[]}]}`, "huge": long, "not UTF-8": "\xff\xfe\x00", "control characters": "{\"errors\":[{\"title\":\"a\\n\\u0000\\u001b[31mb\"}]}",
		"deep": strings.Repeat(`{"errors":[{"meta":{"subErrors":[`, 2000),
	} {
		for _, status := range []int{400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 429, 451, 500, 501, 502, 503, 504, 599, 302, 307, 399} {
			c, _ := responding(t, testResponse{status, http.Header{"Content-Type": {"text/html"}}, body})
			conv, err := tag(t, c)
			var e *client.Error
			if conv != nil || !errors.As(err, &e) {
				t.Fatalf("%d, %s: error is %v", status, name, err)
			}
			if e.StatusCode != status || !strings.Contains(err.Error(), fmt.Sprint(status)) {
				t.Errorf("%d, %s: error is %v", status, name, err)
			}
			if len(err.Error()) > 1000 || strings.ContainsAny(err.Error(), "\n\x00\x1b") {
				t.Errorf("%d, %s: the text is no line for a log: %q", status, name, err)
			}
			if want := map[bool]client.Outcome{true: client.OutcomeUnknown, false: client.OutcomeNotApplied}[status >= 500 || status == 302]; e.Outcome != want {
				t.Errorf("%d, %s: outcome is %v", status, name, e.Outcome)
			}
			if want := body[:min(len(body), 64<<10)]; string(e.Body) != want {
				t.Errorf("%d, %s: the body is not kept", status, name)
			}
		}
	}
}

func TestTruncatedErrorKeepsWhatCame(t *testing.T) {
	c, _ := responding(t, testResponse{status: 400, body: `{"errors":[{"code":"badparam","title":"Invalid parameter"},{"title":"Anoth`})
	_, err := tag(t, c)
	if !strings.Contains(err.Error(), "Invalid parameter") {
		t.Errorf("error is %v", err)
	}
}

func TestByteOrderMarkBeforeAnError(t *testing.T) {
	for body, want := range map[string]string{
		"\ufeff" + `{"errors":[{"title":"Invalid parameter"}]}`:               "Invalid parameter",
		"\ufeff" + `{"message":"Forbidden"}`:                                  "Forbidden",
		"\ufeff" + `{"errors":[{"title":"Invalid parameter"},{"title":"Anoth`: "Invalid parameter",
	} {
		c, _ := responding(t, testResponse{status: 400, body: body})
		_, err := tag(t, c)
		if e, ok := errors.AsType[*client.Error](err); !ok || len(e.Items) != 1 || !strings.Contains(err.Error(), want) || string(e.Body) != body {
			t.Errorf("error is %v", err)
		}
	}
}

// Gateways use other forms than the four of the API.
func TestErrorTextsInOtherShapes(t *testing.T) {
	for body, want := range map[string]string{
		`{"errors":["plain text"]}`:                     "400 Bad Request: plain text [",
		`{"errors":"plain text"}`:                       "400 Bad Request: plain text [",
		`{"errors":{"title":"one","source":{"x":1}}}`:   "400 Bad Request: one [",
		`{"error":"bad token","errorCode":"x"}`:         "400 Bad Request: bad token [",
		`{"message":"Forbidden"}`:                       "400 Bad Request: Forbidden [",
		`{"error":{"a":1}}`:                             `400 Bad Request: {"a":1} [`,
		`{"errors":[{"title":"a"},7,"b",{"code":"c"}]}`: "400 Bad Request: a; c [",
		`{"something":"else"}`:                          "400 Bad Request [",
	} {
		c, _ := responding(t, testResponse{status: 400, body: body})
		if _, err := tag(t, c); !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %q, want %q", body, err, want)
		}
	}
}
