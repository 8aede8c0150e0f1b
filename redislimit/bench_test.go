package redislimit

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// maxCost is how many microseconds an exchange may take the server.
const maxCost = 200

// An exchange takes the server the same time however many members there are.
func BenchmarkExchange(b *testing.B) {
	rdb := connect(b, startServer(b).addr)
	for _, members := range []int{8, 32, 1000} {
		b.Run(strconv.Itoa(members), func(b *testing.B) {
			s, err := newSettings(rdb, fmt.Sprintf("members-%d", members), []Option{WithPatience(mostPatience)})
			if err != nil {
				b.Fatal(err)
			}
			p := newPool(rdb, s)
			i := 0
			exchange := func() {
				i++
				_, err := p.Exchange(b.Context(), ratelimit.Report{
					Member: fmt.Sprint(i % members), Own: i % 1000, InFlight: 3, Lease: 2, Interactive: 20,
					Window: ratelimit.Window{Epoch: 1, Limit: 1 << 30, Top: 1 << 30, Remaining: 1 << 29, Latest: time.Minute},
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			for range members {
				exchange()
			}
			if err := rdb.ConfigResetStat(b.Context()).Err(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				exchange()
			}
			stats, err := rdb.Info(b.Context(), "commandstats").Result()
			if err != nil {
				b.Fatal(err)
			}
			_, line, _ := strings.Cut(stats, "cmdstat_evalsha:")
			_, line, _ = strings.Cut(line, "usec_per_call=")
			text, _, _ := strings.Cut(line, ",")
			cost, err := strconv.ParseFloat(text, 64)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(cost, "server-µs/op")
			if cost > maxCost {
				b.Errorf("an exchange takes the server %v µs, more than %v", cost, maxCost)
			}
		})
	}
}
