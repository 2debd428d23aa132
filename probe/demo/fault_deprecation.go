package demo

// deprecationFaults break the rules about what is going to end.
func deprecationFaults() []Fault {
	const notice = `</>; rel="deprecation"`
	return []Fault{
		{
			Rule:  "deprecation-valid",
			Text:  "says since when it is deprecated in a number that is no date",
			begin: onGraphQL("Deprecation", "1767225600", "Link", notice),
		},
		{
			Rule:  "sunset-valid",
			Text:  "is going to end before it is going to be deprecated",
			begin: onGraphQL("Deprecation", "@4102444800", "Sunset", "Thu, 31 Dec 2099 00:00:00 GMT", "Link", notice),
		},
		{
			Rule:  "deprecation-link",
			Text:  "announces its end and does not say where to go",
			begin: onGraphQL("Deprecation", "@1767225600"),
		},
	}
}
