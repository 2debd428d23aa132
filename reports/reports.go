// Package reports writes the results of runs, one format a file.
package reports
