package main

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A workflow is what is looked at of one. What may be left out is a node, of kind 0 then.
type workflow struct {
	Permissions yaml.Node       `yaml:"permissions"`
	Jobs        map[string]*job `yaml:"jobs"`
}

type job struct {
	Needs           yaml.Node `yaml:"needs"` // a name or a list
	If              yaml.Node `yaml:"if"`
	ContinueOnError yaml.Node `yaml:"continue-on-error"`
	Permissions     yaml.Node `yaml:"permissions"`
	Strategy        struct {
		Matrix struct {
			Go      []string  `yaml:"go"`
			Exclude yaml.Node `yaml:"exclude"`
		} `yaml:"matrix"`
	} `yaml:"strategy"`
	Steps []step `yaml:"steps"`
}

type step struct {
	Uses            string            `yaml:"uses"`
	With            map[string]string `yaml:"with"`
	Run             string            `yaml:"run"`
	If              yaml.Node         `yaml:"if"`
	ContinueOnError yaml.Node         `yaml:"continue-on-error"`
}

// runs reports whether a step of the job is that command and no more, whose failure ends the job.
func (j *job) runs(command string) bool {
	return j != nil && !set(j.If) && !set(j.ContinueOnError) && slices.ContainsFunc(j.Steps, func(s step) bool {
		return strings.TrimSpace(s.Run) == command && !set(s.If) && !set(s.ContinueOnError)
	})
}

// needs reports whether the job waits for another one.
func (j *job) needs(name string) bool {
	return j.Needs.Value == name || slices.ContainsFunc(j.Needs.Content, func(n *yaml.Node) bool { return n.Value == name })
}

// usesGo reports whether the job installs each Go of its matrix.
func (j *job) usesGo() bool {
	return slices.ContainsFunc(j.Steps, func(s step) bool {
		return strings.HasPrefix(s.Uses, "actions/setup-go@") && s.With["go-version"] == "${{ matrix.go }}"
	})
}

func set(n yaml.Node) bool { return n.Kind != 0 }
