package custom_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/custom"
)

// attrsOf decodes attributes as they come in a response.
func attrsOf(t testing.TB, text string) custom.Attributes {
	t.Helper()
	var attrs custom.Attributes
	if err := json.Unmarshal([]byte(text), &attrs); err != nil {
		t.Fatal(err)
	}
	return attrs
}

func TestValuesThatKeysWrite(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	for _, test := range []struct {
		entry custom.Entry
		want  string // name and JSON, or the error
	}{
		{custom.Txt("summary").Set(strings.Repeat("ü", 5000)), `summaryTxt "` + strings.Repeat("ü", 5000) + `"`},
		{custom.Str("note").Set(strings.Repeat("ü", 1024)), `noteStr "` + strings.Repeat("ü", 1024) + `"`},
		{custom.Txt("summary").Set("a\nb"), `summaryTxt "a\nb"`},
		{custom.Txt("summary").Set("\xff"), "is not valid UTF-8"},

		{custom.Decimal("price").Set("19.90"), "priceNum 19.90"},
		{custom.Decimal("priceNum").Set("-0.0e-99999999999"), "priceNum -0.0e-99999999999"},
		{custom.Decimal("price").Set("123456789012345678901234567890.5"), "priceNum 123456789012345678901234567890.5"},
		{custom.Decimal("price").Set("0"), "priceNum 0"},
		{custom.Decimal("price").Set("9"), "priceNum 9"},
		{custom.Decimal("price").Set("true"), "is not a JSON number"},
		{custom.Decimal("price").Set("1 "), "is not a JSON number"},
		{custom.Decimal("price").Set(""), "is not a JSON number"},
		{custom.Decimal("price").Set("1,5"), "is not a JSON number"},
		{custom.Decimal("price").Set("NaN"), "is not a JSON number"},
		{custom.Decimal("price").Set("01"), "is not a JSON number"},
		{custom.Decimal("price").Set("+1"), "is not a JSON number"},
		{custom.Decimal("price").Set(" 1"), "is not a JSON number"},
		{custom.Decimal("price").Set("1\n"), "is not a JSON number"},
		{custom.Decimal("price").Set(`"1"`), "is not a JSON number"},
		{custom.Decimal("price").Set("null"), "is not a JSON number"},
		{custom.Decimal("price").Set("[1]"), "is not a JSON number"},

		{custom.At("lastOrder").Set(time.Date(2026, 3, 2, 10, 15, 4, 987654321, berlin)), `lastOrderAt "2026-03-02T09:15:04.987Z"`},
		{custom.At("lastOrderAt").Set(time.Date(2026, 3, 2, 9, 15, 4, 0, time.UTC)), `lastOrderAt "2026-03-02T09:15:04.000Z"`},
		{custom.At("lastOrder").Set(time.Time{}), "must be set: it is Go's zero time"},
		{custom.At("lastOrder").Set(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)), "has the year 10000"},
		{custom.At("lastOrder").Set(time.Date(9999, 12, 31, 23, 30, 0, 0, time.FixedZone("", -3600))), "has the year 10000"},
		{custom.At("lastOrder").Set(time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)), `lastOrderAt "9999-12-31T23:59:59.999Z"`},
		{custom.At("lastOrder").Set(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), `lastOrderAt "0000-01-01T00:00:00.000Z"`},
		{custom.At("lastOrder").Set(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)), "has the year -1"},

		{custom.URL("tracking").Set("https://example.com/a?b=c&d=%C3%BC#e"), `trackingUrl "https://example.com/a?b=c\u0026d=%C3%BC#e"`},
		{custom.URL("tracking").Set("https://example.com/ü"), "must be an absolute URL"},
		{custom.URL("tracking").Set("https://example.com/%zz"), "must be an absolute URL"},
		{custom.URL("tracking").Set(`http://a\b`), "must be an absolute URL"},
		{custom.URL("trackingUrl").Set("mailto:a@example.com"), `trackingUrl "mailto:a@example.com"`},
		{custom.URL("tracking").Set(""), "must be an absolute URL"},
		{custom.URL("tracking").Set("/a"), "must be an absolute URL"},
		{custom.URL("tracking").Set("//example.com/a"), "must be an absolute URL"},
		{custom.URL("tracking").Set("example.com"), "must be an absolute URL"},
		{custom.URL("tracking").Set("https:///a"), "must be an absolute URL"},
		{custom.URL("tracking").Set("https:a"), "must be an absolute URL"},
		{custom.URL("tracking").Set("HTTPS:a"), "must be an absolute URL"},
		{custom.URL("tracking").Set("http://:80"), "must be an absolute URL"},
		{custom.URL("tracking").Set("localhost:8080"), "must be an absolute URL"},
		{custom.URL("tracking").Set("example.com:443/x"), "must be an absolute URL"},
		{custom.URL("tracking").Set(`C:\x`), "must be an absolute URL"},
		{custom.URL("tracking").Set("ws://example.com"), `trackingUrl "ws://example.com"`},
		{custom.URL("tracking").Set("file:///"), "must be an absolute URL"},
		{custom.URL("tracking").Set("file:///etc"), `trackingUrl "file:///etc"`},
		{custom.URL("tracking").Set("ftp://example.com"), `trackingUrl "ftp://example.com"`},
		{custom.URL("tracking").Set("tel:+49301234"), `trackingUrl "tel:+49301234"`},
		{custom.URL("tracking").Set("https://example.com/a b"), "must be an absolute URL"},
		{custom.URL("tracking").Set("https://exa mple.com"), "must be an absolute URL"},

		{custom.ID("primaryOrder").Set("65f0a1b2c3d4e5f600000001"), `primaryOrderId "65f0a1b2c3d4e5f600000001"`},
		{custom.ID("primaryOrder").Set("not-hex"), `primaryOrderId "not-hex"`},
		{custom.ID("primaryOrder").Set(""), "must be the id of a record"},
		{custom.ID("primaryOrder").Set("a/b"), "must be the id of a record"},
		{custom.ID("primaryOrder").Set("a b"), "must be the id of a record"},
		{custom.ID("primaryOrder").Set("a\n"), "must be the id of a record"},

		{custom.Tree("contactReason").Set("delivery.damaged_parcel"), `contactReasonTree "delivery.damaged_parcel"`},
		{custom.Tree("contactReason").Set("delivery"), `contactReasonTree "delivery"`},
		{custom.Tree("contactReason").Set(""), "must be a path of node ids"},
		{custom.Tree("contactReason").Set("a..b"), "must be a path of node ids"},
		{custom.Tree("contactReason").Set(".a"), "must be a path of node ids"},
		{custom.Tree("contactReason").Set("a."), "must be a path of node ids"},

		{custom.Str("products").List().Set([]string{"b", "a"}), `productsStr ["b","a"]`},
		{custom.Str("products").List().Set([]string{}), `productsStr []`},
		{custom.Str("products").List().Null(), `productsStr null`},
		{custom.Decimal("prices").List().Set([]json.Number{"1.10", "2"}), `pricesNum [1.10,2]`},
		{custom.ID("orders").List().Set([]string{"a"}), `ordersId ["a"]`},
		{custom.Str("products").List().Set(nil), "is a nil list"},
		{custom.ID("orders").List().Set([]string{"a", "", "b", "/"}), "item 1 must be the id of a record: not empty, without blanks or slashes, item 3 must be"},
		{custom.ID("orders").List().Set(make([]string, 10)), "item 9 must be the id of a record: not empty, without blanks or slashes$"},
		{custom.ID("orders").List().Set(make([]string, 12)), "item 9 must be the id of a record: not empty, without blanks or slashes, and 2 more"},
		{custom.Str("ordersId").List().Set([]string{"a"}), "has a name that ends in Id, but its key is for the suffix Str"},
		{custom.Key[string]{}.List().Set([]string{"a"}), "has no name"},
	} {
		got := ""
		if err := test.entry.Value().Err(); err != nil {
			got = err.Error()
		} else {
			got = test.entry.Name() + " " + string(test.entry.Value().Raw())
		}
		// want is a part of the error; with a $, it is the end of the error.
		part, whole := strings.CutSuffix(test.want, "$")
		if ok := got == test.want || test.entry.Value().Err() != nil && strings.Contains(got, part) && (!whole || strings.HasSuffix(got, part)); !ok {
			t.Errorf("%.60s: got %.200s, want %.200s", test.entry.Name(), got, test.want)
		}
	}
}

func TestTimesThatKeysRead(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		`"2026-03-02T12:00:00Z"`:                 noon,
		`"2026-03-02T12:00:00.000Z"`:             noon,
		`"2026-03-02t12:00:00z"`:                 noon,
		`"2026-03-02T14:30:00+02:30"`:            noon,
		`"2026-03-02T12:00:00.375-00:00"`:        noon.Add(375 * time.Millisecond),
		`"2026-03-02T12:00:00.123456789Z"`:       noon.Add(123456789),
		`"2026-03-02T12:00:00.12345678900Z"`:     noon.Add(123456789),
		`"2026-03-02T13:00:00.1234567890+01:00"`: noon.Add(123456789),
		`"2026-03-02T12:00:00.1234567891Z"`:      {},
		`"2026-03-02T12:00:00.1234567891+00:00"`: {},
		`"2026-03-02T12:00:00,5Z"`:               {},
		`"2026-03-02T12:00:00+24:00"`:            {},
		`"2026-03-02T12:00:00-23:60"`:            {},
		`"2026-03-02T12:00:00+10:60"`:            {},
		`"2026-03-02T24:00:00Z"`:                 {},
		`"2026-03-02T12:00:60Z"`:                 {},
		`"2026-03-02T23:59:61Z"`:                 {},
		`"1990-12-31T23:59:60Z"`:                 {},
		`"2026-03-02T1:00:00Z"`:                  {},
		`"2026-03-02 12:00:00Z"`:                 {},
		`"2026-03-02T12:00:00"`:                  {},
		`"2026-03-02"`:                           {},
		`"2026-02-30T12:00:00Z"`:                 {},
		`"***"`:                                  {},
		`""`:                                     {},
		`1772452800`:                             {},
		`["2026-03-02T12:00:00Z"]`:               {},
	} {
		got, state, err := custom.At("x").Get(attrsOf(t, `{"xAt":`+text+`}`))
		if !got.Equal(want) || got.Location() != time.UTC || state != custom.StateSet || (err == nil) == want.IsZero() {
			t.Errorf("%s is %v, %v, %v", text, got, state, err)
		}
	}
}

// RFC 3339 allows a leap second, which time.Time cannot hold. The error differs from that of an invalid time.
func TestLeapSeconds(t *testing.T) {
	for text, want := range map[string]string{
		`"1990-12-31T23:59:60Z"`:          "is a time that time.Time cannot hold exactly",
		`"1990-12-31t15:59:60.5-08:00"`:   "is a time that time.Time cannot hold exactly",
		`"1990-12-31T15:59:60Z"`:          "is not an RFC 3339 date and time",
		`"1990-12-31T23:59:60.5-08:00"`:   "is not an RFC 3339 date and time",
		`"1990-02-31T23:59:60Z"`:          "is not an RFC 3339 date and time",
		`"1990-12-31T23:59:59.12345678z"`: "",
	} {
		_, _, err := custom.At("x").Get(attrsOf(t, `{"xAt":`+text+`}`))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestListsThatKeysRead(t *testing.T) {
	key := custom.Int("count").List()
	for _, test := range []struct {
		text string
		want []int64
		err  string
	}{
		{`[1,2.0,3e2]`, []int64{1, 2, 300}, ""},
		{`[]`, []int64{}, ""},
		{`[1,"x",null]`, nil, `custom attribute "countNum" item 1 is a string, not a number, item 2 is null, not a number`},
		{`7`, nil, `custom attribute "countNum" is a number, not a list`},
		{`{"a":1}`, nil, `custom attribute "countNum" is an object, not a list`},
	} {
		got, state, err := key.Get(attrsOf(t, `{"countNum":`+test.text+`}`))
		if (got == nil) != (test.want == nil) || len(got) != len(test.want) || state != custom.StateSet {
			t.Fatalf("%s is %v, %v", test.text, got, state)
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%s is %v", test.text, got)
			}
		}
		if (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
			t.Errorf("%s: error is %v, want %s", test.text, err, test.err)
		}
	}
	if v, state, err := key.Get(attrsOf(t, `{"countNum":null}`)); v != nil || state != custom.StateNull || err != nil {
		t.Errorf("null is %v, %v, %v", v, state, err)
	}
	if key.Name() != "countNum" || key.Err() != nil || custom.Str("countNum").List().Err() == nil {
		t.Errorf("name %s, error %v", key.Name(), key.Err())
	}
}

func TestDecimalsKeepTheirSpelling(t *testing.T) {
	for _, text := range []string{"1.10", "-0", "1e400", "12345678901234567890.12345678901234567890", "0.0"} {
		got, state, err := custom.Decimal("x").Get(attrsOf(t, `{"xNum":`+text+`}`))
		if string(got) != text || state != custom.StateSet || err != nil {
			t.Errorf("%s is %s, %v, %v", text, got, state, err)
		}
	}
	if _, _, err := custom.Decimal("x").Get(attrsOf(t, `{"xNum":"1"}`)); err == nil || err.Error() != `custom attribute "xNum" is a string, not a number` {
		t.Errorf("error is %v", err)
	}
}

// All keys read what they write.
func TestKeysReadWhatTheyWrite(t *testing.T) {
	back(t, custom.Txt("x"), "a\nb", "")
	back(t, custom.Str("x"), "", "<&>\u2028")
	back(t, custom.Num("x"), 0.1, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Copysign(0, -1), 1e21)
	back(t, custom.Int("x"), math.MaxInt64, math.MinInt64, 0)
	back(t, custom.Decimal("x"), "1.10", "-0")
	back(t, custom.Bool("x"), true, false)
	back(t, custom.URL("x"), "https://example.com/?a=1&b=2")
	back(t, custom.ID("x"), "65f0a1b2c3d4e5f600000001")
	back(t, custom.Tree("x"), "a.b.c")
	back(t, custom.At("x"), time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC))
}

func back[T comparable](t *testing.T, key custom.Key[T], values ...T) {
	t.Helper()
	for _, v := range values {
		body, err := json.Marshal(custom.New(key.Set(v)))
		if err != nil {
			t.Error(err)
			continue
		}
		got, state, err := key.Get(attrsOf(t, string(body)))
		if got != v || state != custom.StateSet || err != nil {
			t.Errorf("%v was sent as %s and came back as %v, %v, %v", v, body, got, state, err)
		}
	}
	body, err := json.Marshal(custom.New(key.List().Set(values)))
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := key.List().Get(attrsOf(t, string(body))); err != nil || len(got) != len(values) {
		t.Errorf("%v was sent as %s and came back as %v, %v", values, body, got, err)
	}
}
