package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"httpprobe/probe"
	"httpprobe/probe/source"
)

const validateLong = `Find all mistakes in scenario files. Nothing is sent.

Each problem is shown with its place, the line of the file and what to write
instead. The exit status is 2 when there are any, and 0 otherwise.

--format json writes one JSON document to standard output:

  {
    "files": 3,          files that were read
    "scenarios": 12,     of the files without problems, one for each row of a table
    "steps": 48,
    "problems": [        in the order of their places
      {
        "pos": { "file": "users.yaml", "line": 14, "column": 7 },
        "width": 7,      characters to mark
        "text": "unknown key \"expects\" in a step",
        "hint": "did you mean \"expect\"?",
        "excerpt": [ { "number": 14, "text": "      expects:" } ]
      }
    ]
  }

Lines and columns count from 1, columns in characters. What is not known is
left out: line and column of a problem of the whole file, width, hint, excerpt.`

// validation is the JSON document of probe validate.
type validation struct {
	Files     int              `json:"files"`
	Scenarios int              `json:"scenarios"`
	Steps     int              `json:"steps"`
	Problems  []source.Problem `json:"problems"`
}

type validateFlags struct {
	input  inputFlags
	format string
}

func newValidate(s streams) *cobra.Command {
	flags := validateFlags{format: "text"}
	cmd := &cobra.Command{
		Use:   "validate [FILE or FOLDER …]",
		Short: "Find mistakes in scenario files, send nothing",
		Long:  validateLong,
		Example: `  probe validate                          all files below scenarios/
  probe validate users.yaml --var name=Bob
  probe validate --format json > problems.json`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if _, err := applySettings(cmd, s); err != nil {
				return err
			}
			return flags.run(s, paths)
		},
		ValidArgsFunction: scenarioFiles,
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().Var(single(&flags.format, "FORMAT", "text", oneOf("text", "json")), "format", "text or json")
	flags.input.register(cmd)
	return cmd
}

func (f *validateFlags) run(s streams, paths []string) error {
	in, err := f.input.read(s, paths)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		if in.Paths, err = defaultPaths(); err != nil {
			return err
		}
	}
	in.Offline = true
	prepared, err := probe.Prepare(in)
	if err != nil {
		return usagef("%s", err)
	}
	v := validation{Problems: prepared.Problems()}
	v.Files = len(prepared.Files())
	v.Scenarios, v.Steps = prepared.Size()
	write := v.text
	if f.format == "json" {
		write = v.json
	}
	if err := write(s); err != nil {
		return failuref("cannot write to standard output: %s", reason(err))
	}
	if len(v.Problems) > 0 {
		return ended(exitUsage)
	}
	return nil
}

func (v validation) text(s streams) error {
	for _, p := range v.Problems {
		if err := source.Write(s.out, p); err != nil {
			return err
		}
	}
	total := fmt.Sprintf("%s: %s", count(v.Files, "file"), count(len(v.Problems), "problem"))
	if len(v.Problems) == 0 {
		total = fmt.Sprintf("%s, %s, %s: no problems", count(v.Files, "file"), count(v.Scenarios, "scenario"), count(v.Steps, "step"))
	}
	_, err := fmt.Fprintln(s.out, total)
	return err
}

func (v validation) json(s streams) error {
	if v.Problems == nil {
		v.Problems = []source.Problem{}
	}
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
