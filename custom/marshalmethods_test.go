package custom_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/custom"
)

type (
	masked    string
	asObject  bool
	fromText  float64
	fromJSON  int
	writeList []string
	writeTo   string
	readFrom  int
	appended  string
	timeout   = time.Duration
	weekday   int
	hidden    struct {
		S string `kustomer:"oStr"`
	}
)

func (masked) MarshalText() ([]byte, error)          { return []byte("***"), nil }
func (*asObject) MarshalJSON() ([]byte, error)       { return []byte("{}"), nil }
func (*fromText) UnmarshalText([]byte) error         { return nil }
func (*fromJSON) UnmarshalJSON([]byte) error         { return nil }
func (writeList) MarshalJSON() ([]byte, error)       { return []byte(`"a,b"`), nil }
func (writeTo) MarshalJSONTo(any) error              { return nil } // found by its name; the real parameter type exists only since Go 1.27
func (*readFrom) UnmarshalJSONFrom(any) error        { return nil }
func (appended) AppendText(b []byte) ([]byte, error) { return append(b, "***"...), nil }
func (hidden) MarshalJSON() ([]byte, error)          { return []byte("{}"), nil }
func (weekday) String() string                       { return "Monday" }

// Types with their own marshal methods are refused.
func TestTypesWithMarshalMethods(t *testing.T) {
	type bad struct {
		Text     masked    `kustomer:"aStr"`
		Pointer  *masked   `kustomer:"bTxt"`
		List     []masked  `kustomer:"cStr"`
		Lists    *[]masked `kustomer:"dUrl"`
		JSON     asObject  `kustomer:"eBool"`
		Number   fromText  `kustomer:"fNum"`
		Integer  *fromJSON `kustomer:"gNum,int"`
		Whole    writeList `kustomer:"hStr"`
		Duration timeout   `kustomer:"iNum"`
		Waits    []timeout `kustomer:"jNum"`
		masked   `kustomer:"kStr"`
		To       writeTo  `kustomer:"lStr"`
		From     readFrom `kustomer:"mNum"`
		Appended appended `kustomer:"nStr"`
		hidden
	}
	const seconds = "is a time.Duration, which would be sent as a number of nanoseconds: convert it to a number in the intended unit, such as Seconds()"
	own := func(typ, method, plain string) string {
		return "has the Go type custom_test." + typ + " with its own " + method + ", which would be ignored: use a plain " + plain + ", or a custom.Value with the kind raw"
	}
	want := []string{
		`field Text (custom attribute "aStr") ` + own("masked", "MarshalText", "string"),
		`field Pointer (custom attribute "bTxt") ` + own("masked", "MarshalText", "string"),
		`field List (custom attribute "cStr") ` + own("masked", "MarshalText", "string"),
		`field Lists (custom attribute "dUrl") ` + own("masked", "MarshalText", "string"),
		`field JSON (custom attribute "eBool") ` + own("asObject", "MarshalJSON", "bool"),
		`field Number (custom attribute "fNum") ` + own("fromText", "UnmarshalText", "float64"),
		`field Integer (custom attribute "gNum") ` + own("fromJSON", "UnmarshalJSON", "int"),
		`field Whole (custom attribute "hStr") ` + own("writeList", "MarshalJSON", "slice"),
		`field Duration (custom attribute "iNum") ` + seconds,
		`field Waits (custom attribute "jNum") ` + seconds,
		`field masked (custom attribute "kStr") is not exported`,
		`field To (custom attribute "lStr") ` + own("writeTo", "MarshalJSONTo", "string"),
		`field From (custom attribute "mNum") ` + own("readFrom", "UnmarshalJSONFrom", "int"),
		`field Appended (custom attribute "nStr") ` + own("appended", "AppendText", "string"),
		`field hidden ` + own("hidden", "MarshalJSON", "struct"),
	}
	_, err := custom.Marshal(bad{})
	if err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("error is\n%v\nwant\n%s", err, strings.Join(want, "\n"))
	}
	if again := custom.Unmarshal(custom.Attributes{}, new(bad)); again == nil || again.Error() != err.Error() {
		t.Errorf("Unmarshal returns %v", again)
	}
	// String methods do not matter, and raw values are encoded by encoding/json. The tags of the struct itself decide,
	// and an embedded struct without tags has nothing to send.
	type good struct {
		Day weekday `kustomer:"dayNum"`
		Any any     `kustomer:"any,raw"`
		time.Time
	}
	attrs, err := custom.Marshal(good{Day: 1, Any: masked("x")})
	if err != nil || len(attrs) != 2 || attrs["dayNum"].String() != "1" || attrs["any"].String() != `"***"` {
		t.Errorf("got %v, %v", attrs, err)
	}
	if attrs, err := custom.Marshal(hidden{"x"}); err != nil || attrs["oStr"].String() != `"x"` {
		t.Errorf("got %v, %v", attrs, err)
	}
}
