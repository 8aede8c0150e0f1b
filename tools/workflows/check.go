package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
)

const (
	ciFile      = "ci.yml"
	releaseFile = "release.yml"
)

// check returns what is wrong with a workflow, each with the place in it, as ":7: …".
func check(name string, text []byte, minors []string) []string {
	var doc yaml.Node
	var w workflow
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return []string{": " + err.Error()}
	}
	if err := doc.Decode(&w); err != nil {
		return []string{": " + err.Error()}
	}
	all := append(pins(&doc), permissions(name, &w)...)
	switch name {
	case releaseFile:
		all = append(all, release(&w)...)
	case ciFile:
		all = append(all, ci(&w, minors)...)
	}
	return all
}

var (
	pinned    = regexp.MustCompile(`^[\w.-]+/[\w.-]+(/[\w.-]+)*@[0-9a-f]{40}$`)
	versioned = regexp.MustCompile(`^# v\d+\.\d+`)
)

// pins finds the actions that are no commit, for a tag or a branch can be moved, and those that do not say which version
// the commit is.
func pins(n *yaml.Node) (all []string) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Value != "uses":
		case !pinned.MatchString(value.Value):
			all = append(all, fmt.Sprintf(":%d: pin %q by the SHA of a commit, 40 digits", value.Line, value.Value))
		case !versioned.MatchString(value.LineComment):
			all = append(all, fmt.Sprintf(":%d: say the version of %q in a comment, as # v1.2.3", value.Line, value.Value))
		}
	}
	for _, child := range n.Content {
		all = append(all, pins(child)...)
	}
	return all
}

// publisher is the one job that may write.
const publisher = "publish"

// permissions finds what jobs may do beyond reading the repository. What is left out would be as the repository is set.
func permissions(name string, w *workflow) (all []string) {
	if !set(w.Permissions) {
		all = append(all, ": it has no permissions, so its jobs have those of the repository's settings")
	}
	all = append(all, granted(w.Permissions, false)...)
	for _, id := range slices.Sorted(maps.Keys(w.Jobs)) {
		all = append(all, granted(w.Jobs[id].Permissions, name == releaseFile && id == publisher)...)
	}
	return all
}

func granted(n yaml.Node, mayWrite bool) (all []string) {
	if set(n) && n.Kind != yaml.MappingNode {
		return []string{fmt.Sprintf(":%d: name the permissions one by one, instead of %q", n.Line, n.Value)}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1].Value
		if value != "none" && (key != "contents" || value != "read" && !(mayWrite && value == "write")) {
			all = append(all, fmt.Sprintf(":%d: the permission %s: %s is too much", n.Content[i].Line, key, value))
		}
	}
	return all
}

// release finds what would let something be published untested.
func release(w *workflow) (all []string) {
	for _, command := range []string{"make test", "make check", "make compat"} {
		if !w.Jobs["verify"].runs(command) {
			all = append(all, ": no step of the job verify is "+command+", always and by itself")
		}
	}
	if p := w.Jobs[publisher]; p == nil || !p.needs("verify") || set(p.If) {
		all = append(all, ": the job "+publisher+" does not wait for the job verify to succeed")
	}
	return all
}

// ci finds whether changes are tested on each Go that is supported.
func ci(w *workflow, minors []string) []string {
	for _, j := range w.Jobs {
		lacks := func(minor string) bool { return !slices.Contains(j.Strategy.Matrix.Go, minor) }
		if j.runs("make test") && j.runs("make check") && j.usesGo() && !set(j.Strategy.Matrix.Exclude) && !slices.ContainsFunc(minors, lacks) {
			return nil
		}
	}
	return []string{fmt.Sprintf(": no job has the steps make test and make check with each Go of %q", minors)}
}
