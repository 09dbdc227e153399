package markup

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestCacheGivesWhatHTMLGives(t *testing.T) {
	cache := NewCache()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, source := range hostile {
				if got, want := cache.HTML(source), HTML(source); got != want {
					t.Errorf("%q: got %q, want %q", source, got, want)
				}
			}
		})
	}
	group.Wait()
	if len(cache.recent) != len(hostile) {
		t.Errorf("%d texts remembered of %d", len(cache.recent), len(hostile))
	}
}

func TestCacheStaysBounded(t *testing.T) {
	cache := NewCache()
	long := strings.Repeat("x", cacheBytes/8)
	for i := range 40 {
		cache.HTML(fmt.Sprint(long, i))
		cache.HTML("asked for all the time")
	}
	kept := 0
	for _, generation := range []map[string]string{cache.recent, cache.old} {
		for source, rendered := range generation {
			kept += len(source) + len(rendered)
		}
	}
	// A generation may go over by its last text.
	if limit := 2*cacheBytes + 4*len(long) + 1000; kept > limit {
		t.Errorf("%d bytes are kept, more than %d", kept, limit)
	}
	if _, found := cache.recent["asked for all the time"]; !found {
		t.Error("what is asked for all the time was forgotten")
	}
}
