package prism

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kustomer-go/kustomer/client"
)

// sentinels are all there are, with the statuses that they are for.
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

// Every answer that the document declares, each of its examples, arrives as the conversation or as the error that it is.
func TestEveryDeclaredAnswer(t *testing.T) {
	for _, env := range []string{static, dynamic} {
		t.Run(env, func(t *testing.T) {
			s := connect(t, env)
			c := s.client(t)
			forced := 0
			for _, op := range operations {
				responses := s.doc.Paths.Find(op.path).GetOperation(op.method).Responses.Map()
				for _, declared := range slices.Sorted(maps.Keys(responses)) {
					for _, status := range statuses(t, declared) {
						for media, content := range responses[declared].Value.Content {
							for _, name := range examples(content) {
								s.prefer, s.accept = fmt.Sprintf("code=%d", status), media
								if name != "" && env == static {
									s.prefer += ", example=" + name
								}
								conv, err := op.call(c, t, op.plain)
								forced++
								where := fmt.Sprintf("%s: %d %s %s", op.name, status, media, name)
								if s.last.status != status {
									t.Fatalf("%s: Prism answers %d %s", where, s.last.status, s.last.body)
								}
								if (env == static || status != op.success) && (s.last.invalid != nil || s.violations("response") != nil) {
									t.Errorf("%s: the example is not what the document describes: %v, %q", where, s.last.invalid, s.violations("response"))
								}
								if status == op.success {
									checkConversation(t, s, where, conv, err)
								} else {
									checkError(t, s, where, status, media, err)
								}
							}
						}
					}
				}
			}
			t.Logf("%d answers were forced", forced)
			if want := 3 * 9; forced < want {
				t.Errorf("%d answers were forced, the document has at least %d", forced, want)
			}
		})
	}
}

// statuses are those that a key of the responses stands for.
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

// examples are the names of a content's examples; one without a name is "".
func examples(content *openapi3.MediaType) []string {
	if len(content.Examples) == 0 {
		return []string{""}
	}
	return slices.Sorted(maps.Keys(content.Examples))
}

// checkConversation holds a conversation against the answer that it was made of.
func checkConversation(t *testing.T, s *server, where string, conv *client.Conversation, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	var answer struct {
		Data struct {
			Type, ID      string
			Attributes    map[string]any
			Relationships map[string]any
		}
	}
	if err := json.Unmarshal(s.last.body, &answer); err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	if conv.ID != answer.Data.ID || conv.Type != answer.Data.Type || conv.StatusCode != s.last.status {
		t.Errorf("%s: the conversation is %s %s, status %d; the answer %s", where, conv.Type, conv.ID, conv.StatusCode, s.last.body)
	}
	if conv.Budget.Limit != 1000 || conv.Budget.Remaining != 998 || conv.RequestID == "" {
		t.Errorf("%s: the headers became %+v, request %q", where, conv.Budget, conv.RequestID)
	}
	// Prism makes up more custom attributes than its document allows, and says so. All else has to be as described.
	custom, _ := answer.Data.Attributes["custom"].(map[string]any)
	if invalid := s.last.invalid != nil; len(custom) <= 100 && invalid || invalid != (len(s.violations("response")) > 0) {
		t.Errorf("%s: Prism and kin-openapi differ about %s\n%q\n%v", where, s.last.body, s.violations("response"), s.last.invalid)
	}
	if err := conv.DecodeError(); err != nil {
		t.Errorf("%s: %v\n%s", where, err, s.last.body)
		return
	}
	compare(t, where, answer.Data.Attributes, conv.Attributes)
	compare(t, where, answer.Data.Relationships, conv.Relationships)
}

// compare finds the known properties of an answer in what was decoded.
func compare(t *testing.T, where string, answer map[string]any, decoded any) {
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
	known, _ := project(answer, reflect.TypeOf(decoded)).(map[string]any)
	for name := range known {
		if sent, found := prune(known[name]), prune(got[name]); !reflect.DeepEqual(sent, found) {
			t.Errorf("%s: %s was %v and became %v", where, name, sent, found)
		}
	}
}

// project leaves of an answer what a Go type has a field for.
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

// prune brings a value into one form: times in UTC, and nothing for what is empty, which Go does not tell from absent.
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

// checkError holds an error against the answer that it was made of.
func checkError(t *testing.T, s *server, where string, status int, media string, err error) {
	t.Helper()
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		t.Errorf("%s: the error is %v", where, err)
		return
	}
	for sentinel, of := range sentinels {
		if errors.Is(err, sentinel) != of(status) {
			t.Errorf("%s: errors.Is(%v, %q) is %v", where, err, sentinel, !of(status))
		}
	}
	_, limited := errors.AsType[*client.RateLimitError](err)
	_, unknown := errors.AsType[*client.OutcomeUnknownError](err)
	outcome := client.OutcomeNotApplied
	if status >= 500 {
		outcome = client.OutcomeUnknown
	}
	if e.StatusCode != status || limited != (status == 429) || unknown != (status >= 500) || e.Outcome != outcome || string(e.Body) != string(s.last.body[:min(len(s.last.body), 64<<10)]) {
		t.Errorf("%s: the error is %#v, rate limit %v, outcome unknown %v", where, err, limited, unknown)
	}
	if len(s.last.body) > 64<<10 {
		return // of which the client reads the beginning alone
	}
	var answer struct {
		Errors []map[string]any
	}
	if media == "application/json" {
		if err := json.Unmarshal(s.last.body, &answer); err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
	if len(e.Items) != len(answer.Errors) {
		t.Errorf("%s: %d errors became %+v", where, len(answer.Errors), e.Items)
		return
	}
	for i, item := range e.Items {
		for name, got := range map[string]string{"code": item.Code, "title": item.Title, "message": item.Message, "detail": item.Detail} {
			if sent, ok := answer.Errors[i][name]; ok && sent != got {
				t.Errorf("%s: the %s %q became %q", where, name, sent, got)
			}
		}
	}
}

// madeUp is how many answers of each operation are made up by each server: successes, and half as many errors.
const madeUp = 200

// Whatever Prism makes up by the document is decoded, with nothing lost.
func TestMadeUpAnswers(t *testing.T) {
	for _, env := range []string{dynamic, sparse} {
		t.Run(env, func(t *testing.T) {
			s := connect(t, env)
			t.Parallel()
			c := s.client(t)
			conversations, crowded, errs := 0, 0, 0
			for _, op := range operations {
				for i := range madeUp {
					where := fmt.Sprintf("%s, answer %d", op.name, i)
					s.prefer = ""
					conv, err := op.call(c, t, op.plain)
					checkConversation(t, s, where, conv, err)
					conversations++
					if s.last.invalid != nil {
						crowded++
					}
					if i%2 == 0 {
						status := []int{400, 401, 403, 404, 409, 413, 429, 500, 503}[i/2%9]
						s.prefer = fmt.Sprintf("code=%d", status)
						_, err = op.call(c, t, op.plain)
						checkError(t, s, where, status, "application/json", err)
						errs++
					}
					if t.Failed() {
						t.FailNow()
					}
				}
			}
			t.Logf("%d conversations and %d errors decoded; %d of the conversations had too many custom attributes", conversations, errs, crowded)
		})
	}
}
