package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	_ "image/gif"  // the size of these
	_ "image/jpeg" // kinds of pictures
	_ "image/png"  // is read
	"io"
	"os"

	"github.com/gabriel-vasile/mimetype"

	"guichet"
)

// sniffLength is how many of the first bytes tell the type of a file, and the size of a picture: a JPEG holds
// its own after what the camera says of itself.
const sniffLength = 128 << 10

// Put stores what r gives, up to limit bytes, and returns once it is safely on
// the disk. The content streams through: memory use does not depend on its size.
//
// Errors: too large, "file.too_large" with Limit in bytes; unavailable,
// "storage.full" or "storage.failed"; else the error of r or of ctx itself.
// After an error nothing is left of the file.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (Ref, error) {
	temp := tempDir + "/" + rand.Text()
	file, err := s.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return Ref{}, storageError(err)
	}
	ref, err := receive(ctx, file, r, limit)
	if closing := file.Close(); err == nil {
		err = storageError(closing)
	}
	if err == nil {
		err = storageError(s.settle(temp, ref.Hash))
	}
	if err != nil {
		_ = s.root.Remove(temp)
		return Ref{}, err
	}
	return ref, nil
}

// receive writes the content to file and to the disk, and learns what it is.
func receive(ctx context.Context, file *os.File, r io.Reader, limit int64) (Ref, error) {
	digest, start := sha256.New(), head{}
	// One byte more than allowed tells a file of exactly the limit from a larger one.
	source := io.LimitReader(&reader{ctx, r}, limit+1)
	size, err := io.Copy(io.MultiWriter(disk{file}, digest, &start), source)
	if err != nil {
		return Ref{}, err
	}
	if size > limit {
		return Ref{}, &guichet.Error{Kind: guichet.KindTooLarge, Code: "file.too_large", Args: map[string]any{"Limit": limit}}
	}
	if err := file.Sync(); err != nil {
		return Ref{}, storageError(err)
	}
	hash := hex.EncodeToString(digest.Sum(nil))
	ref := Ref{Hash: hash, Size: size, MediaType: mimetype.Detect(start.bytes).String()}
	if known, _, err := image.DecodeConfig(bytes.NewReader(start.bytes)); err == nil {
		ref.Width, ref.Height = known.Width, known.Height
	}
	return ref, nil
}

// Extension is the usual end of the name of a file of a type (".png"), or "".
func Extension(mediaType string) string {
	if known := mimetype.Lookup(mediaType); known != nil {
		return known.Extension()
	}
	return ""
}

// settle gives a complete file its final name. A file of that name has the same
// content: replacing it changes nothing, and mends it should it be damaged.
func (s *Store) settle(temp, hash string) error {
	name, ok := nameOf(hash)
	if !ok {
		return errors.New("not a hash: " + hash)
	}
	if err := s.root.Rename(temp, name); err != nil {
		return err
	}
	return s.syncDir(hash[:2])
}

// reader stops when the context ends, even in the middle of a file.
type reader struct {
	ctx    context.Context
	source io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.source.Read(p)
}

// disk names the faults of writing, which must not be taken for the sender's.
type disk struct{ file *os.File }

func (d disk) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	return n, storageError(err)
}

// head keeps the first bytes written to it.
type head struct{ bytes []byte }

func (h *head) Write(p []byte) (int, error) {
	if room := sniffLength - len(h.bytes); room > 0 {
		h.bytes = append(h.bytes, p[:min(room, len(p))]...)
	}
	return len(p), nil
}
