package client

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/kustomer-go/kustomer/gen"
)

// FuzzLenientDecoder decodes any body value by value. The result is that of json.Unmarshal, apart from the case of names.
func FuzzLenientDecoder(f *testing.F) {
	for _, seed := range []string{
		`{"data":{"id":"c","type":"conversation","attributes":{"custom":{"aStr":"x","bNum":1e999},"tags":["a","b"],"rev":4,"createdAt":"2026-03-02T09:15:04.375Z","sla":{"a":[1,{}]},"satisfaction":-0.5}}}`,
		`{"data":{"relationships":{"customer":{"data":{"type":"customer","id":"k"},"links":{"self":"/"}}},"links":{"self":"/"}}}`,
		`{"data":{"attributes":{"name":null,"createdAt":null,"tags":null,"custom":null,"sla":null,"snooze":null,"rev":null}}}`,
		`{"data":{"attributes":{"createdAt":"2026-03-02T09:15:04Z","createdAt":null,"tags":["a"],"tags":[],"sla":1,"sla":null}},"data":{"id":"\u00fc\ud83d\ude00\ud800"}}`,
		` { "data" : { "\u0069d" : "c" , "x" : [ { } , [ ] , "\"" ] } } `, `null`, `{"data":null}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var want, got gen.ConversationResponse
		err := unmarshal([]byte(body), &want)
		lenientErr := decodeAfter(err, []byte(body), &got)
		if err == nil && (lenientErr != nil || !reflect.DeepEqual(got, want)) {
			t.Errorf("got %+v, %v; want %+v", got, lenientErr, want)
		}
		if json.Valid([]byte(body)) == false && lenientErr == nil {
			t.Error("invalid JSON gives no error")
		}
		if kind := kindOf([]byte(body)); got.Data.ID != "" && kind == bodyEmpty {
			t.Errorf("an id in a body of kind %d", kind)
		}
	})
}
