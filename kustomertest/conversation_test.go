package kustomertest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kustomer-go/kustomer/kustomertest"
)

func TestCreate(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{})
	customer := srv.AddCustomer()
	r := want(t, srv, 201, "POST", "/v1/customers/"+customer+"/conversations", `{
		"externalId":"legacy-7", "status":"done", "priority":5, "direction":"out", "replyChannel":null, "defaultLang":"de_de",
		"createdAt":"2021-05-04T10:00:00+02:00", "importedAt":"2026-03-02T09:15:04Z", "tags":["vip"],
		"assignedUsers":["65f0a1b2c3d4e5f600000005"], "queue":{"external":"amazon-connect"}, "campaign":"65f0a1b2c3d4e5f6000000aa",
		"custom":{"orderNumberStr":"A-1","goneStr":null}}`)
	a := r.attributes()
	for name, value := range map[string]any{
		"externalId": "legacy-7", "status": "done", "priority": 5, "direction": "out", "defaultLang": "de_de",
		"createdAt": "2021-05-04T08:00:00.000Z", "importedAt": "2026-03-02T09:15:04.000Z", "tags": []string{srv.AddTag("vip")},
		"assignedUsers": []string{"65f0a1b2c3d4e5f600000005"}, "externalQueue": "amazon-connect",
		"custom": map[string]any{"orderNumberStr": "A-1"}, "rev": 1,
	} {
		equal(t, name, a[name], value)
	}
	for _, name := range []string{"replyChannel", "name", "campaign", "snooze", "sentiment", "endedAt"} {
		if v, ok := a[name]; ok {
			t.Errorf("%s is %v, want it absent", name, v)
		}
	}
	equal(t, "customer", object(r.relationships()["customer"])["data"], map[string]any{"type": "customer", "id": customer})
	snap, ok := srv.Conversation(r.id())
	if !ok || snap.CustomerID != customer || snap.Rev != 1 || snap.Attributes.Priority != 5 || snap.Hidden["campaign"] != "65f0a1b2c3d4e5f6000000aa" {
		t.Errorf("snapshot %+v", snap)
	}
	equal(t, "tag names", snap.TagNames, []string{"vip"})
}

func TestIDs(t *testing.T) {
	srv := kustomertest.New(kustomertest.Config{UniqueExternalIDs: true})
	path := "/v1/customers/" + srv.AddCustomer() + "/conversations"
	equal(t, "first id", want(t, srv, 201, "POST", path, `{}`).id(), "65f0a1b2c3d4e5f600000005")
	own := want(t, srv, 201, "POST", path, `{"id":"65f0a1b2c3d4e5f600000006","externalId":"a"}`).id()
	equal(t, "next id", want(t, srv, 201, "POST", path, `{"externalId":"b"}`).id(), "65f0a1b2c3d4e5f600000007")
	want(t, srv, 409, "POST", path, `{"id":"`+own+`"}`)
	want(t, srv, 409, "POST", path, `{"externalId":"a"}`)
	want(t, srv, 409, "PATCH", "/v1/conversations/65f0a1b2c3d4e5f600000007", `{"externalId":"a"}`)
	patch(t, srv, own, `{"externalId":"a"}`)
	if n := len(srv.Conversations()); n != 3 {
		t.Errorf("%d conversations, want 3", n)
	}

	srv = kustomertest.New(kustomertest.Config{})
	path = "/v1/customers/" + srv.AddCustomer() + "/conversations"
	first := want(t, srv, 201, "POST", path, `{"externalId":"a/b"}`).id()
	want(t, srv, 201, "POST", path, `{"externalId":"a/b"}`)
	equal(t, "look-up", want(t, srv, 200, "GET", "/v1/conversations/externalId=a%2Fb", "").id(), first)

	srv = kustomertest.New(kustomertest.Config{IdempotentExternalIDs: true, UniqueExternalIDs: true})
	path = "/v1/customers/" + srv.AddCustomer() + "/conversations"
	first = want(t, srv, 201, "POST", path, `{"externalId":"a","name":"first"}`).id()
	again := want(t, srv, 201, "POST", path, `{"externalId":"a","name":"second"}`)
	equal(t, "repeat", []any{again.id(), again.attributes()["name"], again.attributes()["rev"]}, []any{first, "first", 1})
	want(t, srv, 201, "POST", path, `{"externalId":"b"}`)
	var applied []bool
	for _, r := range srv.Requests() {
		applied = append(applied, r.Applied)
	}
	equal(t, "applied", applied, []bool{true, false, true})
}

func TestBareResponses(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{BareResponses: true})
	equal(t, "response", patch(t, srv, id, `{"name":"a"}`).body, map[string]any{"data": map[string]any{"type": "conversation", "id": id}})
	if conv, _ := srv.Conversation(id); conv.Attributes.Name != "a" {
		t.Errorf("the fake has %s", conv.Raw)
	}
}

func TestUpdateSetsAndClears(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	patch(t, srv, id, `{"name":"a","externalId":"b","replyChannel":"email","satisfaction":0.5,"queue":{"id":"65f0a1b2c3d4e5f600000007"},
		"suggestedTags":[{"tag":"vip","confidence":0.1}],"sentiment":{"polarity":-1,"confidence":1}}`)
	r := patch(t, srv, id, `{"name":null,"externalId":null,"replyChannel":null,"defaultLang":null,"satisfaction":null,"queue":{"id":null}}`)
	a := r.attributes()
	for _, name := range []string{"name", "externalId", "replyChannel", "defaultLang"} {
		if v, ok := a[name]; ok {
			t.Errorf("%s is %v, want it absent", name, v)
		}
	}
	if _, ok := r.relationships()["queue"]; ok {
		t.Error("the queue is still there")
	}
	equal(t, "satisfaction", a["satisfaction"], 0)
	equal(t, "sentiment", a["sentiment"], map[string]any{"polarity": -1, "confidence": 1})
	equal(t, "suggestedTags", a["suggestedTags"], []any{map[string]any{"tag": "vip", "confidence": 0.1}})
	equal(t, "rev", a["rev"], 3)
	equal(t, "what is read", get(t, srv, id).data(), r.data())
	if r := patch(t, srv, id, `{"name":"a<b> & c"}`); !strings.Contains(r.text, `"a<b> & c"`) {
		t.Errorf("the name is escaped: %s", r.text)
	}
	equal(t, "empty name", patch(t, srv, id, `{"name":""}`).attributes()["name"], "")
}

// Responses have null where Kustomer was observed to send it.
func TestNulls(t *testing.T) {
	const snoozed = `{"status":"snoozed","snooze":{"status":"scheduled","time":"2036-03-03T09:00:00Z"}}`
	for _, test := range []struct {
		name, create string
		updates      []string
		want         string // "" for absent
	}{
		{"locale", `{}`, nil, `"US"`},
		{"locale", `{"defaultLang":null}`, nil, `null`},
		{"locale", `{"defaultLang":"de_de"}`, nil, `null`},
		{"locale", `{}`, []string{`{"name":"a"}`}, `null`},
		{"importedAt", `{}`, nil, ``},
		{"importedAt", `{"createdAt":"2021-05-04T08:00:00Z"}`, nil, `null`},
		{"importedAt", `{"createdAt":"2021-05-04T08:00:00Z","importedAt":"2026-03-02T09:15:04Z"}`, nil, `"2026-03-02T09:15:04.000Z"`},
		{"snooze", `{"status":"done"}`, []string{`{"status":"open"}`}, ``},
		{"snooze", `{}`, []string{snoozed, `{"status":"open"}`}, `null`},
		{"snooze", `{}`, []string{snoozed, `{"status":"done"}`, `{"name":"a"}`}, `null`},
	} {
		srv := kustomertest.New(kustomertest.Config{})
		id := want(t, srv, 201, "POST", "/v1/customers/"+srv.AddCustomer()+"/conversations", test.create).id()
		for _, body := range test.updates {
			patch(t, srv, id, body)
		}
		v, ok := get(t, srv, id).attributes()[test.name]
		text, _ := json.Marshal(v)
		if ok != (test.want != "") || ok && string(text) != test.want {
			t.Errorf("%s of %s after %q is %s (%t), want %s", test.name, test.create, test.updates, text, ok, test.want)
		}
	}
}

func TestCustomIsMergedByKey(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	patch(t, srv, id, `{"custom":{"aStr":"a","bNum":12345678901234567890,"anAt":"2026-03-02T10:00:00.5+01:00"}}`)
	r := patch(t, srv, id, `{"custom":{"aStr":null,"cBool":false,"neverStr":null}}`)
	if !strings.Contains(r.text, `"custom":{"anAt":"2026-03-02T09:00:00.500Z","bNum":12345678901234567890,"cBool":false}`) {
		t.Errorf("custom is %v", r.custom())
	}
	if patch(t, srv, id, `{"custom":{}}`).custom() == nil {
		t.Error("an empty custom has cleared all")
	}
	r = patch(t, srv, id, `{"custom":{"anAt":null,"bNum":null,"cBool":null}}`)
	if v, ok := r.attributes()["custom"]; ok {
		t.Errorf("custom is %v, want it absent", v)
	}
}

func TestDefinedAttributes(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{Attributes: map[string]kustomertest.Attribute{
		"orderNumberStr": {},
		"oddThing":       {},
		"colourStr":      {Enumeration: []string{"red"}, List: true},
		"visitsAt":       {List: true},
		"oldStr":         {Deleted: true},
		"reasonTree": {LeafOnly: true, Tree: []kustomertest.Node{
			{ID: "delivery", Children: []kustomertest.Node{{ID: "damaged"}}},
		}},
	}})
	for body, status := range map[string]int{
		`{"orderNumberStr":"A","oddThing":[1,{}]}`: 200,
		`{"otherStr":"A"}`:                         400,
		`{"orderNumberStr":["A"]}`:                 400,
		`{"oldStr":"A"}`:                           400,
		`{"colourStr":["red","red"]}`:              200,
		`{"colourStr":"red"}`:                      400,
		`{"colourStr":["blue"]}`:                   400,
		`{"colourStr":null}`:                       200,
		`{"reasonTree":"delivery.damaged"}`:        200,
		`{"reasonTree":"delivery"}`:                400,
		`{"reasonTree":"delivery.late"}`:           400,
		`{"reasonTree":"damaged"}`:                 400,
	} {
		want(t, srv, status, "PATCH", "/v1/conversations/"+id, `{"custom":`+body+`}`)
	}
	r := patch(t, srv, id, `{"custom":{"visitsAt":["2026-03-02T10:00:00+01:00"]}}`)
	equal(t, "list of times", r.custom()["visitsAt"], []string{"2026-03-02T09:00:00.000Z"})
}

// Without definitions, any attribute is accepted if its value fits the suffix.
func TestAnyAttribute(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	for body, status := range map[string]int{
		`{"productsStr":["a","b"],"codesNum":[],"visitsAt":["2026-03-02T10:00:00+01:00"]}`: 200,
		`{"productsStr":"a"}`:           200, // values and lists can alternate
		`{"productsStr":["a",null]}`:    400,
		`{"codesNum":[1,"2"]}`:          400,
		`{"order":"a","Str":[1,{}]}`:    200,
		`{"@acme-thing_1":{"deep":[]}}`: 200,
		`{"":"a"}`:                      400,
	} {
		want(t, srv, status, "PATCH", "/v1/conversations/"+id, `{"custom":`+body+`}`)
	}
	equal(t, "list of times", get(t, srv, id).custom()["visitsAt"], []string{"2026-03-02T09:00:00.000Z"})
}

func TestOnlyDefinedAttributes(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{Attributes: kustomertest.Attributes("orderNumberStr")})
	patch(t, srv, id, `{"custom":{"orderNumberStr":"A"}}`)
	want(t, srv, 400, "PATCH", "/v1/conversations/"+id, `{"custom":{"otherStr":"A"}}`)
}

func TestTags(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	path := "/v1/conversations/" + id + "/tags"
	vip := srv.AddTag("vip")
	const foreign = "65f0a1b2c3d4e5f6000000ff"
	r := want(t, srv, 200, "POST", path, `["damaged parcel","`+vip+`","`+foreign+`"]`)
	tags := r.attributes()["tags"].([]any)
	if name, ok := srv.TagName(tags[0].(string)); !ok || name != "damaged parcel" {
		t.Errorf("the first tag is %q", name)
	}
	equal(t, "ids", tags[1:], []string{vip, foreign})
	again := want(t, srv, 200, "POST", path, `["vip","damaged parcel"]`)
	equal(t, "a repeated append", again.data(), r.data())
	equal(t, "tags set", patch(t, srv, id, `{"tags":["vip","`+vip+`"]}`).attributes()["tags"], []string{vip})
	equal(t, "tags emptied", patch(t, srv, id, `{"tags":[]}`).attributes()["tags"], []string{})
	if _, ok := srv.TagName(foreign); ok {
		t.Error("an id has become a name")
	}
}

func TestRemoveTags(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{ObjectLimit: 5})
	path := "/v1/conversations/" + id + "/tags"
	const foreign = "65f0a1b2c3d4e5f6000000ff"
	tags := want(t, srv, 200, "POST", path, `["vip","damaged parcel","late","`+foreign+`"]`).attributes()["tags"].([]any)
	r := want(t, srv, 200, "DELETE", path, `["vip","`+tags[2].(string)+`","never seen","`+foreign+`"]`)
	equal(t, "tags that are left", r.attributes()["tags"], tags[1:2])
	equal(t, "rev", r.attributes()["rev"], 3)
	again := want(t, srv, 200, "DELETE", path, `["vip"]`)
	equal(t, "a repeated removal", again.data(), r.data())
	equal(t, "all removed", want(t, srv, 200, "DELETE", path, `["damaged parcel"]`).attributes()["tags"], []any{})
	if name, ok := srv.TagName(tags[0].(string)); !ok || name != "vip" {
		t.Error("the removed tag is gone for other conversations")
	}
	for _, body := range []string{"", `[]`, `{}`, `["vip","vip"]`, `[" "]`} {
		want(t, srv, 400, "DELETE", path, body)
	}
	want(t, srv, 404, "DELETE", "/v1/conversations/unknown/tags", `["vip"]`)
	equal(t, "status of a fifth update", send(t, srv, "DELETE", path, `["vip"]`).status, 200)
	equal(t, "status of a sixth update", send(t, srv, "DELETE", path, `["vip"]`).status, 429)
	applied := 0
	for _, r := range srv.Requests() {
		if r.Applied {
			applied++
		}
	}
	equal(t, "applied", applied, 5)
}

func TestStaleRevision(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	equal(t, "rev", patch(t, srv, id, `{"name":"a","rev":1}`).attributes()["rev"], 2)
	r := want(t, srv, 409, "PATCH", "/v1/conversations/"+id, `{"name":"b","rev":1}`)
	equal(t, "code", r.firstError()["code"], "conflict")
	if err := srv.EditConversation(id, func(map[string]any) {}); err != nil {
		t.Fatal(err)
	}
	want(t, srv, 409, "PATCH", "/v1/conversations/"+id, `{"name":"b","rev":2}`)
	patch(t, srv, id, `{"name":"b","rev":3}`)
}

func TestMove(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	other := srv.AddCustomer()
	r := patch(t, srv, id, `{"customer":"`+other+`"}`)
	equal(t, "customer", object(object(r.relationships()["customer"])["links"])["self"], "/v1/customers/"+other)
	equal(t, "read", want(t, srv, 200, "GET", "/v1/customers/"+other, "").id(), other)
}

func TestTimesOfChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, id := newConversation(t, kustomertest.Config{})
		time.Sleep(1500 * time.Millisecond)
		a := patch(t, srv, id, `{"status":"snoozed","snooze":{"status":"scheduled","time":"2026-03-03T10:00:00+01:00"}}`).attributes()
		const begin, change = "2000-01-01T00:00:00.000Z", "2000-01-01T00:00:01.500Z"
		equal(t, "snooze", a["snooze"], map[string]any{"status": "scheduled", "statusAt": change, "time": "2026-03-03T09:00:00.000Z"})
		for name, at := range map[string]string{"createdAt": begin, "lastActivityAt": begin, "updatedAt": change, "modifiedAt": change} {
			equal(t, name, a[name], at)
		}
		history := object(a["modificationHistory"])
		equal(t, "history", []any{history["statusAt"], history["nameAt"], history["brandAt"]}, []any{change, begin, nil})
		time.Sleep(time.Second)
		a = patch(t, srv, id, `{"status":"open","ended":true,"endedByType":"customer","endedBy":"x","satisfactionLevel":{
			"createdAt":"2026-03-02T09:00:00Z","status":"rated","score":1}}`).attributes()
		equal(t, "open", a["open"], map[string]any{"statusAt": "2000-01-01T00:00:02.500Z"})
		equal(t, "endedAt", a["endedAt"], "2000-01-01T00:00:02.500Z")
		equal(t, "satisfactionLevel", a["satisfactionLevel"], map[string]any{"answers": []any{}, "sentByTeams": []any{},
			"createdAt": "2026-03-02T09:00:00.000Z", "status": "rated", "score": 1})
		equal(t, "endedAt", patch(t, srv, id, `{"endedAt":"2026-03-02T10:00:00+01:00","ended":false}`).attributes()["endedAt"], "2026-03-02T09:00:00.000Z")
		equal(t, "endedBy", object(get(t, srv, id).relationships()["endedBy"])["data"], map[string]any{"type": "customer", "id": "x"})
	})
}

func TestEdit(t *testing.T) {
	srv, id := newConversation(t, kustomertest.Config{})
	patch(t, srv, id, `{"tags":["vip"],"custom":{"aNum":1}}`)
	err := srv.EditConversation(id, func(a map[string]any) {
		a["priority"] = "***"
		a["custom"].(map[string]any)["aNum"] = "***"
		delete(a, "direction")
	})
	if err != nil {
		t.Fatal(err)
	}
	r := patch(t, srv, id, `{"custom":{"bNum":2}}`)
	equal(t, "priority", r.attributes()["priority"], "***")
	equal(t, "custom", r.custom(), map[string]any{"aNum": "***", "bNum": 2})
	equal(t, "tags", want(t, srv, 200, "POST", "/v1/conversations/"+id+"/tags", `["b"]`).attributes()["tags"], []string{srv.AddTag("vip"), srv.AddTag("b")})
	if err := srv.EditConversation(id, func(a map[string]any) { a["name"] = func() {} }); err == nil {
		t.Error("an attribute that JSON cannot hold was accepted")
	}
	if err := srv.EditConversation("none", func(map[string]any) {}); err == nil {
		t.Error("a conversation that does not exist was edited")
	}
	snap, _ := srv.Conversation(id)
	if !json.Valid(snap.Raw) || snap.Rev != 5 {
		t.Errorf("rev %d of %s", snap.Rev, snap.Raw)
	}
}
