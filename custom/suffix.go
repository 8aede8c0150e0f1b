package custom

import (
	"fmt"
	"slices"
	"strings"
)

// suffixes are the endings of names that say a type (Kustomer's documentation, "Custom attributes"; Tree was
// observed in public schemas). Others may exist.
var suffixes = []string{"Str", "Txt", "Num", "At", "Bool", "Url", "Id", "Tree"}

// complete completes a name with the suffix of its key. The error says what is wrong with the name, for a text that has it
// already.
func complete(name, suffix string) (string, error) {
	switch has := suffixOf(name); {
	case checkName(name) != nil:
		return name, checkName(name)
	case has == "":
		return name + suffix, nil
	case has != suffix:
		return name, fmt.Errorf("has a name that ends in %s, but its key is for the suffix %s", has, suffix)
	case name == suffix:
		return name, fmt.Errorf("has a name that is nothing but the suffix %s", suffix)
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
