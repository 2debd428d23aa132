// Package match compares a wanted value of a scenario file with what came.
package match
