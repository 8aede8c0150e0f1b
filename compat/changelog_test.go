package main

import "testing"

func TestAnnouncements(t *testing.T) {
	const changelog = `# Changelog

<!--
### Breaking

- ` + "`client.Hidden`" + `
-->

## [Unreleased]

### Added

- ` + "`client.Added`" + ` is new.

### Breaking

- ` + "`client.Gone`" + ` is gone, and so is
  ` + "`client.Wrapped`" + `.
- ` + "`updateConversationAttributes`" + ` refuses ` + "`name`" + `.

- ` + "`createConversationForCustomer`" + ` is gone. <!-- so is ` + "`client.Aside`" + ` -->

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
		change  change
		want    bool
	}{
		{"0.2.0", part("client.Gone"), true},
		{"0.2.0", part("client.Wrapped"), true},
		{"0.2.0", part("client.Paragraph"), true},
		{"0.2.0", part("updateConversationAttributes", "name"), true},
		{"0.2.0", whole("updateConversationAttributes"), false}, // one of its fields is not all of it
		{"0.2.0", whole("createConversationForCustomer"), true},
		{"0.2.0", part("createConversationForCustomer", "name"), false},
		{"0.2.0", part("updateConversationAttributes", "status"), false},
		{"0.2.0", part("updateConversationAttributes", "client.Gone"), false}, // each is announced, but not together
		{"0.2.0", part("client.Gone.Field"), false},
		{"0.2.0", part("client.Added"), false},
		{"0.2.0", part("client.Removed"), false},
		{"0.2.0", part("client.Hidden"), false}, // in comments
		{"0.2.0", part("client.Aside"), false},
		{"0.2.0", part("client.Second"), false}, // it was released
		{"0.1.0", part("client.Second"), true},
		{"0.1.0", part("client.First"), false},
		{"", part("client.Gone"), true},
		{"", part("client.First"), false}, // nothing of a version counts against the baseline
	} {
		entries, err := announcements(changelog, test.release)
		if err != nil {
			t.Fatal(err)
		}
		if got := test.change.announced(entries); got != test.want {
			t.Errorf("since %q, %q announced: %t", test.release, test.change.place, got)
		}
	}
	if got, err := announcements("", ""); len(got) > 0 || err != nil {
		t.Errorf("an empty changelog announces %v, %v", got, err)
	}
	// Without the section of the release, all that was ever announced would count.
	for _, text := range []string{"", changelog, "## 0.3.0\n\n### Breaking\n\n- `client.Old`\n"} {
		if got, err := announcements(text, "0.3.0"); err == nil {
			t.Errorf("%v is announced since a release that is not there", got)
		}
	}
}

func part(place ...string) change  { return change{place: place} }
func whole(place ...string) change { return change{place: place, whole: true} }
