package probe

import "httpprobe/probe/finding"

// cutOff stands for a step that cannot be carried out because the answer is
// none, or breaks off.
const cutOff = "cut off"

// nginxBreaches are those of nginx 1.22 as Debian 12 has it.
var nginxBreaches = []breach{
	{"parts › HEAD", finding.Warning, "partial-only-if-requested"},                          // RFC 9110 §14.2: a server must ignore Range unless the method is GET
	{"codings › without Vary", finding.Warning, "vary-covers-negotiation"},                  // RFC 9110 §12.5.5: gzip_vary is off
	{"redirects › POST /moved -> 301", finding.Warning, "redirect-post-ambiguous"},          // RFC 9110 §15.4.2: the client may change POST to GET
	{"credentials › GET /unasked -> 401", finding.Error, "www-authenticate-on-401"},         // RFC 9110 §15.5.2: a challenge must be there
	{"refusals › in JSON", finding.Warning, "error-media-type"},                             // RFC 9205 §4.6: a page, although only JSON is accepted
	{"refusals › POST /data.json -> 405", finding.Error, "allow-on-405"},                    // RFC 9110 §15.5.6: Allow must be there
	{"refusals › PUT /data.json -> 405", finding.Error, "allow-on-405"},                     // RFC 9110 §15.5.6: Allow must be there
	{"refusals › DELETE /data.json -> 405", finding.Error, "allow-on-405"},                  // RFC 9110 §15.5.6: Allow must be there
	{"refusals › OPTIONS /data.json -> 405", finding.Error, "allow-on-405"},                 // RFC 9110 §15.5.6: Allow must be there
	{"refusals › BREW /data.json -> 405", finding.Error, "allow-on-405"},                    // RFC 9110 §15.5.6: Allow must be there
	{"refusals › a page that names the version", finding.Warning, "no-internal-details"},    // RFC 9457 §5: the page names nginx with its version
	{"refusals › GET /many -> 429", finding.Error, "retry-after-on-429"},                    // RFC 6585 §4, which says may: the status-code guide asks for it
	{"a server behind › GET /up/missing -> 404", finding.Warning, "error-shape-consistent"}, // RFC 9457 §1: JSON from behind, pages from the server itself
	{"a server behind › GET /down/json -> 502", finding.Warning, "gateway-error-shape"},     // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a server behind › POST /down/json -> 502", finding.Warning, "gateway-error-shape"},    // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a server behind › GET /up/slow -> 504", finding.Warning, "gateway-error-shape"},       // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a server behind › passed on as it came", finding.Error, cutOff},                       // RFC 9112 §4: what comes has no status line
	{"a server behind › GET /up/hangup -> 502", finding.Warning, "gateway-error-shape"},     // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a server behind › GET /up/cut -> 200", finding.Error, cutOff},                         // RFC 9112 §8: the body does not come to its end
	{"a server behind › GET /up/cut -> 200", finding.Error, "content-length-correct"},       // RFC 9112 §8: what was cut off is incomplete
	{"a server behind › GET /up/cut-chunked -> 200", finding.Error, cutOff},                 // RFC 9112 §8: the body does not come to its end
	{"a server behind › GET /up/cut-chunked -> 200", finding.Error, "chunked-valid"},        // RFC 9112 §7.1: the last chunk is missing
}

// apacheBreaches are those of Apache 2.4 as Debian 12 has it.
var apacheBreaches = []breach{
	{"files › GET /untyped -> 200", finding.Warning, "content-type-present"},                // RFC 9110 §8.3: a type should be there
	{"conditions › failing", finding.Warning, "json-wellformed"},                            // RFC 8259 §2: an empty text is no JSON
	{"conditions › older", finding.Warning, "json-wellformed"},                              // RFC 8259 §2: an empty text is no JSON
	{"parts › beyond the end", finding.Warning, "range-416"},                                // RFC 9110 §15.5.17: the length should be told
	{"parts › HEAD", finding.Warning, "partial-only-if-requested"},                          // RFC 9110 §14.2: a server must ignore Range unless the method is GET
	{"parts › HEAD beyond the end", finding.Warning, "range-416"},                           // RFC 9110 §15.5.17: the length should be told
	{"redirects › POST /moved -> 301", finding.Warning, "redirect-post-ambiguous"},          // RFC 9110 §15.4.2: the client may change POST to GET
	{"credentials › GET /unasked -> 401", finding.Error, "www-authenticate-on-401"},         // RFC 9110 §15.5.2: a challenge must be there
	{"refusals › in JSON", finding.Warning, "error-media-type"},                             // RFC 9205 §4.6: a page, although only JSON is accepted
	{"refusals › POST /small/data.json -> 413", finding.Warning, "close-delimited-body"},    // RFC 9112 §6.3: neither a length nor chunks
	{"refusals › waiting for a go", finding.Warning, "close-delimited-body"},                // RFC 9112 §6.3: neither a length nor chunks
	{"refusals › GET /many -> 429", finding.Error, "retry-after-on-429"},                    // RFC 6585 §4, which says may: the status-code guide asks for it
	{"a server behind › GET /up/missing -> 404", finding.Warning, "error-shape-consistent"}, // RFC 9457 §1: JSON from behind, pages from the server itself
	{"a server behind › GET /down/json -> 503", finding.Warning, "gateway-error-shape"},     // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a server behind › POST /down/json -> 503", finding.Warning, "gateway-error-shape"},    // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a server behind › GET /up/slow -> 502", finding.Warning, "gateway-error-shape"},       // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a server behind › GET /up/garbage -> 200", finding.Warning, "content-type-present"},   // RFC 9110 §8.3: a type should be there
	{"a server behind › GET /up/hangup -> 502", finding.Warning, "gateway-error-shape"},     // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a server behind › GET /up/cut -> 200", finding.Error, cutOff},                         // RFC 9112 §8: the body does not come to its end
	{"a server behind › GET /up/cut -> 200", finding.Error, "content-length-correct"},       // RFC 9112 §8: what was cut off is incomplete
	{"a server behind › GET /up/cut-chunked -> 200", finding.Error, cutOff},                 // RFC 9112 §8: the body does not come to its end
	{"a server behind › GET /up/cut-chunked -> 200", finding.Error, "chunked-valid"},        // RFC 9112 §7.1: the last chunk is missing
}

// lighttpdBreaches are those of lighttpd 1.4.69. A chunked answer that is cut off
// behind it comes as a whole one, which nobody can tell.
var lighttpdBreaches = []breach{
	{"parts › beyond the end", finding.Warning, "range-416"},                                // RFC 9110 §15.5.17: the length should be told
	{"parts › the wrong way round", finding.Warning, "range-416"},                           // RFC 9110 §15.5.17: the length should be told
	{"codings › refused coding", finding.Warning, "content-coding-accepted"},                // RFC 9110 §12.5.3: a weight of 0 is a refusal
	{"redirects › POST /moved -> 301", finding.Warning, "redirect-post-ambiguous"},          // RFC 9110 §15.4.2: the client may change POST to GET
	{"refusals › in JSON", finding.Warning, "error-media-type"},                             // RFC 9205 §4.6: a page, although only JSON is accepted
	{"a server behind › GET /up/missing -> 404", finding.Warning, "error-shape-consistent"}, // RFC 9457 §1: JSON from behind, pages from the server itself
	{"a server behind › GET /down/json -> 503", finding.Warning, "gateway-error-shape"},     // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a server behind › POST /down/json -> 503", finding.Warning, "gateway-error-shape"},    // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a server behind › GET /up/garbage -> 502", finding.Warning, "gateway-error-shape"},    // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
	{"a slow server behind › GET /up/slow -> 504", finding.Warning, "gateway-error-shape"},  // RFC 9205 §4.6: the gateway answers with a page, what is behind it in JSON
}

// fileServerBreaches are those of net/http.
var fileServerBreaches = []breach{
	{"files › OPTIONS /data.json -> 200", finding.Warning, "options-allow"},         // RFC 9110 §9.3.7: the methods should be told
	{"parts › the wrong way round", finding.Warning, "range-416"},                   // RFC 9110 §15.5.17: the length should be told
	{"parts › HEAD", finding.Warning, "partial-only-if-requested"},                  // RFC 9110 §14.2: a server must ignore Range unless the method is GET
	{"redirects › POST /moved -> 301", finding.Warning, "redirect-post-ambiguous"},  // RFC 9110 §15.4.2: the client may change POST to GET
	{"credentials › GET /unasked -> 401", finding.Error, "www-authenticate-on-401"}, // RFC 9110 §15.5.2: a challenge must be there
	{"refusals › GET /many -> 429", finding.Error, "retry-after-on-429"},            // RFC 6585 §4, which says may: the status-code guide asks for it
	{"refusals › long field", finding.Warning, "error-explained"},                   // RFC 6585 §5: the field that is too large should be named
	{"refusals › long field", finding.Warning, "close-delimited-body"},              // RFC 9112 §6.3: neither a length nor chunks
}

// proxyBreaches are those of httputil.ReverseProxy. Its own error handler
// answers without content.
var proxyBreaches = []breach{
	{"all is well › beyond the end", finding.Warning, "error-media-type"},                        // RFC 9205 §4.6: text, although the other errors are JSON
	{everyStep, finding.Warning, "error-shape-consistent"},                                       // RFC 9457 §1: net/http and ServeMux answer with text, the rest is JSON
	{"all is well › GET /nowhere -> 404", finding.Warning, "error-media-type"},                   // RFC 9205 §4.6: text, although the other errors are JSON
	{"failures that are explained › GET /up/cut -> 200", finding.Error, cutOff},                  // RFC 9110 §15: the connection closes without an answer
	{"failures that are explained › GET /up/cut-chunked -> 200", finding.Error, cutOff},          // RFC 9112 §8: the body does not come to its end
	{"failures that are explained › GET /up/cut-chunked -> 200", finding.Error, "chunked-valid"}, // RFC 9112 §7.1: the last chunk is missing
	{"failures that are not › GET /plain/down/json -> 502", finding.Warning, "error-explained"},  // RFC 9110 §15.6: an explanation should be there
	{"failures that are not › POST /plain/down/json -> 502", finding.Warning, "error-explained"}, // RFC 9110 §15.6: an explanation should be there
	{"failures that are not › GET /plain/up/slow -> 502", finding.Warning, "error-explained"},    // RFC 9110 §15.6: an explanation should be there
	{"failures that are not › GET /plain/up/hangup -> 502", finding.Warning, "error-explained"},  // RFC 9110 §15.6: an explanation should be there
}
