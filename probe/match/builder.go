package match

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"httpprobe/probe/source"
)

// state is what one compilation gathers.
type state struct {
	compiler *Compiler
	words    []word
	problems []source.Problem
	env      []string
}

// builder compiles values. Exact says that mappings allow no other keys;
// texts is as in Compiler.
type builder struct {
	*state
	exact, texts bool
}

func (b builder) problem(pos source.Pos, width int, hint, format string, args ...any) {
	b.problems = append(b.problems, source.Problem{
		Pos: pos, Width: max(1, width), Text: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// node compiles any wanted value. What is wrong with it is noted; the node is
// then of no use, but never nil.
func (b builder) node(v source.Value) node {
	switch v.Kind {
	case source.String:
		return b.text(v)
	case source.List:
		n := list{pos: v.Pos, shown: v.String(), items: make([]node, len(v.Items))}
		for i, item := range v.Items {
			n.items[i] = b.node(item)
		}
		return n
	case source.Object:
		return b.object(v)
	}
	if b.texts && v.Kind != source.Null {
		return newConstant(v.Pos, v.Text)
	}
	return newConstant(v.Pos, v.Plain())
}

// text compiles a matcher that stands alone, or a text.
func (b builder) text(v source.Value) node {
	if isWord(v.Text) {
		w, ok := b.word(v.Text, v.Pos)
		switch {
		case !ok:
		case w.alone == nil:
			b.problem(v.Pos, utf8.RuneCountInString(v.Text), "write {"+w.name+": …}", "%s needs %s", w.name, w.argument.needs)
		default:
			return w.alone(v.Pos)
		}
		return newConstant(v.Pos, nil)
	}
	g := b.given(v)
	if g.template == nil {
		return newConstant(v.Pos, g.constant)
	}
	return template{given: g, exact: b.exact}
}

// given reads a text that is a template or, when nothing is to be evaluated
// in it, a constant. A matcher has no place there.
func (b builder) given(v source.Value) *given {
	g := &given{pos: v.Pos, raw: v.Text, constant: v.Plain()}
	if v.Kind != source.String {
		g.known = true
		return g
	}
	if isWord(v.Text) {
		b.problem(v.Pos, utf8.RuneCountInString(v.Text), "", "%q begins like a matcher, which has no place here: the text is written %q",
			v.Text, "$"+v.Text)
		return g
	}
	g.text(b, v.AsText())
	return g
}

func (g *given) text(b builder, t source.Text) {
	if strings.HasPrefix(t.Text, "$$") && !strings.HasPrefix(t.Text, "$${") {
		t = source.Text{Text: t.Text[1:], Pos: t.At(1), Block: t.Block}
	}
	g.constant = t.Text
	if !strings.Contains(t.Text, "${") {
		g.known = true
		return
	}
	compiled, problems := b.compiler.Language.Template(t, b.compiler.Scope)
	b.problems = append(b.problems, problems...)
	if len(problems) > 0 || compiled == nil {
		return
	}
	b.env = append(b.env, compiled.Env()...)
	if constant, ok := compiled.Constant(); ok {
		g.constant, g.known = constant, true
		return
	}
	g.template = compiled
}

// object compiles a mapping of matchers, all of which must hold, or of keys.
func (b builder) object(v source.Value) node {
	matchers := slices.IndexFunc(v.Members, func(m source.Member) bool { return isWord(m.Key.Text) })
	if matchers < 0 {
		n := object{pos: v.Pos, shown: v.String(), exact: b.exact}
		for _, m := range v.Members {
			key := &given{pos: m.Key.Pos, raw: m.Key.Text}
			key.text(b, m.Key)
			n.members = append(n.members, member{key: key, want: b.node(m.Value)})
		}
		return n
	}
	n := all{pos: v.Pos}
	for _, m := range v.Members {
		if !isWord(m.Key.Text) {
			b.problem(m.Key.Pos, utf8.RuneCountInString(m.Key.Text), "to ask for both write {$all: [{"+v.Members[matchers].Key.Text+": …}, {"+m.Key.Text+": …}]}",
				"key %q beside the matcher %s: a mapping has either matchers or keys", m.Key.Text, v.Members[matchers].Key.Text)
			continue
		}
		n.parts = append(n.parts, b.applied(m))
	}
	if len(n.parts) == 1 {
		return n.parts[0]
	}
	return n
}

// applied compiles one matcher with its argument.
func (b builder) applied(m source.Member) node {
	pos := m.Key.Pos
	nothing := newConstant(pos, nil)
	w, ok := b.word(m.Key.Text, pos)
	if !ok {
		return nothing
	}
	if w.build == nil {
		b.problem(pos, len(w.name), "write "+w.name+" alone", "%s takes nothing", w.name)
		return nothing
	}
	if !w.argument.accepts(m.Value) {
		hint := ""
		if w.argument.form == textArgument.form && (m.Value.Kind == source.Number || m.Value.Kind == source.Bool) {
			hint = `put it in quotes: "` + m.Value.Text + `"`
		}
		b.problem(m.Value.Pos, utf8.RuneCountInString(m.Value.Text), hint, "%s needs %s, not %s", w.name, w.argument.needs, trim(m.Value.String(), 60))
		return nothing
	}
	return w.build(b, m.Key, m.Value)
}

// word finds a matcher by its name; an unknown one is a problem.
func (b builder) word(name string, pos source.Pos) (word, bool) {
	i := slices.IndexFunc(b.words, func(w word) bool { return w.name == name })
	if i >= 0 {
		return b.words[i], true
	}
	known := make([]string, len(b.words))
	for i, w := range b.words {
		known[i] = w.name
	}
	hint := fmt.Sprintf("the text %q is written %q", name, "$"+name)
	meant := guesses[name]
	if meant == "" {
		meant = source.DidYouMean(name, known)
	}
	if meant != "" {
		hint = meant + " (" + hint + ")"
	}
	b.problem(pos, utf8.RuneCountInString(name), trim(hint, 200), "unknown matcher %q", trim(name, 60))
	return word{}, false
}

// isWord reports whether a text is read as a matcher: it begins with $, and
// neither with $$, the literal $, nor with ${, a template.
func isWord(s string) bool {
	return strings.HasPrefix(s, "$") && !strings.HasPrefix(s, "$$") && !strings.HasPrefix(s, "${")
}

// isExpression reports whether a value is a template that may yield any type.
func isExpression(v source.Value) bool {
	return v.Kind == source.String && strings.HasPrefix(v.Text, "${")
}
