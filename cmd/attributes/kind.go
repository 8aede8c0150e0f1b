package main

import (
	"strings"

	"github.com/kustomer-go/kustomer/custom"
)

// A kind describes the attributes with a suffix.
type kind struct {
	suffix string
	key    string // function of package custom; "" for none
	goType string
	word   string // used in "orderNumberStr (text)"
	phrase string // used in "OrderNumberStr is a text"
}

var kinds = []kind{
	{"Str", "Str", "string", "text", "a text"},
	{"Txt", "Txt", "string", "long text", "a text of several lines"},
	{"Num", "Num", "float64", "number", "a number"},
	{"At", "At", "time.Time", "date and time", "a date and time"},
	{"Bool", "Bool", "bool", "true or false", "true or false"},
	{"Url", "URL", "string", "URL", "an absolute URL"},
	{"Id", "ID", "string", "id", "the id of a record"},
	{"Tree", "Tree", "string", "choice in a tree", "a choice in a tree"},
}

var decimal = kind{"Num", "Decimal", "json.Number", "number", "a number, with every digit"}

// unknown is the kind of names without a known suffix. They have no key, but custom.Raw can send them.
var unknown = kind{"", "", "custom.Value", "unknown type", "of unknown type"}

// kindOf returns the kind of the attribute of that name.
func kindOf(name string, decimals bool) kind {
	for _, k := range kinds {
		if !strings.HasSuffix(name, k.suffix) {
			continue
		}
		if name == k.suffix { // a key refuses it
			break
		}
		if decimals && k.suffix == decimal.suffix {
			return decimal
		}
		return k
	}
	return unknown
}

// unsendable returns why an attribute with that name cannot be sent, or nil.
func unsendable(name string) error { return custom.Raw(name, true).Value().Err() }
