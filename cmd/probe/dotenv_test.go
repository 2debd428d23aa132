package main

import (
	"strings"
	"testing"

	"httpprobe/probe/source"
)

func TestParseEnv(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "A=b", "A=b"},
		{"blank lines and comments", "\n  # c\n\t\nA=b\n", "A=b"},
		{"export", "export A=b\n  export  B=c", "A=b|B=c"},
		{"a variable named export", "export=1", "export=1"},
		{"empty", "A=", "A="},
		{"empty with comment", "A= # c", "A="},
		{"blanks around", "A=  b c \t", "A=b c"},
		{"hash within", "A=a#b", "A=a#b"},
		{"comment", "A=a#b # c # d", "A=a#b"},
		{"comment after tab", "A=a\t# c", "A=a"},
		{"equal signs", "A=b=c==", "A=b=c=="},
		{"no expansion", "A=${B:-d}$C", "A=${B:-d}$C"},
		{"single quotes", `A='a\n "b" # $c' # d`, `A=a\n "b" # $c`},
		{"double quotes", `A="a\n\t\"b\" # \$c \\" # d`, "A=a\n\t\"b\" # $c \\"},
		{"quote within", "A=it's", "A=it's"},
		{"line ends of Windows", "A=b\r\nB='c'\r\n", "A=b|B=c"},
		{"byte order mark", "\ufeffA=b", "A=b"},
		{"unicode", "A=grüße 世界", "A=grüße 世界"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			vars, problems := parseEnv(source.File{Name: ".env", Data: []byte(tt.in)})
			if len(problems) > 0 {
				t.Fatalf("problems: %v", problems)
			}
			var got []string
			for _, v := range vars {
				got = append(got, v.name+"="+v.value)
			}
			if g := strings.Join(got, "|"); g != tt.want {
				t.Errorf("got %q, want %q", g, tt.want)
			}
		})
	}
}

func TestParseEnvProblems(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"no equal sign", "\nexport A", ".env:2:8: a line without ="},
		{"no equal sign at the start", "A b", ".env:1:1: a line without ="},
		{"letters beyond ASCII", "ü=1", ".env:1:1: not a name of a variable before ="},
		{"blank before equal sign", "AB =c", ".env:1:3: a space before ="},
		{"no name", "=c", ".env:1:1: not a name of a variable before ="},
		{"digit", "1A=c", ".env:1:1: not a name of a variable before ="},
		{"dash", "A-B=c", ".env:1:1: not a name of a variable before ="},
		{"single quote open", "A='b", ".env:1:3: the ' is not closed on this line"},
		{"double quote open", `A= "b\"`, `.env:1:4: the " is not closed on this line`},
		{"text after quote", "A='b'c", ".env:1:6: text after the closing quote"},
		{"escape", `A="ü\x"`, ".env:1:5: unknown escape in double quotes"},
		{"repeat", "A=1\nB=2\nA=3", ".env:3: A is already set on line 1"},
		{"not UTF-8", "A=\xff", ".env:1: the line is not UTF-8 text"},
		{"null", "A=\x00", ".env:1: the line is not UTF-8 text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := parseEnv(source.File{Name: ".env", Data: []byte(tt.in)})
			if len(problems) != 1 || problems[0].Error() != tt.want {
				t.Fatalf("got %v, want %s", problems, tt.want)
			}
		})
	}
}

func TestParseEnvTellsAllButNoValue(t *testing.T) {
	_, problems := parseEnv(source.File{Name: ".env", Data: []byte("A='hunter2\nhunter2\nB=ok\nC=\"hunter2\\q\"")})
	if len(problems) != 3 {
		t.Fatalf("got %d problems, want 3: %v", len(problems), problems)
	}
	for _, p := range problems {
		if strings.Contains(p.Text+p.Hint, "hunter2") || p.Excerpt != nil {
			t.Errorf("%v shows the value", p)
		}
	}
}
