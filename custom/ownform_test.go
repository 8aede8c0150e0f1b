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
func (writeTo) MarshalJSONTo(any) error              { return nil } // by its name: the argument is of a package of Go 1.27
func (*readFrom) UnmarshalJSONFrom(any) error        { return nil }
func (appended) AppendText(b []byte) ([]byte, error) { return append(b, "***"...), nil }
func (hidden) MarshalJSON() ([]byte, error)          { return []byte("{}"), nil }
func (weekday) String() string                       { return "Monday" }

// A type that writes or reads itself means something else than what is beneath it.
func TestTypesThatWriteThemselves(t *testing.T) {
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
	const seconds = "is a time.Duration, which would be sent as a number of nanoseconds: use a number in the unit that is meant, such as Seconds()"
	own := func(typ, method, plain string) string {
		return "is of the Go type custom_test." + typ + " and has its own " + method + ", which would be ignored: use a plain " + plain + ", or a custom.Value of the kind raw"
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
		t.Errorf("Unmarshal says %v", again)
	}
	// How a type prints itself is no matter, and what is raw is written as encoding/json does. Of the struct itself, the tags
	// are what was asked for, and an embedded one without tags has nothing to send.
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
