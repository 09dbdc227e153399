package admin

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/presets"
	"guichet/internal/transferring"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func transferRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /admin/configuration", Handle: administrators(transferPage)},
		{Pattern: "GET /admin/configuration/export", Handle: administrators(exportFiles)},
		{Pattern: "POST /admin/configuration/compare", Handle: administrators(compareFiles)},
		{Pattern: "POST /admin/configuration/import", Handle: administrators(importFiles)},
	}
}

// transferData is the page of the files of a configuration.
type transferData struct {
	kit.Page
	Takes   bool   // the reader may take files in
	Refused string // why the files are not compared
	Faults  []presets.Fault
	Plan    *transferring.Plan // nil: nothing was compared
	Files   string             // what was compared, to come back with the confirmation
	Prune   bool
	Note    string
}

func newTransfer(q *site.Request) (transferData, error) {
	if !transferring.MayExport(q.Actor, q.Config) {
		return transferData{}, guichet.NotFound("page")
	}
	p := page(q, q.P.T("admin.transfer"), "transfer")
	return transferData{Page: p, Takes: transferring.MayImport(q.Actor, q.Config)}, nil
}

func transferPage(q *site.Request) error {
	d, err := newTransfer(q)
	if err != nil {
		return err
	}
	return q.Render(ok, transferView(q, d))
}

// exportFiles sends the configuration as an archive; the people only when they are asked for.
func exportFiles(q *site.Request) error {
	files, err := q.Transfers.Export(q.R.Context(), q.Actor, q.R.URL.Query().Get("people") == "1")
	if err != nil {
		return err
	}
	archive, err := transferring.Pack(files)
	if err != nil {
		return err
	}
	h := q.W.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="guichet-`+q.Now().UTC().Format("2006-01-02")+`.zip"`)
	h.Set("Cache-Control", "private, no-store")
	_, err = q.W.Write(archive)
	return err
}

// compareFiles shows what files would change.
func compareFiles(q *site.Request) error {
	d, err := newTransfer(q)
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	d.Prune = form.Get("prune") == "1"
	files, err := sent(q, form)
	if err == nil && len(files) == 0 {
		err = guichet.Invalid("archive", "transfer.none")
	}
	if err != nil {
		return refuse(q, d, err)
	}
	return compared(q, d, files, ok)
}

// compared renders the comparison, or the faults of the files.
func compared(q *site.Request, d transferData, files []presets.File, status int) error {
	folder, err := transferring.Folder(files)
	if err != nil {
		return err
	}
	plan, err := q.Transfers.Compare(q.R.Context(), q.Actor, transferring.Offer{Files: folder, Prune: d.Prune})
	if err != nil {
		return refuse(q, d, err)
	}
	packed, err := transferring.Pack(files)
	if err != nil {
		return err
	}
	d.Plan, d.Files = &plan, base64.StdEncoding.EncodeToString(packed)
	return q.Render(status, transferView(q, d))
}

// refuse renders why files are not compared, when whoever sent them can do something about it.
func refuse(q *site.Request, d transferData, err error) error {
	if guichet.KindOf(err) != guichet.KindInvalid {
		return err
	}
	d.Refused, d.Faults = q.Message(err), presets.Faults(err)
	if wrong := new(guichet.Error); errors.As(err, &wrong) && len(wrong.Fields) > 0 {
		d.Refused = q.P.Error(wrong.Fields[0].Code, wrong.Fields[0].Args)
	}
	return q.Render(http.StatusUnprocessableEntity, transferView(q, d))
}

// importFiles takes in what was compared.
func importFiles(q *site.Request) error {
	d, err := newTransfer(q)
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	d.Prune, d.Note = form.Get("prune") == "1", strings.TrimSpace(form.Get("note"))
	packed, err := base64.StdEncoding.DecodeString(form.Get("files"))
	if err != nil {
		return refuse(q, d, guichet.Invalid("archive", "transfer.archive"))
	}
	files, err := transferring.Unpack(packed)
	if err != nil {
		return refuse(q, d, err)
	}
	folder, err := transferring.Folder(files)
	if err != nil {
		return err
	}
	seen, _ := strconv.ParseInt(form.Get("seen"), 10, 64) // 0 was never seen
	plan, err := q.Transfers.Import(q.R.Context(), q.Actor,
		transferring.Offer{Files: folder, Prune: d.Prune, Seen: max(seen, 1), Note: d.Note})
	if guichet.KindOf(err) == guichet.KindConflict {
		d.Refused = q.Message(err)
		return compared(q, d, files, http.StatusConflict)
	}
	if err != nil {
		return refuse(q, d, err)
	}
	return q.Redirect("/admin/configuration", q.P.N("admin.transfer.done", len(plan.Changes)))
}

// sent are the files of a form: an archive, or some files as they are.
func sent(q *site.Request, form site.Form) ([]presets.File, error) {
	var out []presets.File
	for _, f := range form.Files {
		content, err := q.Blobs.Open(q.R.Context(), f.Hash)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(content, transferring.MaxArchive+1))
		if closing := content.Close(); err != nil || closing != nil {
			return nil, err
		}
		if len(data) > transferring.MaxArchive {
			return nil, guichet.Invalid("archive", "transfer.archive_size")
		}
		if name := strings.ToLower(f.Name); strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") {
			out = append(out, presets.File{Name: f.Name, Data: data})
			continue
		}
		files, err := transferring.Unpack(data)
		if err != nil {
			return nil, err
		}
		out = append(out, files...)
	}
	return out, nil
}

// fileFaults are the faults that are said in the reader's language; the others are words of the file format.
var fileFaults = []struct {
	pattern *regexp.Regexp
	key     string
}{
	{regexp.MustCompile(`^unknown key (?P<Value>.+)$`), "transfer.fault.key"},
	{regexp.MustCompile(`^(?P<ID>[^:]+): unknown (?P<What>[a-z ]+) "(?P<Value>.*)"$`), "transfer.fault.unknown"},
	{regexp.MustCompile(`^the character NUL$`), "transfer.fault.nul"},
	{regexp.MustCompile(`^(?P<ID>[^:]+): stands twice$`), "transfer.fault.twice"},
	{regexp.MustCompile(`^(?P<ID>[^:]+): its parent "(?P<Value>.*)" does not stand above it$`), "transfer.fault.parent"},
	{regexp.MustCompile(`^unknown file; the files of a desk are (?P<Value>.*)$`), "transfer.fault.file"},
	{regexp.MustCompile(`^no file of a desk is here; they are (?P<Value>.*)$`), "transfer.fault.no_file"},
	{regexp.MustCompile(`^(?P<ID>[^:]+): nobody belongs to the team$`), "transfer.fault.nobody"},
	{regexp.MustCompile(`^(?P<ID>[^:]+): no team handles it$`), "transfer.fault.no_team"},
	{regexp.MustCompile(`^(?P<ID>[^:]+): nothing can be asked of it$`), "transfer.fault.nothing"},
}

// fileFault says a fault in the reader's language.
func fileFault(q *site.Request, f presets.Fault) string {
	for _, t := range fileFaults {
		found := t.pattern.FindStringSubmatch(f.Text)
		if found == nil {
			continue
		}
		var args []any
		for i, name := range t.pattern.SubexpNames() {
			if name != "" {
				args = append(args, name, found[i])
			}
		}
		return q.P.T(t.key, args...)
	}
	return f.Text
}

// faultPlace is where a fault stands.
func faultPlace(q *site.Request, f presets.Fault) string {
	if f.Line == 0 {
		return f.File
	}
	return q.P.T("admin.transfer.line", "File", f.File, "Line", strconv.Itoa(f.Line))
}

// fileGroup is what changes in one file.
type fileGroup struct {
	File    string
	Changes []presets.Change
}

func byFile(changes []presets.Change) []fileGroup {
	var out []fileGroup
	for _, c := range changes {
		if len(out) == 0 || out[len(out)-1].File != c.File {
			out = append(out, fileGroup{File: c.File})
		}
		last := &out[len(out)-1]
		last.Changes = append(last.Changes, c)
	}
	return out
}

// keptByFile lists what stays beside the files, file by file.
func keptByFile(kept []presets.Entry) [][2]string {
	var out [][2]string
	for _, e := range kept {
		if len(out) == 0 || out[len(out)-1][0] != e.File {
			out = append(out, [2]string{e.File, string(e.ID)})
			continue
		}
		out[len(out)-1][1] += ", " + string(e.ID)
	}
	return out
}

// changeName is what an entry is called.
func changeName(q *site.Request, c presets.Change) string {
	switch {
	case c.Kind == presets.Moved:
		return q.P.T("admin.transfer.order")
	case c.Name != "":
		return c.Name
	case c.ID != "":
		return string(c.ID)
	}
	return q.Config.Name
}
