// Package assets holds the files that pages refer to: style sheet, scripts, icons, font. Their
// addresses contain a hash of the contents, so that browsers keep them for ever.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed static
var embedded embed.FS

// Prefix is the beginning of the addresses of assets.
const Prefix = "/static/"

type file struct {
	plain, packed []byte
	mediaType     string
}

type set struct {
	version string
	files   map[string]file
}

// load reads and compresses the files once.
var load = sync.OnceValue(func() set {
	s := set{files: map[string]file{}}
	sum := sha256.New()
	err := fs.WalkDir(embedded, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".css") {
			content = tighten(content)
		}
		_, _ = fmt.Fprintf(sum, "%s %d\n", name, len(content)) // a sum takes everything
		sum.Write(content)
		s.files[strings.TrimPrefix(name, "static/")] = file{content, pack(content), mediaType(name)}
		return nil
	})
	if err != nil {
		panic(err) // the files are in the program: this cannot fail
	}
	s.version = hex.EncodeToString(sum.Sum(nil))[:12]
	return s
})

func mediaType(name string) string {
	if strings.HasSuffix(name, ".woff2") {
		return "font/woff2"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "text/plain; charset=utf-8"
}

// tighten leaves out what only those who write a style sheet need: comments, and the spaces at the beginning of lines.
func tighten(sheet []byte) []byte {
	comments := regexp.MustCompile(`(?s)/\*.*?\*/`)
	margins := regexp.MustCompile(`\n\s+`)
	return margins.ReplaceAll(comments.ReplaceAll(sheet, nil), []byte("\n"))
}

func pack(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
	_, _ = w.Write(content)                               // memory accepts it
	_ = w.Close()
	if b.Len() >= len(content) {
		return nil
	}
	return b.Bytes()
}

// URL returns the address of a file.
func URL(name string) string { return Prefix + load().version + "/" + name }

// Handler serves the files under Prefix. An address with another hash is not found, so that an
// old page never gets a new file.
func Handler() http.Handler {
	s := load()
	return http.StripPrefix(Prefix, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version, name, _ := strings.Cut(r.URL.Path, "/")
		f, known := s.files[name]
		if !known {
			http.NotFound(w, r)
			return
		}
		// A page that was open before an upgrade may ask for a script later: it gets the present one, for this time.
		w.Header().Set("Cache-Control", "no-cache")
		if version == s.version {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		f.serve(w, r)
	}))
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("Vary", "Accept-Encoding")
	content := f.plain
	if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		content = f.packed
	}
	h.Set("Content-Length", fmt.Sprint(len(content)))
	_, _ = w.Write(content) // the reader may have left
}
