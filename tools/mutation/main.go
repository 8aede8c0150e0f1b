// Mutation measures what the tests notice: it has gremlins change one operator after another in a package, and runs the package's
// tests each time. What survives has to be killed by a test, or explained in SURVIVORS.md; and most have to be killed.
//
//	go run ./mutation -root .. [-sample 20 -seed 7] client custom
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

func main() {
	if filepath.Base(os.Args[0]) == "go" { // called by gremlins
		os.Exit(goCommand(os.Args[1:]))
	}
	var j job
	flag.StringVar(&j.root, "root", "..", "the repository's `folder`")
	flag.StringVar(&j.gremlins, "gremlins", "gremlins", "the `program`")
	flag.Float64Var(&j.least, "least", 85, "how many `percent` of the mutants have to be killed")
	flag.IntVar(&j.sample, "sample", 100, "how many `percent` of the lines to look at")
	flag.Uint64Var(&j.seed, "seed", 0, "which lines, with -sample; 0 are others each time")
	flag.Parse()
	if j.seed == 0 {
		j.seed = rand.Uint64()
	}
	if err := j.run(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1)
	}
}
