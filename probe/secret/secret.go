// Package secret hides secrets in everything that leaves a run.
package secret
