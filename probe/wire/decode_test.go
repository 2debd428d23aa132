package wire

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"httpprobe/probe/exchange"
)

func coded(t testing.TB, coding string, content []byte) []byte {
	t.Helper()
	var (
		b   bytes.Buffer
		w   io.WriteCloser
		err error
	)
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "deflate":
		w = zlib.NewWriter(&b)
	case "bare":
		w, err = flate.NewWriter(&b, flate.DefaultCompression)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, err = zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecode(t *testing.T) {
	text := []byte(strings.Repeat("what was sent ", 100))
	gz, br, zs := coded(t, "gzip", text), coded(t, "br", text), coded(t, "zstd", text)
	damaged := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 0xff
		return b
	}
	tests := map[string]struct {
		field   string
		body    []byte
		want    []byte
		codings string
		fault   string
	}{
		"none":             {"", text, text, "", ""},
		"identity":         {"identity", text, text, "", ""},
		"empty":            {"gzip", nil, nil, "", ""},
		"gzip":             {"gzip", gz, text, "gzip", ""},
		"gzip twice":       {"gzip", append(bytes.Clone(gz), gz...), append(bytes.Clone(text), text...), "gzip", ""},
		"x-gzip":           {"X-GZip", gz, text, "x-gzip", ""},
		"deflate":          {"deflate", coded(t, "deflate", text), text, "deflate", ""},
		"bare deflate":     {"deflate", coded(t, "bare", text), text, "deflate", "the deflate data lack the zlib wrapper that the coding deflate stands for"},
		"br":               {"br", br, text, "br", ""},
		"zstd":             {"zstd", zs, text, "zstd", ""},
		"several":          {"br, identity, gzip", coded(t, "gzip", br), text, "br gzip", ""},
		"unknown":          {"sdch", text, text, "", `the coding "sdch" is not known`},
		"unknown inside":   {"sdch, gzip", gz, gz, "", `the coding "sdch" is not known`},
		"not gzip":         {"gzip", text, text, "", "the octets are not gzip data, or they are damaged"},
		"not br":           {"br", []byte(`{"a":1}`), []byte(`{"a":1}`), "", "the octets are not br data, or they are damaged"},
		"not zstd":         {"zstd", text, text, "", "the octets are not zstd data, or they are damaged"},
		"not deflate":      {"deflate", []byte("\xff\xff\xff\xff"), []byte("\xff\xff\xff\xff"), "", "the octets are not deflate data, or they are damaged"},
		"gzip checksum":    {"gzip", damaged(gz, len(gz)-8), text, "gzip", "the checksum of the gzip data is wrong"},
		"gzip trailing":    {"gzip", append(bytes.Clone(gz), "some garbage"...), text, "gzip", "the octets are not gzip data, or they are damaged"},
		"cut gzip":         {"gzip", gz[:len(gz)-4], text, "gzip", "the gzip data break off before their end"},
		"cut gzip header":  {"gzip", gz[:5], gz[:5], "", "the gzip data break off before their end"},
		"cut br":           {"br", br[:4], br[:4], "", "the br data break off before their end"},
		"cut zstd":         {"zstd", zs[:len(zs)-6], zs[:len(zs)-6], "", "the zstd data break off before their end"},
		"one octet":        {"deflate", []byte{0x78}, []byte{0x78}, "", "the deflate data break off before their end"},
		"inner is damaged": {"br, gzip", coded(t, "gzip", br[:4]), coded(t, "gzip", br[:4]), "", "the br data break off before their end"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			resp := &exchange.Response{Status: 200, Body: test.body, Complete: true}
			if test.field != "" {
				resp.Fields = exchange.Fields{{Name: "content-encoding", Value: test.field}}
			}
			if failure := Decode(resp, 0); failure != nil {
				t.Errorf("failure %v", failure)
			}
			if !bytes.Equal(resp.Content, test.want) {
				t.Errorf("content %q, want %q", Quote(string(resp.Content)), Quote(string(test.want)))
			}
			if got := strings.Join(resp.Codings, " "); got != test.codings {
				t.Errorf("codings %q, want %q", got, test.codings)
			}
			if resp.CodingFault != test.fault {
				t.Errorf("fault %q, want %q", resp.CodingFault, test.fault)
			}
		})
	}
}

func TestDecodeLeavesSlicesAndCutsAlone(t *testing.T) {
	gz := coded(t, "gzip", []byte("hello, world"))
	fields := exchange.Fields{{Name: "Content-Encoding", Value: "gzip"}}
	slice := &exchange.Response{Status: 206, Fields: fields, Body: gz[3:9], Complete: true}
	if Decode(slice, 0); !bytes.Equal(slice.Content, slice.Body) || slice.CodingFault != "" {
		t.Errorf("206: %q", slice.CodingFault)
	}
	part := &exchange.Response{Status: 200, Fields: fields, Body: gz[:len(gz)-8]}
	if Decode(part, 0); string(part.Content) != "hello, world" || part.CodingFault != "" {
		t.Errorf("cut: %q, %q", part.Content, part.CodingFault)
	}
}

func TestDecodeStopsBombs(t *testing.T) {
	const size = 1 << 20
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		t.Run(coding, func(t *testing.T) {
			bomb := coded(t, coding, make([]byte, size))
			resp := &exchange.Response{
				Status: 200, Body: bomb, Complete: true,
				Fields: exchange.Fields{{Name: "Content-Encoding", Value: coding}},
			}
			failure := Decode(resp, 64<<10)
			want := "the body, once " + coding + " is undone, is over the limit of 64 KiB"
			if failure == nil || failure.Kind != exchange.FailedTooLarge || failure.Text != want {
				t.Errorf("failure %v", failure)
			}
			if len(resp.Content) != 64<<10 || resp.CodingFault != "" {
				t.Errorf("content of %d octets, fault %q", len(resp.Content), resp.CodingFault)
			}
		})
	}
}

func TestDecodeRefusesGreatWindows(t *testing.T) {
	frame := []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 1, 0, 0} // a window of 1 GiB
	resp := &exchange.Response{
		Status: 200, Body: frame, Complete: true,
		Fields: exchange.Fields{{Name: "Content-Encoding", Value: "zstd"}},
	}
	Decode(resp, 0)
	if !strings.Contains(resp.CodingFault, "window over 8 MiB") {
		t.Errorf("fault %q", resp.CodingFault)
	}
}
