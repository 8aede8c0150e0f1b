package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/contract/internal/operations"
)

// What the client returns has all that the examples of successful responses have, as far as their schema describes it.
func TestDecodedExamples(t *testing.T) {
	for _, op := range operations.OfClient(t, "..") {
		content := op.Responses.Value(strconv.Itoa(op.Success())).Value.Content.Get("application/json")
		for name, example := range content.Examples {
			body := marshal(t, example.Value.Value)
			requests := 0
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				if requests++; requests > 1 {
					return nil, errors.New("the example has one page")
				}
				return &http.Response{
					StatusCode: op.Success(), Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(body))), Request: r,
				}, nil
			}))
			result, err := op.Call(t.Context(), c, op.Values()[0], op.ExampleBody(t))
			if err != nil && requests < 2 {
				t.Errorf("%s, %s: %v", op.OperationID, name, err)
				continue
			}
			var got, want any
			decode(t, []byte(`{"data":`+string(marshal(t, result))+`}`), &got)
			decode(t, body, &want)
			for _, wrong := range differences(content.Schema.Value.Properties["data"].Value, "data", want.(map[string]any)["data"], got.(map[string]any)["data"]) {
				t.Errorf("%s, %s: %s", op.OperationID, name, wrong)
			}
			checkDecodeErrors(t, result)
		}
	}
}

func decode(t *testing.T, text []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatal(err)
	}
}

func checkDecodeErrors(t *testing.T, result any) {
	t.Helper()
	switch result := result.(type) {
	case []*client.Conversation:
		for _, conv := range result {
			checkDecodeErrors(t, conv)
		}
	case interface{ DecodeError() error }:
		if err := result.DecodeError(); err != nil {
			t.Error(err)
		}
	default:
		t.Errorf("contract/response_test.go: has %T an error?", result)
	}
}

// differences lists what got lacks of want, or has otherwise. Properties that the schema does not have, and those that are null or
// empty, may be missing.
func differences(s *openapi3.Schema, path string, want, got any) []string {
	for len(s.AllOf) > 0 {
		s = s.AllOf[0].Value
	}
	var all []string
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if len(s.Properties) == 0 || !ok {
			break
		}
		for name, p := range s.Properties {
			if v := want[name]; v != nil && !reflect.ValueOf(v).IsZero() && !reflect.DeepEqual(v, []any{}) && !reflect.DeepEqual(v, map[string]any{}) {
				all = append(all, differences(p.Value, path+"."+name, v, object[name])...)
			}
		}
		return all
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			break
		}
		for i := range want {
			all = append(all, differences(s.Items.Value, path+"["+strconv.Itoa(i)+"]", want[i], list[i])...)
		}
		return all
	case string:
		if s.Format == "date-time" {
			w, err1 := time.Parse(time.RFC3339, want)
			text, _ := got.(string)
			g, err2 := time.Parse(time.RFC3339, text)
			if err1 == nil && err2 == nil && w.Equal(g) {
				return nil
			}
		}
	}
	if reflect.DeepEqual(want, got) {
		return nil
	}
	return []string{fmt.Sprintf("%s is %v, want %v", path, got, want)}
}
