package api

import (
	"context"
	"net/http"
	"time"

	"guichet"
)

func (f *face) announcementRoutes() {
	register(f, route{id: "announcements", method: http.MethodGet, path: "/announcements", tag: "catalogue"}, f.announcements)
}

// Announcement is information published to an audience that the caller belongs to.
type Announcement struct {
	ID        guichet.ID               `json:"id"`
	Kind      guichet.AnnouncementKind `json:"kind"`
	Title     string                   `json:"title"`
	Body      string                   `json:"body,omitempty"`
	Service   *Ref                     `json:"service,omitempty"`
	From      time.Time                `json:"shown_from"`
	Until     time.Time                `json:"shown_until,omitzero"`
	NextAt    time.Time                `json:"next_news_at,omitzero"`
	UpdatedAt time.Time                `json:"updated_at"`
}

// Announcements are those that are shown now, the most pressing first.
type Announcements struct {
	Announcements []Announcement `json:"announcements" nullable:"false"`
}

type announcementsInput struct {
	Service guichet.ID `query:"service" maxLength:"60"`
}

type announcementsOutput struct{ Body Announcements }

func (f *face) announcements(ctx context.Context, actor guichet.Actor, in *announcementsInput) (*announcementsOutput, error) {
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return nil, err
	}
	list, err := f.Announcing.Live(ctx, actor, in.Service)
	out := Announcements{Announcements: []Announcement{}}
	for _, a := range list {
		x := Announcement{ID: a.ID, Kind: a.Kind, Title: a.Title, Body: a.Body, From: a.From, Until: a.Until, NextAt: a.NextAt, UpdatedAt: a.UpdatedAt}
		if a.ServiceID != "" {
			x.Service = &Ref{ID: a.ServiceID, Name: desk.ServiceName(a.ServiceID)}
		}
		out.Announcements = append(out.Announcements, x)
	}
	return &announcementsOutput{out}, err
}
