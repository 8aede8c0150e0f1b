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

// Each question with an expectation notices a difference, and no other question reports it.
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
		passes string // the comparison, where nothing differs
	}{
		"the key is refused once": {
			alter: on("GET", "/v1/users/current", 1, func(e exchanged) { e.refuse(403, "Forbidden") }),
			rows:  map[string]string{"Is the API key accepted?": "403"},
		},
		"a wrong key is a 403": {
			alter: on("GET", "/v1/users/current", 2, func(e exchanged) { e.refuse(403, "Forbidden") }),
			rows:  map[string]string{"What is the status for a wrong key?": "403"},
		},
		"a create is a 200": {
			alter: on("POST", "/conversations", 1, code(200)),
			rows:  map[string]string{"Does a create return": "200 with its"},
		},
		"a create returns another externalId": {
			alter: on("POST", "/conversations", 1, func(e exchanged) { e.setAttribute("externalId", "another") }),
			rows:  map[string]string{"Does a create return": "201 with another externalId"},
		},
		"a create cannot be decoded": {
			alter: on("POST", "/conversations", 1, func(e exchanged) { e.setAttribute("priority", "high") }),
			rows:  map[string]string{"Does a create return": "not decoded: "},
		},
		"tags are names": {
			alter: tags("verify-live", "verify-live 2"),
			rows:  map[string]string{"Are appended tags": "2 names after"},
		},
		"a tag is added twice": {
			alter: tags("65f0a1b2c3d4e5f600000001", "65f0a1b2c3d4e5f600000002", "65f0a1b2c3d4e5f600000001"),
			rows:  map[string]string{"Are appended tags": "3 ids after"},
		},
		"a bad tag is a 422": {
			alter: holds("verify,live", code(422)),
			rows:  map[string]string{"Is the rule for tags": "422"},
		},
		"out of range is a 422": {
			alter: holds(`"priority":6`, code(422)),
			rows:  map[string]string{"What is the status for a value out of range?": "422"},
		},
		"an undefined attribute is a 422": {
			alter: holds("verifyLiveIsNotDefinedStr", code(422)),
			rows:  map[string]string{"What is the status for an undefined": "422"},
		},
		"an unknown id is a 400": {
			alter: on("POST", "/000000000000000000000000/tags", 1, code(400)),
			rows:  map[string]string{"What is the status for an unknown id?": "400"},
		},
		"a large body is a 400": {
			alter: holds(strings.Repeat("x", 105_000), code(400)),
			rows:  map[string]string{"What is the status for a body above": "400"},
		},
		"a stale rev is a 412": {
			alter: holds(`"rev"`, code(412)),
			rows:  map[string]string{"Does rev refuse": "412"},
		},
		"null is stored": {
			alter: holds(`"orderNumberStr":null`, func(e exchanged) { e.setAttribute("custom", map[string]any{"orderNumberStr": nil}) }),
			rows:  map[string]string{"Are custom attributes merged": "merged, null after null"},
		},
		"null clears nothing": {
			alter: holds(`"orderNumberStr":null`, func(e exchanged) { e.setAttribute("custom", map[string]any{"orderNumberStr": "verify-live a"}) }),
			rows:  map[string]string{"Are custom attributes merged": "merged, set after null"},
		},
		"conversations cannot be deleted": {
			alter: holds(`"deleted":true`, func(e exchanged) { e.refuse(403, "Forbidden") }),
			rows:  map[string]string{"Are the conversations": "number 1 is left: updateConversationAttributes: 403 Forbidden; number 2"},
		},
		"PATCH accepts the other media type only": {
			fault: new(fault(func(r *http.Request) bool { return patch(r) && r.Header.Get("Content-Type") == "application/json" }, kustomertest.Status(415, ""))),
			rows:  map[string]string{"Does PATCH accept application/json?": "415"},
		},
		"PATCH refuses the other media type": {
			fault:  new(fault(func(r *http.Request) bool { return r.Header.Get("Content-Type") == "application/json-patch+json" }, kustomertest.Status(415, ""))),
			rows:   map[string]string{"Does PATCH accept application/json-patch+json": "415"},
			passes: isNew,
		},
		"PATCH is accepted but not applied": {
			fault: new(fault(func(r *http.Request) bool { return patch(r) && strings.Contains(body(r), `"priority":4`) },
				kustomertest.Status(200, `{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000009"}}`))),
			rows: map[string]string{"Does PATCH accept application/json?": "but not applied"},
		},
		"a second create returns the first conversation": {
			fake:   kustomertest.Config{IdempotentExternalIDs: true},
			rows:   map[string]string{"Does a second create": "conversations: 1"},
			passes: isNew,
		},
		"a second create is refused": {
			fake:   kustomertest.Config{UniqueExternalIDs: true},
			rows:   map[string]string{"Does a second create": "409"},
			passes: isNew,
		},
		"rev is ignored": {
			fault: new(fault(func(r *http.Request) bool { return patch(r) && strings.Contains(body(r), `"rev"`) },
				kustomertest.Status(200, `{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000009"}}`))),
			rows: map[string]string{"Does rev refuse": "200 OK"},
		},
		"any tag is accepted": {
			fault: new(fault(func(r *http.Request) bool { return strings.Contains(body(r), "verify,live") },
				kustomertest.Status(200, `{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000009"}}`))),
			rows: map[string]string{"Is the rule for tags": "200 OK"},
		},
		"a missing attribute is not named": {
			fault: new(fault(func(r *http.Request) bool { return strings.Contains(body(r), "verifyLiveIsNotDefinedStr") }, kustomertest.Status(400, `{"errors":[{"title":"Bad Request"}]}`))),
			rows:  map[string]string{"What is the status for an undefined": "400 Bad Request | DIFFERENT"},
		},
		"any key is refused with 403": {
			fault: new(fault(func(r *http.Request) bool { return r.URL.Path == "/v1/users/current" }, kustomertest.Status(403, ""))),
			rows:  map[string]string{"What is the status for a wrong key?": "403", "Is the API key accepted?": "403"},
		},
		"all responses have the reset": {
			fake: kustomertest.Config{ResetHeader: kustomertest.ResetAlways},
			rows: map[string]string{"Which responses have x-ratelimit-reset": "those with status 200, 201"},
		},
		"errors do not have the budget": {
			fake: kustomertest.Config{OmitRateHeaders: func(r kustomertest.Request) bool { return r.Status == 404 }},
			rows: map[string]string{"Which responses have the budget": "not those with status 404"},
		},
		"custom is replaced": {
			fault: new(fault(func(r *http.Request) bool {
				return strings.Contains(body(r), `"verify-live b"`) && !strings.Contains(body(r), `"verify-live a"`)
			},
				kustomertest.ReplaceBody(`{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000009","attributes":{"custom":{"warehouseStr":"verify-live b"}}}}`))),
			rows: map[string]string{"Are custom attributes merged": "replaced"},
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
			code, want := exitDifferent, different
			if test.passes != "" {
				code, want = exitSame, test.passes
			}
			table, _ := verify(t, code)
			for question, text := range test.rows {
				line := row(t, table, question)
				if !strings.Contains(line, text) || comparison(line) != want {
					t.Errorf("%s does not say %q and %s", line, text, want)
				}
				planted[question] = planted[question] || want == different
			}
			if n := strings.Count(table, different); test.passes == "" && n != len(test.rows) || test.passes != "" && n > 0 {
				t.Errorf("%d differences:\n%s", n, table)
			}
		})
	}
	for _, q := range append(questions(), question{text: cleanUpQuestion, expected: "yes"}) {
		tried := slices.ContainsFunc(slices.Collect(maps.Keys(planted)), func(prefix string) bool { return planted[prefix] && strings.HasPrefix(q.text, prefix) })
		if q.expected != "" && !tried {
			t.Errorf("no difference is tried for %q", q.text)
		}
	}
}
