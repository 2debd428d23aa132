package rule

import "slices"

// registeredCodes are the status codes that may be used: those of the IANA registry
// except for what is deprecated, reserved or unused.
var registeredCodes = []int{
	100, 101, 102, 103,
	200, 201, 202, 203, 204, 205, 206, 207, 208, 226,
	300, 301, 302, 303, 304, 307, 308,
	400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417,
	421, 422, 423, 424, 425, 426, 428, 429, 431, 451,
	500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511,
}

// unregistered are all others within the five classes.
var unregistered = others(registeredCodes)

func others(codes []int) []int {
	var out []int
	for status := statusBegin; status < statusEnd; status++ {
		if !slices.Contains(codes, status) {
			out = append(out, status)
		}
	}
	return out
}
