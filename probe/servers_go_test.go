package probe

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"
)

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Config.MaxHeaderBytes = 4 << 10
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

// upstream is a server behind a gateway that answers well, late, or not in
// full.
func upstream(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if tags := r.Header.Get("If-None-Match"); tags == "*" || strings.Contains(tags, `"1"`) {
			w.WriteHeader(304)
			return
		}
		reply(w, 200, map[string]any{"id": 1})
	})
	mux.HandleFunc("GET /json/2", ok(map[string]any{"id": 2}))
	mux.HandleFunc("POST /json", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // a gateway that gives up is not judged here
		switch {
		case r.Header.Get("Content-Type") != "application/json":
			w.Header().Set("Accept", "application/json")
			refuse(w, 415, "NO_JSON", "send application/json")
		case !json.Valid(body):
			refuse(w, 400, "BROKEN_JSON", "the content is no JSON")
		default:
			w.Header().Set("Location", "json/2")
			reply(w, 201, map[string]any{"id": 2})
		}
	})
	mux.HandleFunc("GET /chunked", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id": `)
		_ = http.NewResponseController(w).Flush()
		_, _ = io.WriteString(w, `1}`)
	})
	mux.HandleFunc("GET /file", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "notes.txt", time.Date(2020, 2, 2, 12, 0, 0, 0, time.UTC), strings.NewReader("some notes"))
	})
	mux.HandleFunc("GET /coded", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Vary", "Accept-Encoding")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			_, _ = io.WriteString(w, `{"id": 1}`)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `{"id": 1}`)
		_ = z.Close()
	})
	for _, path := range []string{"/json", "/json/2", "/chunked", "/file", "/coded", "/nothing", "/slow", "/garbage", "/cut", "/cut-chunked"} {
		mux.HandleFunc("OPTIONS "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", "GET, HEAD, OPTIONS")
			if path == "/json" {
				w.Header().Add("Allow", "POST")
			}
			w.WriteHeader(204)
		})
	}
	mux.Handle("/moved", http.RedirectHandler("/up/json", http.StatusTemporaryRedirect))
	mux.HandleFunc("GET /nothing", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) })
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("GET /hangup", raw(""))
	mux.HandleFunc("GET /garbage", raw("what was that?\r\n\r\n"))
	mux.HandleFunc("GET /cut", raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nthe beginning"))
	mux.HandleFunc("GET /cut-chunked", raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n"))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, 404, "NOT_FOUND", "there is nothing here")
	})
	return serve(t, mux)
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	reply(w, status, map[string]any{"error": map[string]any{"code": code, "message": message}})
}

// raw answers with octets and closes.
func raw(octets string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, octets)
	}
}

// fileServer serves files as a small Go program does.
func fileServer(t *testing.T) string {
	files := http.FileServer(http.Dir(site(t, t.TempDir())))
	mux := http.NewServeMux()
	mux.Handle("/", files)
	reading := http.NewServeMux()
	reading.Handle("GET /only/", http.StripPrefix("/only", files))
	mux.Handle("/only/", reading)
	for path, status := range map[string]int{"/moved": 301, "/found": 302, "/other": 303, "/temporary": 307, "/permanent": 308} {
		mux.Handle(path, http.RedirectHandler("/data.json", status))
	}
	mux.HandleFunc("/private/", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ada" || password != "lovelace" {
			w.Header().Set("WWW-Authenticate", `Basic realm="the back room", charset="UTF-8"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		http.StripPrefix("/private", files).ServeHTTP(w, r)
	})
	mux.Handle("POST /small", http.MaxBytesHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}), 10))
	for path, status := range map[string]int{"/unasked": 401, "/forbidden": 403, "/gone": 410, "/many": 429, "/broken": 500, "/busy": 503} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.Error(w, "that is all there is to say", status) })
	}
	mux.HandleFunc("/nothing", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	waiting := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.Handle("/slow", http.TimeoutHandler(waiting, 50*time.Millisecond, ""))
	return serve(t, mux)
}

// proxy is a Go gateway before a server that is well, slow, or down. Below
// /plain it fails as httputil.ReverseProxy does by itself.
func proxy(t *testing.T) string {
	patient, hasty := &http.Transport{}, &http.Transport{ResponseHeaderTimeout: 200 * time.Millisecond}
	t.Cleanup(patient.CloseIdleConnections)
	t.Cleanup(hasty.CloseIdleConnections)
	to := func(target, prefix string, transport *http.Transport, failed func(http.ResponseWriter, *http.Request, error)) http.Handler {
		u, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		return http.StripPrefix(prefix, &httputil.ReverseProxy{
			Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(u); r.SetXForwarded() },
			Transport:    transport,
			ErrorHandler: failed,
			ErrorLog:     log.New(io.Discard, "", 0),
		})
	}
	explained := func(w http.ResponseWriter, r *http.Request, err error) {
		status, code := http.StatusBadGateway, "UPSTREAM_FAILED"
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			status, code = http.StatusGatewayTimeout, "UPSTREAM_TIMEOUT"
		}
		refuse(w, status, code, "the service behind cannot be reached: "+strings.ToLower(code))
	}
	up, down := upstream(t), fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	mux := http.NewServeMux()
	mux.Handle("/up/", to(up, "/up", patient, explained))
	mux.Handle("/up/slow", to(up, "/up", hasty, explained))
	mux.Handle("/down/", to(down, "/down", patient, explained))
	mux.Handle("/plain/up/", to(up, "/plain/up", patient, nil))
	mux.Handle("/plain/up/slow", to(up, "/plain/up", hasty, nil))
	mux.Handle("/plain/down/", to(down, "/plain/down", patient, nil))
	return serve(t, mux)
}
