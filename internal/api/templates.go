package api

import (
	"context"
	"net/http"

	"guichet"
)

// TemplateText is a template that serves a ticket, with its text as it would be sent.
type TemplateText struct {
	ID   guichet.ID           `json:"id"`
	Kind guichet.TemplateKind `json:"kind" enum:"reply,solution,checklist"`
	Name string               `json:"name"`
	Text string               `json:"text,omitempty"`
}

// TemplateTexts are the templates that serve a ticket.
type TemplateTexts struct {
	Templates []TemplateText `json:"templates" nullable:"false"`
}

type templatesInput struct {
	Number int64 `path:"number" minimum:"1"`
}

type templatesOutput struct{ Body TemplateTexts }

func (f *face) templateRoutes() {
	register(f, route{id: "templates", method: http.MethodGet, path: "/tickets/{number}/templates", tag: "exchange",
		errors: []int{http.StatusForbidden, http.StatusNotFound}}, f.templates)
}

func (f *face) templates(ctx context.Context, actor guichet.Actor, in *templatesInput) (*templatesOutput, error) {
	prepared, err := f.Desk.PrepareAll(ctx, actor, in.Number, f.BaseURL)
	if err != nil {
		return nil, err
	}
	out := TemplateTexts{Templates: []TemplateText{}}
	for _, p := range prepared {
		out.Templates = append(out.Templates, TemplateText{ID: p.Template.ID, Kind: p.Template.Kind, Name: p.Template.Name, Text: p.Text})
	}
	return &templatesOutput{out}, nil
}
