package demo

import (
	"strconv"
	"sync"
)

// shelf keeps the newest entries, so that a demo that is left running does not
// grow. Keys are given by the caller or counted.
type shelf[T any] struct {
	lock    sync.Mutex
	most    int
	last    int
	order   []string // oldest first
	entries map[string]T
}

func newShelf[T any](most int) *shelf[T] {
	return &shelf[T]{most: most, entries: map[string]T{}}
}

// add keeps an entry under the next number, which it gives.
func (s *shelf[T]) add(make func(key string) T) (string, T) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.last++
	key := strconv.Itoa(s.last)
	entry := make(key)
	s.put(key, entry)
	return key, entry
}

// keep keeps an entry under a key of the caller's, which must be new.
func (s *shelf[T]) keep(key string, entry T) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.put(key, entry)
}

func (s *shelf[T]) put(key string, entry T) {
	for len(s.order) >= s.most {
		delete(s.entries, s.order[0])
		s.order = s.order[1:]
	}
	s.order = append(s.order, key)
	s.entries[key] = entry
}

func (s *shelf[T]) get(key string) (T, bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	entry, ok := s.entries[key]
	return entry, ok
}

// drop takes an entry away; its key is forgotten when it would be the oldest.
func (s *shelf[T]) drop(key string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	delete(s.entries, key)
}
