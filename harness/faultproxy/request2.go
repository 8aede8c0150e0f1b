package faultproxy

// requested takes in a frame from the client.
func (r *relay) requested(f frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.kind() == frameHeaders && f.stream() > r.stream {
		r.catchUp()
		if fault, spoilt := r.p.take(); spoilt {
			r.fault, r.stream = fault, f.stream()
			r.over, r.begun, r.kept, r.late, r.done = false, false, nil, nil, nil
		}
	}
	switch {
	case f.stream() != r.stream || r.stream == 0:
		r.pass(f)
	case f.kind() == frameReset:
		r.givenUp(f)
	case !r.over && r.fault.trickles(InRequestBody):
		_ = trickle(r.up, f)
	case r.over || r.fault.Moment > BeforePassing:
		r.pass(f)
	default:
		r.kept = append(r.kept, f)
		r.keep(f)
	}
}

// keep spoils a request that is not to be passed on, at its newest frame.
func (r *relay) keep(f frame) {
	whole := f.endsStream()
	switch {
	case !whole && r.fault.Moment == BeforePassing, !whole && r.fault.Moment == InRequestBody && len(r.kept) == 1:
		return
	}
	switch r.fault.Manner {
	case Stall, Late:
	case HalfClose:
		r.over = true
		r.end(HalfClose)
		r.pass(r.kept...)
	case GoAway:
		r.over = true
		r.forget()
		r.goAway(max(r.stream, 2) - 2)
	case ResetStream:
		r.over = true
		r.forget()
		r.send(resetFrame(r.stream, r.fault.Code))
	default:
		r.over = true
		if r.fault.Moment == InRequestBody {
			r.pass(r.kept[0].open())
		}
		r.send(r.spoilt())
		r.end(r.fault.Manner)
		return
	}
	r.send(r.spoilt())
}

// forget lets the server see the head of the request alone, and that it is not meant.
func (r *relay) forget() {
	r.pass(r.kept[0].open(), resetFrame(r.stream, CancelError))
	r.kept = nil
}

// givenUp takes in that the client has given up the request.
func (r *relay) givenUp(reset frame) {
	if r.over || len(r.kept) == 0 {
		r.pass(reset)
	}
	r.catchUp()
}

// catchUp passes on what was kept back, in both directions, for what follows could not be read without it. A client that
// has given up a request may begin the next one before it says so.
func (r *relay) catchUp() {
	if !r.over && len(r.kept) > 0 {
		if r.fault.Manner == Late && r.kept[len(r.kept)-1].endsStream() {
			r.done = make(chan struct{})
			r.pass(r.kept...)
		} else {
			r.forget()
		}
	}
	r.over = true
	r.send(r.late)
	r.late = nil
}
