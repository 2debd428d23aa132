package match

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// violation is one breach of a schema: where in the value, and what was
// expected there.
type violation struct {
	at    []string
	wants string
}

// leaves flattens what the library found. Alternatives (anyOf, oneOf) stay
// one violation that names them, for each alone would be no breach.
func leaves(c *check, e *jsonschema.ValidationError) []violation {
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf:
		return []violation{{e.InstanceLocation, alternatives(c, "one of the alternatives (anyOf)", e)}}
	case *kind.OneOf:
		if len(k.Subschemas) > 1 {
			return []violation{{e.InstanceLocation, "just one of the alternatives (oneOf), and " + strconv.Itoa(k.Subschemas[0]+1) +
				" and " + strconv.Itoa(k.Subschemas[1]+1) + " of them fit"}}
		}
		return []violation{{e.InstanceLocation, alternatives(c, "one of the alternatives (oneOf)", e)}}
	case *kind.Required:
		return below(e, k.Missing, "a value, as the schema requires it")
	case *kind.AdditionalProperties:
		return below(e, k.Properties, "no such key")
	case *kind.PropertyNames:
		return []violation{{e.InstanceLocation, "only keys that the schema allows, " + c.show(k.Property, messageLimit) + " is not one"}}
	case *kind.Contains, *kind.MinContains, *kind.MaxContains, *kind.Not:
		return []violation{{e.InstanceLocation, expectation(c, e.ErrorKind)}}
	}
	if len(e.Causes) == 0 {
		return []violation{{e.InstanceLocation, expectation(c, e.ErrorKind)}}
	}
	var out []violation
	for _, cause := range e.Causes {
		out = append(out, leaves(c, cause)...)
	}
	slices.SortStableFunc(out, func(a, b violation) int { return slices.CompareFunc(a.at, b.at, naturally) })
	return slices.CompactFunc(out, func(a, b violation) bool { return slices.Equal(a.at, b.at) && a.wants == b.wants })
}

// naturally puts index 2 before index 10.
func naturally(a, b string) int {
	if isDigits(a) && isDigits(b) && len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func below(e *jsonschema.ValidationError, keys []string, wants string) []violation {
	var out []violation
	for _, key := range slices.Sorted(slices.Values(keys)) {
		out = append(out, violation{append(slices.Clone(e.InstanceLocation), key), wants})
	}
	return out
}

// alternatives names what each of a few alternatives would have needed.
func alternatives(c *check, intro string, e *jsonschema.ValidationError) string {
	var each []string
	for i, cause := range e.Causes {
		found := leaves(c, cause)
		if i == 4 || len(found) == 0 {
			break
		}
		first := found[0]
		inner := strings.Join(first.at[min(len(e.InstanceLocation), len(first.at)):], "/")
		if inner != "" {
			inner += ": "
		}
		each = append(each, strconv.Itoa(i+1)+") "+inner+first.wants)
	}
	return intro + " " + strings.Join(each, "; ")
}

// expectation words a keyword as the object of "expected".
func expectation(c *check, k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return "type " + strings.Join(k.Want, " or ")
	case *kind.Enum:
		return "one of " + c.show(k.Want, messageLimit)
	case *kind.Const:
		return c.show(k.Want, messageLimit)
	case *kind.Format:
		if k.Want == "regex" {
			return "a pattern of RE2 syntax"
		}
		return "format " + k.Want
	case *kind.Pattern:
		return "text that matches " + trim(k.Want, messageLimit)
	case *kind.MinLength:
		return "at least " + counted(k.Want, "character")
	case *kind.MaxLength:
		return "at most " + counted(k.Want, "character")
	case *kind.MinItems:
		return "at least " + counted(k.Want, "element")
	case *kind.MaxItems:
		return "at most " + counted(k.Want, "element")
	case *kind.MinProperties:
		return "at least " + counted(k.Want, "key")
	case *kind.MaxProperties:
		return "at most " + counted(k.Want, "key")
	case *kind.Minimum:
		return "at least " + shortest(k.Want)
	case *kind.Maximum:
		return "at most " + shortest(k.Want)
	case *kind.ExclusiveMinimum:
		return "more than " + shortest(k.Want)
	case *kind.ExclusiveMaximum:
		return "less than " + shortest(k.Want)
	case *kind.MultipleOf:
		return "a multiple of " + shortest(k.Want)
	case *kind.UniqueItems:
		return "different elements, " + strconv.Itoa(k.Duplicates[0]) + " and " + strconv.Itoa(k.Duplicates[1]) + " are equal"
	case *kind.FalseSchema:
		return "no value"
	case *kind.RefCycle:
		return "a schema whose references do not go in a circle"
	case *kind.Not:
		return "anything but what the schema excludes (not)"
	case *kind.Contains:
		return "an element that the schema asks for (contains)"
	case *kind.MinContains:
		return "at least " + strconv.Itoa(k.Want) + " such elements (minContains), " + strconv.Itoa(len(k.Got)) + " fit"
	case *kind.MaxContains:
		return "at most " + strconv.Itoa(k.Want) + " such elements (maxContains), " + strconv.Itoa(len(k.Got)) + " fit"
	case *kind.AdditionalItems:
		return "no further elements, the last " + strconv.Itoa(k.Count) + " are too many"
	case *kind.DependentRequired:
		return strings.Join(k.Missing, " and ") + " beside " + k.Prop
	case *kind.Dependency:
		return strings.Join(k.Missing, " and ") + " beside " + k.Prop
	}
	return "what the schema asks for (" + strings.Join(k.KeywordPath(), "/") + ")"
}

// shortest writes a bound as people do where that is exact.
func shortest(r *big.Rat) string {
	if f, exact := r.Float64(); exact {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strings.TrimRight(strings.TrimRight(r.FloatString(20), "0"), ".")
}
