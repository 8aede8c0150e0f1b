package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// An outsideError stands for an error of a transport, an answer's body or a token source. Such an error may hold the
// request, key and all, where its text does not show it. So the text is kept without the key, and the rest in functions,
// which print as addresses; there is nothing to unwrap. What it is can still be asked by errors.Is and errors.As.
type outsideError struct {
	text string
	is   func(target error) bool
	as   func(target any) bool
}

func (e *outsideError) Error() string { return e.text }

func (e *outsideError) Is(target error) bool { return e.is(target) }

func (e *outsideError) As(target any) bool { return e.as(target) }

// outside makes an error that comes from elsewhere fit to be shown.
func (s secrets) outside(err error) error {
	if err == nil {
		return nil
	}
	return &outsideError{
		text: s.redact(err.Error(), droppedCause),
		is:   func(target error) bool { return errors.Is(err, target) },
		as:   func(target any) bool { return s.as(err, target) },
	}
}

// as does what errors.As does, unless what it finds would show a secret.
func (s secrets) as(err error, target any) bool {
	if p, ok := target.(*causeType); ok {
		*p = causeType(fmt.Sprintf("%T", err))
		return true
	}
	found := reflect.New(reflect.TypeOf(target).Elem()) // errors.As has seen that it is a pointer
	if !errors.As(err, found.Interface()) || s.shownBy(found.Elem().Interface()) {
		return false
	}
	reflect.ValueOf(target).Elem().Set(found.Elem())
	return true
}

// A causeType asks an outsideError for the type of what it stands for.
type causeType string

func (causeType) Error() string { return "" }

// shownBy reports whether a value, or what it unwraps to, shows a secret where people print it.
func (s secrets) shownBy(v any) bool {
	for _, format := range []string{"%v", "%+v", "%#v"} {
		if s.in(fmt.Sprintf(format, v)) {
			return true
		}
	}
	if data, err := json.Marshal(v); err == nil && s.in(string(data)) {
		return true
	}
	switch v := v.(type) {
	case interface{ Unwrap() error }:
		inner := v.Unwrap()
		return inner != nil && s.shownBy(inner)
	case interface{ Unwrap() []error }:
		for _, inner := range v.Unwrap() {
			if inner != nil && s.shownBy(inner) {
				return true
			}
		}
	}
	return false
}
