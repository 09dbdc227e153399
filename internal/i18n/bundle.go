// Package i18n holds every text shown to people, in French and in English,
// and the way each language writes dates, numbers and sizes.
//
// Catalogues are read once at start, checked, and cut into pieces ready to be
// joined: a page asks for hundreds of texts, so looking one up must cost no
// more than looking into a map. A Bundle never changes after Load and may be
// used by any number of goroutines.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Default is the language of whoever asked for none that we speak.
const Default = "fr"

//go:embed locales
var embedded embed.FS

// Bundle holds the catalogues of all languages. Make one with Load.
type Bundle struct {
	catalogues map[string]*catalogue
}

// catalogue holds the messages of one language, by key.
type catalogue struct {
	locale   string
	tag      language.Tag
	messages map[string]message
	format   format
}

// Load reads the embedded catalogues. It fails on a file that is not valid,
// on a key written twice and on a placeholder that is neither {{.name}} nor
// {{size .name}}.
func Load() (*Bundle, error) {
	b := &Bundle{catalogues: map[string]*catalogue{}}
	for locale, f := range map[string]format{"fr": french(), "en": english()} {
		c := &catalogue{locale: locale, tag: language.Make(locale), messages: map[string]message{}, format: f}
		if err := c.readAll(embedded); err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", locale, err)
		}
		b.catalogues[locale] = c
	}
	return b, nil
}

// Locales lists the languages there are, sorted.
func (b *Bundle) Locales() []string {
	return slices.Sorted(maps.Keys(b.catalogues))
}

// Keys lists every message key, sorted, so that other packages can check in
// their tests that the keys they use exist. All languages hold the same keys.
func (b *Bundle) Keys() []string {
	return slices.Sorted(maps.Keys(b.catalogues[Default].messages))
}

// Printer writes texts in one language and times in one zone. An unknown
// locale gives French, a nil zone UTC.
func (b *Bundle) Printer(locale string, zone *time.Location) Printer {
	c, ok := b.catalogues[locale]
	if !ok {
		c = b.catalogues[Default]
	}
	if zone == nil {
		zone = time.UTC
	}
	return Printer{catalogue: c, zone: zone}
}

// readAll reads each area file of the language.
func (c *catalogue) readAll(files fs.FS) error {
	names, err := fs.Glob(files, path.Join("locales", c.locale, "*.json"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := c.readFile(files, name); err != nil {
			return fmt.Errorf("%s: %w", path.Base(name), err)
		}
	}
	return nil
}

// readFile adds the messages of one area file.
func (c *catalogue) readFile(files fs.FS, name string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	found, err := i18n.ParseMessageBytes(text, json.Unmarshal)
	if err != nil {
		return err
	}
	for _, m := range found {
		if err := c.add(m); err != nil {
			return fmt.Errorf("key %q: %w", m.ID, err)
		}
	}
	return nil
}

// add compiles a message and keeps it.
func (c *catalogue) add(m *i18n.Message) error {
	if _, twice := c.messages[m.ID]; twice {
		return fmt.Errorf("written twice")
	}
	compiled, err := compile(m)
	if err != nil {
		return err
	}
	c.messages[m.ID] = compiled
	return nil
}
