package transferring_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/presets"
	"guichet/internal/transferring"
)

// packed is an entry of an archive.
type packed struct {
	header  zip.FileHeader
	content string
}

func named(name, content string) packed {
	return packed{zip.FileHeader{Name: name, Method: zip.Deflate}, content}
}

// zipped makes an archive as anybody may send it.
func zipped(t *testing.T, entries ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range entries {
		entry, err := w.CreateHeader(&p.header)
		if err != nil {
			t.Fatal(err)
		}
		if p.content == "" {
			continue
		}
		if _, err := entry.Write([]byte(p.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchivesComeBack(t *testing.T) {
	files := []presets.File{{Name: "desk.yaml", Data: []byte("name: a\n")}, {Name: "roles.yaml", Data: []byte("[]\n")}}
	archive, err := transferring.Pack(files)
	if err != nil {
		t.Fatal(err)
	}
	back, err := transferring.Unpack(archive)
	if err != nil || len(back) != 2 || back[0].Name != "desk.yaml" || string(back[1].Data) != "[]\n" {
		t.Errorf("%v %v", back, err)
	}
	folder, err := transferring.Folder(back)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := fs.ReadFile(folder, "desk.yaml"); err != nil || string(data) != "name: a\n" {
		t.Errorf("%s %v", data, err)
	}
	// In the folder that a file manager makes, beside what is no configuration.
	back, err = transferring.Unpack(zipped(t, named("desk/", ""), named("desk/roles.yaml", "[]"), named("desk/readme.txt", "x")))
	if err != nil || len(back) != 1 || back[0].Name != "roles.yaml" {
		t.Errorf("%v %v", back, err)
	}
}

// SEC-16: no name leads out of the archive, no link is followed, and nothing unpacks without end.
func TestHostileArchivesAreRefused(t *testing.T) {
	link := named("roles.yaml", "/etc/passwd")
	link.header.SetMode(os.ModeSymlink | 0o777)
	for name, archive := range map[string][]byte{
		"not an archive":   []byte("PK\x03\x04 no"),
		"above":            zipped(t, named("../roles.yaml", "[]")),
		"far above":        zipped(t, named("a/../../roles.yaml", "[]")),
		"absolute":         zipped(t, named("/etc/roles.yaml", "[]")),
		"another system":   zipped(t, named(`..\roles.yaml`, "[]")),
		"a drive":          zipped(t, named(`C:roles.yaml`, "[]")),
		"deep":             zipped(t, named("a/b/roles.yaml", "[]")),
		"a link":           zipped(t, link),
		"twice":            zipped(t, named("roles.yaml", "[]"), named("a/roles.yaml", "[]")),
		"a bomb":           zipped(t, named("desk.yaml", strings.Repeat(" ", 3<<20))),
		"too many entries": zipped(t, many(300)...),
	} {
		_, err := transferring.Unpack(archive)
		if guichet.KindOf(err) != guichet.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func many(n int) []packed {
	out := make([]packed, n)
	for i := range out {
		out[i] = named("x.txt", "")
	}
	return out
}
