package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// marshal writes JSON without escaping <, > and &: what the author wrote is
// what is sent.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("this value has no JSON form: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func appendString(b []byte, s string) []byte {
	out, err := marshal(s)
	if err != nil { // strings always have a JSON form
		return append(b, `""`...)
	}
	return append(b, out...)
}
