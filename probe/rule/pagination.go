package rule

import (
	"fmt"
	"net/http"

	"httpprobe/probe/exchange"
	"httpprobe/probe/finding"
)

var pagination = []Rule{
	{
		ID:       "next-page-retrievable",
		Topic:    Pagination,
		Title:    "the link to the next page leads to a page",
		Severity: finding.Warning,
		Basis:    "practice",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"RFC 8288 §3.3", "Zalando #161", "AIP-158", "Azure guidelines"},
		Text: "Where a list names another page, a GET on it with the same credentials gives 2xx, and JSON with the same kind of root. The next page is followed to the end; the first, previous and last one are asked for once. " +
			"Clients take the link as it is and build none of their own, so one that leads nowhere cuts the list off.",
		Silent: "What is null or empty is the end. Other servers are not asked, and redirects, 408, 429, 502 to 504, and answers with Retry-After prove nothing. A refusal counts only if it comes twice " +
			"while the list itself can still be read. Content other than JSON is not searched for links.",
		Undecided: "A word or a number in next is not followed, since it may be a token of which only the documentation tells how to send it. next_page_token and nextPageToken are sent as page_token and pageToken; a 4xx to the first of them proves nothing where the request had no such parameter.",
		Mend:      "build the links from the request that came, and try each of them in a test",
		Bad:       `GET /users → 200 + Link: </users?page=2>; rel="next", GET /users?page=2 → 500`,
		Good:      "GET /users?page=2 → 200",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}},
			Judge: nextPageRetrievable,
		}},
	},
	{
		ID:       "pagination-terminates",
		Topic:    Pagination,
		Title:    "whoever goes from page to page comes to an end",
		Severity: finding.Error,
		Basis:    "practice",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"AIP-158", "Azure guidelines"},
		Text:     "Clients fetch pages until there is no next one. No page leads to itself or to one that was there before, and no page has the very items of the one before it: either way a client fetches for ever.",
		Silent: "Info when the number of pages that the suite allows, 50 by default, was not enough to see the end. An empty page that names itself is that of a feed that is asked again, and new pages of a list that " +
			"grows while it is read are no fault. Equal pages count only where each item has an id, and if a second walk meets them too.",
		Mend: "leave the link or token out of the last page, and let each page begin where the one before it ended",
		Bad:  `GET /users?page=3 → 200 + Link: </users?page=3>; rel="next"`,
		Good: "the last page → 200 without a link to a next one",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}},
			Judge: paginationTerminates,
		}},
	},
	{
		ID:       "pagination-consistent",
		Topic:    Pagination,
		Title:    "all pages together have each item once",
		Severity: finding.Info,
		Basis:    "practice",
		Seen:     []Sight{SafeFollowUp},
		Spec:     []string{"AIP-158", "Zalando #161"},
		Text: "No item stands on two pages, there are as many items as total, count or X-Total-Count say, and limit=2 gives two at most. A page that begins at the wrong place, or a sort without a last criterion, shows some items twice " +
			"and others never.",
		Silent: "What a second walk does not show again, since lists change while they are read. Items without an id, and those of one id with different content. The total where it changes on the way, where the walk does not begin at the first page or the query " +
			"selects, and a count that is that of the page or of the pages. limit where neither request nor link has it.",
		Mend: "sort by something unique, such as the id, and continue after the last item of the page before",
		Bad:  "the item with id 20 ends page 1 and begins page 2",
		Good: "each id is on one page",
		FollowUps: []FollowUp{{
			When:  When{Statuses: []int{http.StatusOK}, Methods: []string{http.MethodGet}},
			Judge: paginationConsistent,
		}},
	},
}

// onceMore is the nth of requests that are made to see whether an answer
// stays what it is; nobody else counts so far.
const onceMore = 10

func nextPageRetrievable(t *Trail) {
	w := t.pages(t.Settings.Pages())
	if w.end == walkBroken {
		t.noPage(w.fault, w.pages[len(w.pages)-1], w.via, w.to)
	}
	first := w.pages[0]
	if !first.list {
		return
	}
	for _, o := range first.around {
		to, ok := t.follow(t.Exchange, first, o)
		if !ok || to == plainURL(t.Request.URL) {
			continue
		}
		if x := t.Ask(Ask{URL: to}); x != nil && t.page(x).follows(first) == walkBroken {
			t.noPage(x, first, o, to)
		}
	}
}

// noPage reports what came instead of a page, if it comes again while the page
// that named it is still there.
func (t *Trail) noPage(x *exchange.Exchange, from *page, o onward, to string) {
	second := t.Ask(Ask{URL: to, Nth: onceMore})
	if second == nil || t.page(second).follows(from) != walkBroken {
		return
	}
	origin := t.Ask(Ask{URL: plainURL(from.Request.URL), Nth: onceMore})
	if origin == nil || origin.Response.Status != http.StatusOK {
		return
	}
	leads := fmt.Sprintf("%s leads to it as the %s page of %s: %s", o.field(), o.word(), t.told(from.Exchange), quote(o.text))
	if status := x.Response.Status; status != http.StatusOK {
		t.Report(Report{
			About: x, Path: "status", Expected: "2xx", Actual: fmt.Sprint(status),
			Message: fmt.Sprintf("%s gets %d, though %s", t.told(x), status, leads),
		})
		return
	}
	root := t.page(x).kind()
	t.Report(Report{
		About: x, Path: "body", Expected: from.kind(), Actual: root,
		Message: fmt.Sprintf("%s gives %s, where the list had %s, though %s", t.told(x), root, from.kind(), leads),
	})
}

func paginationTerminates(t *Trail) {
	limit := t.Settings.Pages()
	w := t.pages(limit)
	last := len(w.pages)
	about := w.pages[last-1].Exchange
	switch begin := "the pages that begin with " + t.line(); w.end {
	case walkRepeats:
		to := fmt.Sprintf("leads back to number %d", w.back+1)
		if w.back == last-1 {
			to = "leads to itself"
		}
		t.Reportf(about, w.via.path, "%s never end: number %d %s by %s: %s", begin, last, to, w.via.field(), quote(w.via.text))
	case walkStalls:
		if first := t.plain(onceMore); first != nil && t.walk(first, limit, onceMore).end == walkStalls {
			t.Reportf(about, "body", "%s do not get on: numbers %d and %d have the same items, although %s leads on by %s",
				begin, last-1, last, quote(w.via.text), w.via.field())
		}
	case walkLimited:
		t.reportAt(about, finding.Info, w.via.path, "%s were not walked to their end: there are more than %d", begin, limit)
	}
}
