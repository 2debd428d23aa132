package probe

import "httpprobe/probe/finding"

// What follow-ups find more on these servers, with the section that each
// breaks.
var (
	nginxFollowed = []breach{
		{everyStep, finding.Error, "allow-on-405"},                           // RFC 9110 §15.5.6: files refuse OPTIONS with 405, and Allow must be there
		{"codings › with Vary", finding.Error, "not-modified-consistent"},    // RFC 9110 §15.4.5: the 304 must have the Vary of the 200
		{"failures › GET /nothing -> 204", finding.Warning, "options-allow"}, // RFC 9110 §9.3.7: return 204 answers OPTIONS too, the methods should be told
	}
	apacheFollowed = []breach{
		{everyStep, finding.Warning, "range-416"},                                       // RFC 9110 §15.5.17: the length should be told
		{"codings › without Vary", finding.Error, "conditional-get-304"},                // RFC 9110 §13.1.2: the tag with -gzip that mod_deflate makes is not known again
		{"failures › GET /nothing -> 204", finding.Warning, "options-allow"},            // RFC 9110 §9.3.7: Redirect 204 answers OPTIONS too, the methods should be told
		{"a server behind › GET /up/garbage -> 200", finding.Error, "head-mirrors-get"}, // RFC 9110 §8.6: of what it takes for HTTP/0.9 it tells HEAD a wrong length
	}
	lighttpdFollowed = []breach{
		{everyStep, finding.Warning, "range-416"},                                        // RFC 9110 §15.5.17: the length should be told
		{"codings › without Vary", finding.Warning, "vary-covers-negotiation"},           // RFC 9110 §12.5.5: the plain form was selected by Accept-Encoding just as the coded one, but only that one says so
		{"codings › without Vary", finding.Error, "conditional-get-304"},                 // RFC 9110 §13.1.2: If-None-Match must be compared weakly, and is not
		{"a server behind › GET /up/hangup -> 500", finding.Warning, "error-media-type"}, // RFC 9205 §4.6: a page, although errors from behind are JSON
	}
	fileServerFollowed = []breach{
		{everyStep, finding.Warning, "options-allow"},                            // RFC 9110 §9.3.7: OPTIONS gets the file, the methods should be told
		{"files › GET /dir/bare/ -> 200", finding.Error, "conditional-get-date"}, // RFC 9110 §13.1.3: beside If-None-Match the date must be ignored
	}
	proxyFollowed = []breach{
		{"all is well › GET /up/file -> 206", finding.Warning, "error-media-type"}, // RFC 9205 §4.6: the 416 is text, although the other errors are JSON
	}
)
