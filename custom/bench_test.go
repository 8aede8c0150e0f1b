package custom_test

import (
	"encoding/json"
	"testing"

	"github.com/kustomer-go/kustomer/custom"
)

// The benchmarks compare typed attributes with a hand-written map, from Go values to JSON and back.

type short struct {
	Number string  `kustomer:"orderNumberStr"`
	Refund float64 `kustomer:"refundNum"`
	Items  int64   `kustomer:"itemCountNum"`
	VIP    bool    `kustomer:"vipBool"`
}

func BenchmarkWrite(b *testing.B) {
	run := func(name string, write func() any) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := json.Marshal(write()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("keys", func() any {
		return custom.New(orderNumber.Set("A-10045"), refund.Set(12.5), itemCount.Set(3), vip.Set(true))
	})
	run("struct", func() any {
		attrs, err := custom.Marshal(short{"A-10045", 12.5, 3, true})
		if err != nil {
			b.Fatal(err)
		}
		return attrs
	})
	run("map of any", func() any {
		return map[string]any{"orderNumberStr": "A-10045", "refundNum": 12.5, "itemCountNum": 3, "vipBool": true}
	})
}

func BenchmarkRead(b *testing.B) {
	text := []byte(`{"orderNumberStr":"A-10045","refundNum":12.5,"itemCountNum":3,"vipBool":true,"otherStr":"x","@appThing":{"a":[1]}}`)
	attributes := func() custom.Attributes {
		var attrs custom.Attributes
		if err := json.Unmarshal(text, &attrs); err != nil {
			b.Fatal(err)
		}
		return attrs
	}
	run := func(name string, read func() (string, float64, int64, bool)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n, r, i, v := read(); n != "A-10045" || r != 12.5 || i != 3 || !v {
					b.Fatal(n, r, i, v)
				}
			}
		})
	}
	run("keys", func() (n string, r float64, i int64, v bool) {
		attrs := attributes()
		n, _, _ = orderNumber.Get(attrs)
		r, _, _ = refund.Get(attrs)
		i, _, _ = itemCount.Get(attrs)
		v, _, _ = vip.Get(attrs)
		return n, r, i, v
	})
	run("struct", func() (string, float64, int64, bool) {
		var s short
		if err := custom.Unmarshal(attributes(), &s); err != nil {
			b.Fatal(err)
		}
		return s.Number, s.Refund, s.Items, s.VIP
	})
	run("map of any", func() (n string, r float64, i int64, v bool) {
		var m map[string]any
		if err := json.Unmarshal(text, &m); err != nil {
			b.Fatal(err)
		}
		n, _ = m["orderNumberStr"].(string)
		r, _ = m["refundNum"].(float64)
		f, _ := m["itemCountNum"].(float64)
		v, _ = m["vipBool"].(bool)
		return n, r, int64(f), v
	})
}
