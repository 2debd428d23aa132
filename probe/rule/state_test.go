package rule

import "testing"

func TestState(t *testing.T) {
	check := func(*Pass) {}
	across := func() func(*Pass) { return check }
	followUps := []FollowUp{{}}
	for _, test := range []struct {
		rule Rule
		want State
	}{
		{Rule{Check: check}, Decided},
		{Rule{Across: across}, Decided},
		{Rule{FollowUps: followUps}, Decided},
		{Rule{Check: check, Undecided: "a part."}, InPart},
		{Rule{Across: across, Undecided: "a part."}, InPart},
		{Rule{FollowUps: followUps, Undecided: "a part."}, InPart},
		{Rule{Undecided: "all."}, Undecided},
	} {
		if got := test.rule.State(); got != test.want {
			t.Errorf("%+v: %s, want %s", test.rule, got, test.want)
		}
	}
}
