package main

import (
	"fmt"
	"testing"
	"time"
)

func TestUnit(t *testing.T) {
	now := time.Now()
	for text, want := range map[string]string{
		"30":                            "seconds from now",
		" 30 ":                          "seconds from now",
		fmt.Sprint(now.Unix() + 30):     "seconds since 1970",
		fmt.Sprint(now.Unix() + 36_000): "seconds since 1970, more than an hour away",
		fmt.Sprint(now.UnixMilli()):     "milliseconds since 1970",
		now.UTC().Format(time.RFC1123):  "a text that is no number",
	} {
		if got := unit(text); got != want {
			t.Errorf("%q is in %s, not in %s", text, got, want)
		}
	}
}
