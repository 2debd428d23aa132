package rule

// State says how much of a rule's demand probe decides.
type State string

// The states.
const (
	Decided   State = "decided"
	InPart    State = "in part"   // the rest is told in Rule.Undecided
	Undecided State = "undecided" // nothing of it, for the reason told there
)

// State says how much of the demand is decided.
func (r *Rule) State() State {
	switch {
	case r.Check == nil && r.Across == nil && len(r.FollowUps) == 0:
		return Undecided
	case r.Undecided != "":
		return InPart
	}
	return Decided
}
