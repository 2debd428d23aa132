package expression

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"
)

// maxMemory is how many elements the lists made by one evaluation may have.
const maxMemory = 1_000_000

// frame is what one evaluation works with. Frames are used again.
type frame struct {
	machine  vm.VM
	env      map[string]any
	response *Response
	deadline time.Time
}

func (l *Language) frame() *frame {
	if f, ok := l.frames.Get().(*frame); ok {
		return f
	}
	return &frame{machine: vm.VM{MemoryBudget: maxMemory}, env: map[string]any{}}
}

// release forgets the values, which may be large, before the frame waits for
// its next use.
func (l *Language) release(f *frame) {
	clear(f.env)
	clear(f.machine.Stack[:cap(f.machine.Stack)])
	clear(f.machine.Variables)
	f.response, f.deadline = nil, time.Time{}
	l.frames.Put(f)
}

// Eval gives the value of the expression: one of the types of Vars. r is nil
// outside a response. Errors are sentences for people.
func (p *Program) Eval(v Vars, r *Response) (any, error) {
	f := p.language.frame()
	defer p.language.release(f)
	if err := f.bind(p, v, r); err != nil {
		return nil, err
	}
	out, err := f.machine.Run(p.code, f.env)
	if err != nil {
		return nil, p.explainFault(err, v, r)
	}
	if n, ok := out.(float64); ok && (math.IsInf(n, 0) || math.IsNaN(n)) {
		return nil, fmt.Errorf("%s has no finite value", p.text)
	}
	return usual(out), nil
}

// Bool gives the value of a condition. Anything but true and false is an error.
func (p *Program) Bool(v Vars, r *Response) (bool, error) {
	out, err := p.Eval(v, r)
	if err != nil {
		return false, err
	}
	b, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("%s must be true or false, and it is %s", p.text, describe(out))
	}
	return b, nil
}

func (f *frame) bind(p *Program, v Vars, r *Response) error {
	for _, u := range p.uses {
		if u.response {
			if r == nil {
				return fmt.Errorf("%s: there is no response", u.name)
			}
			f.env[u.name] = r.value(u.name)
			continue
		}
		value, ok := v[u.name]
		if !ok && !u.optional {
			return fmt.Errorf("%q has no value here: the step that gives it one did not run or failed", u.name)
		}
		f.env[u.name] = value
	}
	if p.framed {
		f.response = r
		f.env[frameName] = f
	}
	return nil
}

func (r *Response) value(name string) any {
	switch name {
	case "status":
		return r.Status
	case "body":
		if !r.isPlain {
			body := r.Body
			if r.Content != nil {
				body, _ = r.Content.Value() // nil where it is not JSON
			}
			r.plain, r.isPlain = Plain(body), true
		}
		return r.plain
	case "text":
		if r.Content != nil {
			return string(r.Content.Text())
		}
		return r.Text
	case "headers":
		if r.headers == nil {
			r.headers = make(map[string]any, len(r.Fields))
			for _, field := range r.Fields {
				key := strings.ToLower(field.Name)
				if _, repeated := r.headers[key]; !repeated {
					r.headers[key] = field.Value
				}
			}
		}
		return r.headers
	case "time":
		return r.Time
	}
	return r.URL
}
