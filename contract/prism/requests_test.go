package prism

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
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
					if _, ok := errors.AsType[*client.ValidationError](err); ok {
						unsendable++
						continue
					}
				}
				if s.gone != nil {
					t.Fatalf("body %d:\n%.2000s\n%v", i, marshal(t, body), s.gone)
				}
				v.prism, v.refused, v.body = s.violations("request"), s.last.status != op.success, marshal(t, body)
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

// crafted are bodies that meet the exceptions, and one that cannot be sent: Go's zero time.
var crafted = map[string][]any{
	"create": {&client.ConversationCreate{Custom: large()}, &client.ConversationCreate{CreatedAt: new(time.Time{})}},
	"update": {&client.ConversationUpdate{Custom: large()}},
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
	for _, id := range []string{"", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a\\b", "a b", "a\nb", "\u00a0", "\u2003"} {
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
				req, err := http.NewRequestWithContext(t.Context(), op.method, s.url.String()+strings.ReplaceAll(op.path, "{id}", id), io.NopCloser(bytes.NewReader(body)))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Authorization", "Bearer key")
				resp, err := s.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				if refused := resp.StatusCode == 400; refused != (s.last.refused != nil) || !refused && resp.StatusCode != op.success {
					t.Fatalf("body %d:\n%s\nPrism answers %d, with %q\nkin-openapi says: %v", i, body, resp.StatusCode, s.violations("request"), s.last.refused)
				}
				if resp.StatusCode != 400 {
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
		// Values are looked at too, for there are enough bodies.
		text, ok := token.(string)
		if ok && strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
			return false
		}
	}
}
