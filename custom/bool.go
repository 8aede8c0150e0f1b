package custom

import (
	"encoding/json"
	"fmt"
)

// Bool returns the key of a boolean attribute: Bool("vip") is vipBool.
func Bool(name string) Key[bool] { return newKey(name, "Bool", encodeBool, decodeBool) }

func encodeBool(b bool) (json.RawMessage, error) { return json.Marshal(b) }

func decodeBool(raw json.RawMessage) (bool, error) {
	if jsonType(raw) != "a boolean" {
		return false, fmt.Errorf("is %s, not true or false", jsonType(raw))
	}
	return raw[0] == 't', nil
}
