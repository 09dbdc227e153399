// Package drafts is how the scripts of a page keep what is typed and not sent yet: JSON in, JSON out. Pages
// work without it.
package drafts

import (
	"encoding/json"
	"net/http"

	"guichet"
	"guichet/internal/drafting"
	"guichet/internal/httpx"
	"guichet/internal/web/site"
)

// Routes are the acts by which scripts keep what is typed.
func Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /drafts", Handle: read},
		{Pattern: "POST /drafts", Handle: save},
		{Pattern: "POST /drafts/{act}", Handle: act},
		{Pattern: "POST /files", Handle: upload},
	}
}

// maxBody leaves room around the largest text for its place and its quotes.
const maxBody = 2*guichet.MaxUnsent + 4096

// asked is what a script sends.
type asked struct {
	Place string          `json:"place"`
	Seen  int64           `json:"seen"`
	Body  json.RawMessage `json:"body"`
}

// answer is what a script is told, in words of the reader.
type answer struct {
	Version int64           `json:"version"`
	Body    json.RawMessage `json:"body"`
	Said    string          `json:"said"`  // that it is kept, since when
	Older   string          `json:"older"` // that another text was typed elsewhere
}

func read(q *site.Request) error {
	p, err := q.Drafts.Read(q.R.Context(), q.Actor, q.R.URL.Query().Get("place"))
	return reply(q, p, err)
}

func save(q *site.Request) error {
	in, err := decode(q)
	if err != nil {
		return err
	}
	p, err := q.Drafts.Save(q.R.Context(), q.Actor, drafting.Save{Place: in.Place, Body: string(in.Body), Seen: in.Seen})
	return reply(q, p, err)
}

// act takes up the text that was typed elsewhere, or gives one of the two up.
func act(q *site.Request) error {
	do := map[string]func(in asked) (guichet.UnsentPair, error){
		"take":   func(in asked) (guichet.UnsentPair, error) { return q.Drafts.Swap(q.R.Context(), q.Actor, in.Place) },
		"forget": func(in asked) (guichet.UnsentPair, error) { return q.Drafts.Forget(q.R.Context(), q.Actor, in.Place) },
		"older": func(in asked) (guichet.UnsentPair, error) {
			return q.Drafts.ForgetOlder(q.R.Context(), q.Actor, in.Place)
		},
	}[q.R.PathValue("act")]
	if do == nil {
		return site.Missing(q)
	}
	in, err := decode(q)
	if err != nil {
		return err
	}
	p, err := do(in)
	return reply(q, p, err)
}

func decode(q *site.Request) (in asked, err error) {
	q.R.Body = http.MaxBytesReader(q.W, q.R.Body, maxBody)
	if err := httpx.BodyError(json.NewDecoder(q.R.Body).Decode(&in)); err != nil {
		if guichet.KindOf(err) == guichet.KindTooLarge {
			return in, err
		}
		return in, guichet.Invalid("body", "unsent.unreadable")
	}
	return in, nil
}

func reply(q *site.Request, p guichet.UnsentPair, err error) error {
	if err != nil {
		return err
	}
	said := q.DraftOf(p)
	out := answer{Version: said.Seen, Body: json.RawMessage("null"), Said: said.Said, Older: said.Older}
	if p.Present.Version > 0 {
		out.Body = json.RawMessage(p.Present.Body)
	}
	return q.JSON(out)
}

// received is a file that was sent ahead of its form.
type received struct {
	Name      string `json:"name"`
	Size      string `json:"size"`
	Reference string `json:"reference"`
}

// upload keeps the files of a form ahead of it, so that their sending shows its progress and may be stopped:
// the form then gives back their references.
func upload(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	out := []received{}
	for _, f := range q.KeepFiles(form.Files) {
		out = append(out, received{Name: f.Name, Size: q.P.Size(f.Size), Reference: f.Reference})
	}
	return q.JSON(out)
}
