package webhook_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/webhook"
)

const secret = "whsec-3e9a7f"

// The signature is the one that openssl dgst -sha256 -hmac prints.
func TestVerifyFollowsTheAlgorithm(t *testing.T) {
	const want = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
	if err := webhook.Verify([]byte("The quick brown fox jumps over the lazy dog"), want, "key"); err != nil {
		t.Error(err)
	}
}

func TestVerify(t *testing.T) {
	const body = `{"id":"e-1"}`
	good := sign(body, secret)
	for _, test := range []struct {
		name, body, signature string
		secrets               []string
		want                  string // "", "signature" or what a configuration error says
	}{
		{"right", body, good, []string{secret}, ""},
		{"the first of two secrets", body, good, []string{secret, "new"}, ""},
		{"the second of two secrets", body, good, []string{"new", secret}, ""},
		{"an empty body", "", sign("", secret), []string{secret}, ""},

		{"another body", body + "\n", good, []string{secret}, "signature"},
		{"another secret", body, good, []string{"new"}, "signature"},
		{"missing", body, "", []string{secret}, "signature"},
		{"upper case", body, strings.ToUpper(good), []string{secret}, "signature"},
		{"a prefix", body, good[:63], []string{secret}, "signature"},
		{"the first half", body, good[:32], []string{secret}, "signature"},
		{"one digit differs at the end", body, good[:63] + flip(good[63]), []string{secret}, "signature"},
		{"one digit differs at the beginning", body, flip(good[0]) + good[1:], []string{secret}, "signature"},
		{"more after it", body, good + "00", []string{secret}, "signature"},
		{"a prefix of another scheme", body, "sha256=" + good, []string{secret}, "signature"},
		{"not hex", body, "not hex", []string{secret}, "signature"},
		{"made with the empty secret", body, sign(body, ""), []string{secret}, "signature"},

		{"no secret", body, good, nil, "there is no secret"},
		{"no secret and no signature", body, "", nil, "there is no secret"},
		{"an empty secret", body, sign(body, ""), []string{""}, "secret 1 is empty"},
		{"an empty secret beside the right one", body, good, []string{secret, ""}, "secret 2 is empty"},
		{"a secret with a line break", body, sign(body, secret+"\n"), []string{secret + "\n"}, "secret 1 begins or ends with white space"},
		{"a blank secret", body, sign(body, " "), []string{" "}, "secret 1 begins or ends with white space"},
	} {
		err := webhook.Verify([]byte(test.body), test.signature, test.secrets...)
		switch {
		case test.want == "":
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			continue
		case err == nil:
			t.Errorf("%s: it was accepted", test.name)
			continue
		case errors.Is(err, webhook.ErrSignature) != (test.want == "signature") || !strings.Contains(err.Error(), test.want):
			t.Errorf("%s: got %v", test.name, err)
		}
		if all := fmt.Sprintf("%+v %#v", err, err); strings.Contains(all, secret) || strings.Contains(all, good[:32]) {
			t.Errorf("%s: the error shows the secret or the signature: %s", test.name, all)
		}
	}
}

func flip(digit byte) string {
	if digit == '0' {
		return "1"
	}
	return "0"
}

func FuzzVerify(f *testing.F) {
	f.Add("{}", sign("{}", secret), secret, "other")
	f.Add("{}", sign("{}", ""), "", "")
	f.Add("", "", " ", secret)
	f.Fuzz(func(t *testing.T, body, signature, first, second string) {
		valid := func(s string) bool { return s != "" && s == strings.TrimSpace(s) }
		want := valid(first) && valid(second) && (signature == sign(body, first) || signature == sign(body, second))
		if err := webhook.Verify([]byte(body), signature, first, second); (err == nil) != want {
			t.Errorf("got %v, want success %v", err, want)
		}
		if valid(first) && valid(second) {
			if err := webhook.Verify([]byte(body), sign(body, second), first, second); err != nil {
				t.Errorf("the right signature: %v", err)
			}
		}
	})
}
