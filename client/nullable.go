package client

import "github.com/oapi-codegen/nullable"

// Nullable is a field that is absent, null or a value. Its zero value is absent: the attribute stays as it is.
// [Value] and [Null] make the other two.
type Nullable[T any] = nullable.Nullable[T]

// Value returns a nullable field that is set to v, the zero value included.
func Value[T any](v T) Nullable[T] { return nullable.NewNullableWithValue(v) }

// Null returns a nullable field that is sent as null, which clears the attribute (assumed).
func Null[T any]() Nullable[T] { return nullable.NewNullNullable[T]() }
