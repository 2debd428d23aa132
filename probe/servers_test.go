package probe

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"httpprobe/probe/finding"
	"httpprobe/probe/rule"
)

// breach is a finding of a run, or one that is wanted.
type breach struct {
	step     string // "scenario › step"; of a wanted one everyStep: at any number of steps
	severity finding.Severity
	rule     string
}

const everyStep = "*"

func (b breach) String() string { return fmt.Sprintf("%s: %s %s", b.step, b.severity, b.rule) }

var (
	nginx  = daemon{program: "nginx", conf: "nginx.conf.tmpl", args: []string{"-e", "stderr", "-c", "{}"}}
	apache = daemon{
		program: "apache2", conf: "apache.conf.tmpl", args: []string{"-DFOREGROUND", "-f", "{}"}, dir: "/usr/lib/apache2/modules",
		modules: []string{
			"mpm_event", "authz_core", "authn_core", "authn_file", "authz_user", "auth_basic", "dir", "mime", "alias", "filter",
			"deflate", "proxy", "proxy_http",
		},
	}
	lighttpd = daemon{
		program: "lighttpd", conf: "lighttpd.conf.tmpl", args: []string{"-D", "-f", "{}"}, dir: "/usr/lib/lighttpd",
		modules: []string{"auth", "authn_file", "deflate", "proxy"},
	}
)

// TestServers holds the rulebook against servers that others wrote. What it
// warns of is listed, with the section that the server breaks; whatever else
// it says is a false alarm.
func TestServers(t *testing.T) {
	for _, c := range []struct {
		name  string
		start func(*testing.T) string
		want  []breach
		more  []breach // with follow-ups
	}{
		{"nginx", nginx.start, nginxBreaches, nginxFollowed},
		{"apache", apache.start, apacheBreaches, apacheFollowed},
		{"lighttpd", lighttpd.start, lighttpdBreaches, lighttpdFollowed},
		{"go-fileserver", fileServer, fileServerBreaches, fileServerFollowed},
		{"go-proxy", proxy, proxyBreaches, proxyFollowed},
	} {
		for _, level := range []rule.Verify{rule.NoFollowUps, rule.WritingFollowUps} {
			want := c.want
			if level > rule.NoFollowUps {
				want = slices.Concat(c.want, c.more)
			}
			t.Run(fmt.Sprintf("%s/%d", c.name, level), func(t *testing.T) {
				t.Parallel()
				p, err := Prepare(Input{Paths: []string{c.name + ".yaml"}, FS: os.DirFS("testdata/servers"), BaseURL: c.start(t)})
				if err != nil {
					t.Fatal(err)
				}
				compare(t, run(t, context.Background(), p, Options{Verify: level}), want)
			})
		}
	}
}

// compare fails for each step that did not run, each breach that is not wanted
// and each wanted one that is missing.
func compare(t *testing.T, got *seen, want []breach) {
	t.Helper()
	left := slices.Clone(want)
	for _, sc := range got.scenarios {
		for _, step := range sc.Steps {
			name := sc.Name + " › " + step.Name
			findings := step.Findings
			switch step.Outcome {
			case finding.Skipped:
				t.Errorf("%s: skipped: %s", name, step.Reason)
			case finding.Errored:
				findings = append(findings, finding.Finding{Rule: cutOff, Severity: finding.Error, Message: step.Reason})
			}
			for _, f := range findings {
				b := breach{name, f.Severity, f.Rule}
				i := slices.Index(left, b)
				every := breach{everyStep, f.Severity, f.Rule}
				switch {
				case f.Severity < finding.Warning:
				case i >= 0:
					left = slices.Delete(left, i, i+1)
				case slices.Contains(want, every):
					left = slices.DeleteFunc(left, func(b breach) bool { return b == every })
				default:
					t.Errorf("%s: %s (%s)", b, f.Message, strings.Join(f.Cites, ", "))
				}
			}
		}
	}
	for _, b := range left {
		t.Errorf("%s: not reported", b)
	}
}
