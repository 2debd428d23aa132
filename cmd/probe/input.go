package main

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"httpprobe/probe"
	"httpprobe/probe/plan"
	"httpprobe/probe/source"
)

// defaultFolder is where scenario files are looked for.
const defaultFolder = "scenarios"

// inputFlags say what scenario files are given.
type inputFlags struct {
	baseURL    string
	vars       pairs
	secrets    pairs
	envFiles   []string
	tags       string
	name       *regexp.Regexp
	allowHosts []string
	timeout    time.Duration
}

func (in *inputFlags) register(cmd *cobra.Command) {
	in.vars, in.secrets = pairs{}, pairs{}
	f := cmd.Flags()
	f.Var(single(&in.baseURL, "URL", "", parseBaseURL), "base-url", "address of the API; wins over base_url of the files")
	f.Var(pairsValue{pairs: in.vars, kind: "NAME=VALUE"}, "var", "set a variable; wins over vars of the files (repeatable)")
	f.Var(pairsValue{pairs: in.secrets, kind: "NAME[=VALUE]", env: true}, "secret",
		"set a variable that no output shows; NAME alone takes the environment variable NAME (repeatable)")
	f.Var(repeated(&in.envFiles, "FILE", parseText), "env-file", "lines KEY=VALUE for env.KEY; the environment wins, then the later file (repeatable)")
	f.Var(single(&in.tags, "EXPR", "", parseTags), "tags", "only scenarios with these tags: 'smoke && !slow'")
	f.Var(single(&in.name, "REGEX", "", parseRegexp), "name", "only scenarios, or suites as a whole, whose name matches")
	f.Var(repeated(&in.allowHosts, "HOST", parseHost), "allow-host", "host or host:port that may be reached besides that of the base URL (repeatable)")
	f.Var(single(&in.timeout, "DURATION", "30s", parseTimeout), "timeout", "limit of a step that sets none")
}

func parseTags(s string) (string, error) {
	if _, err := plan.ParseTags(s); err != nil {
		return "", err
	}
	return s, nil
}

// read gives the library's input for the paths, or the default folder.
func (in *inputFlags) read(s streams, paths []string) (probe.Input, error) {
	env, err := readEnvironment(s, in.envFiles)
	if err != nil {
		return probe.Input{}, err
	}
	out := probe.Input{
		Paths: paths, BaseURL: in.baseURL, Env: env, Tags: in.tags, Name: in.name,
		AllowHosts: in.allowHosts, Timeout: in.timeout, Version: strings.TrimPrefix(version().version, "v"),
		Vars: map[string]string{}, Secrets: map[string]string{},
	}
	for name, p := range in.vars {
		out.Vars[name] = p.value
		if !p.given {
			out.Optional = append(out.Optional, name)
		}
	}
	for name, p := range in.secrets {
		if _, both := in.vars[name]; both {
			return out, usagef("%s is given with --var and with --secret", name)
		}
		if p.fromEnv {
			value, ok := env[name]
			if !ok {
				return out, usagef("--secret %s: there is no environment variable %s", name, name)
			}
			p.value = value
		}
		out.Secrets[name] = p.value
		if !p.given {
			out.Optional = append(out.Optional, name)
		}
	}
	return out, nil
}

// readEnvironment gives what env.NAME reaches: the files, the later above the
// earlier, and above them the environment of the process.
func readEnvironment(s streams, files []string) (map[string]string, error) {
	env := map[string]string{}
	var problems []source.Problem
	for _, name := range files {
		vars, wrong, err := readEnvFile(name)
		if err != nil {
			return nil, usagef("%s", err)
		}
		problems = append(problems, wrong...)
		for _, v := range vars {
			env[v.name] = v.value
		}
	}
	if len(problems) > 0 {
		return nil, s.refuse(problems, strings.Join(files, ", "))
	}
	for name, value := range s.env() {
		env[name] = value
	}
	return env, nil
}

// defaultPaths are those of a command line that names none.
func defaultPaths() ([]string, error) {
	if _, err := os.Stat(defaultFolder); errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no folder %s/ here; name scenario files, or try probe run --demo", defaultFolder)
	}
	return []string{defaultFolder}, nil
}
