package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rateHeaders looks at all answers so far.
func rateHeaders(_ context.Context, v *verifier) (string, bool, error) {
	var without []string
	all := v.recorder.exchanges(0)
	api := 0
	for _, e := range all {
		if strings.Contains(e.header.Get("Content-Type"), "html") {
			continue // of the edge
		}
		api++
		if e.budget.Limit < 0 || e.budget.Remaining < 0 {
			without = append(without, strconv.Itoa(e.status))
		}
	}
	if len(without) == 0 {
		return "all of the API", true, nil
	}
	slices.Sort(without)
	return fmt.Sprintf("%d of %d answers do not, with status %s", len(without), api, strings.Join(slices.Compact(without), ", ")), false, nil
}

// resetHeader looks at all answers so far.
func resetHeader(_ context.Context, v *verifier) (string, bool, error) {
	var early, late, units, after []string
	for _, e := range v.recorder.exchanges(0) {
		text := e.header.Get("X-Ratelimit-Reset")
		if ra := e.header.Get("Retry-After"); ra != "" {
			after = append(after, fmt.Sprintf("Retry-After %q with %d", ra, e.status))
		}
		if text == "" {
			continue
		}
		units = append(units, unit(text))
		if e.status == http.StatusTooManyRequests {
			late = append(late, strconv.Itoa(e.status))
		} else {
			early = append(early, strconv.Itoa(e.status))
		}
	}
	slices.Sort(early)
	slices.Sort(units)
	observed := "it never came, and no limit was exceeded"
	switch {
	case len(early) > 0:
		observed = "it comes with " + strings.Join(slices.Compact(early), ", ") + " as " + strings.Join(slices.Compact(units), ", ")
	case len(late) > 0:
		observed = "only once the limit is exceeded, as " + strings.Join(slices.Compact(units), ", ")
	case slices.ContainsFunc(v.recorder.exchanges(0), func(e exchange) bool { return e.status == http.StatusTooManyRequests }):
		observed = "not even with a 429, which was for one record"
	}
	if len(after) > 0 {
		observed += "; " + strings.Join(slices.Compact(after), ", ")
	}
	return observed, len(early) == 0, nil
}

// unit names what a reset is counted in.
func unit(text string) string {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	switch {
	case err != nil:
		return "a text that is no number"
	case n > 1e11:
		return "milliseconds since 1970"
	case n < 1e7:
		return "seconds from now"
	case time.Until(time.Unix(n, 0)).Abs() > time.Hour:
		return "seconds since 1970, more than an hour away"
	}
	return "seconds since 1970"
}
