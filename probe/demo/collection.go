package demo

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// collection is a resource with items: users or orders. What differs between
// them are the functions; what HTTP asks for is here, once.
type collection[T any] struct {
	path     string
	singular string        // "user"
	lock     *sync.RWMutex // one for all collections: they refer to each other
	rows     []T           // by id
	next     int64
	id       func(*T) *int64
	parse    func(*reading) T
	// unfit gives why a value that is valid alone cannot be stored, or nil.
	unfit func(T) *reply
	// inUse gives why an item cannot be deleted, or nil.
	inUse func(T) *reply
	// listed says whether a query selects the item.
	listed func(T, url.Values) bool
}

// index is where the item of the request's path is; false when it is not.
func (s *collection[T]) index(c *call) (int, bool) {
	id, err := strconv.ParseInt(c.vars["id"], 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != c.vars["id"] {
		return 0, false
	}
	return s.find(id)
}

func (s *collection[T]) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(s.rows, id, func(row T, id int64) int { return cmp.Compare(*s.id(&row), id) })
}

func (s *collection[T]) missing() reply {
	return failure(http.StatusNotFound, "NOT_FOUND", strings.ToUpper(s.singular[:1])+s.singular[1:]+" not found")
}

// read gives one item.
func (s *collection[T]) read(c *call) reply {
	s.lock.RLock()
	defer s.lock.RUnlock()
	i, ok := s.index(c)
	if !ok {
		return s.missing()
	}
	return content(http.StatusOK, s.rows[i]).tagged()
}

// create stores a new item and says where it is.
func (s *collection[T]) create(c *call) reply {
	doc, refusal := c.readDocument()
	if refusal != nil {
		return *refusal
	}
	in := &reading{doc: doc}
	item := s.parse(in)
	if details := in.done(); len(details) > 0 {
		return *invalid(details)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if r := s.unfit(item); r != nil {
		return *r
	}
	*s.id(&item) = s.next
	s.next++
	s.rows = append(s.rows, item)
	return content(http.StatusCreated, item).tagged().
		with("Location", s.path+"/"+strconv.FormatInt(*s.id(&item), 10))
}

// replace puts a whole new value in an item's place. The answer has no
// validator: what is stored is not the octets that came (RFC 9110 §9.3.4).
func (s *collection[T]) replace(c *call) reply {
	return s.update(c, func(_, given document) document { return given })
}

// patch changes the members that are given.
func (s *collection[T]) patch(c *call) reply {
	r := s.update(c, merge)
	if r.status == http.StatusOK {
		return r.tagged()
	}
	return r
}

// update stores what change makes of the item and the request's document. A
// precondition counts only where the answer would be a success without it
// (RFC 9110 §13.2.1), so it comes last.
func (s *collection[T]) update(c *call, change func(current, given document) document) reply {
	given, refusal := c.readDocument()
	if refusal != nil {
		return *refusal
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	i, ok := s.index(c)
	if !ok {
		return s.missing()
	}
	current := encode(s.rows[i])
	item, refusal := s.changed(s.rows[i], change(asDocument(current), given))
	if refusal == nil {
		refusal = s.unfit(item)
	}
	if refusal == nil {
		refusal = writable(c, current)
	}
	if refusal != nil {
		return *refusal
	}
	s.rows[i] = item
	return content(http.StatusOK, item)
}

// changed reads an item's new document; its id may be there, unchanged.
func (s *collection[T]) changed(old T, doc document) (T, *reply) {
	in := &reading{doc: doc}
	id := *s.id(&old)
	item := s.parse(in)
	if given := in.whole("id", 1, 1<<53); given != nil && *given != id {
		in.wrong("id", "Cannot be changed")
	}
	if details := in.done(); len(details) > 0 {
		return item, invalid(details)
	}
	*s.id(&item) = id
	return item, nil
}

func asDocument(encoded []byte) document {
	value, err := parseJSON(encoded)
	if err != nil {
		panic(err)
	}
	return value.(map[string]any)
}

// remove deletes an item that nothing refers to.
func (s *collection[T]) remove(c *call) reply {
	s.lock.Lock()
	defer s.lock.Unlock()
	i, ok := s.index(c)
	if !ok {
		return s.missing()
	}
	if r := s.inUse(s.rows[i]); r != nil {
		return *r
	}
	if r := writable(c, encode(s.rows[i])); r != nil {
		return *r
	}
	s.rows = slices.Delete(s.rows, i, i+1)
	return empty(http.StatusNoContent)
}
