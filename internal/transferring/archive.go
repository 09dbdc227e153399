package transferring

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/presets"
)

// Limits of an archive, far above the largest configuration.
const (
	MaxArchive     = 512 << 10 // bytes as it is sent
	maxArchiveFile = 2 << 20   // bytes of one file, unpacked
	maxArchiveAll  = 8 << 20
	maxArchiveList = 200 // entries, the ignored ones too
)

// Pack puts files into one archive.
func Pack(files []presets.File) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		entry, err := w.Create(f.Name)
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Unpack reads the files of an archive into memory: those at its top, or in the one folder that a file manager
// wraps around them. Other files of an archive are left alone; names that lead out of it, links, and more than a
// configuration can weigh are refused. Nothing is ever written to a disk. Error: invalid.
func Unpack(archive []byte) ([]presets.File, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) || len(archive) > MaxArchive {
		return nil, guichet.Invalid("archive", "transfer.archive")
	}
	if len(r.File) > maxArchiveList {
		return nil, guichet.Invalid("archive", "transfer.archive_size")
	}
	var out []presets.File
	room := int64(maxArchiveAll)
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name, ok := safeName(f)
		if !ok || slices.ContainsFunc(out, func(x presets.File) bool { return x.Name == name }) {
			return nil, guichet.Invalid("archive", "transfer.archive")
		}
		if !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
			continue
		}
		data, err := unpacked(f, min(room, maxArchiveFile))
		if err != nil {
			return nil, err
		}
		room -= int64(len(data))
		out = append(out, presets.File{Name: name, Data: data})
	}
	return out, nil
}

// safeName is the name of an ordinary file of an archive, without the folder around all of them.
func safeName(f *zip.File) (string, bool) {
	ok := fs.ValidPath(f.Name) && !strings.Contains(f.Name, `\`) && !strings.Contains(f.Name, ":") &&
		f.Mode().IsRegular() && strings.Count(f.Name, "/") <= 1
	return path.Base(f.Name), ok
}

// unpacked reads a file of an archive, whatever size it claims to have.
func unpacked(f *zip.File, most int64) ([]byte, error) {
	content, err := f.Open()
	if err != nil {
		return nil, guichet.Invalid("archive", "transfer.archive")
	}
	defer content.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(content, most+1))
	switch {
	case int64(len(data)) > most:
		return nil, guichet.Invalid("archive", "transfer.archive_size")
	case err != nil:
		return nil, guichet.Invalid("archive", "transfer.archive")
	}
	return data, nil
}

// Folder is files in memory, as a folder to read.
func Folder(files []presets.File) (fs.FS, error) {
	packed, err := Pack(files)
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
}
