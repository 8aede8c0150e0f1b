// Package simulation judges how the client deals with rate limits and faults.
//
// Each [Scenario] is a workload against the fake of package kustomertest: clients, workers, calls, limits, neighbours
// who draw on the same budget, faults. It runs in a bubble of testing/synctest, where sixty seconds cost nothing, with
// random latencies and faults from a seed. What comes of it is held against the optimum, which [Model] computes: the
// time that a client would need who knows the limits, the windows and the neighbours beforehand.
//
// A row of the table is a scenario in one [Regime]: how the server's windows lie, and which answers name their end.
//
//	go test ./harness/simulation                                        each scenario once, in one regime
//	go test ./harness/simulation -run 'TestScenarios/64_workers' -v     some of them, with their figures
//	go test ./harness/simulation -run '^$' -bench Table -benchtime 1x   all regimes and seeds, as one table
//	go test ./harness/simulation -run '^$' -bench Table -row '^64'      the rows whose name matches
//	go test ./harness/simulation -run '^$' -bench Table -seeds 20       with more seeds than the usual three
//	go test ./harness/simulation -run '^$' -bench Picture -picture ../../docs/window.svg
package simulation
