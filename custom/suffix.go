package custom

import (
	"fmt"
	"slices"
	"strings"
)

// suffixes are the endings of names that define a type (Kustomer's documentation, "Custom attributes"; Tree was
// observed in public schemas). Others may exist.
var suffixes = []string{"Str", "Txt", "Num", "At", "Bool", "Url", "Id", "Tree"}

// completeName adds the suffix of a key to its name if it is missing. The error is for a message that already has the
// name.
func completeName(name, suffix string) (string, error) {
	switch has := suffixOf(name); {
	case checkName(name) != nil:
		return name, checkName(name)
	case has == "":
		return name + suffix, nil
	case has != suffix:
		return name, fmt.Errorf("has a name that ends in %s, but its key is for the suffix %s", has, suffix)
	case name == suffix:
		return name, fmt.Errorf("has a name that is only the suffix %s", suffix)
	}
	return name, nil
}

func suffixOf(name string) string {
	i := slices.IndexFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
	if i < 0 {
		return ""
	}
	return suffixes[i]
}
