// Package custom holds the custom attributes of Kustomer records as typed Go values.
//
// Kustomer types a custom attribute by a suffix of its name: orderNumberStr is a string, refundNum a number
// (Kustomer's documentation, "Custom attributes"). A [Key] ties the name, the suffix and the Go type together,
// so that neither the suffix nor the type can be mistaken:
//
//	var orderNumber = custom.Str("orderNumber")
//	var refund = custom.Num("refund")
//
//	attrs := custom.New(orderNumber.Set("A-10045"), refund.Set(12.5))
//
// A struct is mapped as a whole by its tags: see [Marshal] and [Unmarshal]. The command cmd/attributes writes keys and such a
// struct from what an organisation has defined.
//
// Null clears an attribute: orderNumber.Null(). An attribute that is not in [Attributes] stays as it is.
//
// Nothing is rounded and nothing is lost: [Attributes] keeps the exact JSON of each value, unknown suffixes, app
// attributes (whose names begin with @) and arrays included, and a [Key] gives an error rather than a value that
// is not exactly what was stored.
//
// A name or a value that cannot be sent is not lost either: it goes into the attributes as an error, which the
// request check of package client reports with all other violations before anything is sent.
package custom
