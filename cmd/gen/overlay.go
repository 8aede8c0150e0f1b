package main

import (
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
)

// An overlayFile holds the actions that shape how the schemas of a document become Go.
type overlayFile struct {
	*source
	overlay.Overlay
}

func readOverlay(root, name string, found *problems) *overlayFile {
	s := read(root, name, found)
	if s == nil {
		return nil
	}
	o := &overlayFile{source: s}
	if err := s.root().Decode(&o.Overlay); err != nil {
		found.add(name, 1, "%v", err)
	} else if err := o.Validate(); err != nil {
		found.add(name, 1, "%v", err)
	}
	if !o.UsesRFC9535() {
		found.add(name, keyLine(s.root(), "x-speakeasy-jsonpath"), "needs `x-speakeasy-jsonpath: rfc9535`; without it filters match nothing")
	}
	return o
}

// apply returns the document after all actions. An action without effect is a problem: its target has changed, and the
// generator's default for the changed schema may be wrong.
func (o *overlayFile) apply(doc *source, found *problems) *source {
	shaped := parse(doc.name, doc.data, found)
	for i, action := range o.Actions {
		line := keyLine(items(get(o.root(), "actions"))[i], "target")
		one := o.Overlay
		one.Actions = []overlay.Action{action}
		warnings, err := one.ApplyToStrict(shaped.doc)
		if err != nil {
			message, _, _ := strings.Cut(err.Error(), "\n")
			found.add(o.name, line, "the action for %s: %s", action.Target, message)
		} else if len(warnings) > 0 {
			found.add(o.name, line, "the action for %s changes nothing", action.Target)
		}
	}
	return shaped
}
