package custom_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/custom"
)

// Declare keys once. They add the suffix to the name.
var (
	orderNumber = custom.Str("orderNumber")
	refund      = custom.Num("refund")
	itemCount   = custom.Int("itemCount")
	vip         = custom.Bool("vip")
)

func Example() {
	attrs := custom.New(
		orderNumber.Set("A-10045"),
		refund.Set(12.5),
		vip.Null(), // clears the attribute
		custom.Raw("productsStr", []string{"mug", "plate"}),
	)
	body, err := json.Marshal(attrs)
	fmt.Println(string(body), err)
	// Output: {"orderNumberStr":"A-10045","productsStr":["mug","plate"],"refundNum":12.5,"vipBool":null} <nil>
}

func ExampleKey_Get() {
	var attrs custom.Attributes
	if err := json.Unmarshal([]byte(`{"itemCountNum": 9007199254740993, "refundNum": "***"}`), &attrs); err != nil {
		fmt.Println(err)
	}
	fmt.Println(itemCount.Get(attrs))
	fmt.Println(vip.Get(attrs))
	fmt.Println(refund.Get(attrs))
	// Output:
	// 9007199254740993 set <nil>
	// false absent <nil>
	// 0 set custom attribute "refundNum" is a string, not a number
}

// An invalid name or value is reported when the attributes are checked, at the latest before a request is sent.
func ExampleAttributes_Err() {
	wrong := custom.Str("refundNum")
	fmt.Println(custom.New(wrong.Set("12.50")).Err())
	// Output: custom attribute "refundNum" has a name that ends in Num, but its key is for the suffix Str
}

// A parcel is an order of a shop, mapped to attributes in Kustomer.
type parcel struct {
	Number  string     `kustomer:"orderNumberStr"`
	Refund  *float64   `kustomer:"refundNum"`           // nil is omitted
	ShipBy  *time.Time `kustomer:"shipByAt,null"`       // nil clears the attribute
	Items   int        `kustomer:"itemCount,int"`       // itemCountNum
	Carrier string     `kustomer:"carrierStr,omitzero"` // omitted when it is empty
	Notes   []string   `kustomer:"notesTxt"`            // a list
}

func ExampleMarshal() {
	attrs, err := custom.Marshal(parcel{Number: "A-10045", Items: 3, Notes: []string{"fragile", "two parts"}})
	fmt.Println(attrs, err)

	_, err = custom.Marshal(parcel{Number: strings.Repeat("x", 1025), Refund: new(math.NaN())})
	fmt.Println(err)
	// Output:
	// map[itemCountNum:3 notesTxt:["fragile","two parts"] orderNumberStr:"A-10045" shipByAt:null] <nil>
	// field Number (custom attribute "orderNumberStr") has 1025 characters, may have 1024
	// field Refund (custom attribute "refundNum") must be a finite number
}

func ExampleUnmarshal() {
	var attrs custom.Attributes
	if err := json.Unmarshal([]byte(`{"orderNumberStr": "A-10045", "itemCountNum": 3.0, "refundNum": "***"}`), &attrs); err != nil {
		fmt.Println(err)
	}
	var p parcel
	err := custom.Unmarshal(attrs, &p)
	fmt.Println(p.Number, p.Items, p.Refund)
	fmt.Println(err)
	// Output:
	// A-10045 3 <nil>
	// field Refund (custom attribute "refundNum") is a string, not a number
}

func ExampleKey_List() {
	products := custom.Str("products").List()
	attrs := custom.New(products.Set([]string{"mug", "plate"}))
	fmt.Println(attrs)
	fmt.Println(products.Get(attrs))
	// Output:
	// map[productsStr:["mug","plate"]]
	// [mug plate] set <nil>
}

func ExampleAt() {
	shipBy := custom.At("shipBy")
	attrs := custom.New(shipBy.Set(time.Date(2026, time.March, 2, 10, 15, 4, 375e6, time.FixedZone("CET", 3600))))
	fmt.Println(attrs)
	// Output: map[shipByAt:"2026-03-02T09:15:04.375Z"]
}
