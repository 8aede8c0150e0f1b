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

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/kustomertest"
)

// sandbox returns a fake, and sets the environment variables that the command reads.
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

// verify runs the command and returns its output.
func verify(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, &out, &errs); code != want {
		t.Fatalf("exit status %d, want %d:\n%s%s", code, want, &out, &errs)
	}
	return out.String(), errs.String()
}

// row returns the line of a question.
func row(t *testing.T, table, question string) string {
	t.Helper()
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "| "+question) {
			return line
		}
	}
	t.Fatalf("no row %q in\n%s", question, table)
	return ""
}

// comparison returns the last cell of a row.
func comparison(line string) string {
	cells := strings.Split(line, "|")
	return strings.TrimSpace(cells[len(cells)-2])
}

// checkCleanUp checks that all conversations are deleted and done, and that the table says so.
func checkCleanUp(t *testing.T, srv *kustomertest.Server, table string) {
	t.Helper()
	if line := row(t, table, cleanUpQuestion); comparison(line) != same {
		t.Error(line)
	}
	for _, c := range srv.Conversations() {
		if c.Attributes.Status != client.StatusDone || c.Hidden["deleted"] != true {
			t.Errorf("conversation %s is left: %+v, %v", c.ID, c.Attributes, c.Hidden)
		}
	}
}

// An exchanged is a request and the response of the fake before it is sent.
type exchanged struct {
	r    *http.Request
	body string // of the request
	nth  int    // of the requests with that method and path, from 1
	*httptest.ResponseRecorder
}

// refuse replaces the response.
func (e exchanged) refuse(status int, title string) {
	e.Code = status
	e.Body.Reset()
	json.NewEncoder(e.Body).Encode(map[string]any{"errors": []any{map[string]any{"title": title}}})
}

// setAttribute changes one attribute of the response.
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

// alter changes each response before it is sent.
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
