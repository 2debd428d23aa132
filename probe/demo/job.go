package demo

import (
	"net/http"
	"time"
)

// job is work that takes a while: a client is told where to watch it.
type job struct {
	id    string
	begun time.Time
}

// How long a job waits and works.
const (
	jobQueued = 100 * time.Millisecond
	jobDone   = 300 * time.Millisecond
)

type jobState struct {
	ID     string `json:"id"`
	State  string `json:"state"` // queued, running, done
	Result *int   `json:"result,omitempty"`
}

func (a *API) startJob(*call) reply {
	id, started := a.jobs.add(func(id string) job { return job{id, a.now()} })
	return content(http.StatusAccepted, a.state(started)).with("Location", "/api/jobs/"+id)
}

func (a *API) readJob(c *call) reply {
	found, ok := a.jobs.get(c.vars["id"])
	if !ok {
		return failure(http.StatusNotFound, "NOT_FOUND", "Job not found")
	}
	return content(http.StatusOK, a.state(found)).with("Cache-Control", "no-store")
}

func (a *API) state(j job) jobState {
	switch age := a.now().Sub(j.begun); {
	case age < jobQueued:
		return jobState{ID: j.id, State: "queued"}
	case age < jobDone:
		return jobState{ID: j.id, State: "running"}
	}
	result := 42
	return jobState{ID: j.id, State: "done", Result: &result}
}
