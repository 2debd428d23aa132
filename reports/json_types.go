package reports

import "httpprobe/probe/finding"

// The types of the json format. They are its own so that the names of the
// format stay when those of the program change.
type (
	jsonHeader struct {
		Format       string   `json:"format"`
		Version      int      `json:"version"`
		ProbeVersion string   `json:"probe_version"`
		BaseURL      string   `json:"base_url,omitempty"`
		Suites       []string `json:"suites"`
		Strict       bool     `json:"strict"`
		Started      string   `json:"started,omitempty"`
	}

	jsonGroups struct {
		Groups    []jsonGroup    `json:"groups"`
		Ungrouped *jsonUngrouped `json:"ungrouped,omitempty"`
	}

	jsonUngrouped struct {
		Error   int `json:"error,omitempty"`
		Warning int `json:"warning,omitempty"`
		Info    int `json:"info,omitempty"`
	}

	jsonGroup struct {
		Rule     string           `json:"rule"`
		Severity finding.Severity `json:"severity"`
		Endpoint string           `json:"endpoint,omitempty"`
		Status   int              `json:"status,omitempty"`
		Path     string           `json:"path,omitempty"`
		Message  string           `json:"message"`
		Title    string           `json:"title,omitempty"`
		Cites    []string         `json:"cites,omitempty"`
		Mend     string           `json:"mend,omitempty"`
		Count    int              `json:"count"`
		Steps    int              `json:"steps"`
		Places   []jsonStepPlace  `json:"places"`
	}

	jsonStepPlace struct {
		File     string `json:"file,omitempty"`
		Line     int    `json:"line,omitempty"`
		Suite    string `json:"suite"`
		Scenario string `json:"scenario"`
		Step     string `json:"step"`
	}

	jsonSummary struct {
		Outcome finding.Outcome `json:"outcome"`
		finding.Counts
		Duration    millis   `json:"duration_ms"`
		Unreached   bool     `json:"unreached,omitempty"`
		Interrupted string   `json:"interrupted,omitempty"`
		Notes       []string `json:"notes,omitempty"`
	}

	jsonScenario struct {
		Suite    string          `json:"suite"`
		Name     string          `json:"name"`
		Place    *jsonPlace      `json:"place,omitempty"`
		Tags     []string        `json:"tags,omitempty"`
		BaseURL  string          `json:"base_url,omitempty"`
		Outcome  finding.Outcome `json:"outcome"`
		Reason   string          `json:"reason,omitempty"`
		Started  string          `json:"started,omitempty"`
		Duration millis          `json:"duration_ms"`
		Steps    []jsonStep      `json:"steps"`
	}

	jsonPlace struct {
		File   string `json:"file"`
		Line   int    `json:"line,omitempty"`
		Column int    `json:"column,omitempty"`
	}

	jsonStep struct {
		Name      string          `json:"name"`
		Place     *jsonPlace      `json:"place,omitempty"`
		Phase     string          `json:"phase,omitempty"`
		Line      string          `json:"line,omitempty"`
		Endpoint  string          `json:"endpoint,omitempty"`
		Outcome   finding.Outcome `json:"outcome"`
		Reason    string          `json:"reason,omitempty"`
		Hint      string          `json:"hint,omitempty"`
		Started   string          `json:"started,omitempty"`
		Duration  millis          `json:"duration_ms"`
		Findings  []jsonFinding   `json:"findings"`
		Exchanges []jsonExchange  `json:"exchanges"`
		Notes     []string        `json:"notes,omitempty"`
	}

	jsonFinding struct {
		Rule     string           `json:"rule"`
		Severity finding.Severity `json:"severity"`
		Allowed  string           `json:"allowed,omitempty"`
		Place    *jsonPlace       `json:"place,omitempty"`
		Path     string           `json:"path,omitempty"`
		Message  string           `json:"message"`
		Expected string           `json:"expected,omitempty"`
		Actual   string           `json:"actual,omitempty"`
		Title    string           `json:"title,omitempty"`
		Cites    []string         `json:"cites,omitempty"`
		Mend     string           `json:"mend,omitempty"`
		Exchange *int             `json:"exchange,omitempty"`
	}

	jsonExchange struct {
		Role       string         `json:"role"`
		Rule       string         `json:"rule,omitempty"`
		Started    string         `json:"started,omitempty"`
		Request    jsonRequest    `json:"request"`
		Interims   []jsonInterim  `json:"interims,omitempty"`
		Response   *jsonResponse  `json:"response,omitempty"`
		Failure    *jsonFailure   `json:"failure,omitempty"`
		Timing     jsonTiming     `json:"timing"`
		Connection jsonConnection `json:"connection"`
	}

	jsonRequest struct {
		Method   string      `json:"method"`
		URL      string      `json:"url"`
		Target   string      `json:"target,omitempty"`
		Proto    string      `json:"proto,omitempty"`
		Fields   []jsonField `json:"fields"`
		Body     *jsonBody   `json:"body,omitempty"`
		Withheld bool        `json:"withheld,omitempty"`
	}

	jsonInterim struct {
		Proto  string      `json:"proto,omitempty"`
		Status int         `json:"status"`
		Reason string      `json:"reason,omitempty"`
		Fields []jsonField `json:"fields"`
		After  millis      `json:"after_ms"`
		Faults []jsonFault `json:"faults,omitempty"`
	}

	jsonResponse struct {
		Proto       string      `json:"proto,omitempty"`
		Status      int         `json:"status"`
		Reason      string      `json:"reason,omitempty"`
		Fields      []jsonField `json:"fields"`
		Trailers    []jsonField `json:"trailers,omitempty"`
		Framing     string      `json:"framing,omitempty"`
		Body        *jsonBody   `json:"body,omitempty"`
		Content     *jsonBody   `json:"content,omitempty"`
		Codings     []string    `json:"codings,omitempty"`
		CodingFault string      `json:"coding_fault,omitempty"`
		Complete    bool        `json:"complete"`
		Extra       *jsonBody   `json:"extra,omitempty"`
		Faults      []jsonFault `json:"faults,omitempty"`
	}

	jsonField struct {
		Name       string `json:"name"`
		Value      string `json:"value"`
		NameOctets string `json:"name_base64,omitempty"`
		Octets     string `json:"value_base64,omitempty"`
	}

	jsonFault struct {
		Kind   string `json:"kind"`
		Text   string `json:"text"`
		Octets string `json:"octets,omitempty"`
	}

	jsonBody struct {
		Size      int    `json:"size"`
		Text      string `json:"text,omitempty"`
		Base64    []byte `json:"base64,omitempty"`
		Truncated bool   `json:"truncated,omitempty"`
	}

	jsonFailure struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
		Hint string `json:"hint,omitempty"`
	}

	jsonTiming struct {
		DNS       millis `json:"dns_ms,omitempty"`
		Connect   millis `json:"connect_ms,omitempty"`
		TLS       millis `json:"tls_ms,omitempty"`
		FirstByte millis `json:"first_byte_ms,omitempty"`
		Total     millis `json:"total_ms"`
	}

	jsonConnection struct {
		Remote string   `json:"remote,omitempty"`
		Reused bool     `json:"reused,omitempty"`
		Resent bool     `json:"resent,omitempty"` // sent again, as the kept connection had been closed
		TLS    *jsonTLS `json:"tls,omitempty"`
	}

	jsonTLS struct {
		Version     string           `json:"version,omitempty"`
		Cipher      string           `json:"cipher,omitempty"`
		ServerName  string           `json:"server_name,omitempty"`
		Protocol    string           `json:"protocol,omitempty"`
		Certificate *jsonCertificate `json:"certificate,omitempty"`
	}

	jsonCertificate struct {
		Subject   string   `json:"subject"`
		Issuer    string   `json:"issuer"`
		Names     []string `json:"names,omitempty"`
		NotBefore string   `json:"not_before,omitempty"`
		NotAfter  string   `json:"not_after,omitempty"`
	}
)
