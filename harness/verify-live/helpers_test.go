package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// sandbox is a fake that the environment names.
func sandbox(t *testing.T, cfg kustomertest.Config) *kustomertest.Server {
	t.Helper()
	cfg.Attributes = kustomertest.Attributes("orderNumberStr", "warehouseStr", "refundNum")
	srv := kustomertest.NewServer(t, cfg)
	t.Setenv("KUSTOMER_SANDBOX", "yes")
	t.Setenv("KUSTOMER_ORG", "")
	t.Setenv("KUSTOMER_BASE_URL", srv.URL)
	t.Setenv("KUSTOMER_API_KEY", kustomertest.APIKey)
	t.Setenv("KUSTOMER_API_KEY_FILE", "")
	t.Setenv("KUSTOMER_CUSTOMER_ID", srv.AddCustomer())
	t.Chdir(t.TempDir()) // for the report
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

// verdict is the last word of a row.
func verdict(line string) string {
	words := strings.Fields(line)
	if len(words) > 1 && words[len(words)-2] == "not" {
		return "not asked"
	}
	return words[len(words)-1]
}

// An exchanged is a call that the sandbox has answered, before the answer goes out.
type exchanged struct {
	r    *http.Request
	body string // of the request
	nth  int    // of the calls with that method and path, from 1
	*httptest.ResponseRecorder
}

// refuse puts a refusal in place of the answer.
func (e exchanged) refuse(status int, title string) {
	e.Code = status
	e.Body.Reset()
	json.NewEncoder(e.Body).Encode(map[string]any{"errors": []any{map[string]any{"title": title}}})
}

// setAttribute changes one attribute of the answer.
func (e exchanged) setAttribute(name string, value any) {
	var doc struct {
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal(e.Body.Bytes(), &doc); err != nil {
		panic(err)
	}
	doc.Data["attributes"].(map[string]any)[name] = value
	e.Body.Reset()
	json.NewEncoder(e.Body).Encode(doc)
}

// alter lets change have each answer before it goes out.
func alter(t *testing.T, srv *kustomertest.Server, change func(exchanged)) {
	t.Helper()
	seen := make(map[string]int)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		seen[r.Method+r.URL.Path]++
		e := exchanged{r, string(body), seen[r.Method+r.URL.Path], httptest.NewRecorder()}
		srv.ServeHTTP(e.ResponseRecorder, r)
		change(e)
		e.HeaderMap.Del("Content-Length")
		maps.Copy(w.Header(), e.HeaderMap)
		w.WriteHeader(e.Code)
		w.Write(e.Body.Bytes())
	}))
	t.Cleanup(front.Close)
	t.Setenv("KUSTOMER_BASE_URL", front.URL)
}
