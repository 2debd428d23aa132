package expression

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm/runtime"
)

// The names of functions that guards puts into expressions.
const (
	equalName  = " =="
	tickName   = " tick"
	listName   = " list"
	textName   = " text"
	withinName = " within"
	weighName  = " weigh"
	lowerName  = " lower"
	divideName = " /"
	addName    = " +"
)

const (
	// maxWeight is what a value made by an expression may weigh: a byte of
	// text 1, any value nodeWeight.
	maxWeight  = 64 << 20
	nodeWeight = 64
	// maxTime is how long loops may go on. It bounds machine time, so it is
	// the one thing here that is not measured with Language.Now.
	maxTime = time.Second
)

const (
	errTooLarge = sentence("the expression makes too much data: at most 64 MB are allowed")
	errTooLong  = sentence("the expression takes more than 1s")
)

var guardFunctions = []function{
	{name: equalName, required: 2, args: []kind{internal, internal}, result: true, call: func(_ *Language, args []any) (any, error) {
		return equal(args[0], args[1]), nil
	}},
	{name: divideName, required: 2, args: []kind{internal, internal}, call: divide},
	{name: addName, required: 2, args: []kind{internal, internal}, call: add},
	{name: tickName, required: 2, args: []kind{internal, internal}, call: func(_ *Language, args []any) (any, error) {
		return args[1], args[0].(*frame).tick()
	}},
	{name: listName, required: 3, args: []kind{internal, internal, internal}, call: isList},
	{name: textName, required: 3, args: []kind{internal, internal, internal}, call: isText},
	{name: withinName, required: 2, args: []kind{internal, internal}, call: isWithin},
	{name: weighName, required: 1, args: []kind{internal}, call: func(_ *Language, args []any) (any, error) {
		return weighed(args[0])
	}},
	{name: lowerName, required: 1, args: []kind{internal}, call: func(_ *Language, args []any) (any, error) {
		if s, ok := args[0].(string); ok {
			return strings.ToLower(s), nil
		}
		return args[0], nil
	}},
	{name: " header", required: 2, args: []kind{internal, text}, call: header},
	{name: " cookie", required: 2, args: []kind{internal, text}, call: cookie},
}

func header(_ *Language, args []any) (any, error) {
	r, name := args[0].(*frame).response, args[1].(string)
	switch {
	case r == nil:
		return nil, sentence("header: there is no response")
	case !r.Fields.Has(name):
		return nil, nil
	}
	return r.Fields.Get(name), nil
}

func cookie(_ *Language, args []any) (any, error) {
	r := args[0].(*frame).response
	if r == nil {
		return nil, sentence("cookie: there is no response")
	}
	if value, ok := r.Cookies[args[1].(string)]; ok {
		return value, nil
	}
	return nil, nil
}

func divide(_ *Language, args []any) (any, error) {
	if n := args[1]; n == 0 || n == 0.0 {
		return nil, fault("division by zero")
	}
	return runtime.Divide(args[0], args[1]), nil
}

func add(_ *Language, args []any) (any, error) {
	if a, ok := args[0].(string); ok {
		if b, ok := args[1].(string); ok && len(a)+len(b) > maxWeight {
			return nil, errTooLarge
		}
	}
	return runtime.Add(args[0], args[1]), nil
}

func isList(_ *Language, args []any) (any, error) {
	if args[0] != nil {
		if k := reflect.TypeOf(args[0]).Kind(); k == reflect.Slice || k == reflect.Array {
			return args[0], nil
		}
	}
	return nil, sentence(fmt.Sprintf("%s takes a list, and %s is %s", args[1], args[2], describe(args[0])))
}

// isText keeps a null from counting as a text that does not contain anything:
// such a check could never fail.
func isText(_ *Language, args []any) (any, error) {
	if _, ok := args[0].(string); ok {
		return args[0], nil
	}
	hint := ""
	if _, ok := elements(args[0]); ok && args[1] == "contains" {
		hint = "; for a list write: element in list"
	}
	return nil, sentence(fmt.Sprintf("%s takes text, and %s is %s%s", args[1], args[2], describe(args[0]), hint))
}

// isWithin does the same for in.
func isWithin(_ *Language, args []any) (any, error) {
	switch kind := describe(args[0]); kind {
	case "a list", "an object":
		return args[0], nil
	case "text":
		return nil, sentence(fmt.Sprintf("in looks into lists and objects, and %s is text: use contains", args[1]))
	default:
		return nil, sentence(fmt.Sprintf("in looks into lists and objects, and %s is %s", args[1], kind))
	}
}

// weighed refuses a value that would be too large if its parts were written
// out. Parts may be shared, so that a small expression can describe a huge one.
func weighed(v any) (any, error) {
	left := maxWeight
	if !weigh(v, &left) {
		return nil, errTooLarge
	}
	return v, nil
}

func weigh(v any, left *int) bool {
	*left -= nodeWeight
	switch v := v.(type) {
	case nil, bool, int, float64:
	case string:
		*left -= len(v)
	case []any:
		for _, item := range v {
			if !weigh(item, left) {
				return false
			}
		}
	case map[string]any:
		for key, item := range v {
			if *left -= len(key); !weigh(item, left) {
				return false
			}
		}
	default:
		return weighOdd(v, left)
	}
	return *left >= 0
}

func weighOdd(v any, left *int) bool {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range r.Len() {
			if !weigh(r.Index(i).Interface(), left) {
				return false
			}
		}
	case reflect.Map:
		for it := r.MapRange(); it.Next(); {
			if !weigh(it.Key().Interface(), left) || !weigh(it.Value().Interface(), left) {
				return false
			}
		}
	}
	return *left >= 0
}

// tick is called at each turn of a loop.
func (f *frame) tick() error {
	now := time.Now()
	if f.deadline.IsZero() {
		f.deadline = now.Add(maxTime)
	}
	if now.After(f.deadline) {
		return errTooLong
	}
	return nil
}
