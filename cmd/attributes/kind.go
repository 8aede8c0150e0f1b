package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/kustomer-go/kustomer/custom"
)

// A kind describes the attributes with a suffix.
type kind struct {
	suffix string
	Key    string // function of package custom; "" for none
	Type   string // Go type of a value
	word   string // used in "orderNumberStr (text)"
	Phrase string // used in "OrderNumberStr is a text"
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

// decimal replaces the kind of numbers if -decimal is set.
var decimal = kind{"Num", "Decimal", "json.Number", "number", "a number, with every digit"}

// unknown is the kind of attributes whose name has no known suffix. They have no key, but custom.Raw can send them.
var unknown = kind{"", "", "custom.Value", "unknown type", "of unknown type"}

// kindOf returns the kind of the attribute with that name. A suffix alone is not a name.
func kindOf(name string, decimals bool) kind {
	for _, k := range kinds {
		switch {
		case name == k.suffix || !strings.HasSuffix(name, k.suffix):
		case k.suffix == decimal.suffix && decimals:
			return decimal
		default:
			return k
		}
	}
	return unknown
}

// literal returns a value as an untyped constant that the key accepts. It returns false if the value has another type
// or the key would change the number.
func (k kind) literal(text string) (string, bool) {
	switch k.Type {
	case "float64":
		_, state, err := custom.Num("x").Get(custom.New(custom.Raw("xNum", json.Number(text))))
		const longest = 1000 // the compiler refuses literals of more than 10,000 characters
		return text, state == custom.StateSet && err == nil && len(text) <= longest
	case "bool":
		return text, text == "true" || text == "false"
	case "time.Time":
		return "", false
	case "json.Number":
		return strconv.Quote(text), custom.Decimal("x").Set(json.Number(text)).Value().Err() == nil
	}
	return strconv.Quote(text), true
}
