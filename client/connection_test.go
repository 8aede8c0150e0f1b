package client

import (
	"errors"
	"testing"
)

// These are the errors of net/http, in Go 1.26 and 1.27, for a request that it may not repeat. TestOneAttemptIsOneRequest
// causes all but the last one, which depends on timing.
func TestReplayReason(t *testing.T) {
	const before, after = "http2: Transport: cannot retry err [", "] after Request.Body was written; define Request.GetBody to avoid this error"
	for text, want := range map[string]error{
		before + "stream error: stream ID 1; PROTOCOL_ERROR; received from peer" + after:  errReplay,
		before + "stream error: stream ID 1; REFUSED_STREAM; received from peer" + after:  errNotProcessed,
		before + "http2: Transport received Server's graceful shutdown GOAWAY" + after:    errNotProcessed,
		before + "something new" + after:                                                  errReplay,
		"net/http: cannot rewind body after connection loss":                              errNotProcessed,
		"stream error: stream ID 1; REFUSED_STREAM; received from peer":                   nil,
		"http2: server sent GOAWAY and closed the connection; LastStreamID=1, debug=\"\"": nil, // which may include this request
		"connection reset by peer":                                                        nil,
	} {
		err := errors.New(text)
		got := replayReason(err)
		if want == nil && got != err || want != nil && !errors.Is(got, want) {
			t.Errorf("%s gives %v", text, got)
		}
	}
}
