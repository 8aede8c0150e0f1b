package random

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Near returns a JSON value that is close to the schema s and often valid. It has no custom attributes, because the document
// does not list the defined ones.
func (r Source) Near(s *openapi3.SchemaRef) any {
	v := s.Value
	if v.Type != nil && v.Type.Is("object") && len(v.Properties) == 0 {
		return []any{map[string]any{}, map[string]any{}, map[string]any{}, "x"}[r.IntN(4)]
	}
	if r.IntN(60) == 0 {
		return r.json(2)
	}
	switch {
	case len(v.AllOf) == 1: // a reference with a description of its own
		return r.Near(v.AllOf[0])
	case v.Type == nil:
		return r.json(2)
	case v.Type.Is("object"):
		object := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v.Properties)) {
			if slices.Contains(v.Required, name) && r.IntN(20) > 0 || r.IntN(9) == 0 {
				object[name] = r.Near(v.Properties[name])
			}
		}
		if r.IntN(60) == 0 {
			object[r.text()] = r.json(1)
		}
		return object
	case v.Type.Is("array"):
		list := make([]any, []int{0, 1, 2, 3, 20, 21}[r.IntN(6)])
		for i := range list {
			if list[i] = r.Near(v.Items); i > 2 && r.IntN(50) > 0 && v.Items.Value.Type.Is("string") {
				list[i] = "t" + strings.Repeat("x", i)
			}
		}
		return list
	case v.Nullable && r.IntN(5) == 0:
		return nil
	case len(v.Enum) > 0:
		return v.Enum[r.IntN(len(v.Enum))]
	case v.Type.Is("integer"):
		return r.IntN(7)
	case v.Type.Is("number"):
		return numbers[r.IntN(len(numbers))]
	case v.Type.Is("boolean"):
		return r.IntN(2) == 0
	case v.Format == "date-time":
		return r.time().Format("2006-01-02T15:04:05.000Z07:00")
	}
	return r.text()
}
