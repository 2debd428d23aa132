package match

import (
	"slices"

	"httpprobe/probe/source"
)

// Word is what help says of a matcher.
type Word struct {
	Name     string // $between
	Family   string // presence, type, format, order, text, logic, collection, schema
	Argument string // what it takes: "[low, high]"; empty when it stands alone
	Meaning  string // one line
	Example  string // a line of a scenario file
}

// Words gives all matchers in the order of the documentation.
func Words() []Word {
	out := make([]Word, len(words))
	for i, w := range words {
		out[i] = Word{w.name, w.family, w.argument.form, w.meaning, w.example}
	}
	return out
}

// words is all there is; each family's table stands in its file.
var words = slices.Concat(
	family("presence", presence),
	family("type", types),
	family("format", formats),
	family("order", order),
	family("text", text),
	family("logic", logic),
	family("collection", collections),
	family("schema", schemas),
)

// word is one matcher. Exactly one of alone and build is set.
type word struct {
	name     string
	family   string
	argument argument
	meaning  string
	example  string
	// alone makes the node of a word that stands alone.
	alone func(pos source.Pos) node
	// build makes the node of a word with an argument of the right kind. It
	// may find more that is wrong with the argument.
	build func(b builder, key source.Text, arg source.Value) node
}

func family(name string, table []word) []word {
	out := slices.Clone(table)
	for i := range out {
		out[i].family = name
	}
	return out
}

// argument is a kind of argument: its form in help, what it is in messages,
// and whether a value is one.
type argument struct {
	form    string
	needs   string
	accepts func(source.Value) bool
}

var (
	textArgument = argument{"text", "text", func(v source.Value) bool {
		return v.Kind == source.String
	}}
	valueArgument = argument{"value", "a value", func(source.Value) bool { return true }}
	boundArgument = argument{"number, duration or date", "a number, a duration such as 500ms or a date", isBound}
	pairArgument  = argument{"[low, high]", "a list of two: the lowest and the highest", func(v source.Value) bool {
		return v.Kind == source.List && len(v.Items) == 2 && isBound(v.Items[0]) && isBound(v.Items[1])
	}}
	listArgument = argument{"[value, …]", "a list that is not empty", func(v source.Value) bool {
		return v.Kind == source.List && len(v.Items) > 0
	}}
	choiceArgument = argument{"[value, …]", "a list that is not empty", func(v source.Value) bool {
		return v.Kind == source.List && len(v.Items) > 0 || isExpression(v)
	}}
	elementsArgument = argument{"[value, …]", "a list", func(v source.Value) bool {
		return v.Kind == source.List || isExpression(v)
	}}
	structureArgument = argument{"mapping or list", "a mapping or a list", func(v source.Value) bool {
		return v.Kind == source.Object || v.Kind == source.List || isExpression(v)
	}}
	lengthArgument = argument{"number or matcher", "a whole number from 0, or a matcher such as {$gte: 1}", isLength}
	fileArgument   = argument{"file", "the name of a file", func(v source.Value) bool {
		return v.Kind == source.String && v.Text != ""
	}}
)
