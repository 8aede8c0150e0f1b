package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

const document = "../../../docs/fleet.md"

// The program of the document is the one that TestGuide runs.
func TestProgramOfTheDocument(t *testing.T) {
	_, program, _ := strings.Cut(read(t, "main.go"), "\n") // the comment on the package
	if !strings.Contains(read(t, document), "```go\n"+program+"```\n") {
		t.Error("docs/fleet.md does not have this program")
	}
}

// The rule for the user of the store is the one that redislimit is tested with. It is one line, so that it can be pasted.
func TestRuleOfTheDocument(t *testing.T) {
	rule := regexp.MustCompile(`ACL SETUSER[^\n]*(\n\s+\+[^\n]*)*`)
	source := strings.ReplaceAll(read(t, "../../../redislimit/redislimit.go"), "\n//", "\n")
	want := strings.Join(strings.Fields(rule.FindString(source)), " ")
	if want == "" || !strings.Contains(read(t, document), "```\n"+want+"\n```\n") {
		t.Errorf("docs/fleet.md does not have the rule of redislimit in one line: %q", want)
	}
}

// The queries of docs/fleet.md are about metrics that otelkustomer exports, by their names in Prometheus.
func TestMetricsOfTheDocument(t *testing.T) {
	exported := map[string]bool{}
	row := regexp.MustCompile("(?m)^\\| `([a-z._]+)` \\| (histogram|counter|gauge) \\| `(.*?)`")
	for _, metric := range row.FindAllStringSubmatch(read(t, "../../../otelkustomer/README.md"), -1) {
		name := strings.ReplaceAll(metric[1], ".", "_")
		switch {
		case metric[3] == "s":
			name += "_seconds"
		case metric[3] == "1" && metric[2] == "gauge":
			name += "_ratio"
		}
		for _, suffix := range map[string][]string{"histogram": {"_bucket", "_sum", "_count"}, "counter": {"_total"}, "gauge": {""}}[metric[2]] {
			exported[name+suffix] = true
		}
	}
	_, queries, _ := strings.Cut(read(t, document), "```promql")
	queries, _, _ = strings.Cut(queries, "```")
	names := regexp.MustCompile(`\b(kustomer|http_client)_\w+\b`).FindAllString(regexp.MustCompile(`\{.*?\}`).ReplaceAllString(queries, ""), -1)
	if len(names) == 0 {
		t.Error("docs/fleet.md has no queries")
	}
	for _, name := range names {
		if !exported[name] {
			t.Errorf("no metric is exported as %s", name)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
