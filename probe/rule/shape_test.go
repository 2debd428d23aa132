package rule

import (
	"fmt"
	"testing"
)

func TestReadError(t *testing.T) {
	const problem = "application/problem+json"
	tests := []struct {
		name      string
		status    int
		mediaType string
		content   string
		shape     Shape
		message   string
		code      string
		details   string // the member that holds them
	}{
		{"guide flat", 404, "", `{"error":"User not found"}`, FlatShape, "User not found", "<nil>", ""},
		{"guide list", 422, "", `{"errors":[{"field":"quantity","message":"Too few"}]}`, ListShape, "Too few", "<nil>", "errors"},
		{"guide envelope", 422, "", `{"error":{"code":"INVALID","message":"m","details":[{"field":"a","message":"b"}]}}`, EnvelopeShape, "m", "INVALID", "error.details"},
		{"problem", 409, problem, `{"type":"https://a.example/p","title":"t","detail":"d","invalid-params":[1]}`, ProblemShape, "d", "https://a.example/p", "invalid-params"},
		{"problem by members", 409, "", `{"title":"t","status":409}`, ProblemShape, "t", "<nil>", ""},
		{"problem about:blank", 409, problem, `{"type":"about:blank","title":"t","code":"C","rows":[1]}`, ProblemShape, "t", "C", "rows"},
		{"empty problem", 409, problem, `{}`, ProblemShape, "", "<nil>", ""},
		{"Google", 404, "", `{"error":{"code":404,"message":"m","status":"NOT_FOUND","details":[{"@type":"x","reason":"R"}]}}`, EnvelopeShape, "m", "NOT_FOUND", "error.details"},
		{"Google by reason", 404, "", `{"error":{"code":404,"message":"m","details":[{"@type":"x","reason":"R"}]}}`, EnvelopeShape, "m", "R", "error.details"},
		{"Azure", 404, "", `{"error":{"code":"NotFound","message":"m","target":"t","details":[{"code":"c"}]}}`, EnvelopeShape, "m", "NotFound", "error.details"},
		{"Stripe", 402, "", `{"error":{"code":"card_declined","message":"m","type":"card_error"}}`, EnvelopeShape, "m", "card_declined", ""},
		{"GitHub", 404, "", `{"message":"Not Found","documentation_url":"u"}`, MessageShape, "Not Found", "<nil>", ""},
		{"JSON:API", 422, "application/vnd.api+json", `{"errors":[{"status":"422","code":"c","title":"t","detail":"d","source":{"pointer":"/a"}}]}`, ListShape, "d", "c", "errors"},
		{"OAuth", 400, "", `{"error":"invalid_grant","error_description":"d"}`, FlatShape, "d", "invalid_grant", ""},
		{"Spring", 404, "", `{"timestamp":"t","status":404,"error":"Not Found","path":"/a"}`, FrameworkShape, "Not Found", "<nil>", ""},
		{"NestJS", 404, "", `{"statusCode":404,"message":"m","error":"Not Found"}`, FrameworkShape, "m", "<nil>", ""},
		{"Fastify", 400, "", `{"statusCode":400,"code":"FST_ERR","error":"Bad Request","message":"m"}`, FrameworkShape, "m", "FST_ERR", ""},
		{"framework of another status", 400, "", `{"statusCode":404,"message":"m"}`, MessageShape, "m", "<nil>", ""},
		{"FastAPI text", 404, "", `{"detail":"Not Found"}`, MessageShape, "Not Found", "<nil>", ""},
		{"FastAPI list", 422, "", `{"detail":[{"loc":["body","a"],"msg":"m","type":"missing"}]}`, ListShape, "m", "<nil>", "detail"},
		{"Django REST", 400, "", `{"email":["is taken"]}`, FieldMapShape, "", "<nil>", ""},
		{"Laravel", 422, "", `{"message":"m","errors":{"email":["is taken"]}}`, MessageShape, "m", "<nil>", "errors"},
		{"Rails", 422, "", `{"errors":{"email":["is taken"]}}`, FieldMapShape, "", "<nil>", "errors"},
		{"flat with message", 400, "", `{"error":"E1","message":"m"}`, FlatShape, "m", "E1", ""},
		{"flat with code", 400, "", `{"error":"e","code":7}`, FlatShape, "e", "7", ""},
		{"array", 400, "", `["a"]`, ArrayShape, "", "<nil>", ""},
		{"text in JSON", 400, "application/json", `"bad"`, UnknownShape, "", "<nil>", ""},
		{"null", 400, "application/json", `null`, UnknownShape, "", "<nil>", ""},
		{"no message", 400, "application/json", `{"ok":false}`, UnknownShape, "", "<nil>", ""},
		{"blank message", 400, "application/json", `{"error":" "}`, UnknownShape, "", "<nil>", ""},
		{"broken", 400, "application/json", `{"error":`, BrokenShape, "", "<nil>", ""},
		{"text", 404, "text/plain", "404 page not found\nreally", TextShape, "404 page not found", "<nil>", ""},
		{"HTML", 404, "text/html", "<html><head><title>Oops &amp; sorry</title></head><body>x</body></html>", TextShape, "Oops & sorry", "<nil>", ""},
		{"text in brackets", 404, "text/plain", "[gone]", TextShape, "[gone]", "<nil>", ""},
		{"JSON under another label", 404, "text/html", `{"error":"e"}`, FlatShape, "e", "<nil>", ""},
		{"empty", 404, "application/json", " \n", EmptyShape, "", "<nil>", ""},
	}
	for _, test := range tests {
		e := ReadError([]byte(test.content), test.status, test.mediaType)
		if e.Shape != test.shape || e.Message != test.message || fmt.Sprint(e.Code) != test.code || e.DetailsAt != test.details {
			t.Errorf("%s: %s, message %q, code %v, details in %q; want %s, %q, %s, %q",
				test.name, e.Shape, e.Message, e.Code, e.DetailsAt, test.shape, test.message, test.code, test.details)
		}
	}
}
