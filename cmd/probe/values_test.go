package main

import (
	"math"
	"strings"
	"testing"
)

func TestParseRate(t *testing.T) {
	good := map[string]float64{"20/s": 20, "100/m": 100. / 60, "3600/h": 1, "0.5/s": 0.5, " 2 / s": 2}
	for in, want := range good {
		if got, err := parseRate(in); err != nil || math.Abs(got-want) > 1e-9 {
			t.Errorf("%q: got %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "20", "20/", "/s", "0/s", "-1/s", "x/s", "20/d", "Inf/s", "NaN/s", "20/s/s"} {
		if got, err := parseRate(in); err == nil {
			t.Errorf("%q: got %v, want an error", in, got)
		}
	}
}

func TestParseSize(t *testing.T) {
	good := map[string]int64{"1": 1, "512KiB": 512 << 10, "10MiB": 10 << 20, "1GiB": 1 << 30, "5MB": 5e6, "3 kB": 3000, "7b": 7}
	for in, want := range good {
		if got, err := parseSize(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "0", "-1", "MiB", "1.5MiB", "10TiB", "9999999999GiB", "ten"} {
		if got, err := parseSize(in); err == nil {
			t.Errorf("%q: got %v, want an error", in, got)
		}
	}
}

func TestParseHost(t *testing.T) {
	for _, in := range []string{"example.com", "example.com:8080", "127.0.0.1", "[::1]", "[::1]:80"} {
		if got, err := parseHost(in); err != nil || got != in {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "http://example.com", "example.com/path", "a b", "u@h", ":80", "h?q"} {
		if got, err := parseHost(in); err == nil {
			t.Errorf("%q: got %q, want an error", in, got)
		}
	}
}

func TestPairsBelowOthers(t *testing.T) {
	v := pairsValue{pairs: pairs{}, env: true}
	set := func(s string) {
		t.Helper()
		if err := v.Set(s); err != nil {
			t.Fatal(err)
		}
	}
	set("a=flag")
	set("a=flag=2")
	if err := v.under(func() error { set("a=env"); set("B"); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := v.pairs["a"].value; got != "flag=2" {
		t.Errorf("a is %q: the flag must win, and its last value", got)
	}
	if !v.pairs["B"].fromEnv {
		t.Error("B must come from the environment")
	}
	for _, in := range []string{"", "=x", "a b=c", "1=2"} {
		if err := v.Set(in); err == nil {
			t.Errorf("%q: want an error", in)
		}
	}
	if err := (pairsValue{pairs: pairs{}}).Set("NAME"); err == nil {
		t.Error("--var NAME: want an error")
	}
}

func TestPairsDoNotShowValues(t *testing.T) {
	err := pairsValue{pairs: pairs{}, env: true}.Set("hunter 2")
	if err == nil || len(err.Error()) == 0 {
		t.Fatal("want an error")
	}
	for _, part := range []string{"hunter", "2"} {
		if strings.Contains(err.Error(), part) {
			t.Errorf("%q shows what may be a secret", err)
		}
	}
}
