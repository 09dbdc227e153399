package guichet

import (
	"strings"
	"testing"
	"time"
)

func TestUnsentIsChecked(t *testing.T) {
	for _, c := range []struct {
		place, body string
		want        string
	}{
		{"ticket:12", `{"reply.text":["Bonjour"]}`, ""},
		{"form:moodle-incident", `{}`, ""},
		{"new", `{}`, ""},
		{"", `{}`, "invalid"},
		{"ticket:1 2", `{}`, "invalid"},
		{"Ticket:12", `{}`, "invalid"},
		{"ticket:" + strings.Repeat("1", 61), `{}`, "invalid"},
		{"ticket:12", `[]`, "invalid"},
		{"ticket:12", `null`, "invalid"},
		{"ticket:12", `{`, "invalid"},
		{"ticket:12", `{"a":"` + strings.Repeat("x", MaxUnsent) + `"}`, "unsent.too_large"},
	} {
		err := Unsent{Place: c.place, Body: c.body}.Check()
		if got := CodeOf(err); err == nil && c.want != "" || err != nil && got != c.want {
			t.Errorf("%s %.30s: %v, want %q", c.place, c.body, err, c.want)
		}
	}
}

func TestUnsentAtTwoPlacesKeepsBoth(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	text := func(body string) Unsent { return Unsent{Place: "ticket:1", Body: body, SavedAt: at} }
	p, ok := UnsentPair{}.Save(text(`{"a":"desk"}`), 0)
	if !ok || p.Present.Version == 0 {
		t.Fatalf("the first text is not kept: %+v", p)
	}
	first := p.Present.Version
	p, _ = p.Save(text(`{"a":"desk and more"}`), first)
	if p.Older.Version != 0 {
		t.Errorf("going on typing leaves an older text: %+v", p.Older)
	}
	p, _ = p.Save(text(`{"a":"phone"}`), first)
	if p.Present.Body != `{"a":"phone"}` || p.Older.Body != `{"a":"desk and more"}` {
		t.Errorf("both are not kept: %+v", p)
	}
	versions := p.Present.Version
	p = p.Swap(at)
	if p.Present.Body != `{"a":"desk and more"}` || p.Older.Body != `{"a":"phone"}` || p.Present.Version <= versions {
		t.Errorf("the older one is not taken up: %+v", p)
	}
	if same, _ := p.Save(text(p.Present.Body), 0); same.Older != p.Older {
		t.Errorf("the same text is no conflict: %+v", same)
	}
}

func TestSavingLateBringsNothingBack(t *testing.T) {
	if p, ok := (UnsentPair{}).Save(Unsent{Body: `{"a":"sent"}`}, 12); ok || p.Present.Version != 0 {
		t.Errorf("what was sent came back: %+v", p)
	}
}
