package main

import (
	"errors"
	"sort"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// A shaping is the overlay of a document, which says how schemas become Go.
type shaping struct {
	*source
	overlay  *overlay.Overlay
	document string
}

func readOverlay(root string, d document, found *problems) *shaping {
	s := read(root, d.overlay, found)
	if s == nil {
		return nil
	}
	before := len(*found)
	checkShape(s, overlayShape, found)
	if mode := get(s.root(), "x-speakeasy-jsonpath"); text(mode) != overlay.JSONPathRFC9535 {
		found.add(s.name, keyLine(s.root(), "x-speakeasy-jsonpath"),
			"needs `x-speakeasy-jsonpath: rfc9535`, without which filters match nothing")
	}
	if s.flawed || len(*found) > before {
		return nil
	}
	o := new(overlay.Overlay)
	if err := s.root().Decode(o); err != nil {
		found.add(s.name, 1, "%v", err)
		return nil
	}
	if invalid := new(overlay.ValidationErrors); errors.As(o.Validate(), invalid) {
		for _, err := range *invalid {
			key := "overlay"
			switch message := err.Error(); {
			case strings.Contains(message, " info "):
				key = "info"
			case strings.Contains(message, " action "):
				key = "actions"
			}
			found.add(s.name, keyLine(s.root(), key), "%v", err)
		}
		return nil
	}
	return &shaping{s, o, d.name}
}

// line returns the line of an action.
func (s *shaping) line(action int) int {
	return keyLine(items(get(s.root(), "actions"))[action], "target")
}

// apply returns the document after all actions. An action without effect is a problem: it names something that the
// document has no more, and leaves the Go as the generator would have it.
func (s *shaping) apply(doc *source, found *problems) *source {
	var unread problems
	shaped := parse(doc.name, doc.data, &unread)
	for i := range s.overlay.Actions {
		s.applyOne(i, shaped.doc, found)
	}
	return shaped
}

func (s *shaping) applyOne(i int, tree *yaml.Node, found *problems) {
	action := s.overlay.Actions[i]
	if !action.Remove && action.Update.IsZero() {
		found.add(s.name, s.line(i), "the action for %s neither updates nor removes", action.Target)
		return
	}
	path, err := s.overlay.NewPath(action.Target, nil)
	if err != nil {
		found.add(s.name, s.line(i), "the target %s is not a JSONPath: %s", action.Target, firstLine(err.Error()))
		return
	}
	if len(path.Query(tree)) == 0 {
		found.add(s.name, s.line(i), "the target %s matches nothing in %s", action.Target, s.document)
		return
	}
	one := *s.overlay
	one.Actions = []overlay.Action{action}
	warnings, err := one.ApplyToStrict(tree)
	switch {
	case err != nil:
		found.add(s.name, s.line(i), "%s", firstLine(err.Error()))
	case len(warnings) > 0:
		found.add(s.name, s.line(i), "the action for %s changes nothing", action.Target)
	}
}

// blame reports an error that comes up after all actions, at the action from which on it does.
func (s *shaping) blame(doc *source, try func(*yaml.Node) error, found *problems) {
	after := func(actions int) error {
		var ignored problems
		tree := parse(doc.name, doc.data, &ignored).doc
		for i := range actions {
			s.applyOne(i, tree, &ignored)
		}
		return try(tree)
	}
	all := len(s.overlay.Actions)
	last := after(all).Error()
	// Some other error may go before it, as of what the first actions take out.
	n := sort.Search(all, func(n int) bool {
		err := after(n)
		return err != nil && err.Error() == last
	})
	name, line := doc.name, 1
	if n > 0 {
		name, line = s.name, s.line(n-1)
	}
	found.add(name, line, "gives no Go: %s", firstLine(last))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
