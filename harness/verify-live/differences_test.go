package main

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// Each question that something is expected of finds at least one way in which a sandbox differs, and no other question takes
// that for its own.
func TestDifferencesAreFound(t *testing.T) {
	patch := func(r *http.Request) bool { return r.Method == http.MethodPatch }
	body := func(r *http.Request) string {
		text, _ := io.ReadAll(r.Body)
		return string(text)
	}
	fault := func(match func(*http.Request) bool, f kustomertest.Fault) kustomertest.Fault {
		f.Match, f.Times = match, -1
		return f
	}
	on := func(method, suffix string, nth int, change func(exchanged)) func(exchanged) {
		return func(e exchanged) {
			if e.r.Method == method && strings.HasSuffix(e.r.URL.Path, suffix) && e.nth == nth {
				change(e)
			}
		}
	}
	holds := func(text string, change func(exchanged)) func(exchanged) {
		return func(e exchanged) {
			if strings.Contains(e.body, text) {
				change(e)
			}
		}
	}
	code := func(status int) func(exchanged) { return func(e exchanged) { e.Code = status } }
	tags := func(tags ...string) func(exchanged) {
		return on("POST", "/tags", 2, func(e exchanged) { e.setAttribute("tags", tags) })
	}
	planted := make(map[string]bool)
	for name, test := range map[string]struct {
		fake   kustomertest.Config
		fault  *kustomertest.Fault
		alter  func(exchanged)
		rows   map[string]string
		passes string // the verdict, where nothing differs
	}{
		"the credential is refused once": {
			alter: on("GET", "/v1/users/current", 1, func(e exchanged) { e.refuse(403, "Forbidden") }),
			rows:  map[string]string{"is the credential good?": "403"},
		},
		"a wrong key alone is a 403": {
			alter: on("GET", "/v1/users/current", 2, func(e exchanged) { e.refuse(403, "Forbidden") }),
			rows:  map[string]string{"what answers a key that is none?": "403"},
		},
		"a create is a 200": {
			alter: on("POST", "/conversations", 1, code(200)),
			rows:  map[string]string{"does a create answer": "200 with an id"},
		},
		"a create forgets the externalId": {
			alter: on("POST", "/conversations", 1, func(e exchanged) { e.setAttribute("externalId", "another") }),
			rows:  map[string]string{"does a create answer": "201 with an id"},
		},
		"a create is not decoded": {
			alter: on("POST", "/conversations", 1, func(e exchanged) { e.setAttribute("priority", "high") }),
			rows:  map[string]string{"does a create answer": "201 with an id, and"},
		},
		"tags are names": {
			alter: tags("verify-live", "verify-live 2"),
			rows:  map[string]string{"are appended tags": "2 tags after sending them twice, as names"},
		},
		"tags are no union": {
			alter: tags("65f0a1b2c3d4e5f600000001", "65f0a1b2c3d4e5f600000002", "65f0a1b2c3d4e5f600000001"),
			rows:  map[string]string{"are appended tags": "3 tags after sending them twice, as ids"},
		},
		"a bad tag is a 422": {
			alter: holds("verify,live", code(422)),
			rows:  map[string]string{"is the rule for tags": "422"},
		},
		"out of range is a 422": {
			alter: holds(`"priority":6`, code(422)),
			rows:  map[string]string{"what answers a value out of range?": "422"},
		},
		"an undefined attribute is a 422": {
			alter: holds("verifyLiveIsNotDefinedStr", code(422)),
			rows:  map[string]string{"what answers an undefined": "422"},
		},
		"an unknown id is a 400": {
			alter: on("PATCH", "/000000000000000000000000", 1, code(400)),
			rows:  map[string]string{"what answers an id that nobody has?": "400"},
		},
		"a large body is a 400": {
			alter: holds(strings.Repeat("x", 105_000), code(400)),
			rows:  map[string]string{"what answers a body above": "400"},
		},
		"a stale rev is a 412": {
			alter: holds(`"rev"`, code(412)),
			rows:  map[string]string{"does rev guard": "412"},
		},
		"null stays": {
			alter: holds(`"orderNumberStr":null`, func(e exchanged) { e.setAttribute("custom", map[string]any{"orderNumberStr": nil}) }),
			rows:  map[string]string{"does null clear": "null"},
		},
		"null clears nothing": {
			alter: holds(`"orderNumberStr":null`, func(e exchanged) { e.setAttribute("custom", map[string]any{"orderNumberStr": "verify-live a"}) }),
			rows:  map[string]string{"does null clear": "set"},
		},
		"conversations cannot be deleted": {
			alter: holds(`"deleted":true`, func(e exchanged) { e.refuse(403, "Forbidden") }),
			rows:  map[string]string{"are the conversations": "2 of 2 are left behind: updateConversationAttributes answered 403 Forbidden"},
		},
		"PATCH takes the other media type only": {
			fault: new(fault(func(r *http.Request) bool { return patch(r) && r.Header.Get("Content-Type") == "application/json" }, kustomertest.Status(415, ""))),
			rows:  map[string]string{"does PATCH take application/json?": "415"},
		},
		"PATCH does not take the other media type": {
			fault:  new(fault(func(r *http.Request) bool { return r.Header.Get("Content-Type") == "application/json-patch+json" }, kustomertest.Status(415, ""))),
			rows:   map[string]string{"does PATCH take application/json-patch+json": "415"},
			passes: "new",
		},
		"PATCH is answered and not applied": {
			fault: new(fault(func(r *http.Request) bool { return patch(r) && strings.Contains(body(r), `"priority":4`) },
				kustomertest.Status(200, `{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000009"}}`))),
			rows: map[string]string{"does PATCH take application/json?": "but not applied"},
		},
		"an externalId stands for one conversation": {
			fake:   kustomertest.Config{IdempotentExternalIDs: true},
			rows:   map[string]string{"does a second create": ", with the first conversation"},
			passes: "new",
		},
		"an externalId is refused twice": {
			fake:   kustomertest.Config{UniqueExternalIDs: true},
			rows:   map[string]string{"does a second create": "409"},
			passes: "new",
		},
		"rev is not looked at": {
			fault: new(fault(func(r *http.Request) bool { return patch(r) && strings.Contains(body(r), `"rev"`) },
				kustomertest.Status(200, `{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000009"}}`))),
			rows: map[string]string{"does rev guard": "200 OK"},
		},
		"tags are free": {
			fault: new(fault(func(r *http.Request) bool { return strings.Contains(body(r), "verify,live") },
				kustomertest.Status(200, `{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000009"}}`))),
			rows: map[string]string{"is the rule for tags": "200 OK"},
		},
		"a missing attribute is not named": {
			fault: new(fault(func(r *http.Request) bool { return strings.Contains(body(r), "verifyLiveIsNotDefinedStr") }, kustomertest.Status(400, `{"errors":[{"title":"Bad Request"}]}`))),
			rows:  map[string]string{"what answers an undefined": "400 Bad Request (Bad Request)"},
		},
		"a wrong key is a 403": {
			fault: new(fault(func(r *http.Request) bool { return r.URL.Path == "/v1/users/current" }, kustomertest.Status(403, ""))),
			rows:  map[string]string{"what answers a key": "403", "is the credential": "403"},
		},
		"the reset comes always": {
			fake: kustomertest.Config{ResetHeader: kustomertest.ResetAlways},
			rows: map[string]string{"when does x-ratelimit-reset": "it comes with 200, 201"},
		},
		"errors do not say the budget": {
			fake: kustomertest.Config{OmitRateHeaders: func(r kustomertest.Request) bool { return r.Status == 404 }},
			rows: map[string]string{"do answers say the budget": "with status 404"},
		},
		"custom is replaced": {
			fault: new(fault(func(r *http.Request) bool {
				return strings.Contains(body(r), `"verify-live b"`) && !strings.Contains(body(r), `"verify-live a"`)
			},
				kustomertest.ReplaceBody(`{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000009","attributes":{"custom":{"warehouseStr":"verify-live b"}}}}`))),
			rows: map[string]string{"are custom attributes merged": "replaced"},
		},
		"a Retry-After comes": {
			fake:   kustomertest.Config{ObjectLimit: 30, Faults: retryAfter},
			rows:   map[string]string{"when does x-ratelimit-reset": `Retry-After "7" with 404`},
			passes: "same",
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := sandbox(t, test.fake)
			if test.fault != nil {
				srv.Fail(*test.fault)
			}
			if test.alter != nil {
				alter(t, srv, test.alter)
			}
			code, want := exitDifferent, "DIFFERENT"
			if test.passes != "" {
				code, want = exitSame, test.passes
			}
			table, _ := verify(t, code)
			for question, text := range test.rows {
				line := row(t, table, question)
				if !strings.Contains(line, text) || verdict(line) != want {
					t.Errorf("%s does not say %q and %s", line, text, want)
				}
				planted[question] = planted[question] || want == "DIFFERENT"
			}
			if n := strings.Count(table, "DIFFERENT"); test.passes == "" && n != len(test.rows) || test.passes != "" && n > 0 {
				t.Errorf("%d differences:\n%s", n, table)
			}
		})
	}
	for _, q := range append(questions(), question{text: "are the conversations of this run cleaned up?", expected: "yes"}) {
		tried := slices.ContainsFunc(slices.Collect(maps.Keys(planted)), func(prefix string) bool { return planted[prefix] && strings.HasPrefix(q.text, prefix) })
		if q.expected != "" && !tried {
			t.Errorf("nothing is tried that would differ for %q", q.text)
		}
	}
}

// retryAfter adds the header to answers about a record that is not there.
func retryAfter(r kustomertest.Request) *kustomertest.Fault {
	if strings.HasSuffix(r.Path, "/000000000000000000000000") {
		return &kustomertest.Fault{Header: http.Header{"Retry-After": {"7"}}}
	}
	return nil
}
