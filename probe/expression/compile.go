package expression

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"httpprobe/probe/source"
)

const (
	maxRunes = 16384
	maxNodes = 2000
)

// Program is a compiled expression. It is safe for concurrent use.
type Program struct {
	language *Language
	text     string
	scope    Scope
	code     *vm.Program
	uses     []use
	env      []string
	framed   bool // it calls functions that need the frame
}

// use is a name whose value an evaluation has to provide.
type use struct {
	name     string
	response bool
	optional bool // the expression deals with null itself
}

// Compile compiles an expression. The Program is nil when there are problems.
func (l *Language) Compile(text source.Text, s Scope) (*Program, []source.Problem) {
	return l.compile(chunk{text: text, code: text.Text}, s, false)
}

// Condition compiles an expression that must be true or false. One that can be
// seen to be something else is a problem; what can be seen only later is an
// error of Bool.
func (l *Language) Condition(text source.Text, s Scope) (*Program, []source.Problem) {
	return l.compile(chunk{text: text, code: text.Text}, s, true)
}

// Text gives the expression as it was written.
func (p *Program) Text() string { return p.text }

// Env gives the names of the environment variables that the expression reads.
func (p *Program) Env() []string { return p.env }

// chunk is the code of an expression within a text.
type chunk struct {
	text source.Text
	at   int // where the code begins, in runes
	code string
}

// problem is one at the given place of the code.
func (c chunk) problem(at file.Location, hint, format string, args ...any) source.Problem {
	return source.Problem{
		Pos: c.text.At(c.at + at.From), Width: max(1, at.To-at.From),
		Text: fmt.Sprintf(format, args...), Hint: hint,
	}
}

func (l *Language) compile(c chunk, s Scope, condition bool) (*Program, []source.Problem) {
	size := utf8.RuneCountInString(c.code)
	whole := file.Location{To: size}
	switch {
	case strings.TrimSpace(c.code) == "":
		return nil, []source.Problem{c.problem(whole, "write an expression, such as status == 200", "the expression is empty")}
	case size > maxRunes:
		return nil, []source.Problem{c.problem(file.Location{}, "", "the expression is too long: %d characters; at most %d are allowed", size, maxRunes)}
	case !utf8.ValidString(c.code):
		return nil, []source.Problem{c.problem(whole, "", "the expression is not valid UTF-8")}
	}
	// The places of errors are those in the text that Program keeps.
	code := strings.TrimLeftFunc(c.code, unicode.IsSpace)
	c.at += size - utf8.RuneCountInString(code)
	c.code = strings.TrimSpace(code)
	whole = file.Location{To: utf8.RuneCountInString(c.code)}
	tree, err := parser.ParseWithConfig(c.code, l.config(types.Map{}))
	if err != nil {
		return nil, l.syntaxProblems(c, err)
	}
	a := l.analyse(c, s, tree.Node)
	if len(a.problems) > 0 {
		return nil, a.problems
	}
	ast.Walk(&tree.Node, &substitution{env: l.Env})
	config := l.config(environment(s))
	if _, err := checker.Check(tree, config); err != nil {
		return nil, []source.Problem{typeProblem(c, err)}
	}
	if kind := tree.Node.Type().Kind(); condition && kind != reflect.Bool && kind != reflect.Interface {
		return nil, []source.Problem{c.problem(whole, "compare it with something, as in status == 200",
			"this must be true or false, and it is %s", typeWord(tree.Node.Type().String()))}
	}
	guards := &guards{texts: texts{}}
	ast.Walk(&tree.Node, guards.texts)
	ast.Walk(&tree.Node, guards)
	if _, err := checker.Check(tree, config); err != nil {
		return nil, []source.Problem{typeProblem(c, err)}
	}
	program, err := compiler.Compile(tree, config)
	if err != nil {
		return nil, []source.Problem{c.problem(whole, "", "this expression cannot be compiled")}
	}
	return &Program{
		language: l, text: c.code, scope: s, code: program,
		uses: a.uses(), env: a.environment(), framed: guards.framed,
	}, nil
}

// frameName cannot be written in an expression.
const frameName = " frame"

// environment gives the names of a scope and their types.
func environment(s Scope) types.Map {
	env := types.Map{frameName: types.Any}
	for _, name := range s.Vars {
		env[name] = types.Any
	}
	if s.Response {
		env["status"] = types.Int
		env["body"] = types.Any
		env["text"] = types.String
		env["headers"] = types.TypeOf(map[string]any{})
		env["time"] = types.TypeOf(Response{}.Time)
		env["url"] = types.String
	}
	return env
}

func (l *Language) config(env types.Map) *conf.Config {
	l.once.Do(l.build)
	c := &conf.Config{
		ShortCircuit: true, MaxNodes: maxNodes,
		Functions: l.tables.functions, Builtins: l.tables.builtins, Disabled: l.tables.disabled,
	}
	c.WithEnv(env)
	return c
}

// location finds the place that expr names in an error.
func location(err error) (file.Location, string) {
	var e *file.Error
	if errors.As(err, &e) {
		return e.Location, e.Message
	}
	return file.Location{}, err.Error()
}
