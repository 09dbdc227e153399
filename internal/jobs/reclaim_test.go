package jobs_test

import (
	"os"
	"testing"

	"guichet/internal/store"
)

// What a killed process had in hand is due again at the next start, without waiting for the end of its
// lease: unless another node may be at work on it.
func TestAStartTakesUpWhatAKilledProcessLeft(t *testing.T) {
	b := newBench(t)
	b.enqueue(store.Job{Kind: "k", Payload: "p"})
	if n := len(b.claim()); n != 1 {
		t.Fatalf("%d jobs claimed", n)
	}
	if err := b.store.ReclaimJobs(b.ctx); err != nil {
		t.Fatal(err)
	}
	want := 1
	if os.Getenv("GUICHET_TEST_POSTGRES") != "" {
		want = 0
	}
	if n := len(b.claim()); n != want {
		t.Errorf("%d jobs claimed after the start, want %d", n, want)
	}
}
