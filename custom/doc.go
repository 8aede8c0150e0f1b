// Package custom holds the custom attributes of Kustomer records as typed Go values.
//
// Kustomer encodes the type of a custom attribute in a suffix of its name: orderNumberStr is a string, refundNum a
// number (Kustomer's documentation, "Custom attributes"). A [Key] combines the name, the suffix and the Go type, so
// that a wrong suffix or type does not compile:
//
//	var orderNumber = custom.Str("orderNumber")
//	var refund = custom.Num("refund")
//
//	attrs := custom.New(orderNumber.Set("A-10045"), refund.Set(12.5))
//
// [Marshal] and [Unmarshal] map a whole struct by its tags. The command cmd/attributes generates keys and such a struct
// from the attributes that an organisation has defined.
//
// orderNumber.Null() clears an attribute. An attribute that is not in [Attributes] stays unchanged.
//
// Nothing is rounded or lost. [Attributes] keeps the exact JSON of each value. This includes values with unknown
// suffixes, arrays, and app attributes, whose names begin with @. [Key.Get] returns an error when the Go type cannot
// hold the stored value exactly.
//
// An invalid name or value becomes an error inside the attributes. Package client reports these errors with all other
// violations before it sends a request.
package custom
