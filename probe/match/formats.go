package match

import (
	"encoding/base64"
	"net/netip"
	"regexp"
	"strings"

	"httpprobe/probe/exchange"
	"httpprobe/probe/source"
)

var formats = []word{
	{
		name: "$uuid", meaning: "a UUID of any version (RFC 9562)", example: "id: $uuid",
		alone: format("a UUID", uuidPattern.MatchString),
	},
	{
		name: "$email", meaning: "an e-mail address (RFC 5321)", example: "email: $email",
		alone: format("an e-mail address", isEmail),
	},
	{
		name: "$uri", meaning: "an absolute URI with its scheme (RFC 3986)", example: "url: $uri",
		alone: format("an absolute URI", isURI),
	},
	{
		name: "$date", meaning: "a date of the calendar: 2024-02-29 (RFC 3339)", example: "born: $date",
		alone: format("a date such as 2024-02-29", func(s string) bool { _, ok := parseDate(s); return ok }),
	},
	{
		name: "$date-time", meaning: "a date and time with offset: 2024-02-29T12:00:00Z (RFC 3339)", example: "created_at: $date-time",
		alone: format("a date and time such as 2024-02-29T12:00:00Z", func(s string) bool { _, ok := parseDateTime(s); return ok }),
	},
	{
		name: "$http-date", meaning: "a date as HTTP fields have it: Thu, 29 Feb 2024 12:00:00 GMT (RFC 9110 §5.6.7)", example: "Last-Modified: $http-date",
		alone: format("an HTTP date such as Thu, 29 Feb 2024 12:00:00 GMT", func(s string) bool { _, ok := parseHTTPDate(s); return ok }),
	},
	{
		name: "$ipv4", meaning: "an IPv4 address", example: "ip: $ipv4",
		alone: format("an IPv4 address", isIPv4),
	},
	{
		name: "$ipv6", meaning: "an IPv6 address without zone", example: "ip: $ipv6",
		alone: format("an IPv6 address", isIPv6),
	},
	{
		name: "$hostname", meaning: "a host name (RFC 1123)", example: "host: $hostname",
		alone: format("a host name", isHostname),
	},
	{
		name: "$semver", meaning: "a version of Semantic Versioning 2.0.0", example: "version: $semver",
		alone: format("a semantic version such as 1.2.3", semverPattern.MatchString),
	},
	{
		name: "$jwt", meaning: "a signed or unsecured JSON Web Token (RFC 7519); its signature is not checked", example: "token: $jwt",
		alone: format("a JSON Web Token", isJWT),
	},
	{
		name: "$base64", meaning: "base64 of the standard alphabet with padding (RFC 4648 §4); not empty", example: "content: $base64",
		alone: format("base64", isBase64),
	},
}

func format(wants string, holds func(string) bool) func(source.Pos) node {
	return property(wants, func(got any) bool {
		s, ok := got.(string)
		return ok && holds(s)
	})
}

var uuidPattern = regexp.MustCompile(`\A[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\z`)

// semverPattern is the one that semver.org recommends.
var semverPattern = regexp.MustCompile(`\A(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)` +
	`(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?` +
	`(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z`)

func isIPv4(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is4()
}

func isIPv6(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6() && a.Zone() == ""
}

func isBase64(s string) bool {
	_, ok := decodeBase64(base64.StdEncoding, s)
	return ok && s != ""
}

// decodeBase64 refuses what encoding/base64 lets pass: line ends.
func decodeBase64(e *base64.Encoding, s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	b, err := e.Strict().DecodeString(s)
	return b, err == nil
}

// isJWT checks the compact form (RFC 7519 §7.2, RFC 7515 §7.1). Only a token
// whose alg is none lacks a signature (RFC 7518 §3.6).
func isJWT(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return false
	}
	header, ok := decodeBase64(base64.RawURLEncoding, parts[0])
	if !ok {
		return false
	}
	v, err := exchange.ParseJSON(header)
	fields, isObject := v.(map[string]any)
	if err != nil || !isObject {
		return false
	}
	alg, ok := fields["alg"].(string)
	if !ok || alg == "" || (parts[2] == "") != (alg == "none") {
		return false
	}
	if _, ok := decodeBase64(base64.RawURLEncoding, parts[2]); !ok {
		return false
	}
	claims, ok := decodeBase64(base64.RawURLEncoding, parts[1])
	if !ok {
		return false
	}
	if _, nested := fields["cty"]; nested {
		return len(claims) > 0
	}
	v, err = exchange.ParseJSON(claims)
	_, isObject = v.(map[string]any)
	return err == nil && isObject
}
