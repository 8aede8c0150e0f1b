package faultproxy

import (
	"encoding/binary"
	"io"
)

// A frame is one of HTTP/2, with its head of nine bytes.
type frame []byte

// The types, flags and errors of frames that a proxy has to know (RFC 9113, 6 and 7).
const (
	frameData      = 0
	frameHeaders   = 1
	frameReset     = 3
	frameGoAway    = 7
	flagEndStream  = 1
	flagEndHeaders = 4

	// NoError and the others are for a [Fault]'s Code.
	NoError         = 0
	ProtocolError   = 1
	InternalError   = 2
	RefusedStream   = 7
	CancelError     = 8
	EnhanceYourCalm = 11
)

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

func readFrame(r io.Reader) (frame, error) {
	f := make(frame, 9)
	if _, err := io.ReadFull(r, f); err != nil {
		return nil, err
	}
	length := int(f[0])<<16 | int(f[1])<<8 | int(f[2])
	f = append(f, make([]byte, length)...)
	_, err := io.ReadFull(r, f[9:])
	return f, err
}

func newFrame(kind, flags byte, stream uint32, payload []byte) frame {
	n := len(payload)
	f := frame{byte(n >> 16), byte(n >> 8), byte(n), kind, flags}
	f = binary.BigEndian.AppendUint32(f, stream)
	return append(f, payload...)
}

func resetFrame(stream, code uint32) frame {
	return newFrame(frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, code))
}

func goAwayFrame(last, code uint32) frame {
	return newFrame(frameGoAway, 0, 0, binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, last), code))
}

func (f frame) kind() byte       { return f[3] }
func (f frame) stream() uint32   { return binary.BigEndian.Uint32(f[5:]) & 0x7fffffff }
func (f frame) endsStream() bool { return f.kind() <= frameHeaders && f[4]&flagEndStream != 0 }

// open is the frame without the end of its stream.
func (f frame) open() frame {
	c := append(frame(nil), f...)
	c[4] &^= flagEndStream
	return c
}
