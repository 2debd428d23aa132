package rule

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"httpprobe/probe/exchange"
	"httpprobe/probe/wire"
)

// TestAcrossStaysSmall judges a long run of one endpoint whose every exchange
// has another resource, caller and content. # stands for a number of its own.
func TestAcrossStaysSmall(t *testing.T) {
	const exchanges, most = 1500, 60 // octets held for each
	ix := NewIndex(Book())
	for _, answer := range []string{
		"200 OK\r\nETag: \"#\"\r\nContent-Type: application/json\r\nCache-Control: public, max-age=60\r\nAllow: GET, PUT\r\n\r\n{\"id\":#,\"next\":\"/users/#\"}",
		"200 OK\r\nAccess-Control-Allow-Origin: https://a#.example\r\nContent-Type: text/plain\r\nSet-Cookie: session=#\r\n\r\n#",
		"401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"#\"\r\n\r\n",
		"404 Not Found\r\nContent-Type: application/problem+json\r\n\r\n{\"type\":\"https://a.example/#\",\"title\":\"title #\",\"detail\":\"detail #\",\"status\":404}",
		"405 Method Not Allowed\r\nAllow: GET, HEAD\r\n\r\n",
		"410 Gone\r\n\r\n",
		"422 Unprocessable Entity\r\nContent-Type: application/json\r\n\r\n{\"error\":{\"code\":\"C_#\",\"message\":\"message #\",\"details\":[{\"f#\":\"x\"}]}}",
		"501 Not Implemented\r\n\r\n",
	} {
		for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS"} {
			a := ix.Begin()
			before := heap()
			for i := range exchanges {
				number := fmt.Sprintf("%09d", i+100_000_000)
				x := wire.Parse(method, []byte("HTTP/1.1 "+strings.ReplaceAll(answer, "#", number)))
				x.Request = exchange.Request{
					Method: method, Target: "/users/" + number, Proto: "HTTP/1.1", URL: "https://api.example/users/" + number,
					Fields: exchange.Fields{{Name: "Authorization", Value: "Bearer " + number}},
				}
				x.Started = received
				a.Judge(NewPass(&x, Subject{Place: "a.yaml:3", Endpoint: method + " /users/{id}"}, Settings{}))
			}
			if held := (int64(heap()) - int64(before)) / exchanges; held > most {
				t.Errorf("%s with %s: %d octets are held for each exchange", method, answer[:3], held)
			}
			runtime.KeepAlive(a)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
