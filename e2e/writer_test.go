package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// writer writes over the API for as long as it is let, and never gives up on a request: what was not
// acknowledged is sent again, with the same key.
type writer struct {
	name   string
	url    string
	tokens map[string]string
	ledger *ledger
	random *rand.Rand
	lives  int
	again  int // requests sent more than once
}

// run leads tickets through their life until done is closed; the last one to its end.
func (w *writer) run(ctx context.Context, done <-chan struct{}) error {
	for {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		if err := w.life(ctx, fmt.Sprintf("%s-%d", w.name, w.lives)); err != nil {
			return err
		}
		w.lives++
	}
}

// life is a ticket from its opening to its solution. Its title is its own.
func (w *writer) life(ctx context.Context, title string) error {
	number, err := w.create(ctx, title)
	if err != nil {
		return err
	}
	if err := w.follow(ctx, number, title); err != nil {
		return err
	}
	if err := w.upload(ctx, number, title); err != nil {
		return err
	}
	if err := w.act(ctx, number, "claim"); err != nil {
		return err
	}
	return w.act(ctx, number, "resolve", "service=moodle", "solution=Résolu.")
}

func (w *writer) create(ctx context.Context, title string) (string, error) {
	body, err := document([]string{"offering=moodle-demande", "title=" + title, "description=Texte"})
	if err != nil {
		return "", err
	}
	o := order{login: "claire", path: "/tickets", body: body, key: "create-" + title}
	a, err := w.insist(ctx, o)
	if err != nil {
		return "", err
	}
	number, _ := a.at("number")
	if err := w.ledger.write(entry{Kind: "ticket", Number: number, Title: title}); err != nil {
		return "", err
	}
	return number, w.repeat(ctx, o, "number", number)
}

func (w *writer) follow(ctx context.Context, number, title string) error {
	body, err := document([]string{"text=Un mot de plus."})
	if err != nil {
		return err
	}
	o := order{login: "claire", path: "/tickets/" + number + "/follow-ups", body: body, key: "follow-" + title}
	a, err := w.insist(ctx, o)
	if err != nil {
		return err
	}
	event, _ := a.at("event.id")
	if err := w.ledger.write(entry{Kind: "follow-up", Number: number, Event: event}); err != nil {
		return err
	}
	return w.repeat(ctx, o, "event.id", event)
}

func (w *writer) upload(ctx context.Context, number, title string) error {
	content := make([]byte, 1000+w.random.IntN(60_000))
	for i := range content {
		content[i] = byte(w.random.Uint32())
	}
	body, media, err := envelope("fichier.bin", content, nil)
	if err != nil {
		return err
	}
	o := order{login: "claire", path: "/tickets/" + number + "/documents", body: body.Bytes(), media: media, key: "upload-" + title}
	a, err := w.insist(ctx, o)
	if err != nil {
		return err
	}
	event, _ := a.at("event.id")
	sum := sha256.Sum256(content)
	return w.ledger.write(entry{Kind: "document", Number: number, Event: event, Hash: hex.EncodeToString(sum[:])})
}

func (w *writer) act(ctx context.Context, number, action string, pairs ...string) error {
	body, err := document(pairs)
	if err != nil {
		return err
	}
	_, err = w.insist(ctx, order{login: "karim", path: "/tickets/" + number + "/actions/" + action, body: body})
	if err != nil {
		return err
	}
	return w.ledger.write(entry{Kind: action, Number: number})
}

// order is a request that will be made until it is answered.
type order struct {
	login string
	path  string
	body  []byte
	media string
	key   string // without one, a conflict after a lost answer means that it was done
}

// repeat sends, now and then, what was acknowledged already: the answer must be the same.
func (w *writer) repeat(ctx context.Context, o order, path, want string) error {
	if w.random.IntN(10) > 0 {
		return nil
	}
	a, err := w.insist(ctx, o)
	if err != nil {
		return err
	}
	if got, _ := a.at(path); got != want {
		return fmt.Errorf("%s again: %s, first %s", o.key, got, want)
	}
	return nil
}

// insist sends an order until it is acknowledged. No answer and 503 are the only reasons to try again.
func (w *writer) insist(ctx context.Context, o order) (answer, error) {
	for try := 1; ; try++ {
		a, err := w.send(ctx, o)
		switch {
		case err == nil && a.status/100 == 2:
			return a, nil
		case err == nil && a.status == http.StatusConflict && o.key == "" && try > 1:
			return a, nil
		case err == nil && a.status != http.StatusServiceUnavailable:
			return a, fmt.Errorf("%s %s: %d %s", o.path, o.key, a.status, a.body)
		}
		w.again++
		select {
		case <-ctx.Done():
			return a, fmt.Errorf("%s: no answer any more: %w (%w)", o.path, ctx.Err(), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (w *writer) send(ctx context.Context, o order) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+"/api/v1"+o.path, bytes.NewReader(o.body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Authorization", "Bearer "+w.tokens[o.login])
	request.Header.Set("Content-Type", "application/json")
	if o.media != "" {
		request.Header.Set("Content-Type", o.media)
	}
	if o.key != "" {
		request.Header.Set("Idempotency-Key", o.key)
	}
	return send(request)
}
