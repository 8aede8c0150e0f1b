package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// sandbox is a fake that the environment names.
func sandbox(t *testing.T, opts ...kustomertest.Option) *kustomertest.Server {
	t.Helper()
	opts = append([]kustomertest.Option{kustomertest.WithAttributes("orderNumberStr", "warehouseStr", "refundNum")}, opts...)
	srv := kustomertest.NewServer(t, opts...)
	t.Setenv("KUSTOMER_SANDBOX", "yes")
	t.Setenv("KUSTOMER_ORG", "")
	t.Setenv("KUSTOMER_BASE_URL", srv.URL)
	t.Setenv("KUSTOMER_API_KEY", kustomertest.APIKey)
	t.Setenv("KUSTOMER_API_KEY_FILE", "")
	t.Setenv("KUSTOMER_CUSTOMER_ID", srv.AddCustomer())
	return srv
}

// verify runs it and returns what it printed.
func verify(t *testing.T, want int, args ...string) (table, complaint string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, &stdout, &stderr); code != want {
		t.Fatalf("it ended with %d, not %d:\n%s%s", code, want, &stdout, &stderr)
	}
	return stdout.String(), stderr.String()
}

// row returns the line of a question.
func row(t *testing.T, table, question string) string {
	t.Helper()
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, question) {
			return line
		}
	}
	t.Fatalf("there is no row %q in\n%s", question, table)
	return ""
}

// A sandbox that does what is expected.
func TestAsExpected(t *testing.T) {
	srv := sandbox(t, kustomertest.WithObjectLimit(40), kustomertest.WithWindow(2*time.Second))
	report := filepath.Join(t.TempDir(), "report.md")
	table, _ := verify(t, exitSame, "-object-limit", "100", "-report", report)
	for question, want := range map[string]string{
		"is the credential good?":                       "same",
		"does a create answer with":                     "same",
		"does PATCH take application/json?":             "same",
		"does PATCH take application/json-patch+json":   "200 OK and applied",
		"are appended tags a union?":                    "same",
		"is the rule for tags enforced?":                "same",
		"what answers a value out of range?":            "same",
		"what answers an undefined custom attribute?":   "same",
		"what answers an id that nobody has?":           "same",
		"what answers a key that is none?":              "same",
		"what answers a body above 100 kB?":             "same",
		"does rev guard":                                "same",
		"does a second create with the same externalId": "201 Created, with a second conversation",
		"are custom attributes merged":                  "same",
		"does null clear":                               "same",
		"how many updates does one conversation take?":  "was refused",
		"do answers say the budget":                     "same",
		"when does x-ratelimit-reset come":              "same",
		"are the conversations of this run cleaned up?": "same",
	} {
		if line := row(t, table, question); !strings.Contains(line, want) {
			t.Errorf("%s does not say %q", line, want)
		}
	}
	for _, c := range srv.Conversations() {
		if c.Attributes.Status != client.StatusDone {
			t.Errorf("conversation %s is left: %+v", c.ID, c.Attributes)
		}
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{kustomertest.APIKey, os.Getenv("KUSTOMER_CUSTOMER_ID"), strings.TrimPrefix(srv.URL, "http://"), srv.Conversations()[0].ID, "verify-live-1"} {
		if strings.Contains(string(text), secret) || strings.Contains(table, secret) {
			t.Errorf("the report or the table holds %q", secret)
		}
	}
	for _, want := range []string{"### 1. GET /v1/users/current: 200", "PATCH /v1/conversations/{id} (application/json-patch+json): 200", "x-ratelimit-limit: 1000", `title: "Additional properties not allowed"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the report does not hold %q:\n%s", want, text)
		}
	}
	if t.Failed() {
		t.Logf("\n%s", table)
	}
}

// Each way in which a sandbox could differ is found, and no other.
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
	for name, test := range map[string]struct {
		opts   []kustomertest.Option
		fault  *kustomertest.Fault
		rows   map[string]string
		passes bool
	}{
		"PATCH takes the other media type only": {
			fault: new(fault(func(r *http.Request) bool { return patch(r) && r.Header.Get("Content-Type") == "application/json" }, kustomertest.Status(415, ""))),
			rows:  map[string]string{"does PATCH take application/json?": "415"},
		},
		"PATCH does not take the other media type": {
			fault:  new(fault(func(r *http.Request) bool { return r.Header.Get("Content-Type") == "application/json-patch+json" }, kustomertest.Status(415, ""))),
			rows:   map[string]string{"does PATCH take application/json-patch+json": "415"},
			passes: true,
		},
		"PATCH is answered and not applied": {
			fault: new(fault(func(r *http.Request) bool { return patch(r) && strings.Contains(body(r), `"priority":4`) },
				kustomertest.Status(200, `{"data":{"type":"conversation","id":"65f0a1b2c3d4e5f600000009"}}`))),
			rows: map[string]string{"does PATCH take application/json?": "but not applied"},
		},
		"an externalId stands for one conversation": {
			opts:   []kustomertest.Option{kustomertest.WithIdempotentExternalIDs()},
			rows:   map[string]string{"does a second create": ", with the first conversation"},
			passes: true,
		},
		"an externalId is refused twice": {
			opts:   []kustomertest.Option{kustomertest.WithUniqueExternalIDs()},
			rows:   map[string]string{"does a second create": "409"},
			passes: true,
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
			opts: []kustomertest.Option{kustomertest.WithResetHeader(kustomertest.ResetAlways)},
			rows: map[string]string{"when does x-ratelimit-reset": "it comes with 200, 201"},
		},
		"errors do not say the budget": {
			opts: []kustomertest.Option{kustomertest.WithoutRateHeaders(func(r kustomertest.Request) bool { return r.Status == 404 })},
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
			opts:   []kustomertest.Option{kustomertest.WithObjectLimit(30), kustomertest.WithFaults(retryAfter)},
			rows:   map[string]string{"when does x-ratelimit-reset": `Retry-After "7" with 404`},
			passes: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := sandbox(t, test.opts...)
			if test.fault != nil {
				srv.Fail(*test.fault)
			}
			want := exitDifferent
			if test.passes {
				want = exitSame
			}
			table, _ := verify(t, want)
			for question, text := range test.rows {
				if line := row(t, table, question); !strings.Contains(line, text) {
					t.Errorf("%s does not say %q", line, text)
				}
			}
			if n := strings.Count(table, "DIFFERENT"); n > len(test.rows) || !test.passes && n == 0 {
				t.Errorf("%d differences:\n%s", n, table)
			}
		})
	}
}

// retryAfter adds the header to answers about a record that is not there.
func retryAfter(r kustomertest.Request) *kustomertest.Fault {
	if strings.HasSuffix(r.Path, "/000000000000000000000000") {
		return &kustomertest.Fault{Header: http.Header{"Retry-After": {"7"}}}
	}
	return nil
}

// An organisation in use is left alone.
func TestBusyOrganisation(t *testing.T) {
	t.Run("from the beginning", func(t *testing.T) {
		srv := sandbox(t)
		srv.Spend(600)
		_, complaint := verify(t, exitFailed)
		if !strings.Contains(complaint, "less than half of the organisation's budget is left") {
			t.Errorf("it says %s", complaint)
		}
		if n := len(srv.Requests()); n != 1 {
			t.Errorf("%d requests were sent", n)
		}
	})
	t.Run("later", func(t *testing.T) {
		var srv *kustomertest.Server
		srv = sandbox(t, kustomertest.WithFaults(func(r kustomertest.Request) *kustomertest.Fault {
			if strings.HasSuffix(r.Path, "/tags") {
				srv.Spend(600)
			}
			return nil
		}))
		table, complaint := verify(t, exitFailed)
		if !strings.Contains(complaint, "less than half") || strings.Contains(table, "what answers a value out of range?") {
			t.Errorf("it goes on:\n%s%s", table, complaint)
		}
		if line := row(t, table, "are the conversations of this run cleaned up?"); !strings.Contains(line, "same") {
			t.Error(line)
		}
	})
}

func TestWhatItNeeds(t *testing.T) {
	for _, name := range []string{"KUSTOMER_SANDBOX", "KUSTOMER_CUSTOMER_ID", "KUSTOMER_BASE_URL", "KUSTOMER_API_KEY"} {
		t.Run(name, func(t *testing.T) {
			srv := sandbox(t)
			t.Setenv(name, "")
			if _, complaint := verify(t, exitFailed); !strings.Contains(complaint, name) {
				t.Errorf("it says %s", complaint)
			}
			if n := len(srv.Requests()); n > 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
	sandbox(t)
	for _, args := range [][]string{{"-object-limit", "-1"}, {"x"}, {"-nope"}} {
		verify(t, exitFailed, args...)
	}
	t.Setenv("KUSTOMER_CUSTOMER_ID", "65f0a1b2c3d4e5f60000ffff")
	if _, complaint := verify(t, exitFailed); !strings.Contains(complaint, "no conversation could be created") {
		t.Errorf("it says %s", complaint)
	}
}
