// Package streaming is what open pages hear: one stream of events per browser, and who is on a ticket.
package streaming

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/httpx"
	"guichet/internal/live"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// Routes are the stream and the word of presence.
func Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /live", Access: site.Public, Handle: stream},
		{Pattern: "POST /desk/tickets/{number}/presence", Handle: site.Only(site.IsAgent, presence)},
	}
}

// Times of a stream. Retries are spread, so that those whom a node loses do not come back together.
const (
	beat     = 25 * time.Second // proxies close what is silent for a minute
	patience = 20 * time.Second // for a reader that does not read
	minRetry = 1500 * time.Millisecond
	maxRetry = 5 * time.Second
	maxDrain = 15 * time.Second
)

// wire writes the messages of a stream.
type wire struct {
	*site.Request
	control *http.ResponseController
}

// stream tells a browser what happens until its session ends, the reader leaves or the server stops. To
// those without a session it says so: browsers ask again for ever when they are refused.
func stream(q *site.Request) error {
	w := wire{q, http.NewResponseController(q.W)}
	if q.Live == nil || q.Actor.Person.ID == "" {
		w.begin(maxDrain)
		return w.farewell()
	}
	s, err := q.Live.Open(q.R.Context(), q.SessionKey(), since(q), q.WatchSession)
	if err != nil {
		return err
	}
	defer q.Live.Close(s)
	w.begin(minRetry + rand.N(maxRetry-minRetry)) //nolint:gosec // spreads what comes back, hides nothing
	return w.serve(s)
}

func (w wire) begin(retry time.Duration) {
	h := w.W.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // proxies that gather answers
	w.W.WriteHeader(http.StatusOK)
	_ = w.write(retryLine(retry))
}

// farewell says that the session has ended, for good.
func (w wire) farewell() error {
	data, err := json.Marshal(body{Say: w.P.T("live.ended")})
	if err != nil {
		return err
	}
	return w.write("event: end\ndata: " + string(data) + "\n\n")
}

func retryLine(d time.Duration) string { return fmt.Sprintf("retry: %d\n\n", d.Milliseconds()) }

func (w wire) serve(s *live.Stream) error {
	pulse := time.NewTicker(beat)
	defer pulse.Stop()
	ending := time.NewTimer(time.Until(s.Ends()))
	defer ending.Stop()
	for {
		var err error
		select {
		case <-w.R.Context().Done():
			return nil
		case <-httpx.Draining(w.R.Context()):
			return gone(w.write(retryLine(minRetry + rand.N(maxDrain-minRetry)))) //nolint:gosec // spreads what comes back, hides nothing
		case <-s.Done():
			return gone(w.last(s))
		case <-pulse.C:
			err = w.write(":\n\n")
		case <-ending.C:
			w.Live.Look(s)
			ending.Reset(max(time.Until(s.Ends()), beat))
		case m := <-s.Messages():
			err = w.send(s, m)
		}
		if err != nil {
			return gone(err)
		}
	}
}

// gone forgets that the reader left: nobody is there to be told.
func gone(err error) error {
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	return nil
}

func (w wire) last(s *live.Stream) error {
	if s.Over() {
		return w.farewell()
	}
	return w.write(retryLine(minRetry + rand.N(maxDrain-minRetry))) //nolint:gosec // spreads what comes back, hides nothing
}

// send writes a message; nothing of before the end of a session is written after it.
func (w wire) send(s *live.Stream, m live.Message) error {
	select {
	case <-s.Done():
		return nil // the next turn ends the stream
	default:
	}
	if err := w.tell(m); err != nil || !s.Missed() {
		return err
	}
	return w.tell(live.Message{Kind: live.Resync, At: m.At})
}

func (w wire) tell(m live.Message) error {
	data, err := json.Marshal(bodyOf(w.Request, m))
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("id: " + strconv.FormatInt(m.At.UnixMicro(), 10) + "\nevent: " + string(m.Kind) + "\ndata: ")
	b.Write(data)
	b.WriteString("\n\n")
	return w.write(b.String())
}

func (w wire) write(text string) error {
	_ = w.control.SetWriteDeadline(time.Now().Add(patience))
	if _, err := w.W.Write([]byte(text)); err != nil {
		return err
	}
	if err := w.control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// since is from when the reader wants to be told again: what the page or the stream before it knew.
func since(q *site.Request) time.Time {
	text := q.R.Header.Get("Last-Event-ID")
	if text == "" {
		text = q.R.URL.Query().Get("since")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(n)
}

// body is a message as the browser reads it.
type body struct {
	Say     string   `json:"say,omitempty"`
	Number  int64    `json:"number,omitempty"`
	Version int64    `json:"version,omitempty"`
	Events  []said   `json:"events,omitempty"`
	People  []person `json:"people,omitempty"`
	At      int64    `json:"id,omitempty"` // of an answer; a message of the stream has its own
}

type said struct {
	Kind guichet.EventKind `json:"kind"`
	Mine bool              `json:"mine,omitempty"`
	Say  string            `json:"say,omitempty"`
}

type person struct {
	Name     string `json:"name"`
	Initials string `json:"initials"`
	Hue      string `json:"hue"`
	Writing  bool   `json:"writing,omitempty"`
	Say      string `json:"say"`
}

func bodyOf(q *site.Request, m live.Message) body {
	b := body{Number: m.Number, Version: m.Version}
	for _, e := range m.Events {
		b.Events = append(b.Events, said{e.Kind, e.Mine, sentence(q, e)})
	}
	if m.Kind == live.Gone {
		b.Say = q.P.T("live.gone", "Number", q.P.Ticket(m.Number))
	}
	b.People = peopleOf(q, m.People)
	return b
}

func peopleOf(q *site.Request, present []live.Present) []person {
	var out []person
	for _, p := range present {
		out = append(out, person{p.Name, kit.Initials(p.Name), kit.Hue(p.Name), p.Writing, presenceSentence(q, p)})
	}
	return out
}

// sentence says what somebody did, for those who cannot see the page move.
func sentence(q *site.Request, e live.Happened) string {
	key := "live.said." + string(e.Kind)
	if e.Mine || e.Who == "" || !q.P.Has(key) {
		return ""
	}
	return q.P.T(key, "Name", e.Who)
}

func presenceSentence(q *site.Request, p live.Present) string {
	if p.Writing {
		return q.P.T("live.writes", "Name", p.Name)
	}
	return q.P.T("live.views", "Name", p.Name)
}

// presence takes a page's word that its reader is on a ticket, writes or leaves, and answers who else is there:
// those who came before its stream was open are told to it by nobody else.
func presence(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	b := body{Number: n, At: q.Now().UnixMicro()}
	if q.Live != nil {
		if err := q.Live.Be(q.R.Context(), q.Actor, n, live.State(form.Get("state")), form.Get("page")); err != nil {
			return err
		}
		present, err := q.Live.Who(q.R.Context(), q.Actor, n)
		if err != nil {
			return err
		}
		b.People = peopleOf(q, present[n])
	}
	return q.JSON(b)
}
