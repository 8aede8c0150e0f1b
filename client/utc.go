package client

import (
	"reflect"
	"sync"
	"time"
)

// inUTC turns the times of the struct that v points to into UTC, the form in which the reference shows them. What
// the struct points to belongs to the caller and is copied before it is changed.
func inUTC(v reflect.Value) {
	for _, i := range timesIn(v.Type()) {
		f := v.Field(i)
		switch {
		case f.Type() == timeType:
			if t := f.Interface().(time.Time); t.Location() != time.UTC {
				f.Set(reflect.ValueOf(t.UTC()))
			}
		case f.IsNil():
		case f.Type().Elem() == timeType:
			if t := f.Interface().(*time.Time); t.Location() != time.UTC {
				f.Set(reflect.ValueOf(new(t.UTC())))
			}
		default:
			c := reflect.New(f.Type().Elem())
			c.Elem().Set(f.Elem())
			inUTC(c.Elem())
			f.Set(c)
		}
	}
}

var knownTimes sync.Map // of reflect.Type to []int

// timesIn returns the fields of a struct that are times, or point to one or to a struct that has some.
func timesIn(t reflect.Type) []int {
	if known, ok := knownTimes.Load(t); ok {
		return known.([]int)
	}
	var times []int
	for i := range t.NumField() {
		f := t.Field(i).Type
		if f == timeType || f.Kind() == reflect.Pointer && (f.Elem() == timeType || f.Elem().Kind() == reflect.Struct && timesIn(f.Elem()) != nil) {
			times = append(times, i)
		}
	}
	knownTimes.Store(t, times)
	return times
}

var timeType = reflect.TypeFor[time.Time]()
