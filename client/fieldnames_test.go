package client_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kustomer-go/kustomer/client"
)

// The exact name of a field wins over the name in another case, in any order, at every level, and also if the body has
// other errors. Without the exact name, the other one counts.
func TestExactNameWins(t *testing.T) {
	id := func(c *client.Conversation) any { return c.ID }
	for _, test := range []struct {
		body string
		get  func(c *client.Conversation) any
		want any
	}{
		{`{"data":{"id":"a","ID":"b"}}`, id, "a"},
		{`{"data":{"ID":"b","id":"a"}}`, id, "a"},
		{`{"data":{"Id":"c","id":"a","ID":"b","iD":"d"}}`, id, "a"},
		{`{"data":{"id" : "a","ID" : "b"}}`, id, "a"},
		{"{\"data\":{\"id\"\n:\"a\",\"ID\"\t:\"b\"}}", id, "a"},
		{`{"data":{"id":"a","\u0049D":"b"}}`, id, "a"},
		{`{"data":{"\u0049D":"b","id":"a"}}`, id, "a"},
		{`{"data":{"\u0069d":"a","ID":"b"}}`, id, "a"},
		{`{"data":{"id":"a","ID":null}}`, id, "a"},
		{`{"data":{"id":"a","ID":7}}`, id, "a"},
		{`{"data":{"ID":"b"}}`, id, "b"},
		{`{"data":{"ID":"b","Id":"c"}}`, id, "c"},
		{`{"data":{"id":"a","id":"b"}}`, id, "b"},
		{`{"data":{"id":"a"},"Data":{"id":"b"},"DATA":{"id":"c"}}`, id, "a"},
		{`{"Data":{"id":"b"},"data":{"id":"a"}}`, id, "a"},
		{`{"Data":{"id":"b","attributes":{"name":"n"}},"data":{"id":"a"}}`, func(c *client.Conversation) any { return c.ID + c.Attributes.Name }, "a"},
		{`{"Data":{"id":"b"}}`, id, "b"},
		{`{"data":{"id":"a","attributes":{"name":"x","Name":"y"}}}`, func(c *client.Conversation) any { return c.Attributes.Name }, "x"},
		{`{"data":{"id":"a","attributes":{"externalId":"x","externalid":"y"}}}`, func(c *client.Conversation) any { return c.Attributes.ExternalID }, "x"},
		{`{"data":{"id":"a","attributes":{"statuſ":"y","status":"x","ſtatus":"z"}}}`, func(c *client.Conversation) any { return string(c.Attributes.Status) }, "x"},
		{`{"data":{"id":"a","attributes":{"Priority":5,"priority":3}}}`, func(c *client.Conversation) any { return c.Attributes.Priority }, 3},
		{`{"data":{"id":"a","attributes":{"rev":1},"Attributes":{"rev":2,"name":"y"}}}`, func(c *client.Conversation) any { return fmt.Sprintf("%d%s", c.Attributes.Rev, c.Attributes.Name) }, "1"},
		{`{"data":{"id":"a","Attributes":{"rev":2,"name":"y"},"attributes":{"rev":1}}}`, func(c *client.Conversation) any { return fmt.Sprintf("%d%s", c.Attributes.Rev, c.Attributes.Name) }, "1"},
		{`{"data":{"id":"a","attributes":{"rev":1,"tags":["x"]},"attributes":{"name":"n"}}}`, func(c *client.Conversation) any { return fmt.Sprintf("%d%s", c.Attributes.Rev, c.Attributes.Name) }, "1n"},
		{`{"data":{"id":"a","attributes":{"snooze":{"status":"x","Status":"y"}}}}`, func(c *client.Conversation) any { return c.Attributes.Snooze.Status }, "x"},
		{`{"data":{"id":"a","relationships":{"customer":{"data":{"id":"x","ID":"y"}}}}}`, func(c *client.Conversation) any { return c.Relationships.Customer.Data.ID }, "x"},
		{`{"data":{"id":"a","relationships":{"customer":{"data":{"id":"x"}},"CUSTOMER":{"data":{"id":"y"}}}}}`, func(c *client.Conversation) any { return c.Relationships.Customer.Data.ID }, "x"},
		{`{"data":{"id":"a","attributes":{"custom":{"aStr":"x","ASTR":"y","id":"z"}}}}`, func(c *client.Conversation) any {
			return len(c.Attributes.Custom)
		}, 3},
		{`{"data":{"id":"a","attributes":{"preview":"he said \"ID\": 7","name":"n"}}}`, func(c *client.Conversation) any { return c.Attributes.Name }, "n"},
		{`{"data":{"id":"a","attributes":{"preview":": \":","open":{"Id":"x"},"name":"n"}}}`, func(c *client.Conversation) any { return c.Attributes.Name }, "n"},
	} {
		for kind, body := range map[string]string{
			"whole": test.body, "cut off": strings.TrimSuffix(test.body, "}"),
			"beside a masked value": strings.Replace(test.body, `"id":"a"`, `"id":"a","links":7`, 1),
		} {
			c, _ := responding(t, testResponse{status: 200, body: body})
			conv, err := tag(t, c)
			if err != nil {
				t.Errorf("%s, %s: %v", body, kind, err)
				continue
			}
			if got := test.get(conv); got != test.want {
				t.Errorf("%s, %s: got %v, want %v", body, kind, got, test.want)
			}
			if kind == "whole" && conv.DecodeError() != nil && !strings.Contains(body, `"ID":7`) {
				t.Errorf("%s: %v", body, conv.DecodeError())
			}
		}
	}
}

// The same rule applies to errors.
func TestExactNameWinsInErrors(t *testing.T) {
	for body, want := range map[string]string{
		`{"errors":[{"title":"x","Title":"y"}]}`:                            "x",
		`{"errors":[{"title":"x"}],"Errors":[{"title":"y"}]}`:               "x",
		`{"Errors":[{"title":"y"}],"errors":[{"title":"x"}]}`:               "x",
		`{"Errors":[{"title":"y"}]}`:                                        "y",
		`{"message":"x","Message":"y"}`:                                     "x",
		`{"errors":[{"title":"x","source":{"pointer":"/","POINTER":"z"}}]}`: "x (/)",
	} {
		c, _ := responding(t, testResponse{status: 422, body: body})
		_, err := tag(t, c)
		if !strings.Contains(err.Error(), ": "+want+" [") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// An integer may have any notation of JSON.
func TestIntegersOfAnySpelling(t *testing.T) {
	for number, want := range map[string]int{
		"3": 3, "3.0": 3, "3e0": 3, "3E+0": 3, "30e-1": 3, "0.3e1": 3, "3.000": 3, "-0": 0, "0.0": 0, "0e999999999999": 0, "-3.0": -3, "12e2": 1200,
		"9223372036854775807.0": 1<<63 - 1, "-9223372036854775808.0": -1 << 63, "9007199254740993.0": 9007199254740993,
	} {
		conv := withRev(t, number)
		if conv.Attributes.Rev != want || conv.DecodeError() != nil {
			t.Errorf("%s is %d, %v", number, conv.Attributes.Rev, conv.DecodeError())
		}
	}
	for _, number := range []string{"3.5", "1e-1", "9223372036854775808", "9223372036854775808.0", "1e19", "1e999999999999999999999", "1e-999999999999999999999", "-1e400", "3.0000000000000000000000001"} {
		conv := withRev(t, number)
		if conv.Attributes.Rev != 0 || conv.DecodeError() == nil || !strings.Contains(conv.DecodeError().Error(), "data.attributes.rev") {
			t.Errorf("%s is %d, %v", number, conv.Attributes.Rev, conv.DecodeError())
		}
	}
}

// withRev returns a conversation with a number as its revision, and checks that the values after it are read too.
func withRev(t *testing.T, number string) *client.Conversation {
	t.Helper()
	c, _ := responding(t, testResponse{status: 200, body: `{"data":{"id":"c","attributes":{"rev":` + number + `,"future":1e999,"name":"n"}}}`})
	conv, err := tag(t, c)
	if err != nil || conv.Attributes.Name != "n" {
		t.Fatalf("%s: %v", number, err)
	}
	return conv
}

// A number that no type can hold is skipped, and the values after it are read.
func TestHugeNumberThatIsSkipped(t *testing.T) {
	for _, attributes := range []string{
		`"priority":"***","future":1e999,"name":"n"`, `"future":1e999,"priority":"***","name":"n"`, `"priority":"***","future":[{"a":-1e999}],"name":"n"`,
		`"satisfaction":1e999,"name":"n"`, `"tags":[1e999],"name":"n"`, `"custom":{"aNum":1e999},"priority":"***","name":"n"`, `"sla":{"a":1e999},"priority":"***","name":"n"`,
	} {
		c, _ := responding(t, testResponse{status: 200, body: `{"data":{"id":"c","attributes":{` + attributes + `}}}`})
		conv, err := tag(t, c)
		if err != nil || conv.Attributes.Name != "n" || conv.DecodeError() == nil || strings.Contains(conv.DecodeError().Error(), "JSON") {
			t.Errorf("%s: %v, %v", attributes, err, conv.DecodeError())
		}
	}
}

// Errors beside a conversation do not make a success fail. DecodeError has them in any form, without the key.
func TestErrorsBesideAConversation(t *testing.T) {
	for errs, want := range map[string]string{
		`[{"title":"half of it"},{"message":"all of it"}]`: "half of it; all of it",
		`["as ` + apiKey + `"]`:                            "as [redacted]",
		`{"message":"one"}`:                                "one",
		`true`:                                             "errors in addition to its data",
		`[]`:                                               "", `null`: "", `{}`: "", `""`: "",
	} {
		c, _ := responding(t, testResponse{status: 200, body: `{"errors":` + errs + `,"data":{"id":"x","attributes":{"rev":4}}}`})
		conv, err := tag(t, c)
		if err != nil || conv.ID != "x" || conv.Attributes.Rev != 4 || (conv.DecodeError() == nil) != (want == "") {
			t.Fatalf("%s: %v, %v", errs, err, conv.DecodeError())
		}
		if text := fmt.Sprintf("%v %+v", conv.DecodeError(), conv.DecodeError()); !strings.Contains(text, want) || strings.Contains(text, apiKey) {
			t.Errorf("%s: the decode error is %q", errs, text)
		}
	}
}
