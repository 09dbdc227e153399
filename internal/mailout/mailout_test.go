package mailout_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"guichet"
	"guichet/internal/jobs"
	"guichet/internal/mailout"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// post is a desk whose messages leave by a mail server.
type post struct {
	*testing.T
	ctx    context.Context
	store  *store.Store
	clock  *storetest.Clock
	jobs   *jobs.Runner
	sender *mailout.Sender
	ticket guichet.Ticket
	event  guichet.ID
}

func newPost(t *testing.T, address string) *post {
	t.Helper()
	transport, err := mailout.NewSMTP("smtp://"+address, "Assistance <aide@example.org>")
	if err != nil {
		t.Fatal(err)
	}
	clock := storetest.NewClock()
	s := storetest.Open(t, clock.Now)
	storetest.Fill(t, s)
	p := &post{T: t, ctx: context.Background(), store: s, clock: clock, sender: mailout.New(s, transport)}
	p.jobs = jobs.New(s, slog.New(slog.DiscardHandler), nil, map[string]jobs.Effect{"send": p.sender.Handle})
	desk, rita := ticketing.New(s), storetest.Actor(t, s, storetest.Rita)
	p.ticket, err = desk.Open(p.ctx, rita, ticketing.Open{Service: storetest.Moodle, Kind: guichet.KindIncident, Title: "Cours", Description: "Vide"})
	if err != nil {
		t.Fatal(err)
	}
	view, err := desk.View(p.ctx, rita, p.ticket.Number, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.event = view.Events[0].ID
	return p
}

// put puts a message in the outbox and asks for its sending.
func (p *post) put(recipient, subject string) store.Mail {
	p.Helper()
	m := store.Mail{ID: guichet.NewID(p.clock.Now()), TicketID: p.ticket.ID, EventID: p.event, PersonID: storetest.Rita,
		Recipient: recipient, Subject: subject, Text: "Bonjour à vous,\n\n.\nUne ligne\n", HTML: "<p>Bonjour à vous</p>", CreatedAt: p.clock.Now()}
	m.MessageID = string(m.ID) + "@aide.example.org"
	err := p.store.Write(p.ctx, func(tx *store.Tx) error {
		if err := tx.InsertMail(p.ctx, m); err != nil {
			return err
		}
		return tx.Enqueue(p.ctx, store.Job{Kind: "send", Payload: string(m.ID)})
	})
	if err != nil {
		p.Fatal(err)
	}
	return m
}

// once runs the jobs that are due and returns how many there were.
func (p *post) once() int {
	p.Helper()
	n, err := p.jobs.Once(p.ctx)
	if err != nil {
		p.Fatal(err)
	}
	return n
}

// state is the message as it is now, and the jobs that wait and are dead.
func (p *post) state(id guichet.ID) (m store.Mail, waiting, dead int) {
	p.Helper()
	err := p.store.Read(p.ctx, func(tx *store.Tx) (err error) {
		if m, err = tx.Mail(p.ctx, id); err != nil {
			return err
		}
		all, err := tx.Jobs(p.ctx, false, 100)
		for _, j := range all {
			if j.Kind == "send" {
				waiting++
			}
		}
		if err != nil {
			return err
		}
		_, dead, err = tx.JobCounts(p.ctx)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
	return m, waiting, dead
}

// open reads a message that was received.
func open(t *testing.T, r received) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(r.data))
	if err != nil {
		t.Fatalf("%v in\n%s", err, r.data)
	}
	return m
}

// names lists the headers of a message.
func names(m *mail.Message) []string {
	var out []string
	for name := range m.Header {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

var headers = []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "References",
	"Subject", "To", "X-Auto-Response-Suppress"}

func decoded(t *testing.T, header string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestAMessageOnTheWire(t *testing.T) {
	var server sink
	p := newPost(t, server.listen(t, "127.0.0.1:0"))
	m := p.put("rita@example.org", "[1] Ticket résolu – Cours d’été")
	p.once()
	taken := server.taken()
	if len(taken) != 1 {
		t.Fatalf("%d messages", len(taken))
	}
	same(t, "envelope", [][]string{{taken[0].from}, taken[0].to}, [][]string{{"aide@example.org"}, {"rita@example.org"}})
	got := open(t, taken[0])
	same(t, "headers", names(got), headers)
	same(t, "message id", got.Header.Get("Message-Id"), "<"+m.MessageID+">")
	same(t, "subject", decoded(t, got.Header.Get("Subject")), m.Subject)
	same(t, "automatic", got.Header.Get("Auto-Submitted"), "auto-generated")
	same(t, "date", got.Header.Get("Date"), "Mon, 16 Mar 2026 12:00:00 +0000")
	same(t, "thread", got.Header.Get("References"), "<ticket-"+string(p.ticket.ID)+"@guichet>")
	same(t, "parts", parts(t, got), map[string]string{"text/plain": m.Text, "text/html": m.HTML})
	now, waiting, dead := p.state(m.ID)
	if now.SentAt.IsZero() || now.LastError != "" || waiting != 0 || dead != 0 {
		t.Errorf("sent %v, error %q, %d waiting, %d dead", now.SentAt, now.LastError, waiting, dead)
	}
}

// parts reads the parts of a message by type, as the reader's program does.
func parts(t *testing.T, m *mail.Message) map[string]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("type %q, %v", kind, err)
	}
	out := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		same(t, "encoding", part.Header.Get("Content-Transfer-Encoding"), "quoted-printable")
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(part.Header.Get("Content-Type"), ";")
		out[kind] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
}

// Line breaks in what people write add no header and no recipient, even if they came this far.
func TestNobodyAddsAHeader(t *testing.T) {
	var server sink
	p := newPost(t, server.listen(t, "127.0.0.1:0"))
	for _, evil := range []string{"a\r\nBcc: spy@example.net", "a\nBcc: spy@example.net", "a\rBcc: spy@example.net",
		"a\r\n\r\n<script>alert(1)</script>", "é\r\nBcc: spy@example.net\r\n", "a\x0b\r\n Bcc: spy@example.net",
		strings.Repeat("é", 300) + "\r\nBcc: spy@example.net"} {
		p.put("rita@example.org", evil)
	}
	p.once()
	taken := server.taken()
	if len(taken) != 7 {
		t.Fatalf("%d messages", len(taken))
	}
	for _, r := range taken {
		same(t, "recipients", r.to, []string{"rita@example.org"})
		got := open(t, r)
		same(t, "headers", names(got), headers)
		same(t, "parts", len(parts(t, got)), 2)
		head, _, _ := bytes.Cut(r.data, []byte("\r\n\r\n"))
		if bytes.Contains(head, []byte("\nBcc")) || bytes.Contains(head, []byte("\rBcc")) {
			t.Errorf("headers:\n%q", head)
		}
	}
}

// An address that is none, or several, or carries more than an address, is never handed to the server.
func TestABadAddressIsDeadAtOnce(t *testing.T) {
	var server sink
	p := newPost(t, server.listen(t, "127.0.0.1:0"))
	for i, address := range []string{"", "rita", "a@example.org\r\nBcc: spy@example.net", "a@example.org, spy@example.net",
		"a@example.org>\r\nRCPT TO:<spy@example.net"} {
		m := p.put(address, "Bonjour")
		p.once()
		now, waiting, dead := p.state(m.ID)
		if !now.SentAt.IsZero() || now.LastError == "" || waiting != 0 || dead != i+1 {
			t.Errorf("%q: sent %v, error %q, %d waiting, %d dead", address, now.SentAt, now.LastError, waiting, dead)
		}
	}
	if n := len(server.taken()); n != 0 {
		t.Errorf("%d messages left", n)
	}
}

// While the server is down the message waits longer and longer; when it is back the message leaves,
// once, under the name it always had.
func TestAServerThatWasDown(t *testing.T) {
	var server sink
	address := server.listen(t, "127.0.0.1:0")
	p := newPost(t, address)
	server.answer(nil, "EHLO")
	m := p.put("rita@example.org", "Bonjour")
	for attempt, delay := range []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second} {
		same(t, "due", p.once(), 1)
		same(t, "due again at once", p.once(), 0)
		now, waiting, dead := p.state(m.ID)
		if !now.SentAt.IsZero() || now.LastError == "" || waiting != 1 || dead != 0 {
			t.Fatalf("attempt %d: sent %v, error %q, %d waiting, %d dead", attempt, now.SentAt, now.LastError, waiting, dead)
		}
		p.clock.Add(delay - time.Millisecond)
		same(t, "due too early", p.once(), 0)
		p.clock.Add(time.Millisecond)
	}
	server.answer(nil, "")
	same(t, "due when it is back", p.once(), 1)
	p.clock.Add(24 * time.Hour)
	same(t, "due later", p.once(), 0)
	taken := server.taken()
	if len(taken) != 1 {
		t.Fatalf("%d messages", len(taken))
	}
	same(t, "message id", open(t, taken[0]).Header.Get("Message-Id"), "<"+m.MessageID+">")
	if now, _, _ := p.state(m.ID); !now.SentAt.Equal(p.clock.Now().Add(-24*time.Hour)) || now.LastError != "" {
		t.Errorf("sent %v, error %q", now.SentAt, now.LastError)
	}
}

// Nothing listens at all.
func TestNoServer(t *testing.T) {
	p := newPost(t, "127.0.0.1:1")
	m := p.put("rita@example.org", "Bonjour")
	p.once()
	if now, waiting, dead := p.state(m.ID); now.LastError == "" || waiting != 1 || dead != 0 {
		t.Errorf("error %q, %d waiting, %d dead", now.LastError, waiting, dead)
	}
}

// A message that has left is not sent again by a job that runs again.
func TestAJobThatRunsAgainSendsNothing(t *testing.T) {
	var server sink
	p := newPost(t, server.listen(t, "127.0.0.1:0"))
	m := p.put("rita@example.org", "Bonjour")
	p.once()
	for range 2 {
		if err := p.sender.Handle(p.ctx, store.Job{Payload: string(m.ID)}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(server.taken()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

// What the server answers to a recipient decides: for good, or for now.
func TestARefusedRecipient(t *testing.T) {
	for name, c := range map[string]struct {
		refuse        error
		hangUp        string
		waiting, dead int
	}{
		"unknown for good":    {&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}, "", 0, 1},
		"full for now":        {&smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "Mailbox full"}, "", 1, 0},
		"greylisted":          {&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Try again"}, "", 1, 0},
		"the connection fell": {nil, "RCPT", 1, 0},
	} {
		var server sink
		p := newPost(t, server.listen(t, "127.0.0.1:0"))
		server.answer(c.refuse, c.hangUp)
		m := p.put("rita@example.org", "Bonjour")
		p.once()
		now, waiting, dead := p.state(m.ID)
		if waiting != c.waiting || dead != c.dead || !now.SentAt.IsZero() || now.LastError == "" || len(server.taken()) != 0 {
			t.Errorf("%s: %d waiting, %d dead, sent %v, error %q", name, waiting, dead, now.SentAt, now.LastError)
		}
	}
}

// A connection that falls after the message was taken does not send it twice.
func TestAMessageThatWasTakenIsNotSentAgain(t *testing.T) {
	for _, at := range []string{"RSET", "QUIT"} {
		var server sink
		p := newPost(t, server.listen(t, "127.0.0.1:0"))
		server.answer(nil, at)
		m := p.put("rita@example.org", "Bonjour")
		p.once()
		p.clock.Add(time.Hour)
		p.once()
		now, waiting, dead := p.state(m.ID)
		if n := len(server.taken()); n != 1 || now.SentAt.IsZero() || waiting != 0 || dead != 0 {
			t.Errorf("%s: taken %d times, sent %v, %d waiting, %d dead", at, n, now.SentAt, waiting, dead)
		}
	}
}

func TestAddressesOfServers(t *testing.T) {
	for address, good := range map[string]bool{
		"smtp://mx.example.org": true, "smtp://mx.example.org:2525": true, "smtps://u:p%40ss@mx.example.org:465": true,
		"": false, "mx.example.org:25": false, "http://mx.example.org": false, "smtp://": false, "smtp://a b": false,
	} {
		if _, err := mailout.NewSMTP(address, "aide@example.org"); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// The development mailbox takes everything; the outbox lists it, newest first.
func TestTheDevelopmentMailbox(t *testing.T) {
	p := newPost(t, "127.0.0.1:1")
	p.jobs = jobs.New(p.store, slog.New(slog.DiscardHandler), nil,
		map[string]jobs.Effect{"send": mailout.New(p.store, mailout.Mailbox{}).Handle})
	first := p.put("rita@example.org", "Un")
	p.clock.Add(time.Second)
	second := p.put("ben@example.org", "Deux")
	p.once()
	outbox := mailout.NewOutbox(p.store)
	for recipient, want := range map[string][]guichet.ID{"": {second.ID, first.ID}, "rita@example.org": {first.ID}, "x@example.org": nil} {
		list, next, err := outbox.List(p.ctx, recipient, mailout.Place{})
		if next != (mailout.Place{}) {
			t.Error("a page that is not full has another after it")
		}
		if err != nil {
			t.Fatal(err)
		}
		var got []guichet.ID
		for _, m := range list {
			got = append(got, m.ID)
		}
		same(t, "to "+recipient, got, want)
	}
	got, err := outbox.Get(p.ctx, first.ID)
	if err != nil || got.SentAt.IsZero() || got.HTML != first.HTML {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := outbox.Get(p.ctx, "nothing"); guichet.KindOf(err) != guichet.KindNotFound {
		t.Errorf("error %v", err)
	}
}

// A long outbox is read page after page, each message once.
func TestTheOutboxIsPaged(t *testing.T) {
	p := newPost(t, "127.0.0.1:1")
	const sent = 120
	for range sent {
		p.put("rita@example.org", "Un")
	}
	outbox, seen, after := mailout.NewOutbox(p.store), map[guichet.ID]bool{}, mailout.Place{}
	for pages := 1; ; pages++ {
		list, next, err := outbox.List(p.ctx, "rita@example.org", after)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			seen[m.ID] = true
		}
		if after = next; after == (mailout.Place{}) {
			if pages != 3 || len(seen) != sent {
				t.Errorf("%d messages on %d pages", len(seen), pages)
			}
			return
		}
	}
}
