package rule

import (
	"slices"
	"testing"
	"time"
)

func TestSettingsDefaults(t *testing.T) {
	var none Settings
	own := Settings{
		ValidationStatus: []int{400, 422}, DeleteMissing: []int{204}, ClockTolerance: time.Second, ContinueWait: 2 * time.Second,
		RetryAfterLimit: 3 * time.Second, PageLimit: 4, HopLimit: 5,
	}
	for _, test := range []struct {
		name      string
		got, want any
	}{
		{"tolerance", none.Tolerance(), time.Minute}, {"tolerance", own.Tolerance(), time.Second},
		{"patience", none.Patience(), 3 * time.Second}, {"patience", own.Patience(), 2 * time.Second},
		{"longest retry", none.LongestRetry(), 30 * time.Second}, {"longest retry", own.LongestRetry(), 3 * time.Second},
		{"pages", none.Pages(), 50}, {"pages", own.Pages(), 4},
		{"hops", none.Hops(), 10}, {"hops", own.Hops(), 5},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", test.name, test.got, test.want)
		}
	}
	for _, test := range []struct {
		name      string
		got, want []int
	}{
		{"validation", none.Validation(), []int{422}}, {"validation", own.Validation(), []int{400, 422}},
		{"missing", none.Missing(), []int{404}}, {"missing", own.Missing(), []int{204}},
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, test.got, test.want)
		}
	}
}
