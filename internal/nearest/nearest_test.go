package nearest_test

import (
	"testing"

	"github.com/kustomer-go/kustomer/internal/nearest"
)

func TestOneEditAway(t *testing.T) {
	for wrong, want := range map[string]bool{
		"kustomr": true, "kusotmer": true, "kustomerr": true, "customer": true, "Kustomer": true, "KUSTOMER": true, "kus_tomer": true, "ustomer": true,
		"kustomer": false, "kustom": false, "customers": false, "kutsomr": false, "json": false, "": false,
	} {
		if got := nearest.OneEditAway(wrong, "kustomer"); got != want {
			t.Errorf("%q: %t", wrong, got)
		}
	}
}

func TestName(t *testing.T) {
	names := []string{"orderNumberStr", "orderNoteTxt", "refundNum", "vipBool", "@acmeFieldStr", "größeStr", "vatNum", "vatStr"}
	for wrong, want := range map[string]string{
		"ordreNumberStr":   "orderNumberStr", // two letters swapped
		"orderNumbrStr":    "orderNumberStr",
		"orderrNumberStr":  "orderNumberStr",
		"orderNumberTxt":   "orderNumberStr", // another suffix
		"OrderNumberStr":   "orderNumberStr",
		"order_number_str": "orderNumberStr",
		"orderNumber":      "orderNumberStr",
		"acmeFieldStr":     "@acmeFieldStr",
		"vipBol":           "vipBool",
		"vatBool":          "vipBool",
		"vatNun":           "vatNum",
		"vatXtr":           "vatStr",
		"refundNum":        "", // the name itself
		"warehouseStr":     "",
		"x":                "",
		"":                 "",
	} {
		if got := nearest.Name(wrong, names); got != want {
			t.Errorf("%s: %q, want %q", wrong, got, want)
		}
	}
	if got := nearest.Name("a", nil); got != "" {
		t.Errorf("without names, got %q", got)
	}
	// The order of the names does not matter.
	if got := nearest.Name("abcx", []string{"abcz", "abca"}); got != "abca" {
		t.Errorf("got %q", got)
	}
}
