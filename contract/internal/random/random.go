// Package random generates values and bodies of requests: mostly valid, often at a limit, sometimes beyond it.
package random

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/custom"
)

// A Source generates values. The same seeds give the same values.
type Source struct{ *rand.Rand }

// New returns a new source.
func New(seed1, seed2 uint64) Source { return Source{rand.New(rand.NewPCG(seed1, seed2))} }

// alphabets have letters that count differently in bytes, UTF-16 units and code points, and letters that tags may and must
// not have.
var alphabets = []string{"abcXYZ019", "éÀÿßñ", "漢字かな", "😀🚚", "Ωжա", "a _/<>-.", ",:#&\"\\\n\t", "e\u0301\u200d"}

var lengths = []int{0, 1, 2, 5, 63, 64, 65, 99, 100, 101, 127, 128, 129, 255, 256, 257, 1023, 1024, 1025}

var words = []string{"open", "snoozed", "done", "in", "out", "scheduled", "canceled", "elapsed", "rated", "commented", "user", "customer",
	"amazon-connect", "email", "sms", "whatsapp", "form", "vip", "damaged parcel", "65f0a1b2c3d4e5f600000003", "Open", "closed"}

var numbers = []float64{-2, -1.0001, -1, -0.5, 0, 0.25, 0.5, 1, 1.0001, 2, 3, 5, 6, 9, 10, 11, 1e6, 1e300, 0.1, 9007199254740993}

func (r Source) text() string {
	switch n := r.IntN(10); {
	case n < 5:
		return words[r.IntN(len(words))]
	case n < 8:
		return r.of(alphabets[r.IntN(len(alphabets))], r.IntN(6))
	}
	// Half of the long texts have plain letters. Otherwise few of them would be valid.
	alphabet := alphabets[0]
	if r.IntN(2) == 0 {
		alphabet = alphabets[r.IntN(len(alphabets))]
	}
	return r.of(alphabet, lengths[r.IntN(len(lengths))])
}

func (r Source) of(alphabet string, n int) string {
	letters := []rune(alphabet)
	var b strings.Builder
	for range n {
		b.WriteRune(letters[r.IntN(len(letters))])
	}
	return b.String()
}

func (r Source) time() time.Time {
	t := time.Unix(r.Int64N(8e9)-2e9, r.Int64N(1e9))
	if r.IntN(3) == 0 {
		return t.In(time.FixedZone("", (r.IntN(27)-13)*1800))
	}
	return t.UTC()
}

// Value fills v as a caller might. Present is the probability that an optional field is set.
func (r Source) Value(v reflect.Value, present float64) {
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(r.time()))
		return
	case reflect.TypeFor[custom.Attributes]():
		v.Set(reflect.ValueOf(r.custom()))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			optional := v.Field(i).Kind() == reflect.Pointer || v.Field(i).Kind() == reflect.Map || v.Field(i).Kind() == reflect.Slice
			if !optional || r.Float64() < present {
				r.Value(v.Field(i), 0.6)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.Value(v.Elem(), 0.6)
	case reflect.Map: // nullable.Nullable
		v.Set(reflect.MakeMap(v.Type()))
		elem := reflect.New(v.Type().Elem()).Elem()
		set := r.IntN(4) > 0
		if set {
			r.Value(elem, present)
		}
		v.SetMapIndex(reflect.ValueOf(set), elem)
	case reflect.Slice:
		n := []int{0, 1, 1, 2, 2, 3, 10, 11, 20, 21}[r.IntN(10)]
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			if i > 0 && r.IntN(40) == 0 {
				v.Index(i).Set(v.Index(i - 1))
				continue
			}
			r.Value(v.Index(i), present)
			// Only long lists of valid items reach the limit.
			if n > 3 && v.Index(i).Kind() == reflect.String && r.IntN(60) > 0 {
				v.Index(i).SetString(fmt.Sprintf("t%d", i))
			}
		}
	case reflect.String:
		v.SetString(r.text())
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int:
		v.SetInt(int64(r.IntN(9) - 2))
	case reflect.Float64:
		v.SetFloat(numbers[r.IntN(len(numbers))])
	default:
		panic("no random value for " + v.Type().String())
	}
}

func (r Source) custom() custom.Attributes {
	n := []int{0, 1, 2, 3, 99, 100, 101}[r.IntN(7)]
	entries := make([]custom.Entry, n)
	for i := range entries {
		name := fmt.Sprintf("%s%d", []string{"order", "@app_x-", "Ünïcode", "漢"}[r.IntN(4)], i)
		switch r.IntN(7) {
		case 0:
			entries[i] = custom.Str(name).Set(r.of(alphabets[r.IntN(len(alphabets))], r.IntN(30)))
		case 1:
			entries[i] = custom.Num(name).Set(numbers[r.IntN(len(numbers))])
		case 2:
			entries[i] = custom.Int(name).Set(r.Int64() - 1<<62)
		case 3:
			entries[i] = custom.Bool(name).Set(r.IntN(2) == 0)
		case 4:
			entries[i] = custom.Str(name).Null()
		default:
			entries[i] = custom.Raw(name, r.json(3))
		}
	}
	return custom.New(entries...)
}

// json returns any JSON value.
func (r Source) json(depth int) any {
	kinds := 8
	if depth == 0 {
		kinds = 6
	}
	switch r.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return numbers[r.IntN(len(numbers))]
	case 3:
		return json.Number("12345678901234567890")
	case 4, 5:
		return r.text()
	case 6:
		list := make([]any, r.IntN(4))
		for i := range list {
			list[i] = r.json(depth - 1)
		}
		return list
	}
	object := map[string]any{}
	for range r.IntN(4) {
		object[r.text()] = r.json(depth - 1)
	}
	return object
}
