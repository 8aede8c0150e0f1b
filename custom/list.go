package custom

import (
	"encoding/json"
	"errors"
	"fmt"
)

// A ListKey is a [Key] whose values are lists. Make one with [Key.List].
type ListKey[T any] struct{ item Key[T] }

// List returns the key for an attribute that is defined with several values: Str("products").List() sets productsStr to
// a list of strings. Each item must be valid for k.
func (k Key[T]) List() ListKey[T] { return ListKey[T]{k} }

// Name returns the attribute's system name, suffix included.
func (k ListKey[T]) Name() string { return k.item.name }

// Err returns the error of the name that the key was made with, or nil, like [Key.Err].
func (k ListKey[T]) Err() error { return k.item.Err() }

// Set returns the entry that sets the attribute to values, in their order. An empty list is sent as an empty list. nil
// is an error, because it is rarely intended. If values are invalid, the entry carries the error.
func (k ListKey[T]) Set(values []T) Entry {
	return entry(k.item.name, k.item.nameErr(), func() (json.RawMessage, error) {
		if values == nil {
			return nil, errNilList
		}
		return encodeItems(len(values), func(i int) (json.RawMessage, error) { return k.item.encode(values[i]) })
	})
}

// Null returns the entry that clears the attribute.
func (k ListKey[T]) Null() Entry { return k.item.Null() }

// Get returns the values of the attribute, like [Key.Get]. An item that is null or not exactly a T is an error for the
// whole list.
func (k ListKey[T]) Get(a Attributes) ([]T, State, error) {
	return get(a, k.item.name, k.item.Err(), k.decode)
}

var errNilList = errors.New("is a nil list: use Null to clear the attribute, or an empty list")

func (k ListKey[T]) decode(raw json.RawMessage) ([]T, error) {
	items, err := decodeList(raw)
	if err != nil {
		return nil, err
	}
	values := make([]T, len(items))
	err = eachItem(len(items), func(i int) (err error) {
		values[i], err = k.item.decode(items[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return values, nil
}

// maxItemErrors is how many invalid items of one list an error names.
const maxItemErrors = 10

// eachItem calls f with the index of each item and joins the errors in one line.
func eachItem(items int, f func(int) error) error {
	var all error
	n := 0
	for i := range items {
		err := f(i)
		switch {
		case err == nil:
			continue
		case n == 0:
			all = fmt.Errorf("item %d %w", i, err)
		case n < maxItemErrors:
			all = fmt.Errorf("%w, item %d %w", all, i, err)
		}
		n++
	}
	if n > maxItemErrors {
		return fmt.Errorf("%w, and %d more", all, n-maxItemErrors)
	}
	return all
}

// encodeItems returns a JSON list of n items.
func encodeItems(n int, encode func(i int) (json.RawMessage, error)) (json.RawMessage, error) {
	items := make([]json.RawMessage, n)
	err := eachItem(n, func(i int) (err error) {
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
		return nil, fmt.Errorf("is %s, not a list", jsonType(raw))
	}
	return items, nil
}
