package transferring

import (
	"reflect"
	"time"
)

// settle puts what a desk has in the place of what files say in other words: no list and an empty list are the
// same, and files have no versions. Only what really differs then becomes a new version. Both are desks.
func settle(was, is reflect.Value) {
	for i := range was.NumField() {
		before, after := was.Field(i), is.Field(i)
		switch {
		case !was.Type().Field(i).IsExported():
		case before.Kind() == reflect.Map && before.Type().Elem().Kind() == reflect.Struct:
			for _, key := range after.MapKeys() {
				if old := before.MapIndex(key); old.IsValid() && alike(old, after.MapIndex(key)) {
					after.SetMapIndex(key, old)
				}
			}
		case alike(before, after):
			after.Set(before)
		}
	}
}

// alike compares two values, versions and unexported fields aside.
func alike(a, b reflect.Value) bool {
	if t, ok := a.Interface().(time.Time); ok {
		return t.Equal(b.Interface().(time.Time))
	}
	switch a.Kind() {
	case reflect.Struct:
		return alikeFields(a, b)
	case reflect.Slice:
		return alikeLists(a, b)
	case reflect.Map:
		return alikeMaps(a, b)
	case reflect.Pointer:
		return a.IsNil() == b.IsNil() && (a.IsNil() || alike(a.Elem(), b.Elem()))
	}
	return a.Equal(b)
}

func alikeFields(a, b reflect.Value) bool {
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if f.IsExported() && f.Name != "Version" && !alike(a.Field(i), b.Field(i)) {
			return false
		}
	}
	return true
}

func alikeLists(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !alike(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

func alikeMaps(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for _, key := range a.MapKeys() {
		if other := b.MapIndex(key); !other.IsValid() || !alike(a.MapIndex(key), other) {
			return false
		}
	}
	return true
}
