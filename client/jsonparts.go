package client

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// below reads the value of a name or an index, by which problems with it are named.
func (s *salvage) below(name string, read func() error) error {
	s.path = append(s.path, name)
	err := read()
	s.path = s.path[:len(s.path)-1]
	return err
}

// object reads the names of an object and lets read take the value of each.
func (s *salvage) object(read func(name string) error) error {
	return s.parts('}', func() error {
		if s.next() != '"' {
			return errBroken
		}
		raw, err := s.skip()
		if err != nil {
			return err
		}
		name, err := text(raw)
		if err != nil {
			return errBroken
		}
		switch s.next() {
		case ':':
			s.pos++
			return s.below(name, func() error { return read(name) })
		case 0:
			return errShort
		}
		return errBroken
	})
}

// text returns what a JSON string says.
func text(quoted []byte) (string, error) {
	if bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		return string(quoted[1 : len(quoted)-1]), nil
	}
	var text string
	err := json.Unmarshal(quoted, &text)
	return text, err
}

// parts lets read take each part of an object or a list, up to its end.
func (s *salvage) parts(end byte, read func() error) error {
	s.pos++ // its beginning
	for {
		switch s.next() {
		case 0:
			return errShort
		case end:
			s.pos++
			return nil
		case ',':
			s.pos++
		default:
			if err := read(); err != nil {
				return err
			}
		}
	}
}

// next returns the first byte of what comes next, or 0 at the end.
func (s *salvage) next() byte {
	for ; s.pos < len(s.body); s.pos++ {
		switch c := s.body[s.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// skip returns the value that comes next.
func (s *salvage) skip() ([]byte, error) {
	s.next()
	rest := s.body[s.pos:]
	n := valueLen(rest)
	if n < 0 && len(s.path) == 0 && json.Valid(rest) {
		n = len(rest) // a body that is one literal
	}
	switch {
	case n < 0:
		return nil, errShort
	case n == 0:
		return nil, errBroken
	}
	s.pos += n
	return rest[:n], nil
}

// valueLen returns the length of the value that body begins with: 0 where none begins, -1 where it has no end.
func valueLen(body []byte) int {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"', '{', '[':
			if depth == 0 && i > 0 {
				return i // the end of a literal
			}
			if body[i] != '"' {
				depth++
			} else if i = stringEnd(body, i); i < 0 {
				return -1
			} else if depth == 0 {
				return i + 1
			}
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// stringEnd returns where the string that begins at i has its last quote, or -1.
func stringEnd(body []byte, i int) int {
	for i++; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}
