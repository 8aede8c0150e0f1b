package main

import (
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/kustomer-go/kustomer/kustomertest"
)

// The program works with a store and a fake Kustomer.
func TestGuide(t *testing.T) {
	store, srv := miniredis.RunT(t), kustomertest.NewServer(t, kustomertest.Config{})
	conversation := srv.AddConversation(srv.AddCustomer())
	for name, value := range map[string]string{
		"REDIS_ADDR": store.Addr(), "KUSTOMER_BASE_URL": srv.URL, "KUSTOMER_API_KEY": kustomertest.APIKey, "KUSTOMER_ORG": "",
		"KUSTOMER_API_KEY_FILE": "", "CONVERSATION": conversation,
	} {
		t.Setenv(name, value)
	}
	if err := run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if conv, _ := srv.Conversation(conversation); len(conv.Attributes.Tags) != 1 {
		t.Errorf("the tags are %v", conv.Attributes.Tags)
	}
	if !store.Exists("kustomer:1:{acme}:members") {
		t.Errorf("the store has only %v", store.Keys())
	}
}
