package prism

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/operations"
)

// sentinels are all sentinel errors, with their statuses.
var sentinels = map[error]func(status int) bool{
	client.ErrBadRequest:   func(s int) bool { return s == 400 },
	client.ErrUnauthorized: func(s int) bool { return s == 401 },
	client.ErrForbidden:    func(s int) bool { return s == 403 },
	client.ErrNotFound:     func(s int) bool { return s == 404 },
	client.ErrConflict:     func(s int) bool { return s == 409 },
	client.ErrTooLarge:     func(s int) bool { return s == 413 },
	client.ErrRateLimited:  func(s int) bool { return s == 429 },
	client.ErrServer:       func(s int) bool { return s >= 500 },
}

// Every response of the document, with each of its examples, becomes a conversation or an error.
func TestEveryDeclaredResponse(t *testing.T) {
	for _, env := range []string{static, dynamic} {
		t.Run(env, func(t *testing.T) {
			s := connect(t, env)
			c := s.client(t)
			forced := 0
			for _, op := range conversations(t) {
				responses := op.Responses.Map()
				for _, declared := range slices.Sorted(maps.Keys(responses)) {
					for _, status := range statuses(t, declared) {
						for media, content := range responses[declared].Value.Content {
							for _, name := range examples(content) {
								s.prefer, s.accept = fmt.Sprintf("code=%d", status), media
								if name != "" && env == static {
									s.prefer += ", example=" + name
								}
								conv, err := op.Call(t.Context(), c, id, op.ExampleBody(t))
								forced++
								where := fmt.Sprintf("%s: %d %s %s", op.OperationID, status, media, name)
								if s.last.status != status {
									t.Fatalf("%s: Prism responds %d %s", where, s.last.status, s.last.body)
								}
								if (env == static || status != op.Success()) && (s.last.invalid != nil || s.violations("response") != nil) {
									t.Errorf("%s: the example is invalid: %v, %q", where, s.last.invalid, s.violations("response"))
								}
								if status == op.Success() {
									checkConversation(t, s, where, conv, err)
								} else {
									checkError(t, s, op, where, status, media, err)
								}
							}
						}
					}
				}
			}
			t.Logf("%d responses were forced", forced)
		})
	}
}

// statuses returns the statuses of a key of the responses.
func statuses(t *testing.T, declared string) []int {
	if declared == "5XX" {
		return []int{500, 501, 502, 503, 504, 599}
	}
	status, err := strconv.Atoi(declared)
	if err != nil {
		t.Fatal(err)
	}
	return []int{status}
}

// examples returns the names of the examples. An example without a name is "".
func examples(content *openapi3.MediaType) []string {
	if len(content.Examples) == 0 {
		return []string{""}
	}
	return slices.Sorted(maps.Keys(content.Examples))
}

// checkConversation compares a result with the response that it was decoded from.
func checkConversation(t *testing.T, s *server, where string, result any, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	conv, ok := result.(*client.Conversation)
	if !ok {
		t.Fatalf("%s: contract/prism/responses_test.go: check the result %T", where, result)
	}
	var response struct {
		Data struct {
			Type, ID      string
			Attributes    map[string]any
			Relationships map[string]any
		}
	}
	if err := json.Unmarshal(s.last.body, &response); err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	if conv.ID != response.Data.ID || conv.Type != response.Data.Type || conv.StatusCode != s.last.status {
		t.Errorf("%s: the conversation is %s %s, status %d; the response %s", where, conv.Type, conv.ID, conv.StatusCode, s.last.body)
	}
	if conv.Budget.Limit != 1000 || conv.Budget.Remaining != 998 || conv.RequestID == "" {
		t.Errorf("%s: the headers became %+v, request %q", where, conv.Budget, conv.RequestID)
	}
	// Prism sometimes generates more custom attributes than the document allows, and reports this. All else must be valid.
	custom, _ := response.Data.Attributes["custom"].(map[string]any)
	if invalid := s.last.invalid != nil; len(custom) <= 100 && invalid || invalid != (len(s.violations("response")) > 0) {
		t.Errorf("%s: Prism and kin-openapi differ about %s\n%q\n%v", where, s.last.body, s.violations("response"), s.last.invalid)
	}
	if err := conv.DecodeError(); err != nil {
		t.Errorf("%s: %v\n%s", where, err, s.last.body)
		return
	}
	compare(t, where, response.Data.Attributes, conv.Attributes)
	compare(t, where, response.Data.Relationships, conv.Relationships)
}

// compare compares the known properties of a response with what was decoded.
func compare(t *testing.T, where string, response map[string]any, decoded any) {
	t.Helper()
	text, err := json.Marshal(decoded)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	known, _ := project(response, reflect.TypeOf(decoded)).(map[string]any)
	for name := range known {
		if sent, found := prune(known[name]), prune(got[name]); !reflect.DeepEqual(sent, found) {
			t.Errorf("%s: %s was %v and became %v", where, name, sent, found)
		}
	}
}

// project returns the part of a response that a Go type has fields for.
func project(v any, typ reflect.Type) any {
	object, ok := v.(map[string]any)
	if !ok || typ.Kind() != reflect.Struct {
		return v // maps and undecoded JSON are kept whole; no list has items of a struct
	}
	known := map[string]any{}
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if part, ok := object[name]; ok {
			known[name] = project(part, typ.Field(i).Type)
		}
	}
	return known
}

// prune normalizes a value: times in UTC, and nil for empty values, which Go does not distinguish from absent ones.
func prune(v any) any {
	switch v := v.(type) {
	case string:
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
		if v == "" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case map[string]any:
		for name := range v {
			if v[name] = prune(v[name]); v[name] == nil {
				delete(v, name)
			}
		}
		if len(v) == 0 {
			return nil
		}
	}
	return v
}

// checkError compares an error with the response that it was made from.
func checkError(t *testing.T, s *server, op operations.Operation, where string, status int, media string, err error) {
	t.Helper()
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		t.Errorf("%s: the error is %v", where, err)
		return
	}
	for sentinel, of := range sentinels {
		want := of(status) && (sentinel != client.ErrNotFound || len(e.Items) > 0) // a 404 without errors may be that of a proxy
		if errors.Is(err, sentinel) != want {
			t.Errorf("%s: errors.Is(%v, %q) is %v", where, err, sentinel, !want)
		}
	}
	_, limited := errors.AsType[*client.RateLimitError](err)
	_, unknown := errors.AsType[*client.OutcomeUnknownError](err)
	outcome := client.OutcomeNotApplied
	mayBeApplied := status >= 500 && op.Method != http.MethodGet
	if mayBeApplied {
		outcome = client.OutcomeUnknown
	}
	if e.StatusCode != status || limited != (status == 429) || unknown != mayBeApplied || e.Outcome != outcome || string(e.Body) != string(s.last.body[:min(len(s.last.body), 64<<10)]) {
		t.Errorf("%s: the error is %#v, rate limit %v, outcome unknown %v", where, err, limited, unknown)
	}
	if len(s.last.body) > 64<<10 {
		return // the client reads only the beginning
	}
	var response struct {
		Errors []map[string]any
	}
	if media == "application/json" {
		if err := json.Unmarshal(s.last.body, &response); err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
	if len(e.Items) != len(response.Errors) {
		t.Errorf("%s: %d errors became %+v", where, len(response.Errors), e.Items)
		return
	}
	for i, item := range e.Items {
		for name, got := range map[string]string{"code": item.Code, "title": item.Title, "message": item.Message, "detail": item.Detail} {
			if sent, ok := response.Errors[i][name]; ok && sent != got {
				t.Errorf("%s: the %s %q became %q", where, name, sent, got)
			}
		}
	}
}

// generated is the number of successful responses of each operation. There are half as many errors.
const generated = 200

// Responses that Prism generates from the document are decoded without loss.
func TestGeneratedResponses(t *testing.T) {
	for _, env := range []string{dynamic, sparse} {
		t.Run(env, func(t *testing.T) {
			s := connect(t, env)
			t.Parallel()
			c := s.client(t)
			decoded, crowded, errs := 0, 0, 0
			for _, op := range conversations(t) {
				for i := range generated {
					where := fmt.Sprintf("%s, response %d", op.OperationID, i)
					s.prefer = ""
					conv, err := op.Call(t.Context(), c, id, op.ExampleBody(t))
					checkConversation(t, s, where, conv, err)
					decoded++
					if s.last.invalid != nil {
						crowded++
					}
					if i%2 == 0 {
						status := []int{400, 401, 403, 404, 409, 413, 429, 500, 503}[i/2%9]
						s.prefer = fmt.Sprintf("code=%d", status)
						_, err = op.Call(t.Context(), c, id, op.ExampleBody(t))
						checkError(t, s, op, where, status, "application/json", err)
						errs++
					}
					if t.Failed() {
						t.FailNow()
					}
				}
			}
			t.Logf("%d conversations and %d errors decoded; %d of the conversations had too many custom attributes", decoded, errs, crowded)
		})
	}
}
