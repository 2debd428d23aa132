// Package expression compiles and evaluates the expressions of scenario files:
// ${…} in strings, captures, conditions and assertions.
package expression
