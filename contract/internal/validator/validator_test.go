package validator

import (
	"net/http"
	"testing"
)

func TestStrictJSON(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"a":1,"b":{"a":2}}`: true, `[1,{"a":[]}]`: true, `null`: true,
		`{"a":1,"a":2}`: false, `{"b":[{"a":1,"a":1}]}`: false, `{} {}`: false, `{}x`: false, ``: false, "\"\xff\"": false,
	} {
		if err := strictJSON([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A path with a text before its parameter comes before one without.
func TestRoutes(t *testing.T) {
	d, err := Load("../../../api/related.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const host = "https://acme.api.kustomerapp.com"
	for target, want := range map[string]struct{ operation, name, value string }{
		host + "/v1/conversations/c1":                                            {"getConversation", "id", "c1"},
		host + "/v1/conversations/externalId=a%2Fb%20c":                          {"getConversationByExternalId", "externalId", "a/b c"},
		host + "/v1/conversations/externalId=":                                   {"getConversationByExternalId", "externalId", ""},
		"https://api.kustomerapp.com/v1/customers/email=a%2Bb@shop.example":      {"getCustomerByEmail", "email", "a+b@shop.example"},
		"https://api.prod2.kustomerapp.com/v1/customers/c1/conversations?page=2": {"getConversationsByCustomer", "id", "c1"},
		host + "/v1/conversations/c1/tags":                                       {}, // with another method
		host + "/v1/conversations/a/b/c":                                         {},
		host + "/v2/conversations/c1":                                            {},
		"https://other.example/v1/conversations/c1":                              {},
	} {
		r, err := http.NewRequest("GET", target, nil)
		if err != nil {
			t.Fatal(err)
		}
		route, params, err := d.findRoute(r)
		if err != nil {
			if want.operation != "" {
				t.Errorf("%s: %v", target, err)
			}
			continue
		}
		if route.Operation.OperationID != want.operation || params[want.name] != want.value {
			t.Errorf("%s is %s with %q", target, route.Operation.OperationID, params)
		}
	}
}

func TestStrictRequest(t *testing.T) {
	d, err := Load("../../../api/related.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		method, path, body string
		ok                 bool
	}{
		{"GET", "customers/phone=%2B14155550123", "", true},
		{"GET", "customers/phone=+14155550123", "", false},
		{"GET", "customers/c+1", "", true},
		{"GET", "customers/c1", "{}", false},
		{"GET", "customers/c1/conversations?page=2&pageSize=100&fromDate=2026-03-01T00:00:00Z", "", true},
		{"GET", "customers/c1/conversations?pagesize=100", "", false},
		{"GET", "customers/c1/conversations?page=0", "", false},
		{"GET", "customers/c1/conversations?page=", "", false},
		{"DELETE", "conversations/c1/tags", `["vip"]`, true},
		{"DELETE", "conversations/c1/tags", `["vip","vip"]`, false},
		{"DELETE", "conversations/c1/tags", ``, false},
	} {
		r, err := http.NewRequest(test.method, "https://acme.api.kustomerapp.com/v1/"+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer key")
		r.Header.Set("Content-Type", "application/json")
		if _, err := d.Request(r, []byte(test.body)); (err == nil) != test.ok {
			t.Errorf("%s %s %s: %v", test.method, test.path, test.body, err)
		}
	}
}
