package schema_test

import (
	"testing"

	"github.com/kustomer-go/kustomer/gen"
	"github.com/kustomer-go/kustomer/internal/schema"
)

func TestPatternOfPathIDs(t *testing.T) {
	for id, ok := range map[string]bool{"65f0a1b2c3d4e5f600000002": true, "a/b": false} {
		if got := gen.CreateConversationForCustomerOperation.PathID.Pattern().MatchString(id); got != ok {
			t.Errorf("%q is allowed: %t, want %t", id, got, ok)
		}
	}
}

// Checking an id allocates nothing.
func BenchmarkCheckID(b *testing.B) {
	for b.Loop() {
		if found := schema.Check(gen.CreateConversationForCustomerOperation.PathID, "id", "65f0a1b2c3d4e5f600000002"); found != nil {
			b.Fatal(found)
		}
	}
}
