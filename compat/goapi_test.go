package main

import (
	"slices"
	"strings"
	"testing"
)

func TestRepositoryIsAsRecorded(t *testing.T) {
	now, _ := state()
	r := packageChanges(t, recorded(), now)
	if len(r.breaking) > 0 || r.additions > 0 {
		t.Errorf("what was just recorded differs from the source: %d additions, and\n%s", r.additions, strings.Join(lines(r.breaking), "\n"))
	}
	if want := []string{"client", "custom", "kustomertest", "ratelimit"}; !slices.Equal(r.packages, want) {
		t.Errorf("packages are %q, want %q", r.packages, want)
	}
	if r.aliased < 20 {
		t.Errorf("only %d types of gen", r.aliased)
	}
}

func TestBreakingChangesOfGo(t *testing.T) {
	for _, test := range []struct {
		name string
		edit edit
		want string
	}{
		{"function removed", edit{"client/config.go", "", "func FromEnv(", "func fromEnvironment("}, "`client.FromEnv`: removed"},
		{"option removed", edit{"client/options.go", "", "func WithTimeout(", "func withTimeout("}, "`client.WithTimeout`: removed"},
		{"signature", edit{"client/options.go", "", "func CallMaxWait(d time.Duration)", "func CallMaxWait(d int)"}, "`client.CallMaxWait`: changed from func(time.Duration) CallOption to func(int) CallOption"},
		{"signature gains a variadic", edit{"client/client.go", "", "func (c *Client) CloseIdleConnections()", "func (c *Client) CloseIdleConnections(_ ...int)"}, "`client.Client.CloseIdleConnections`: changed from func() to func(...int)"},
		{"field removed", edit{"client/errors.go", "type Error struct", "	Attempts ", "	attempts "}, "`client.Error.Attempts`: removed"},
		{"field retyped", edit{"client/errors.go", "type Error struct", "StatusCode int", "StatusCode string"}, "`client.Error.StatusCode`: changed from int to string"},
		{"method removed", edit{"client/client.go", "", ") RateLimit()", ") rateLimitNow()"}, "`client.Client.RateLimit`: removed"},
		{"method of a generic type removed", edit{"custom/key.go", "", ") Null() Entry", ") Nil() Entry"}, "`custom.Key.Null`: removed"},
		{"method of a generic type changed", edit{"custom/key.go", "", ") Set(v T) Entry", ") Set(v *T) Entry"}, "`custom.Key.Set`: changed"},
		{"method added to Limiter", edit{"ratelimit/limiter.go", "type Limiter interface {", "\n", "\n	Close() error\n"}, "`ratelimit.Limiter.Close`: method added, which implementations lack"},
		{"method added to Permit", edit{"ratelimit/limiter.go", "type Permit interface {", "\n", "\n	Cancel()\n"}, "`ratelimit.Permit.Cancel`: method added, which implementations lack"},
		{"constant removed", edit{"client/trace.go", "type EventKind", "	EventRefused ", "	eventRefused "}, "`client.EventRefused`: removed"},
		{"constant of another value", edit{"client/trace.go", "type EventKind", "iota + 1", "iota + 2"}, "`client.EventRefused`: value changed from 4 to 5"},
		{"error removed", edit{"client/errors.go", "", "	ErrConflict ", "	errConflict "}, "`client.ErrConflict`: removed"},
		{"alias removed", edit{"client/models.go", "", "type Snooze = ", "type snooze = "}, "`client.Snooze`: removed"},
		{"alias of another type", edit{"client/models.go", "", "type Snooze = gen.Snooze", "type Snooze = gen.Queue"}, "`client.Snooze`: changed from gen.Snooze to gen.Queue"},
		{"field removed behind an alias", edit{"gen/gen.go", "type ConversationUpdate struct", "	AssignedTeams ", "	assignedTeams "}, "`client.ConversationUpdate.AssignedTeams`: removed"},
		{"field retyped behind an alias", edit{"gen/gen.go", "type ConversationUpdate struct", "	AssignedTeams []ObjectID", "	AssignedTeams *[]ObjectID"}, "`client.ConversationUpdate.AssignedTeams`: changed from []ObjectID to *[]ObjectID"},
		{"answer field removed behind an alias", edit{"gen/gen.go", "type ConversationSnooze struct", "	StatusAt ", "	Since "}, "`client.ConversationSnooze.StatusAt`: removed"},
		{"type changed behind an alias", edit{"gen/gen.go", "", "type ConversationSnooze struct", "type ConversationSnooze []struct"}, "`client.ConversationSnooze`: changed from struct{"},
		{"tag behind an alias", edit{"gen/gen.go", "type ConversationUpdate struct", `json:"name,`, `json:"title,`}, "`client.ConversationUpdate.Name`: tag changed from "},
		{"tag of an answer", edit{"client/conversations.go", "type Conversation struct", `json:"type"`, `json:"kind"`}, "`client.Conversation.Type`: tag changed from \"json:\\\"type\\\"\" to "},
		{"tag of a promised type", edit{"client/errors.go", "type Error struct", "	Attempts   int ", "	Attempts   int `json:\"tries\"` "}, "`client.Error.Attempts`: tag changed from \"\" to "},
		{"error that is another", edit{"client/errors.go", "", `ErrConflict     = errors.New("kustomer: conflict")`, "ErrConflict     = ErrNotFound"}, "`client.ErrConflict`: it is the same as client.ErrNotFound now"},
		{"error of another package", edit{"client/errors.go", "", `ErrConflict     = errors.New("kustomer: conflict")`, "ErrConflict     = io.EOF"}, "`client.ErrConflict`: it is the same as io.EOF now"},
		{"not comparable any more", edit{"ratelimit/limiter.go", "type Request struct", "Background bool", "Labels []string\n	Background bool"}, "`ratelimit.Request`: old is comparable, new is not"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source, _ := state()
			now := edited(t, source, test.edit)
			if strings.Contains(test.name, "Limiter") || strings.Contains(test.name, "Permit") { // or it would not compile
				now = edited(t, now, edit{"ratelimit/limiter.go", "", "func (unlimited) Done(Result) {}",
					"func (unlimited) Done(Result) {}\n\nfunc (unlimited) Close() error\n\nfunc (unlimited) Cancel()"})
			}
			contains(t, lines(packageChanges(t, recorded(), now).breaking), test.want)
			contains(t, lines(packageChanges(t, source, now).breaking), test.want) // as with the source of a release
		})
	}
}

func TestCompatibleChangesOfGo(t *testing.T) {
	for _, test := range []struct {
		name string
		edit edit
	}{
		{"new function", edit{"client/config.go", "", "func FromEnv(", "func FromNowhere() {}\n\nfunc FromEnv("}},
		{"new option", edit{"client/options.go", "", "func WithTimeout(", "func WithNothing() Option { return nil }\n\nfunc WithTimeout("}},
		{"new field", edit{"client/errors.go", "type Error struct {", "\n", "\n	When string\n"}},
		{"new field behind an alias", edit{"gen/gen.go", "type ConversationUpdate struct {", "\n", "\n	Colour *string\n"}},
		{"new method", edit{"client/client.go", "", "func (c *Client) RateLimit()", "func (c *Client) Colour() {}\n\nfunc (c *Client) RateLimit()"}},
		{"new package", edit{"ratelimit/limiter.go", "", "", ""}},
		{"function of gen removed", edit{"gen/gen.go", "", "func NewAppendTagsToConversationRequest", "func newAppendTagsToConversationRequest"}},
		{"text of an error", edit{"client/errors.go", "", `"kustomer: conflict"`, `"kustomer: a conflict"`}},
		{"field without export", edit{"client/client.go", "type Client struct", "	clone ", "	copy "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source, _ := state()
			now := edited(t, source, test.edit)
			if test.name == "new package" {
				now["colour/colour.go"] = []byte("package colour\n\nconst Red = 1\n")
			}
			r := packageChanges(t, recorded(), now)
			if len(r.breaking) > 0 {
				t.Errorf("breaking:\n%s", strings.Join(lines(r.breaking), "\n"))
			}
			if strings.HasPrefix(test.name, "new ") != (r.additions > 0) {
				t.Errorf("%d additions", r.additions)
			}
		})
	}
}

func TestRemovedPackage(t *testing.T) {
	source, _ := state()
	contains(t, lines(packageChanges(t, recorded(), without(source, "kustomertest")).breaking), "`kustomertest`: package removed")
}

func TestRemovedDependencyShowsAsChanged(t *testing.T) {
	mod := []byte("module example.org/m\n\ngo 1.26\n")
	old := files{"go.mod": mod, "client/client.go": []byte("package client\n\nimport \"example.org/gone\"\n\nfunc Null() gone.Null\n")}
	now := files{"go.mod": mod, "client/client.go": []byte("package client\n\nfunc Null() *int\n")}
	var r report
	if err := comparePackages(&r, external{}, old, now); err != nil {
		t.Fatal(err)
	}
	contains(t, lines(r.breaking), "`client.Null`: changed from func() invalid type to func() *int")
	if len(r.notes) != 1 || !strings.HasPrefix(r.notes[0], "example.org/gone is not a dependency any more") {
		t.Errorf("notes are %q", r.notes)
	}
	if err := comparePackages(&r, external{}, now, old); err == nil {
		t.Error("a dependency that is missing now is no error")
	}
}

func TestFilesOfOtherPlatformsAndVersionsAreNoPart(t *testing.T) {
	f := files{"go.mod": []byte("module example.org/m\n\ngo 1.26\n"), "client/client.go": []byte("package client\n\nconst A = 1\n")}
	for name, constraint := range map[string]string{"client/b_windows.go": "", "client/c.go": "//go:build go1.27\n\n", "client/d.go": "//go:build !go1.26\n\n"} {
		f[name] = []byte(constraint + "package client\n\nconst A = 2\n")
	}
	f["client/e_linux.go"] = []byte("//go:build go1.26 && !go1.27\n\npackage client\n\nconst E = 1\n")
	if _, err := recordWith(external{}, f); err == nil {
		t.Error("a module without documents was recorded")
	}
	f[openapi] = []byte("openapi: 3.0.3\n")
	data, err := recordWith(external{}, f)
	if err != nil {
		t.Fatal(err)
	}
	got := filesIn(data)
	if len(got) != 4 || got["client/client.go"] == nil || got["client/e_linux.go"] == nil {
		t.Errorf("recorded\n%s", data)
	}
}

func TestSourceThatDoesNotCompileIsAnError(t *testing.T) {
	source, ext := state()
	now := edited(t, source, edit{"client/config.go", "", "func FromEnv(opts ...Option)", "func FromEnv(opts ...Optio)"})
	var r report
	if err := comparePackages(&r, ext, recorded(), now); err == nil || !strings.Contains(err.Error(), "undefined: Optio") {
		t.Errorf("error is %v", err)
	}
}
