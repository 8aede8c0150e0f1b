package client_test

import (
	"fmt"
	"strings"
	"testing"
)

// Text that becomes another one is told of, wherever it is: two names may have become one.
func TestTextThatGoCannotHold(t *testing.T) {
	for attributes, told := range map[string]bool{
		"{\"name\":\"M\xfcller\"}":                               true,
		"{\"custom\":{\"f\xfcrStr\":\"a\",\"f\xe4rStr\":\"b\"}}": true,
		`{"custom":{"f\ud800rStr":"a"}}`:                         true,
		`{"name":"a\udc00"}`:                                     true,
		"{\"rev\":\"x\",\"name\":\"\xff\"}":                      true,
		`{"name":"\ud83d\ude00\\ud800\ufffd"}`:                   false,
		`{"name":"Müller","custom":{"fürStr":"ä"}}`:              false,
	} {
		c, _ := answering(t, answer{status: 200, body: `{"data":{"type":"conversation","id":"x","attributes":` + attributes + `}}`})
		conv, err := tag(t, c)
		if err != nil || conv.ID != "x" {
			t.Fatalf("%s: %v", attributes, err)
		}
		if got := strings.Contains(fmt.Sprint(conv.DecodeError()), "is not valid Unicode"); got != told {
			t.Errorf("%s: the decode error is %v", attributes, conv.DecodeError())
		}
	}
}
