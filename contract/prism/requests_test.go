package prism

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/random"
	"github.com/kustomer-go/kustomer/custom"
)

// bodies is the number of random requests of each operation.
const bodies = 1000

// A result has what client and Prism report about one body.
type result struct {
	op      string
	body    []byte
	client  *client.ValidationError // nil if the client sends it
	prism   []string                // nil if Prism accepts it
	refused bool
}

// An exception is a known disagreement, with its reason.
type exception struct {
	name, why string
	is        func(v result) bool
	must      bool // whether one of the bodies below has it
	met       int
}

func exceptions() []*exception {
	return []*exception{
		{name: "large body", must: true,
			why: "a schema cannot say how large a body may be; the client knows from x-max-body-bytes",
			is: func(v result) bool {
				return !v.refused && v.client != nil && len(v.body) > 102400 && len(v.client.Violations) == 1
			}},
		{name: "long attribute", must: true,
			why: "attributes are open in the schema, whose keywords do not know suffixes; the client knows that Str has 1024 characters",
			is:  only("custom.notesStr", "has 1025 characters")},
		{name: "attribute without a name", must: true,
			why: "the schema does not limit the names of attributes",
			is:  only(`custom.""`, "has no name")},
		{name: "attribute set twice", must: true,
			why: "parsers of JSON keep one of two values, so a schema does not see the other",
			is:  only("custom.notesStr", "is set twice")},
	}
}

// only matches bodies that only the client refuses, for this one reason.
func only(field, message string) func(result) bool {
	return func(v result) bool {
		if v.refused || v.client == nil || len(v.client.Violations) != 1 {
			return false
		}
		w := v.client.Violations[0]
		return w.Field == field && strings.Contains(w.Message, message)
	}
}

// Prism accepts every body that the client sends, and refuses every body that the client refuses, except the exceptions.
func TestClientAndPrismAgree(t *testing.T) {
	s := connect(t, static)
	checking, unchecked := s.client(t), s.client(t, client.WithoutRequestChecks())
	patch, uncheckedPatch := s.client(t, client.WithUpdateContentType("application/json-patch+json")),
		s.client(t, client.WithoutRequestChecks(), client.WithUpdateContentType("application/json-patch+json"))
	known := exceptions()
	for _, op := range conversations(t) {
		t.Run(op.OperationID, func(t *testing.T) {
			r := random.New(7, 8)
			accepted, refused, unsendable, excepted := 0, 0, 0, 0
			for i := range bodies + len(crafted[op.OperationID]) {
				var body any
				if i < bodies {
					body = op.NewBody()
					r.Value(reflect.ValueOf(body).Elem(), 0.12)
				} else {
					body = crafted[op.OperationID][i-bodies]
				}
				var wire []byte
				if w, ok := body.(written); ok {
					body, wire = w.body, []byte(w.wire)
				}
				with, without := checking, unchecked
				if op.Method == http.MethodPatch && i%2 == 1 {
					with, without = patch, uncheckedPatch
				}
				v := result{op: op.OperationID}
				sent := s.sent
				_, err := op.Call(t.Context(), with, id, body)
				if v.client, _ = errors.AsType[*client.ValidationError](err); v.client != nil {
					if s.sent != sent {
						t.Fatalf("the client sent what it refused: %v", err)
					}
					_, err = op.Call(t.Context(), without, id, body)
					_, unsent := errors.AsType[*client.ValidationError](err)
					if unsent && wire == nil {
						unsendable++
						continue
					}
					if unsent {
						if err = nil; s.send(t, op, wire) == http.StatusBadRequest {
							err = client.ErrBadRequest
						}
					}
				}
				if s.gone != nil {
					t.Fatalf("body %d:\n%.2000s\n%v", i, marshal(t, body), s.gone)
				}
				v.prism, v.refused, v.body = s.violations("request"), s.last.status != op.Success(), wire
				if wire == nil {
					v.body = marshal(t, body)
				}
				if v.refused != errors.Is(err, client.ErrBadRequest) || v.refused != (v.prism != nil) {
					t.Fatalf("body %d:\n%.2000s\nPrism: %d, with %q\nclient: %v", i, v.body, s.last.status, v.prism, err)
				}
				switch e := slices.IndexFunc(known, func(e *exception) bool { return e.is(v) }); {
				case v.refused == (v.client != nil) && v.refused:
					refused++
				case v.refused == (v.client != nil):
					accepted++
				case e >= 0:
					known[e].met++
					excepted++
				default:
					t.Fatalf("body %d:\n%.2000s\nclient: %v\nPrism: %q", i, v.body, v.client, v.prism)
				}
			}
			t.Logf("%d bodies accepted by both, %d refused by both, %d exceptions, %d that cannot be sent", accepted, refused, excepted, unsendable)
			if accepted < bodies/50 || refused < bodies/50 {
				t.Error("too few accepted or too few refused for a test")
			}
		})
	}
	for _, e := range known {
		t.Logf("%d bodies have the exception %s (%s)", e.met, e.name, e.why)
		if e.must && e.met == 0 {
			t.Errorf("no body has the exception %q: remove it from the table", e.name)
		}
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A written body is one that the client cannot send, with its JSON.
type written struct {
	body any
	wire string
}

// crafted are bodies with the exceptions, the longest attribute that both accept, and one that cannot be sent: Go's zero
// time.
var crafted = map[string][]any{
	"createConversationForCustomer": append(attributes(func(c client.CustomAttributes) any { return &client.ConversationCreate{Custom: c} }),
		&client.ConversationCreate{CreatedAt: new(time.Time{})}),
	"updateConversationAttributes": attributes(func(c client.CustomAttributes) any { return &client.ConversationUpdate{Custom: c} }),
}

func attributes(body func(client.CustomAttributes) any) []any {
	notes := custom.Str("notes")
	long := strings.Repeat("é", 1025)
	return []any{
		body(large()),
		body(custom.New(notes.Set(strings.Repeat("é", 1024)))),
		written{body(custom.New(notes.Set(long))), `{"custom":{"notesStr":"` + long + `"}}`},
		written{body(custom.New(custom.Raw("", "x"))), `{"custom":{"":"x"}}`},
		written{body(custom.New(notes.Set("x"), notes.Set("y"))), `{"custom":{"notesStr":"x","notesStr":"y"}}`},
	}
}

// large returns attributes that are valid according to the schema, but longer than 102,400 bytes.
func large() client.CustomAttributes {
	return custom.New(custom.Txt("notes").Set(strings.Repeat("x", 102400)))
}

// Prism accepts every id that the client sends in a path. Other ids cannot be sent.
func TestIDs(t *testing.T) {
	s := connect(t, static)
	c := s.client(t, client.WithoutRequestChecks())
	for _, id := range []string{id, "a", "...", "a..b", ".a", "Ümläut", "漢字", "😀", "a+b", "a&b=c", "a:b;c,d", "externalId=7", "(a)", "a'b\"c", "[a]", "{id}", "~", "@", "$"} {
		if _, err := c.AppendTagsToConversation(t.Context(), id, []string{"vip"}); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
	sent := s.sent
	for _, id := range []string{"", ".", "..", "..;", "..;x", ";", "a/b", "a?b", "a#b", "a%2fb", "a\\b", "a b", "a\nb", "\u00a0", "\u2003"} {
		_, err := c.AppendTagsToConversation(t.Context(), id, []string{"vip"})
		if _, ok := errors.AsType[*client.ValidationError](err); !ok || s.sent != sent {
			t.Errorf("%q was not refused: %v", id, err)
		}
	}
}

// Prism and kin-openapi accept the same bodies, including bodies that no typed client sends. So both read the document in the
// same way.
func TestPrismAndKinAgree(t *testing.T) {
	s := connect(t, static)
	for _, op := range conversations(t) {
		t.Run(op.OperationID, func(t *testing.T) {
			r := random.New(9, 10)
			accepted := 0
			for i := range bodies {
				body := marshal(t, r.Near(op.Body()))
				if !headerSafe(body) {
					continue
				}
				status := s.send(t, op, body)
				if refused := status == 400; refused != (s.last.refused != nil) || !refused && status != op.Success() {
					t.Fatalf("body %d:\n%s\nPrism: %d, with %q\nkin-openapi: %v", i, body, status, s.violations("request"), s.last.refused)
				}
				if status != 400 {
					accepted++
				}
			}
			t.Logf("%d of %d bodies are accepted by both", accepted, bodies)
			if accepted < bodies/50 || accepted > bodies*49/50 {
				t.Error("too many or too few for a test")
			}
		})
	}
}

// headerSafe reports whether all names in a body are printable ASCII. Prism puts unknown names into a header, and crashes if a
// header cannot hold them.
func headerSafe(body []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(body))
	for {
		token, err := dec.Token()
		if err != nil {
			return true
		}
		// Values are checked too, because there are enough bodies.
		text, ok := token.(string)
		if ok && strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
			return false
		}
	}
}
