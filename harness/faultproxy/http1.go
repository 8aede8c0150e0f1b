package faultproxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// serve1 serves requests of HTTP/1.1 until one goes wrong for good.
func (l *link) serve1() {
	for {
		if _, err := l.in.Peek(1); err != nil {
			return
		}
		f, spoilt := l.p.take()
		if !l.exchange1(f, spoilt) {
			return
		}
	}
}

// exchange1 serves one request, and reports whether the connection goes on.
func (l *link) exchange1(f Fault, spoilt bool) bool {
	slow := spoilt && f.trickles(InRequestBody)
	spoilt = spoilt && !slow
	request, whole, err := l.readRequest(f, spoilt, slow)
	if err != nil {
		return false
	}
	if spoilt && f.Moment <= BeforePassing {
		l.keep1(f, request, whole)
		return false
	}
	a, err := l.pass(request, slow)
	if err != nil {
		return false
	}
	if !spoilt {
		_, err := l.Write(a.with(a.length(0)))
		return err == nil
	}
	return l.answer1(f, a)
}

// keep1 ends the connection on a request that is not to be passed on, or not as a whole.
func (l *link) keep1(f Fault, request []byte, whole bool) {
	if f.Spoil != NoSpoil {
		_, _ = l.Write(f.Spoil.spoilt(answer{}, f.At))
	}
	l.end(f.Manner)
	if f.Manner == HalfClose && whole {
		_, _ = l.pass(request, false)
	}
	rest := new(bytes.Buffer)
	_, _ = io.Copy(rest, l.in) // ends when the client has left
	switch {
	case f.Manner == HalfClose && !whole, f.Manner == Late:
		_, _ = l.pass(append(request, rest.Bytes()...), false)
	case !whole:
		_, _ = l.pass(request, false)
	}
}

// answer1 spoils the answer to a request that the server has handled.
func (l *link) answer1(f Fault, a answer) bool {
	text, head := a.with(a.length(0)), len(a.head(a.length(0)))
	switch {
	case f.Spoil != NoSpoil:
		text = f.Spoil.spoilt(a, f.At)
	case f.Manner == Trickle:
		return trickle(l, text) == nil
	case f.Moment == AfterPassing:
		text = nil
	case f.Moment == InAnswerHead:
		text = text[:1+int(f.At*float64(head-2))]
	case f.Moment == InAnswerBody:
		text = text[:head+int(f.At*float64(len(a.body)))]
	}
	_, _ = l.Write(text)
	l.end(f.Manner)
	l.drain()
	return false
}

// readRequest reads a request, or a part of it where the fault comes earlier. A slow one is read a bit at a time, so that a
// client whose buffers are full has to wait.
func (l *link) readRequest(f Fault, spoilt, slow bool) (part []byte, whole bool, err error) {
	if spoilt && f.Moment == InRequestHead {
		part = make([]byte, 1+int(f.At*200)) // a head has more
		n, err := io.ReadFull(l.in, part)
		return part[:n], false, err
	}
	var b bytes.Buffer
	length := 0
	for {
		line, err := l.in.ReadString('\n')
		if err != nil {
			return nil, false, err
		}
		b.WriteString(line)
		if line == "\r\n" {
			break
		}
		_, _ = fmt.Sscanf(line, "Content-Length: %d", &length)
	}
	whole = true
	if spoilt && f.Moment == InRequestBody && length > 0 {
		length, whole = int(f.At*float64(length)), false
	}
	step := length
	if slow {
		step = length/steps + 1
	}
	for length > 0 && err == nil {
		n := min(step, length)
		_, err = io.CopyN(&b, l.in, int64(n))
		if length -= n; slow {
			time.Sleep(pause)
		}
	}
	return b.Bytes(), whole, err
}

// pass sends a request on and returns its answer. Of half a request there is none.
func (l *link) pass(request []byte, slow bool) (answer, error) {
	up, err := net.Dial("tcp", l.p.upstream)
	if err != nil {
		return answer{}, err
	}
	defer up.Close()
	send := up.Write
	if slow {
		send = func(b []byte) (int, error) { return len(b), trickle(up, b) }
	}
	if _, err := send(request); err != nil {
		return answer{}, err
	}
	if !complete(request) {
		_ = up.(*net.TCPConn).CloseWrite()
	}
	r, err := http.ReadResponse(bufio.NewReader(up), nil)
	if err != nil {
		return answer{}, err
	}
	return readAnswer(r)
}

func complete(request []byte) bool {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request)))
	if err == nil {
		_, err = io.Copy(io.Discard, r.Body)
	}
	return err == nil
}
