package client

import (
	"runtime/debug"
	"strings"
	"sync"
)

const modulePath = "github.com/kustomer-go/kustomer"

// userAgent names the caller's product, if given, then this module with the version it was built at.
func userAgent(product string) string {
	return strings.TrimSpace(product + " kustomer-go/" + moduleVersion())
}

var moduleVersion = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == modulePath && strings.HasPrefix(m.Version, "v") {
			return m.Version
		}
	}
	return "devel"
})
