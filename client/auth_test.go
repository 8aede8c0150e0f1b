package client_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

func TestTokenIsAskedForEachAttempt(t *testing.T) {
	var n atomic.Int32
	src := client.TokenSourceFunc(func(ctx context.Context) (string, error) {
		if n.Add(1) == 3 {
			return "", errors.New("vault is sealed")
		}
		return "token-" + strconv.Itoa(int(n.Load())), nil
	})
	var got []string
	a := sample(t, "responses/append-tags-200.json")
	c, err := client.New(client.WithOrg("acme"), client.WithTokenSource(src), client.WithHTTPClient(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		got = append(got, r.Header.Get("Authorization"))
		return a.response(r), nil
	})}))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := tag(t, c); err != nil {
			t.Fatal(err)
		}
	}
	_, err = tag(t, c)
	var e *client.Error
	if !errors.As(err, &e) || e.Outcome != client.OutcomeNotApplied || len(got) != 2 {
		t.Errorf("without a token: %v after %v", err, got)
	}
	if got[0] != "Bearer token-1" || got[1] != "Bearer token-2" {
		t.Errorf("sent %v", got)
	}
}

func TestBadTokenIsNotSent(t *testing.T) {
	for _, token := range []string{"", "a\r\nX-Evil: 1", "Bearer x", "a b"} {
		c, err := client.New(client.WithOrg("acme"), client.WithTokenSource(client.TokenSourceFunc(func(context.Context) (string, error) { return token, nil })),
			client.WithHTTPClient(&http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				t.Errorf("%q was sent", token)
				return testResponse{status: 500}.response(r), nil
			})}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = tag(t, c)
		var e *client.Error
		if !errors.As(err, &e) || e.Outcome != client.OutcomeNotApplied {
			t.Errorf("error is %v", err)
		}
	}
}
