package validator

import "testing"

func TestStrictJSON(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"a":1,"b":{"a":2}}`: true, `[1,{"a":[]}]`: true, `null`: true,
		`{"a":1,"a":2}`: false, `{"b":[{"a":1,"a":1}]}`: false, `{} {}`: false, `{}x`: false, ``: false, "\"\xff\"": false,
	} {
		if err := strictJSON([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
