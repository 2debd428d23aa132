package demo

import "testing"

func TestPagesOfOtherOrigins(t *testing.T) {
	s := start(t, Options{})
	const page = "Origin: https://app.example"
	for _, line := range []string{"GET /api/users/1", "GET /api/users/99999", "DELETE /api/users/1", "GET /old-page", "GET /files/video.bin", "OPTIONS /api/users"} {
		s.do(line, "", page).field("Access-Control-Allow-Origin", "*").field("Access-Control-Expose-Headers", "*").
			field("Access-Control-Allow-Credentials", "").field("Access-Control-Allow-Methods", "")
	}
	s.do("OPTIONS /api/users/1", "", page, "Access-Control-Request-Method: PATCH", "Access-Control-Request-Headers: authorization").status(204).
		field("Access-Control-Allow-Origin", "*").
		field("Access-Control-Allow-Methods", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS").
		field("Access-Control-Allow-Headers", scriptFields).
		field("Access-Control-Max-Age", "600")
	s.do("OPTIONS /api/nowhere", "", page, "Access-Control-Request-Method: GET").failed(404, "NOT_FOUND")
}
