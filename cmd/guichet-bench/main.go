// Command guichet-bench fills a desk with realistic tickets and measures it over HTTP, beside a bare
// reference on the same machine in the same run: speeds of machines differ, ratios stay.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"
)

type options struct {
	Data    string        `default:"guichet-bench-data" help:"Data folder; filled when it holds fewer tickets than asked."`
	Guichet string        `default:"./guichet" help:"Program to measure (go build ./cmd/guichet)."`
	Tickets int           `default:"10000" help:"Tickets in the database."`
	Length  time.Duration `default:"4s" help:"Length of each measure."`
	Only    string        `help:"Measure only the operations whose name holds this."`
	JSON    bool          `help:"Print the figures as JSON."`
}

// result is everything that one run measures.
type result struct {
	Tickets       int      `json:"tickets"`
	FillSeconds   float64  `json:"fill_seconds"`
	StartSeconds  float64  `json:"start_seconds"`
	DatabaseBytes int64    `json:"database_bytes"`
	MemoryBytes   int64    `json:"peak_memory_bytes"`
	Figures       []figure `json:"figures"`
}

func main() {
	var o options
	kong.Parse(&o, kong.Name("guichet-bench"), kong.Description("Fill a desk with realistic tickets and measure it over HTTP beside a bare reference."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "guichet-bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	var r result
	d, err := fill(ctx, o, &r)
	if err != nil {
		return err
	}
	reference, err := measureReference(ctx, o.Length)
	if err != nil {
		return err
	}
	r.Figures = reference
	server, err := start(ctx, o, &r)
	if err != nil {
		return err
	}
	figures, err := measureDesk(ctx, o, d, server.url)
	r.Figures = append(r.Figures, figures...)
	r.MemoryBytes = server.peakMemory()
	if err := server.stop(); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	if o.JSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	r.print()
	return nil
}

// print writes the table of docs/performance.md.
func (r result) print() {
	fmt.Printf("%d tickets, filled in %.0f s, database %d MiB, started in %.2f s, peak memory %d MiB\n\n",
		r.Tickets, r.FillSeconds, r.DatabaseBytes>>20, r.StartSeconds, r.MemoryBytes>>20)
	fmt.Println("| operation | clients | median ms | p95 ms | per second | ratio to the reference |")
	fmt.Println("|---|---|---|---|---|---|")
	for _, f := range r.Figures {
		fmt.Printf("| %s | %d | %.2f | %.2f | %.0f | %s |\n", f.Name, f.Clients, f.Median, f.P95, f.PerSecond, f.ratio(r.Figures))
	}
}
