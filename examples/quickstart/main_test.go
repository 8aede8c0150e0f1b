package main

import "testing"

func TestQuickstartOnTheFake(t *testing.T) {
	t.Setenv("KUSTOMER_API_KEY", "")
	t.Setenv("KUSTOMER_API_KEY_FILE", "")
	if err := run(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestQuickstartForRealNeedsACustomer(t *testing.T) {
	t.Setenv("KUSTOMER_API_KEY", "key")
	t.Setenv("KUSTOMER_CUSTOMER_ID", "")
	if err := run(t.Context()); err == nil {
		t.Error("no error without a customer")
	}
}
