package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// A server may repeat in its errors what it has received and what it knows. Neither the report nor the table has any of that.
func TestSecrets(t *testing.T) {
	const customer = "custJane7"
	keyFile := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(kustomertest.APIKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	always := []string{
		kustomertest.APIKey, customer, "orderNumberStr", "warehouseStr", "refundNum",
		"65f0a1b2c3d4e5f600000009", "65F0A1B2C3D4E5F600000009", "conv_65f0a1b2c3d4e5f600000008",
		"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000",
		"jane.doe+x@example.org", "Jane Dorn", "Dorn", "quoted secret", "+49 30 1234567",
	}
	for name, test := range map[string]struct {
		env     map[string]string
		secrets []string
	}{
		"organisation": {
			map[string]string{"KUSTOMER_ORG": "acme", "KUSTOMER_API_KEY": kustomertest.APIKey},
			[]string{"acme", "Acme", "acme.api.kustomerapp.com"},
		},
		"host and key file": {
			map[string]string{"KUSTOMER_BASE_URL": "https://acme.api.kustomerapp.com", "KUSTOMER_API_KEY_FILE": keyFile},
			[]string{"acme", "acme.api.kustomerapp.com"},
		},
		"host with a port": {
			map[string]string{"KUSTOMER_BASE_URL": "https://hooks.example.org:8443", "KUSTOMER_API_KEY_FILE": keyFile},
			[]string{"hooks.example.org:8443", "hooks.example.org", "hooks"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			secrets := append(test.secrets, always...)
			t.Setenv("KUSTOMER_SANDBOX", "yes")
			t.Setenv("KUSTOMER_CUSTOMER_ID", customer)
			for _, variable := range []string{"KUSTOMER_ORG", "KUSTOMER_BASE_URL", "KUSTOMER_API_KEY", "KUSTOMER_API_KEY_FILE"} {
				t.Setenv(variable, test.env[variable])
			}
			host := "acme.api.kustomerapp.com"
			if base := test.env["KUSTOMER_BASE_URL"]; base != "" {
				host = strings.TrimPrefix(base, "https://")
			}
			srv := kustomertest.New(kustomertest.Config{Customers: []string{customer}, Host: host, Attributes: kustomertest.Attributes("orderNumberStr", "warehouseStr", "refundNum")})
			v, err := newVerifier(0)
			if err != nil {
				t.Fatal(err)
			}
			texts := append(slices.Clone(secrets), v.external)
			texts[slices.Index(texts, "quoted secret")] = "'quoted secret'"
			text := strings.Join(texts, " and ")
			slices.Reverse(texts)
			v.recorder.next = &echo{srv.HTTPClient().Transport, text, strings.Join(texts, " and ")}
			v.run(t.Context())
			table, report := v.redact(v.table()), v.redact(v.report())
			secrets = append(secrets, v.external)
			for _, secret := range secrets {
				if secret == "quoted secret" {
					secret = "'" + secret
				}
				for where, text := range map[string]string{"report": report, "table": table} {
					if at := strings.Index(text, secret); at >= 0 {
						t.Errorf("the %s has %q: %s", where, secret, text[max(at-100, 0):min(at+100, len(text))])
					}
				}
			}
			for _, want := range []string{"| Are custom attributes merged by name, and cleared by null? | merged, absent after null | updateConversationAttributes: 400 Bad Request | not asked |", "PATCH /v1/conversations/{id}"} {
				if !strings.Contains(report, want) {
					t.Errorf("the report does not have %q:\n%s", want, report)
				}
			}
		})
	}
}

// Texts that are not from the server are redacted, but not masked.
func TestRedact(t *testing.T) {
	for _, test := range []struct{ base, text, want string }{
		{"https://127.0.0.1:8443", "dial 127.0.0.1:8443, at 127.0.0.1", "dial <host>, at <host>"},
		{"https://acme.api.kustomerapp.com", "lookup acme.api.kustomerapp.com of Acme", "lookup <host> of <org>"},
		{"https://api.prod4.kustomerapp.com", "lookup api.prod4.kustomerapp.com, of the API", "lookup <host>, of the API"},
		{"https://hp.example.org", "hp is no php", "<org> is no php"},
		{"https://x.example.org", "id 65F0a1b2c3d4e5f600000009: 123e4567-E89B-12d3-a456-426614174000", "id <id>: <id>"},
		{"https://x.example.org", "key k-1234567-x", "key <key>"},
	} {
		t.Setenv("KUSTOMER_ORG", "")
		t.Setenv("KUSTOMER_BASE_URL", test.base)
		t.Setenv("KUSTOMER_API_KEY", "k-1234567-x")
		v := &verifier{secrets: environment()}
		if got := v.redact(test.text); got != test.want {
			t.Errorf("%q became %q, not %q", test.text, got, test.want)
		}
		if got := v.mask(test.text); strings.Contains(got, "k-") {
			t.Errorf("%q became %q", test.text, got)
		}
	}
}

// An echo refuses custom attributes, and puts a text into all errors.
type echo struct {
	next       http.RoundTripper
	text, back string // the same in both directions
}

func (e *echo) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := e.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(body, []byte("verify-live a")) {
		resp.StatusCode = http.StatusBadRequest
	}
	if resp.StatusCode >= 400 {
		resp.Body.Close()
		text, _ := json.Marshal(map[string]any{"errors": []any{map[string]any{"code": "no " + e.text, "title": "Refused for " + e.back, "detail": "it was " + e.back, "source": e.text}}})
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		resp.Header.Del("Content-Length")
	}
	return resp, nil
}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"Additional properties not allowed":       "Additional properties not allowed",
		"Bad Request":                             "Bad Request",
		"externalId must be unique, do not retry": "externalId must be unique, do not retry",
		"at most 1024 characters (not 102400).":   "at most 1024 characters (not 102400).",
		"it can't be what it isn't":               "it can't be what it isn't",
		"Jane Doe not found":                      "… … not found",
		"no user Jane here":                       "no user … here",
		"no user Zoë O’Neill here":                "no user … … here",
		"user Jane Request is unknown":            "user … … is unknown",
		`"orderStr" is no key`:                    "… is no key",
		"'a b' is no key":                         "… is no key",
		"`a` and “b”":                             "… and …",
		"mail to a.b@c.example, please":           "mail to … please",
		"no 65F0a1b2c3d4e5f600000009":             "no <id>",
		"no 123E4567-e89b-12d3-a456-426614174000": "no <id>",
		"no conv_65f0a1b2c3d4e5f600000008 here":   "no … here",
		"call +49 (30) 123-4567 now":              "call … now",
	} {
		if got := new(verifier).mask(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

// A body is shown as names and types.
func TestShape(t *testing.T) {
	for _, test := range []struct {
		body, want string
		isError    bool
	}{
		{`{"data":{"id":"x","attributes":{"name":"Jane","rev":3,"custom":{"secretStr":"y","otherStr":"z"}}}}`,
			`{"data":{"attributes":{"custom":{"…":"string"},"name":"string","rev":"number"},"id":"string"}}`, false},
		{`{"properties":{"secretStr":{"title":"x"}}}`, `{"properties":{"…":{"title":"string"}}}`, false},
		{`{"errors":[{"title":"Not Found","source":"x","status":404}]}`, `{"errors":[{"source":"string","status":404,"title":"Not Found"}]}`, true},
		{`{"title":"x"}`, `{"title":"string"}`, false},
		{`[null,1]`, `["<nil>"]`, false}, {`[]`, `[]`, false}, {`true`, `"bool"`, false},
		{``, "0 bytes that are not JSON", false}, {`Jane`, "4 bytes that are not JSON", false},
	} {
		if got := new(verifier).shape([]byte(test.body), test.isError); got != test.want {
			t.Errorf("%s became %s, want %s", test.body, got, test.want)
		}
	}
}

func TestTemplate(t *testing.T) {
	for path, want := range map[string]string{
		"/v1/conversations/65f0a1b2c3d4e5f600000009/tags": "/v1/conversations/{id}/tags",
		"/v1/conversations/externalId=verify-live-1":      "/v1/conversations/{id}",
		"/v1/customers/custJane7/conversations":           "/v1/customers/{id}/conversations",
		"/v1/users/current":                               "/v1/users/current",
	} {
		if got := template(path); got != want {
			t.Errorf("%s became %s, not %s", path, got, want)
		}
	}
}
