package main

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// statuses lists the statuses of all responses so far that match.
func (v *verifier) statuses(match func(exchange) bool) string {
	var all []string
	for _, e := range v.recorder.exchanges {
		if match(e) {
			all = append(all, strconv.Itoa(e.status))
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

func rateHeaders(_ context.Context, v *verifier) (string, error) {
	without := v.statuses(func(e exchange) bool {
		isHTML := strings.Contains(e.header.Get("Content-Type"), "html") // does not come from the API
		return !isHTML && (e.budget.Limit < 0 || e.budget.Remaining < 0)
	})
	if without == "" {
		return "all of the API", nil
	}
	return "not those with status " + without, nil
}

func resetHeader(_ context.Context, v *verifier) (string, error) {
	with := v.statuses(func(e exchange) bool { return e.header.Get("X-Ratelimit-Reset") != "" })
	switch with {
	case "":
		return "only those above the limit, and no response has it", nil
	case strconv.Itoa(http.StatusTooManyRequests):
		return "only those above the limit", nil
	}
	return "those with status " + with, nil
}
