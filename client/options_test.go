package client_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

func TestHTTPClientIsNotChanged(t *testing.T) {
	hc := &http.Client{Transport: http.DefaultTransport}
	if _, err := client.New(client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithHTTPClient(hc)); err != nil {
		t.Fatal(err)
	}
	if hc.CheckRedirect != nil {
		t.Error("the caller's http.Client was given a redirect policy")
	}
}

// The limits of options: characters that a header cannot have, and the longest names of a host.
func TestLimitsOfOptions(t *testing.T) {
	longest := strings.Repeat("a", 63)
	for _, test := range []struct {
		name string
		opts []client.Option
		want string // in the error; none if empty
	}{
		{"key with DEL", []client.Option{client.WithOrg("acme"), client.WithAPIKey("key\x7f")}, "a key cannot have"},
		{"key with tilde", []client.Option{client.WithOrg("acme"), client.WithAPIKey("key~!")}, ""},
		{"user agent with DEL", []client.Option{client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithUserAgent("a\x7f")}, "a header cannot have"},
		{"user agent with tilde and blank", []client.Option{client.WithOrg("acme"), client.WithAPIKey(apiKey), client.WithUserAgent("a ~")}, ""},
		{"longest organisation", []client.Option{client.WithOrg(longest), client.WithAPIKey(apiKey)}, ""},
		{"organisation that is no name", []client.Option{client.WithOrg(longest[1:] + "_"), client.WithAPIKey(apiKey)}, "is not one DNS label"},
		{"organisation that is too long", []client.Option{client.WithOrg(longest + "a"), client.WithAPIKey(apiKey)}, "not the name of an organisation"},
		{"longest label of a host", []client.Option{client.WithBaseURL("https://" + longest + ".example"), client.WithAPIKey(apiKey)}, ""},
		{"label that is too long", []client.Option{client.WithBaseURL("https://" + longest + "a.example"), client.WithAPIKey(apiKey)}, "host"},
	} {
		_, err := client.New(test.opts...)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// If two invalid credentials are given, the error does not say that there is none, and none is read from the environment.
func TestTwoBadCredentials(t *testing.T) {
	t.Setenv("KUSTOMER_API_KEY", "")
	t.Setenv("KUSTOMER_API_KEY_FILE", "")
	opts := []client.Option{client.WithOrg("acme"), client.WithAPIKey(""), client.WithTokenSource(nil)}
	_, err := client.New(opts...)
	if err == nil || strings.Contains(err.Error(), "no credential") {
		t.Errorf("New: %v", err)
	}
	if _, fromEnv := client.FromEnv(opts...); fromEnv == nil || fromEnv.Error() != err.Error() {
		t.Errorf("FromEnv: %v, want %v", fromEnv, err)
	}
}

// A timeout of 0 is no limit.
func TestTimeoutOfZero(t *testing.T) {
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		if _, limited := r.Context().Deadline(); limited {
			t.Error("the attempt is limited")
		}
		return testResponse{status: 200, body: `{"data":{"id":"c"}}`}.response(r), nil
	}), client.WithTimeout(0))
	if _, err := tag(t, c); err != nil {
		t.Error(err)
	}
}
