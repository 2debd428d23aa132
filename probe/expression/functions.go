package expression

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
)

// kind is what a function takes as an argument.
type kind int

const (
	anything kind = iota
	text          // numbers, booleans, times and durations stand for their text
	whole
	list
	object
	zone
	compiled // text, or a pattern that was compiled at load
	// internal marks functions of guards, which check their arguments themselves.
	internal
)

func (k kind) String() string {
	return [...]string{"a value", "text", "a whole number", "a list", "an object", "a time zone", "a pattern", ""}[k]
}

// function is one that expressions can call.
type function struct {
	name     string
	usage    string
	required int
	args     []kind // the last one repeats where variadic is set
	variadic bool
	result   any // a value of the type that it gives; nil: any
	call     func(l *Language, args []any) (any, error)
}

// tables is what expr is configured with, the same for all expressions.
type tables struct {
	functions conf.FunctionsTable
	builtins  conf.FunctionsTable
	disabled  map[string]bool
}

func (l *Language) build() {
	t := tables{
		functions: conf.FunctionsTable{}, builtins: conf.FunctionsTable{}, disabled: map[string]bool{},
	}
	for _, f := range builtin.Builtins {
		t.builtins[f.Name] = f
	}
	for _, f := range slices.Concat(functions, collections, guardFunctions) {
		t.functions[f.name] = &builtin.Function{Name: f.name, Func: f.bind(l), Validate: f.validate}
		if _, replaced := t.builtins[f.name]; replaced {
			delete(t.builtins, f.name)
			t.disabled[f.name] = true
		}
	}
	l.tables = t
}

func (l *Language) functionNames() []string {
	l.once.Do(l.build)
	var out []string
	for name := range l.tables.functions {
		if !isInternal(name) {
			out = append(out, name)
		}
	}
	for name := range l.tables.builtins {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func isInternal(name string) bool { return strings.HasPrefix(name, " ") }

// fault is an error that is worded for people; the part of the expression
// that it is about is added to it.
type fault string

func (f fault) Error() string { return string(f) }

// sentence is an error that is worded for people and says all there is to say.
type sentence string

func (s sentence) Error() string { return string(s) }

func faultf(format string, args ...any) error { return fault(fmt.Sprintf(format, args...)) }

func (f function) kind(i int) kind { return f.args[min(i, len(f.args)-1)] }

func (f function) bind(l *Language) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		for i, arg := range args {
			value, ok := f.kind(i).convert(arg)
			if !ok {
				return nil, faultf("%s takes %s, not %s", f.name, f.kind(i), describe(arg))
			}
			args[i] = value
		}
		return f.call(l, args)
	}
}

// validate checks at load what can be known of arguments then. It is called by
// expr's checker.
func (f function) validate(args []reflect.Type) (reflect.Type, error) {
	if n := len(args); n < f.required || n > len(f.args) && !f.variadic {
		return nil, faultf("%s: %s", f.count(n), f.usage)
	}
	for i, t := range args {
		if k := f.kind(i); t != nil && !k.may(t) {
			return nil, faultf("%s takes %s, not %s", f.name, k, typeWord(t.String()))
		}
	}
	if f.result == nil {
		return reflect.TypeFor[any](), nil
	}
	return reflect.TypeOf(f.result), nil
}

// count says that n arguments are too many or too few.
func (f function) count(n int) string {
	wanted := fmt.Sprint(f.required)
	switch {
	case f.variadic:
		wanted = "at least " + wanted
	case len(f.args) != f.required:
		wanted = fmt.Sprintf("%d to %d", f.required, len(f.args))
	}
	noun := "arguments"
	if wanted == "1" {
		noun = "argument"
	}
	if wanted == "0" {
		wanted = "no"
	}
	return fmt.Sprintf("%s takes %s %s, not %d", f.name, wanted, noun, n)
}

func (k kind) may(t reflect.Type) bool {
	switch kind := t.Kind(); k {
	case compiled:
		return kind == reflect.Interface || kind == reflect.String || t == reflect.TypeFor[*regexp.Regexp]()
	case text:
		return !slices.Contains([]reflect.Kind{reflect.Slice, reflect.Array, reflect.Map, reflect.Func, reflect.Pointer}, kind)
	case whole:
		return kind == reflect.Interface || t == reflect.TypeFor[int]() || kind == reflect.Float64
	case list:
		return kind == reflect.Interface || kind == reflect.Slice || kind == reflect.Array
	case object:
		return kind == reflect.Interface || kind == reflect.Map
	case zone:
		return kind == reflect.Interface || kind == reflect.Pointer
	}
	return true
}

// convert gives the argument in the one form that functions are written for.
func (k kind) convert(v any) (any, bool) {
	switch k {
	case text:
		switch describe(v) {
		case "text", "a number", "a boolean", "a time", "a duration":
			return Render(usual(v)), true
		}
		return nil, false
	case whole:
		switch n := usual(v).(type) {
		case int:
			return n, true
		case float64:
			return int(n), n == math.Trunc(n) && math.Abs(n) <= exact
		}
		return nil, false
	case list:
		out, ok := elements(v)
		return out, ok
	case object:
		out, ok := usual(v).(map[string]any)
		return out, ok
	}
	return v, true
}

// elements gives a list as []any. Its elements stay as they are, so that a
// list of large values is not copied.
func elements(v any) ([]any, bool) {
	if v, ok := v.([]any); ok {
		return v, true
	}
	r := reflect.ValueOf(v)
	if v == nil || r.Kind() != reflect.Slice && r.Kind() != reflect.Array {
		return nil, false
	}
	out := make([]any, r.Len())
	for i := range out {
		out[i] = r.Index(i).Interface()
	}
	return out, true
}
