package custom_test

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/custom"
)

func TestGetRefusesTextThatGoCannotHold(t *testing.T) {
	key := custom.Str("a")
	for text, want := range map[string]string{
		`"\ud83d\ude00"`:                       "😀",
		`"far away: \ud83d\ude00\ud83d\ude00"`: "far away: 😀😀",
		`"\uD83D\uDE00x"`:                      "😀x",
		`"\\ud800"`:                            `\ud800`,
		`"\ufffd"`:                             "\ufffd",
		"\"\ufffd\"":                           "\ufffd",
		`"\u00fc\n\"\/"`:                       "ü\n\"/",
		`"\ud800"`:                             "",
		`"a\\\udc00b"`:                         "",
		`"\ud800\ud83d\ude00"`:                 "",
		`"\ud83dxude00aaaaaa"`:                 "",
		`"\ude00\ud83d"`:                       "",
		`"\ud83d\u0041"`:                       "",
		"\"\xff\"":                             "",
		"\"\xed\xa0\x80\"":                     "",
	} {
		var attrs custom.Attributes
		if err := json.Unmarshal([]byte(`{"aStr":`+text+`}`), &attrs); err != nil {
			t.Fatal(err)
		}
		got, state, err := key.Get(attrs)
		if got != want || state != custom.StateSet || (err == nil) != (want != "") {
			t.Errorf("%s is %q, %v, %v; want %q", text, got, state, err, want)
		}
		if err != nil && !strings.HasSuffix(err.Error(), "holds text that is not valid Unicode") {
			t.Errorf("%s: error is %v", text, err)
		}
	}
}

// A few bytes of a response must not allocate gigabytes.
func TestHugeExponentsAllocateLittle(t *testing.T) {
	key := custom.Int("a")
	for _, number := range []string{"1e100000000", "1e2147483647", "1e99999999999999999999", "-1e-2147483648"} {
		attrs := custom.New(custom.Raw("aNum", json.Number(number)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := key.Get(attrs)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s is an int64", number)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Fatalf("%s took %d bytes", number, used)
		}
	}
}
