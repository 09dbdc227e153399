package site

import (
	"crypto/rand"
	"net/url"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
)

// What a refused form gives back, so that nothing is typed or sent twice.

// KeepFiles makes the references by which a form gives back the files that were received already. They
// are signed for the reader: nobody else's files are had by writing one.
func (q *Request) KeepFiles(files []ticketing.File) []kit.KeptFile {
	var out []kit.KeptFile
	for _, f := range files {
		fields := []string{f.Hash, strconv.FormatInt(f.Size, 10), f.MediaType, strconv.Itoa(f.Width), strconv.Itoa(f.Height), f.Field, f.Name}
		signature := q.Signer.Sign("file", append(fields, string(q.Actor.Person.ID))...)
		out = append(out, kit.KeptFile{Name: f.Name, Size: f.Size, Field: f.Field, Reference: signature + "|" + strings.Join(fields, "|")})
	}
	return out
}

// keptFiles reads those references; one that was not made for the reader is left out.
func (q *Request) keptFiles(references []string) []ticketing.File {
	var out []ticketing.File
	for _, reference := range references {
		fields := strings.SplitN(reference, "|", 8)
		if len(fields) != 8 || !q.Signer.Check(fields[0], "file", append(fields[1:], string(q.Actor.Person.ID))...) {
			continue
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err == nil {
			width, _ := strconv.Atoi(fields[4]) // it was signed: it is a number
			height, _ := strconv.Atoi(fields[5])
			out = append(out, ticketing.File{Hash: fields[1], Size: size, MediaType: fields[3], Width: width, Height: height, Field: fields[6], Name: fields[7]})
		}
	}
	return out
}

// FormKey is the idempotency key of a form: that of the attempt, or a new one.
func FormKey(typed url.Values) string {
	if key := typed.Get("key"); key != "" {
		return key
	}
	return rand.Text()
}

// Named is whom a field names: the candidate chosen, else the text typed. It is never empty, which would
// mean the reader: nobody answers to the name "?".
func Named(typed url.Values, field string) string {
	if chosen := typed.Get(field + "_choice"); chosen != "" {
		return chosen
	}
	if text := strings.TrimSpace(typed.Get(field)); text != "" {
		return text
	}
	return "?"
}

// Several are the names of a field that takes several, parted by commas, semicolons or line ends.
func Several(text string) []guichet.ID {
	var out []guichet.ID
	for name := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",;\n", r) }) {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, guichet.ID(name))
		}
	}
	return out
}

// maxCandidates is how many people a form proposes for a name.
const maxCandidates = 10

// Candidates are the people whom a name may mean; none when the directory does not answer: the form
// comes back without them.
func (q *Request) Candidates(name string) []kit.Option {
	name = strings.TrimSpace(name)
	if name == "" {
		return nil
	}
	found, err := q.Directory.Find(q.R.Context(), q.Actor, name, maxCandidates)
	if err != nil {
		q.Log.WarnContext(q.R.Context(), "no candidates", "error", err)
		return nil
	}
	var out []kit.Option
	for _, p := range found {
		out = append(out, kit.Option{Value: string(p.ID), Label: p.Name, Help: p.Organisation})
	}
	return out
}
