package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// Handler returns an [http.Handler] that verifies and parses the events of a webhook, and calls handle for each event until
// handle returns nil for it. secrets are those of [Verify]. handle gets the context of the request, which ends when Kustomer no
// longer waits. It may be called concurrently for different events. Set a ReadTimeout in the [http.Server], because the handler
// has no timeout for a slow body. The response has a status and no body:
//
//	200  handle has returned nil, for this delivery or an earlier one
//	400  the body is not an event, or is incomplete
//	401  the signature is missing or wrong
//	405  the method is not POST
//	413  the body is too large
//	500  handle has returned an error or panicked
//	503  another delivery of the event is being handled, or the store of handled events has failed
//
// After any status but 200 Kustomer delivers the event again (assumed for 400 to 413). If handle can never succeed with an
// event, it should keep the event elsewhere and return nil. Signed bodies that are not events have not been observed. They get
// a 400, because a 2xx would lose every event if Kustomer changed their form.
//
// A panic passes through the handler, so that net/http or a middleware logs it. Other failures are logged: see [WithLogger].
func Handler(handle func(context.Context, Event) error, secrets []string, opts ...Option) (http.Handler, error) {
	h := &handler{handle, slices.Clone(secrets), InMemory(0), 1 << 20, slog.Default()}
	errs := []error{checkSecrets(secrets)}
	refuseIf := func(invalid bool, what string) {
		if invalid {
			errs = append(errs, errors.New("kustomer webhook: "+what))
		}
	}
	for i, option := range opts {
		if refuseIf(option == nil, fmt.Sprintf("option %d is nil", i+1)); option != nil {
			option(h)
		}
	}
	refuseIf(handle == nil, "there is no function to handle events")
	refuseIf(h.seen == nil, "WithSeen needs a store")
	refuseIf(h.maxBody <= 0, "WithMaxBody needs a positive number of bytes")
	refuseIf(h.log == nil, "WithLogger needs a logger")
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return http.HandlerFunc(h.serve), nil // a function does not show the secrets when it is printed
}

// An Option configures a [Handler].
type Option func(*handler)

// WithSeen sets the store of handled events. The default is [InMemory](0).
func WithSeen(seen Seen) Option { return func(h *handler) { h.seen = seen } }

// WithMaxBody sets how many bytes a body may have. A body is read into memory before its signature can be checked. The default
// is 1 MiB; the events seen have 7 kB, and the request that makes a change has at most 100 kB.
func WithMaxBody(bytes int64) Option { return func(h *handler) { h.maxBody = bytes } }

// WithLogger sets the logger of failures. The default is [slog.Default]. A record has the status of the response, the error, and
// the id and name of the event, but no secret, signature or body. Its level is Error, or Warn without a valid signature.
func WithLogger(logger *slog.Logger) Option { return func(h *handler) { h.log = logger } }

type handler struct {
	handle  func(context.Context, Event) error
	secrets []string
	seen    Seen
	maxBody int64
	log     *slog.Logger
}

func (h *handler) serve(w http.ResponseWriter, r *http.Request) {
	status, level := http.StatusInternalServerError, slog.LevelWarn
	// Write it after a panic too: if a middleware recovers and writes nothing, net/http sends a 200.
	defer func() { w.WriteHeader(status) }()
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		status = http.StatusMethodNotAllowed
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.maxBody))
	if err == nil {
		err = Verify(body, r.Header.Get(SignatureHeader), h.secrets...)
	}
	var e Event
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLarge:
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrSignature):
		status = http.StatusUnauthorized
	case err != nil:
		status, err = http.StatusBadRequest, fmt.Errorf("read the body: %w", err)
	default:
		level = slog.LevelError
		e, status, err = h.once(r.Context(), body)
	}
	if err != nil {
		h.log.LogAttrs(r.Context(), level, "kustomer webhook", slog.Int("status", status), slog.String("event", e.ID),
			slog.String("name", e.Name), slog.Any("error", err))
	}
}

// once calls the function with an event unless the event was handled, and returns the status of the response.
func (h *handler) once(ctx context.Context, body []byte) (e Event, status int, err error) {
	if e, err = ParseEvent(body); err != nil {
		return e, http.StatusBadRequest, err
	}
	state, err := h.seen.Claim(ctx, e.ID)
	switch {
	case err != nil:
		return e, http.StatusServiceUnavailable, fmt.Errorf("claim the event: %w", err)
	case state == InProgress:
		return e, http.StatusServiceUnavailable, errors.New("another delivery of the event is being handled")
	case state == Handled:
		return e, http.StatusOK, nil
	}
	end := h.seen.Release
	defer func() {
		// If Kustomer no longer waits, the event must be recorded all the same.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if endErr := end(ctx, e.ID); endErr != nil {
			err = errors.Join(err, fmt.Errorf("record or release the event: %w", endErr))
		}
	}()
	if err := h.handle(ctx, e); err != nil {
		return e, http.StatusInternalServerError, err
	}
	end = h.seen.Record
	return e, http.StatusOK, nil
}
