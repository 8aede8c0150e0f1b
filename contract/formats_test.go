package contract

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/custom"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// update sends an update to a fake and returns the status.
func update(t *testing.T, srv *kustomertest.Server, body string) int {
	t.Helper()
	r, err := http.NewRequest("PATCH", srv.URL+"/v1/conversations/"+srv.AddConversation(id), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+kustomertest.APIKey)
	resp, err := srv.HTTPClient().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// Document, fake and keys accept the same date-times, in fields and in custom attributes.
func TestDateTimes(t *testing.T) {
	d := load(t)
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	for text, want := range map[string]bool{
		"2026-03-02T09:15:04Z":          true,
		"2026-03-02T09:15:04.375+01:00": true,
		"2026-03-02t09:15:04z":          true,
		"2024-02-29T09:15:04-23:59":     true,
		"1990-12-31T23:59:60Z":          true,
		"1990-12-31T15:59:60-08:00":     true,
		"1990-12-31T22:59:60Z":          false,
		"1990-12-31T10:00:00+10:60":     false,
		"1990-12-31T10:00:00+24:00":     false,
		"1990-12-31T3:15:04Z":           false,
		"T3:15:04Z":                     false,
		"1990-12-31T10:00:00,5Z":        false,
		"1990-12-31T24:00:00Z":          false,
		"1990-02-29T10:00:00Z":          false,
		"1990-12-31 10:00:00Z":          false,
		"1990-12-31T10:00:00":           false,
		"1990-12-31":                    false,
	} {
		value, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		body := `{"endedAt":` + string(value) + `}`
		if _, err := d.Request(newRequest(t, "PATCH", "/v1/conversations/"+id), []byte(body)); (err == nil) != want {
			t.Errorf("document, %s: %v", text, err)
		}
		for _, body := range []string{body, `{"custom":{"lastOrderAt":` + string(value) + `}}`} {
			if status := update(t, srv, body); (status == 200) != want {
				t.Errorf("fake, %s: %d", body, status)
			}
		}
		_, _, err = custom.At("x").Get(custom.New(custom.Raw("xAt", text)))
		if none := err != nil && strings.Contains(err.Error(), "not an RFC 3339 date and time"); none == want {
			t.Errorf("key, %s: %v", text, err)
		}
	}
}

// Fake and keys accept the same URLs. The document does not limit custom attributes.
func TestURLs(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	for text, want := range map[string]bool{
		"https://example.com/a?b=c#d": true,
		"https://example.com/%C3%BC":  true,
		"mailto:anna@example.com":     true,
		`http://a\b`:                  false,
		`http://a"b`:                  false,
		"http://a/ü":                  false,
		"http://a/{}":                 false,
		"http://a/^":                  false,
		"http://a/`":                  false,
		"http://a/|":                  false,
		"http://a/<b>":                false,
		"http://a/b c":                false,
		"http://a/%zz":                false,
		"http://a/%2":                 false,
		"localhost:8080":              false,
		"example.com":                 false,
	} {
		value, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if status := update(t, srv, `{"custom":{"trackingUrl":`+string(value)+`}}`); (status == 200) != want {
			t.Errorf("fake, %s: %d", text, status)
		}
		if err := custom.URL("tracking").Set(text).Value().Err(); (err == nil) != want {
			t.Errorf("key, %s: %v", text, err)
		}
	}
}

// Document and fake refuse a number that float64 cannot hold, at each depth.
func TestNumbersBeyondFloat(t *testing.T) {
	d := load(t)
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	for body, want := range map[string]bool{
		`{"satisfaction":1e999}`:             false,
		`{"custom":{"totalNum":1e999}}`:      false,
		`{"custom":{"thing":[{"a":1e999}]}}`: false,
		`{"custom":{"totalNum":1e308}}`:      true,
		`{"custom":{"totalNum":1e-999}}`:     true,
	} {
		if _, err := d.Request(newRequest(t, "PATCH", "/v1/conversations/"+id), []byte(body)); (err == nil) != want {
			t.Errorf("document, %s: %v", body, err)
		}
		if status := update(t, srv, body); (status == 200) != want {
			t.Errorf("fake, %s: %d", body, status)
		}
	}
}

// Fake and keys accept the same ids and the same paths in a tree.
func TestIDsAndTrees(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	for name, key := range map[string]custom.Key[string]{"orderId": custom.ID("order"), "reasonTree": custom.Tree("reason")} {
		for _, text := range []string{
			id, "a.b", "..", "a..b", ".", "", "a.", "a#b", "a%b", "a?b", `a\b`, "a;b", "a/b", "a b", "a\tb", "a\u00a0b", "\ufeff", "a\u200bb",
		} {
			err := key.Set(text).Value().Err()
			value, _ := json.Marshal(text)
			if status := update(t, srv, `{"custom":{"`+name+`":`+string(value)+`}}`); (status == 200) != (err == nil) {
				t.Errorf("%s %q: fake %d, key %v", name, text, status, err)
			}
		}
	}
}

// Fake and client accept the same names of attributes.
func TestNames(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{Customers: []string{id}})
	for _, name := range []string{"a", "@a-b_c", "größeStr", "", " ", "a b", "a\u2028", "a\u0085", "a\ufffdStr", "Str"} {
		err := custom.Attributes{name: custom.Bool("x").Null().Value()}.ErrOf(name)
		body, _ := json.Marshal(map[string]any{"custom": map[string]any{name: nil}})
		if status := update(t, srv, string(body)); (status == 200) != (err == nil) {
			t.Errorf("name %q: fake %d, client %v", name, status, err)
		}
	}
}
