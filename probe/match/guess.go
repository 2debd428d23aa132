package match

// guesses are what other tools and languages call a matcher, or what takes its
// place here.
var guesses = map[string]string{
	"$eq": "write the value itself", "$equals": "write the value itself", "$equal": "write the value itself", "$is": "write the value itself",
	"$ne": "write {$not: …}", "$neq": "write {$not: …}", "$nin": "write {$not: {$in: […]}}", "$notIn": "write {$not: {$in: […]}}",
	"$and": "write {$all: […]}", "$or": "write {$some: […]}", "$anyOf": "write {$some: […]}", "$oneOf": "write {$in: […]}", "$enum": "write {$in: […]}",
	"$exists": "write $any, or $absent", "$present": "write $any", "$defined": "write $any", "$missing": "write $absent",
	"$notnull": "write {$not: $null}", "$notNull": "write {$not: $null}", "$notempty": "write {$not: $empty}", "$notEmpty": "write {$not: $empty}",
	"$match": "write {$regex: …}", "$matches": "write {$regex: …}", "$pattern": "write {$regex: …}",
	"$size": "write {$len: …}", "$count": "write {$len: …}", "$min": "write {$gte: …}", "$max": "write {$lte: …}",
	"$startsWith": "write {$starts: …}", "$endsWith": "write {$ends: …}", "$includes": "write {$contains: …}", "$has": "write {$contains: …}",
	"$nil": "write $null", "$int": "write $integer", "$bool": "write $boolean", "$float": "write $number", "$list": "write $array", "$text": "write $string",
	"$url": "write $uri", "$datetime": "write $date-time", "$timestamp": "write $date-time", "$iso8601": "write $date-time", "$time": "write $date-time",
	"$strict": "write {$exactly: {…}}", "$every": "write {$each: …}",
}
