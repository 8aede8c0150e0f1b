package custom_test

import (
	"encoding/json"
	"fmt"

	"github.com/kustomer-go/kustomer/custom"
)

// Keys are made once. The suffix is theirs to add.
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

// A mistake in a name or a value is kept until somebody asks, at the latest the request check.
func ExampleAttributes_Err() {
	wrong := custom.Str("refundNum")
	fmt.Println(custom.New(wrong.Set("12.50")).Err())
	// Output: custom attribute "refundNum" has a name that ends in Num, but its key is for the suffix Str
}
