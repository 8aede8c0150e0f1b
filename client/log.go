package client

import (
	"context"
	"log/slog"
	"time"
)

// log writes one record for a call, made of what is safe to keep: see [WithLogger].
func (c *Client) log(ctx context.Context, call *call, took time.Duration, r *Response, err error) {
	level, message := slog.LevelDebug, "kustomer call"
	if err != nil {
		level, message = slog.LevelWarn, "kustomer call failed"
	}
	if c.logger == nil || !c.logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{slog.Duration("duration", took)}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	} else {
		attrs = append(attrs,
			slog.String("op", call.op.ID),
			slog.String("method", call.op.Method),
			slog.String("path", call.op.Path),
			slog.String("id", shownID(call.id)),
			slog.Int("status", r.StatusCode),
			slog.Int("attempts", r.Attempts),
			slog.String("request_id", oneLine(r.RequestID)))
		if r.Budget.Remaining >= 0 {
			attrs = append(attrs, slog.Int("remaining", r.Budget.Remaining))
		}
	}
	c.logger.LogAttrs(ctx, level, message, attrs...)
}
