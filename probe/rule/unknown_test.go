package rule

import (
	"strconv"
	"strings"
	"testing"
)

// TestStranger: what nobody has still looks like what somebody has.
func TestStranger(t *testing.T) {
	const uuid, object, prefixed = "0190B6A4-7c1e-7d2a-9f00-3c5d8e1f2a4b", "64f0c2a1b3d4e5f601234567", "cus_8fJ2kd90"
	for _, seed := range []string{"a", "b", "c", "d", "e", "f"} {
		for _, id := range []string{"7", "42", "99999999", "123456789", "2147483640", "9123456789012345678"} {
			bits := 32
			if len(id) > 10 {
				bits = 64
			}
			if got := stranger(id, seed); got == id || len(got) != max(len(id), 9) {
				t.Errorf("%s beside %s", got, id)
			} else if _, err := strconv.ParseInt(got, 10, bits); err != nil {
				t.Errorf("%s beside %s: %v", got, id, err)
			}
		}
		if got := stranger(uuid, seed); !isUUID(got) || got == uuid || got[14] != '7' || got[19] != '9' {
			t.Errorf("%s beside %s", got, uuid)
		}
		if got := stranger(object, seed); got == object || len(got) != len(object) || strings.Trim(got, "0123456789abcdef") != "" {
			t.Errorf("%s beside %s", got, object)
		}
		if got := stranger(prefixed, seed); got == prefixed || len(got) != len(prefixed) || !strings.HasPrefix(got, "cus_") {
			t.Errorf("%s beside %s", got, prefixed)
		}
	}
	if stranger("42", "a") == stranger("42", "b") {
		t.Error("one stranger for two seeds")
	}
}
