// Package simulation measures how well the client uses a rate limit.
//
// Each [Scenario] is a workload against the fake of package kustomertest: processes, workers, calls, limits, other users
// of the same budget, faults. It runs in virtual time (testing/synctest), so sixty seconds cost nothing. Latencies and
// faults are random and come from a seed. The result is compared with that of an [OptimalClient], which knows the limits,
// the windows and the other users in advance.
//
// The members of a [Fleet] share a pool in memory, behind a network that may fail. Each of these scenarios is followed by
// the same one without a pool, for comparison and without bounds.
//
// A row of the table is a scenario in one [Regime]: when the server's windows begin, and which responses say when they
// end. It shows each measured value with its bound, and "yes" or "NO".
//
//	go test ./simulation                                        each scenario once, in one regime
//	go test ./simulation -run 'TestScenarios/64_workers' -v     some of them, with their figures
//	go test ./simulation -run '^$' -bench Table -benchtime 1x   the table: all scenarios, regimes and seeds
//	go test ./simulation -run '^$' -bench Table -row '^64'      the rows whose name matches
//	go test ./simulation -run '^$' -bench Table -seeds 20       with 20 seeds instead of 3
//	go test ./simulation -run '^$' -bench Picture -picture ../../docs/window.svg
//	go test ./simulation -run '^$' -bench Fleet -fleet ../../docs/fleet.svg
package simulation
