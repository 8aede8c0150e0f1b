package custom_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/custom"
)

// FuzzAttributes decodes any JSON as attributes and encodes it again. The JSON stays the same except for order and
// blanks. A value that a key reads is written and read as the same value.
func FuzzAttributes(f *testing.F) {
	for _, seed := range []string{
		fullJSON, `{}`, `null`, `{"xNum":1e400,"xStr":"\ud800","xAt":"2026-01-02T03:04:05+23:59"}`,
		`{"xStr":["a",{"b":[1.10]}],"xUrl":"a","xId":"/","xTree":"..","xBool":1}`, `{"a":1,"a":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var attrs custom.Attributes
		if json.Unmarshal(data, &attrs) != nil || attrs == nil {
			return
		}
		if attrs.Err() == nil {
			written, err := json.Marshal(attrs)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := meaning(t, written), meaning(t, data); !reflect.DeepEqual(got, want) {
				t.Errorf("%s was written as %s", data, written)
			}
		}
		reads(t, attrs, custom.Str("x"))
		reads(t, attrs, custom.Txt("x"))
		reads(t, attrs, custom.Num("x"))
		reads(t, attrs, custom.Int("x"))
		reads(t, attrs, custom.Decimal("x"))
		reads(t, attrs, custom.Bool("x"))
		reads(t, attrs, custom.URL("x"))
		reads(t, attrs, custom.ID("x"))
		reads(t, attrs, custom.Tree("x"))
		if v, state, err := custom.At("x").Get(attrs); state == custom.StateSet && err == nil {
			// Times are sent in milliseconds.
			again, _, err := custom.At("x").Get(custom.New(custom.At("x").Set(v)))
			if year := v.Year(); !v.IsZero() && year >= 0 && year <= 9999 && (err != nil || !again.Equal(v.Truncate(time.Millisecond))) {
				t.Errorf("%v came back as %v, %v", v, again, err)
			}
		}
		var o order
		_ = custom.Unmarshal(attrs, &o)
	})
}

// meaning decodes an object without losing anything. Duplicate names are handled as encoding/json does.
func meaning(t *testing.T, data []byte) (v map[string]any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func reads[T comparable](t *testing.T, attrs custom.Attributes, key custom.Key[T]) {
	t.Helper()
	v, state, err := key.Get(attrs)
	if state != custom.StateSet || err != nil {
		return
	}
	entry := key.Set(v)
	if entry.Value().Err() != nil {
		return // a stored value that cannot be sent
	}
	if again, _, err := key.Get(custom.New(entry)); err != nil || again != v {
		t.Errorf("%v came back as %v, %v", v, again, err)
	}
}

// FuzzMarshal marshals a struct and unmarshals it. The result is the same, or Marshal returned an error.
func FuzzMarshal(f *testing.F) {
	f.Add("A-10045", "a\nb", 12.5, float32(0.1), uint8(255), int64(-1), "19.90", true, "https://example.com", "a.b", "email", "x", int64(1767322445678))
	f.Add("", "", 0.0, float32(0), uint8(0), int64(0), "", false, "", "", "", "", int64(0))
	f.Add("\xff", "\u2028", 1e300, float32(1e38), uint8(1), int64(1<<62), "-0", true, "a:b", ".", "\ud7ff", "\x00", int64(-1))
	f.Fuzz(func(t *testing.T, number, note string, refund float64, ratio float32, items uint8, total int64, price string, vip bool, tracking, reason, way, product string, ms int64) {
		in := order{
			Number: number, Note: &note, Refund: &refund, Ratio: ratio, Items: items, Total: total, Price: json.Number(price), VIP: vip,
			Tracking: tracking, Reason: reason, Channel: channel(way), Products: []string{product}, Codes: []channel{},
			shipping: shipping{new(time.UnixMilli(ms).UTC())},
		}
		attrs, err := custom.Marshal(in)
		if err != nil {
			return
		}
		body, err := json.Marshal(attrs)
		if err != nil {
			t.Fatal(err)
		}
		var back custom.Attributes
		if err := json.Unmarshal(body, &back); err != nil {
			t.Fatal(err)
		}
		var out order
		if err := custom.Unmarshal(back, &out); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(in, out) {
			t.Errorf("%+v was sent as %s and came back as %+v", in, body, out)
		}
	})
}
