package markup

import "sync"

// cacheBytes bounds each of the two generations of a cache, sources and
// renderings together.
const cacheBytes = 8 << 20

// Cache remembers what HTML rendered lately: the same messages are shown again
// and again, and rendering costs more than reading them from the database. It
// is safe for concurrent use.
type Cache struct {
	mu     sync.Mutex
	recent map[string]string
	old    map[string]string
	size   int // bytes of recent
}

// NewCache makes an empty cache; one serves the whole program.
func NewCache() *Cache { return &Cache{recent: map[string]string{}} }

// HTML is the function HTML, remembered.
func (c *Cache) HTML(source string) string {
	if rendered, found := c.find(source); found {
		return rendered
	}
	rendered := HTML(source)
	c.keep(source, rendered)
	return rendered
}

// find looks in both generations, and carries over what is still of use.
func (c *Cache) find(source string) (string, bool) {
	c.mu.Lock()
	rendered, found := c.recent[source]
	aged, foundOld := c.old[source]
	c.mu.Unlock()
	if !found && foundOld {
		c.keep(source, aged)
		return aged, true
	}
	return rendered, found
}

// keep adds a rendering; once recent is full it becomes old, and what was old
// is forgotten.
func (c *Cache) keep(source, rendered string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.recent[source]; known {
		return
	}
	if c.size > cacheBytes {
		c.old, c.recent, c.size = c.recent, map[string]string{}, 0
	}
	c.recent[source] = rendered
	c.size += len(source) + len(rendered)
}
