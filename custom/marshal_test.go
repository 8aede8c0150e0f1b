package custom_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/custom"
)

type channel string

type shipping struct {
	By *time.Time `kustomer:"shipByAt,null"`
}

type order struct {
	Number   string                `kustomer:"orderNumber,str,omitzero"`
	Note     *string               `kustomer:"noteTxt,null"`
	Refund   *float64              `kustomer:"refundNum"`
	Ratio    float32               `kustomer:"ratioNum,omitzero"`
	Items    uint8                 `kustomer:"itemCount,int"`
	Total    int64                 `kustomer:"totalNum,omitzero"`
	Price    json.Number           `kustomer:"price,decimal,omitzero"`
	VIP      bool                  `kustomer:"vipBool"`
	Tracking string                `kustomer:"trackingUrl,omitzero"`
	Record   string                `kustomer:"primaryOrderId,omitzero"`
	Reason   string                `kustomer:"contactReasonTree,omitzero"`
	Channel  channel               `kustomer:"channelPreferenceStr,omitzero"`
	Products []string              `kustomer:"productsStr"`
	Codes    []channel             `kustomer:"codesStr,null"`
	Counts   *[]int                `kustomer:"countsNum"`
	Odd      custom.Value          `kustomer:"odd,raw,omitzero"`
	Raw      json.RawMessage       `kustomer:"@appThing,raw"`
	Any      any                   `kustomer:"anyThing,raw"`
	Times    []time.Time           `kustomer:"seenAt,omitzero"`
	Left     string                `kustomer:"-"`
	Plain    map[string]chan<- int // no tag
	shipping
}

var full = order{
	Number: "A-10045", Note: new("a\nb"), Refund: new(12.5), Ratio: 0.1, Items: 255, Total: math.MinInt64, Price: "19.90", VIP: true,
	Tracking: "https://example.com/1", Record: "65f0a1b2c3d4e5f600000001", Reason: "a.b", Channel: "email",
	Products: []string{"a", "b"}, Codes: []channel{}, Counts: &[]int{1, 2}, Odd: custom.Int("x").Set(7).Value(),
	Raw: json.RawMessage(`{"a":[1.10]}`), Any: []any{"x", json.Number("1.10"), nil},
	Times:    []time.Time{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
	shipping: shipping{new(time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC))},
}

const fullJSON = `{"@appThing":{"a":[1.10]},"anyThing":["x",1.10,null],"channelPreferenceStr":"email","codesStr":[],` +
	`"contactReasonTree":"a.b","countsNum":[1,2],"itemCountNum":255,"noteTxt":"a\nb","odd":7,"orderNumberStr":"A-10045",` +
	`"priceNum":19.90,"primaryOrderId":"65f0a1b2c3d4e5f600000001","productsStr":["a","b"],"ratioNum":0.1,"refundNum":12.5,` +
	`"seenAt":["2026-01-02T03:04:05.000Z"],"shipByAt":"2026-01-02T03:04:05.678Z","totalNum":-9223372036854775808,` +
	`"trackingUrl":"https://example.com/1","vipBool":true}`

func TestMarshal(t *testing.T) {
	for _, test := range []struct {
		name string
		in   any
		want string
	}{
		{"all", full, fullJSON},
		{"a pointer", &full, fullJSON},
		{"nothing", order{}, `{"codesStr":null,"itemCountNum":0,"noteTxt":null,"shipByAt":null,"vipBool":false}`},
		{"no fields", struct{}{}, `{}`},
		{"no attributes", struct {
			A int `kustomer:"-"`
		}{1}, `{}`},
	} {
		attrs, err := custom.Marshal(test.in)
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(attrs)
		if err != nil {
			t.Fatal(err)
		}
		if string(body) != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, body, test.want)
		}
	}
}

func TestUnmarshal(t *testing.T) {
	var got order
	if err := custom.Unmarshal(attrsOf(t, fullJSON), &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, full) {
		t.Errorf("got %+v\nwant %+v", got, full)
	}

	// An absent attribute leaves the field unchanged; null clears it.
	got = full
	if err := custom.Unmarshal(attrsOf(t, `{"refundNum":null,"productsStr":null,"vipBool":null,"odd":null,"@appThing":null,"anyThing":null,"shipByAt":null,"otherStr":"x"}`), &got); err != nil {
		t.Fatal(err)
	}
	want := full
	want.Refund, want.Products, want.VIP, want.Odd, want.Raw, want.Any, want.By = nil, nil, false, custom.Value{}, nil, nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// Each number type, with its minimum and maximum.
func TestNumbersOfAllTypes(t *testing.T) {
	type numbers struct {
		I   int     `kustomer:"aNum"`
		I8  int8    `kustomer:"bNum"`
		I16 int16   `kustomer:"cNum"`
		I32 int32   `kustomer:"dNum"`
		I64 int64   `kustomer:"eNum"`
		U   uint    `kustomer:"fNum"`
		U8  uint8   `kustomer:"gNum"`
		U16 uint16  `kustomer:"hNum"`
		U32 uint32  `kustomer:"iNum"`
		U64 uint64  `kustomer:"jNum,int"`
		F32 float32 `kustomer:"kNum"`
		F64 float64 `kustomer:"lNum,num"`
	}
	for _, in := range []numbers{
		{math.MaxInt, math.MaxInt8, math.MaxInt16, math.MaxInt32, math.MaxInt64, math.MaxUint, math.MaxUint8, math.MaxUint16, math.MaxUint32, math.MaxUint64, math.MaxFloat32, math.MaxFloat64},
		{math.MinInt, math.MinInt8, math.MinInt16, math.MinInt32, math.MinInt64, 0, 0, 0, 0, 0, -math.MaxFloat32, math.SmallestNonzeroFloat64},
	} {
		attrs, err := custom.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(attrs)
		if err != nil {
			t.Fatal(err)
		}
		var out numbers
		if err := custom.Unmarshal(attrsOf(t, string(body)), &out); err != nil || in != out {
			t.Errorf("%+v was sent as %s and came back as %+v, %v", in, body, out, err)
		}
	}
	type uintptrs struct {
		P uintptr `kustomer:"aNum"`
	}
	if _, err := custom.Marshal(uintptrs{}); err == nil {
		t.Error("a uintptr was sent as a number")
	}
	var out numbers
	if err := custom.Unmarshal(attrsOf(t, `{"jNum":18446744073709551616,"fNum":-1,"bNum":128,"eNum":1e19}`), &out); err == nil || strings.Count(err.Error(), "does not hold exactly") != 4 {
		t.Errorf("error is %v", err)
	}
}

// As in encoding/json, an IsZero method decides.
func TestOmitZeroCallsIsZero(t *testing.T) {
	type times struct {
		Plain   time.Time    `kustomer:"aAt,omitzero"`
		Pointer *time.Time   `kustomer:"bAt,omitzero"`
		Value   custom.Value `kustomer:"c,raw,omitzero"`
	}
	local := time.Time{}.In(time.FixedZone("", 3600))
	attrs, err := custom.Marshal(times{Plain: local})
	if err != nil || len(attrs) != 0 {
		t.Errorf("a zero time that is not in UTC: %v, %v", attrs, err)
	}
	if attrs, err := custom.Marshal(times{Plain: time.Unix(0, 0), Value: custom.Raw("c", 1).Value()}); err != nil || len(attrs) != 2 {
		t.Errorf("got %v, %v", attrs, err)
	}
}

// All invalid fields are reported at once, and the valid ones are set.
func TestUnmarshalReportsAllErrors(t *testing.T) {
	var got order
	err := custom.Unmarshal(attrsOf(t, `{"orderNumberStr":7,"refundNum":"***","itemCountNum":256,"totalNum":1.5,"ratioNum":0.12345678901,
		"vipBool":true,"shipByAt":"soon","productsStr":["a",1],"countsNum":[1e300],"priceNum":"x","channelPreferenceStr":["a"]}`), &got)
	want := []string{
		`field Number (custom attribute "orderNumberStr") is a number, not a string`,
		`field Refund (custom attribute "refundNum") is a string, not a number`,
		`field Ratio (custom attribute "ratioNum") is a number that float32 does not hold exactly`,
		`field Items (custom attribute "itemCountNum") is a number that uint8 does not hold exactly`,
		`field Total (custom attribute "totalNum") is a number that int64 does not hold exactly`,
		`field Price (custom attribute "priceNum") is a string, not a number`,
		`field Channel (custom attribute "channelPreferenceStr") is an array, not a string`,
		`field Products (custom attribute "productsStr") item 1 is a number, not a string`,
		`field Counts (custom attribute "countsNum") item 0 is a number that int does not hold exactly`,
		`field shipping.By (custom attribute "shipByAt") is not an RFC 3339 date and time`,
	}
	if err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("error is\n%v\nwant\n%s", err, strings.Join(want, "\n"))
	}
	if !reflect.DeepEqual(got, order{VIP: true}) {
		t.Errorf("got %+v", got)
	}
	field, ok := errors.AsType[*custom.FieldError](err)
	if !ok || field.Field != "Number" || field.Name != "orderNumberStr" || field.Unwrap() == nil {
		t.Errorf("the first is %+v", field)
	}
}

func TestMarshalReportsAllErrors(t *testing.T) {
	bad := full
	bad.Number, bad.Refund, bad.Price, bad.Tracking = strings.Repeat("x", 1025), new(math.NaN()), "x", "example.com"
	bad.Products, bad.Odd, bad.By = []string{"a", "\xff"}, custom.Str("x").Set("\xff").Value(), new(time.Time{})
	bad.Raw, bad.Any = json.RawMessage("{"), []byte("x")
	attrs, err := custom.Marshal(bad)
	want := []string{
		`field Number (custom attribute "orderNumberStr") has 1025 characters, may have 1024`,
		`field Refund (custom attribute "refundNum") must be a finite number`,
		`field Price (custom attribute "priceNum") is not a JSON number, such as -12.50`,
		`field Tracking (custom attribute "trackingUrl") must be an absolute URL (RFC 3986), such as https://example.com/orders/M%C3%BCller`,
		`field Products (custom attribute "productsStr") item 1 is not valid UTF-8`,
		`field Odd (custom attribute "odd") is not valid UTF-8`,
		`field Raw (custom attribute "@appThing") is not valid JSON`,
		`field Any (custom attribute "anyThing") is []uint8, which would be sent as base64: use json.RawMessage for JSON and string for text`,
		`field shipping.By (custom attribute "shipByAt") must be set: it is Go's zero time`,
	}
	if attrs != nil || err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("error is\n%v\nwant\n%s", err, strings.Join(want, "\n"))
	}
	if attrs, err := custom.Marshal(struct {
		V custom.Value `kustomer:"v,raw"`
	}{}); attrs != nil || err == nil || !strings.Contains(err.Error(), "field V") {
		t.Errorf("the zero Value is %v, %v", attrs, err)
	}
}

func TestMarshalTakesStructs(t *testing.T) {
	for _, test := range []struct {
		in        any
		marshal   string
		unmarshal string
	}{
		{nil, "custom: Marshal takes a struct or a pointer to one, not nil", "custom: Unmarshal takes a pointer to a struct, not nil"},
		{(*order)(nil), "custom: Marshal takes a struct or a pointer to one, not a nil *custom_test.order", "custom: Unmarshal takes a pointer to a struct, not a nil *custom_test.order"},
		{map[string]any{}, "custom: Marshal takes a struct or a pointer to one, not map[string]interface {}", "custom: Unmarshal takes a pointer to a struct, not map[string]interface {}"},
		{new(7), "custom: Marshal takes a struct or a pointer to one, not *int", "custom: Unmarshal takes a pointer to a struct, not *int"},
		{order{}, "", "custom: Unmarshal takes a pointer to a struct, not custom_test.order"},
	} {
		if _, err := custom.Marshal(test.in); test.marshal != "" && (err == nil || err.Error() != test.marshal) {
			t.Errorf("Marshal: %v, want %s", err, test.marshal)
		}
		if err := custom.Unmarshal(custom.Attributes{}, test.in); err == nil || err.Error() != test.unmarshal {
			t.Errorf("Unmarshal: %v, want %s", err, test.unmarshal)
		}
	}
}

// A day has an IsZero method with a pointer receiver.
type day int

func (d *day) IsZero() bool { return *d == 7 }

// omitzero omits the same fields as in encoding/json.
func TestOmitZeroMatchesEncodingJSON(t *testing.T) {
	type both struct {
		A day        `json:"aNum,omitzero" kustomer:"aNum,omitzero"`
		B day        `json:"bNum,omitzero" kustomer:"bNum,omitzero"`
		C *day       `json:"cNum,omitzero" kustomer:"cNum,omitzero"`
		D any        `json:"d,omitzero" kustomer:"d,raw,omitzero"`
		E any        `json:"e,omitzero" kustomer:"e,raw,omitzero"`
		F *time.Time `json:"fAt,omitzero" kustomer:"fAt,omitzero"`
		G []string   `json:"gStr,omitzero" kustomer:"gStr,omitzero"`
	}
	for _, v := range []both{{}, {A: 7, B: 7, C: new(day(7)), D: new(day(7)), E: 0, F: &time.Time{}, G: []string{}}, {A: 1, B: 7, C: new(day(1))}} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		attrs, err := custom.Marshal(v)
		if got, _ := json.Marshal(attrs); err != nil || string(got) != string(text) {
			t.Errorf("got %s, %v, want %s", got, err, text)
		}
	}
}
