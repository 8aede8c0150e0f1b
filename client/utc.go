package client

import (
	"reflect"
	"time"
)

// inUTC turns the times of the struct that v points to into UTC, the form in which the reference shows them. What
// the struct points to belongs to the caller and is copied before it is changed.
func inUTC(v reflect.Value) {
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case f.Type() == timeType:
			if t := f.Interface().(time.Time); t.Location() != time.UTC {
				f.Set(reflect.ValueOf(t.UTC()))
			}
		case f.Kind() == reflect.Pointer && !f.IsNil() && f.Type().Elem() == timeType:
			if t := f.Interface().(*time.Time); t.Location() != time.UTC {
				f.Set(reflect.ValueOf(new(t.UTC())))
			}
		case f.Kind() == reflect.Pointer && !f.IsNil() && f.Elem().Kind() == reflect.Struct:
			c := reflect.New(f.Type().Elem())
			c.Elem().Set(f.Elem())
			inUTC(c.Elem())
			f.Set(c)
		}
	}
}

var timeType = reflect.TypeFor[time.Time]()
