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

// bodies are how many random requests of each operation are judged.
const bodies = 1000

// A verdict is what the client and Prism say about one body.
type verdict struct {
	op      string
	body    []byte
	client  *client.ValidationError // nil where the client sends it
	prism   []string                // nil where Prism takes it
	refused bool
}

// An exception is a disagreement that is known, and why it is one.
type exception struct {
	name, why string
	is        func(v verdict) bool
	must      bool // whether the bodies below are sure to meet it
	met       int
}

func exceptions() []*exception {
	return []*exception{
		{name: "large body", must: true,
			why: "a schema cannot say how large a body may be; the client knows from x-max-body-bytes",
			is: func(v verdict) bool {
				return !v.refused && v.client != nil && len(v.body) > 102400 && len(v.client.Violations) == 1
			}},
		{name: "long attribute", must: true,
			why: "attributes are open in the schema, whose keywords cannot tell a suffix; the client knows that Str has 1024 characters",
			is:  only("custom.notesStr", "has 1025 characters")},
		{name: "attribute without a name", must: true,
			why: "the schema says nothing of the names of attributes",
			is:  only(`custom.""`, "has no name")},
		{name: "attribute set twice", must: true,
			why: "parsers of JSON keep one of two, so that no schema sees the other",
			is:  only("custom.notesStr", "is set twice")},
	}
}

// only is what the client alone refuses, for this one reason.
func only(field, message string) func(verdict) bool {
	return func(v verdict) bool {
		if v.refused || v.client == nil || len(v.client.Violations) != 1 {
			return false
		}
		w := v.client.Violations[0]
		return w.Field == field && strings.Contains(w.Message, message)
	}
}

// Prism takes every body that the client sends, and refuses every body that the client refuses, but for the exceptions.
func TestClientAndPrismAgree(t *testing.T) {
	s := connect(t, static)
	checking, unchecked := s.client(t), s.client(t, client.WithoutRequestChecks())
	patch, uncheckedPatch := s.client(t, client.WithUpdateContentType("application/json-patch+json")),
		s.client(t, client.WithoutRequestChecks(), client.WithUpdateContentType("application/json-patch+json"))
	known := exceptions()
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			r := random.New(7, 8)
			accepted, refused, unsendable, excepted := 0, 0, 0, 0
			for i := range bodies + len(crafted[op.name]) {
				var body any
				if i < bodies {
					body = op.fresh()
					r.Value(reflect.ValueOf(body).Elem(), 0.12)
				} else {
					body = crafted[op.name][i-bodies]
				}
				var wire []byte
				if w, ok := body.(written); ok {
					body, wire = w.body, []byte(w.wire)
				}
				with, without := checking, unchecked
				if op.name == "update" && i%2 == 1 {
					with, without = patch, uncheckedPatch
				}
				v := verdict{op: op.name}
				sent := s.sent
				_, err := op.call(with, t, body)
				if v.client, _ = errors.AsType[*client.ValidationError](err); v.client != nil {
					if s.sent != sent {
						t.Fatalf("the client sent what it refused: %v", err)
					}
					_, err = op.call(without, t, body)
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
				v.prism, v.refused, v.body = s.violations("request"), s.last.status != op.success, wire
				if wire == nil {
					v.body = marshal(t, body)
				}
				if v.refused != errors.Is(err, client.ErrBadRequest) || v.refused != (v.prism != nil) {
					t.Fatalf("body %d:\n%.2000s\nPrism answers %d, with %q, and the client says: %v", i, v.body, s.last.status, v.prism, err)
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
					t.Fatalf("body %d:\n%.2000s\nthe client says: %v\nPrism says: %q", i, v.body, v.client, v.prism)
				}
			}
			t.Logf("%d bodies taken by both, %d refused by both, %d exceptions, %d that cannot be sent", accepted, refused, excepted, unsendable)
			if accepted < bodies/10 || refused < bodies/10 {
				t.Error("too few taken or too few refused to tell anything")
			}
		})
	}
	for _, e := range known {
		t.Logf("exception met %d times: %s (%s)", e.met, e.name, e.why)
		if e.must && e.met == 0 {
			t.Errorf("the exception %q was not met: take it out of the table", e.name)
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

// A written body is one that the client cannot send at all, with what it would be on the wire.
type written struct {
	body any
	wire string
}

// crafted are bodies that meet the exceptions, the longest attribute that both take, and one that cannot be sent: Go's zero
// time.
var crafted = map[string][]any{
	"create": append(attributes(func(c client.CustomAttributes) any { return &client.ConversationCreate{Custom: c} }),
		&client.ConversationCreate{CreatedAt: new(time.Time{})}),
	"update": attributes(func(c client.CustomAttributes) any { return &client.ConversationUpdate{Custom: c} }),
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

// large is within every limit of the schema, and above 102,400 bytes.
func large() client.CustomAttributes {
	return custom.New(custom.Txt("notes").Set(strings.Repeat("x", 102400)))
}

// Prism takes every id that the client sends in a path. Those that the client refuses
// cannot be sent.
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

// Bodies that no typed client would send have the same verdict by Prism and by kin-openapi: the document says the same to
// both.
func TestPrismAndKinAgree(t *testing.T) {
	s := connect(t, static)
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			r := random.New(9, 10)
			taken := 0
			for i := range bodies {
				body := marshal(t, r.Near(s.doc.Components.Schemas[op.schema]))
				if !headerSafe(body) {
					continue
				}
				status := s.send(t, op, body)
				if refused := status == 400; refused != (s.last.refused != nil) || !refused && status != op.success {
					t.Fatalf("body %d:\n%s\nPrism answers %d, with %q\nkin-openapi says: %v", i, body, status, s.violations("request"), s.last.refused)
				}
				if status != 400 {
					taken++
				}
			}
			t.Logf("%d of %d bodies are taken by both", taken, bodies)
			if taken < bodies/10 || taken > bodies*9/10 {
				t.Error("too many or too few to tell anything")
			}
		})
	}
}

// headerSafe reports whether all names in a body are plain. Prism tells of an unknown name in a header, and dies of
// one that a header cannot hold.
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
