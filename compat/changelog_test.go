package main

import "testing"

func TestAnnouncements(t *testing.T) {
	const changelog = `# Changelog

## [Unreleased]

### Added

- ` + "`client.Added`" + ` is new.

### Breaking

- ` + "`client.Gone`" + ` is gone, and so is
  ` + "`client.Wrapped`" + `.
- ` + "`updateConversationAttributes`" + ` refuses ` + "`name`" + `.

` + "`client.Paragraph`" + ` too.

### Removed

- ` + "`client.Removed`" + `

## [0.2.0] - 2026-12-01

### Breaking

- ` + "`client.Second`" + `

## [0.1.0] - 2026-11-01

### Breaking

- ` + "`client.First`" + `
`
	for _, test := range []struct {
		release string
		place   []string
		want    bool
	}{
		{"0.2.0", []string{"client.Gone"}, true},
		{"0.2.0", []string{"client.Wrapped"}, true},
		{"0.2.0", []string{"client.Paragraph"}, true},
		{"0.2.0", []string{"updateConversationAttributes", "name"}, true},
		{"0.2.0", []string{"updateConversationAttributes"}, true},
		{"0.2.0", []string{"updateConversationAttributes", "status"}, false},
		{"0.2.0", []string{"updateConversationAttributes", "client.Gone"}, false}, // each is announced, but not together
		{"0.2.0", []string{"client.Gone.Field"}, false},
		{"0.2.0", []string{"client.Added"}, false},
		{"0.2.0", []string{"client.Removed"}, false},
		{"0.2.0", []string{"client.Second"}, false}, // it was released
		{"0.1.0", []string{"client.Second"}, true},
		{"0.1.0", []string{"client.First"}, false},
		{"", []string{"client.First"}, true},
	} {
		c := change{place: test.place}
		if got := c.announced(announcements(changelog, test.release)); got != test.want {
			t.Errorf("since %q, %q announced: %t", test.release, test.place, got)
		}
	}
	if got := announcements("", ""); len(got) > 0 {
		t.Errorf("an empty changelog announces %v", got)
	}
}
