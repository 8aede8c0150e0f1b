package custom

import (
	"encoding/json"
	"errors"
	"fmt"
)

// A ListKey is a [Key] whose values are lists. Make one with [Key.List].
type ListKey[T any] struct{ codec[[]T] }

// List returns the key of the same attribute for those that are defined as having several values, so that
// Str("products").List() takes lists of texts. Each item is held to what k asks for.
func (k Key[T]) List() ListKey[T] {
	if k.encode == nil {
		return ListKey[T]{}
	}
	return ListKey[T]{codec[[]T]{name: k.name, err: k.err, encode: k.encodeList, decode: k.decodeList}}
}

// Name returns the attribute's system name, suffix included.
func (k ListKey[T]) Name() string { return k.name }

// Err is [Key.Err].
func (k ListKey[T]) Err() error { return k.check() }

// Set returns the entry that sets the attribute to all of these values, in their order. An empty list is sent as one; nil is
// refused, for it is rarely meant. What is wrong with values becomes the error of the entry.
func (k ListKey[T]) Set(values []T) Entry { return k.set(values) }

// Null returns the entry that clears the attribute.
func (k ListKey[T]) Null() Entry { return k.null() }

// Get returns the attribute's values, as [Key.Get] does with one: an item that is not exactly a T, null too, is an error for
// the whole list.
func (k ListKey[T]) Get(a Attributes) ([]T, State, error) { return k.get(a) }

var errNilList = errors.New("is a nil list: use Null to clear the attribute, or a list that is empty")

func (k Key[T]) encodeList(values []T) (json.RawMessage, error) {
	if values == nil {
		return nil, errNilList
	}
	return encodeItems(len(values), func(i int) (json.RawMessage, error) { return k.encode(values[i]) })
}

func (k Key[T]) decodeList(raw json.RawMessage) ([]T, error) {
	items, err := decodeList(raw)
	if err != nil {
		return nil, err
	}
	values := make([]T, len(items))
	err = each(items, func(i int, item json.RawMessage) (err error) {
		values[i], err = k.decode(item)
		return err
	})
	if err != nil {
		return nil, err
	}
	return values, nil
}

// maxProblems is how many items of one list are named.
const maxProblems = 10

// each does f with all items of a list and makes one error, in one line, of what is wrong with them.
func each[T any](items []T, f func(int, T) error) error {
	var all error
	n := 0
	for i, item := range items {
		err := f(i, item)
		if err == nil {
			continue
		}
		err = fmt.Errorf("item %d %w", i, err)
		switch n++; {
		case n == 1:
			all = err
		case n <= maxProblems:
			all = fmt.Errorf("%w, %w", all, err)
		}
	}
	if n > maxProblems {
		return fmt.Errorf("%w, and %d more", all, n-maxProblems)
	}
	return all
}

// encodeItems writes a list of so many items.
func encodeItems(n int, encode func(i int) (json.RawMessage, error)) (json.RawMessage, error) {
	items := make([]json.RawMessage, n)
	err := each(items, func(i int, _ json.RawMessage) (err error) {
		items[i], err = encode(i)
		return err
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(items)
}

func decodeList(raw json.RawMessage) ([]json.RawMessage, error) {
	var items []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		return nil, fmt.Errorf("is %s, not a list", kind(raw))
	}
	return items, nil
}
