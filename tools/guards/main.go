// Guards tries what a list of guards says: that the tests named there fail once the guard is gone.
//
//	go run ./guards -root .. [-sample 20 -seed 7] ratelimit
package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

func main() {
	root := flag.String("root", "..", "the repository's `folder`")
	sample := flag.Int("sample", 100, "how many `percent` of the guards to try")
	seed := flag.Uint64("seed", 0, "which ones, with -sample; 0 are others each time")
	flag.Parse()
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	if err := run(*root, flag.Arg(0), *sample, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "guards:", err)
		os.Exit(1)
	}
}

// listFile has the guards of a package, in its folder.
const listFile = "GUARDS.md"

func run(root, pkg string, sample int, seed uint64) error {
	if pkg == "" || sample < 1 || sample > 100 {
		return errors.New("name a package, and a sample from 1 to 100")
	}
	dir := filepath.Join(root, pkg)
	text, err := os.ReadFile(filepath.Join(dir, listFile))
	if err != nil {
		return err
	}
	all, err := list(string(text))
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(seed, 0))
	var todo []guard
	for _, g := range all {
		if random.IntN(100) < sample {
			todo = append(todo, g)
		}
	}
	failed := tryAll(dir, todo)
	fmt.Printf("%s: %d of %d guards were taken away one by one (-sample %d -seed %d), and the test of %d did not notice\n",
		pkg, len(todo), len(all), sample, seed, len(failed))
	return errors.Join(failed...)
}

// tryAll tries guards, as many at once as there are processors, and returns what is wrong.
func tryAll(dir string, guards []guard) []error {
	var mu sync.Mutex
	var failed []error
	var wg sync.WaitGroup
	todo := make(chan guard)
	for range runtime.NumCPU() {
		wg.Go(func() {
			for g := range todo {
				if err := g.try(dir); err != nil {
					mu.Lock()
					failed = append(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	for _, g := range guards {
		todo <- g
	}
	close(todo)
	wg.Wait()
	return failed
}
