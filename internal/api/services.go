package api

import (
	"context"
	"net/http"

	"guichet"
)

// Service is a node of the catalogue, with what can be asked of it and the services below.
type Service struct {
	ID          guichet.ID `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	Icon        string     `json:"icon,omitempty"`
	Offerings   []Offering `json:"offerings,omitempty" nullable:"false"`
	Services    []Service  `json:"services,omitempty" nullable:"false"`
}

// Offering is what can be asked of a service, with the fields of its form.
type Offering struct {
	ID          guichet.ID      `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Kind        guichet.Kind    `json:"kind,omitempty"`
	Approval    bool            `json:"approval"`
	Fields      []guichet.Field `json:"fields,omitempty" nullable:"false"`
}

type servicesOutput struct{ Body Catalogue }

// Catalogue is the tree of the services that the caller may ask something of.
type Catalogue struct {
	Services []Service `json:"services" nullable:"false"`
}

func (f *face) serviceRoutes() {
	register(f, route{id: "services", method: http.MethodGet, path: "/services", tag: "catalogue"}, f.services)
}

func (f *face) services(ctx context.Context, actor guichet.Actor, _ *struct{}) (*servicesOutput, error) {
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return nil, err
	}
	return &servicesOutput{Catalogue{f.branch(desk, "", actor.Person)}}, nil
}

// branch lists the services below a parent, each with its own branch.
func (f *face) branch(desk *guichet.Desk, parent guichet.ID, p guichet.Person) []Service {
	list := []Service{}
	for _, s := range desk.Children(parent, p, f.Now()) {
		list = append(list, Service{ID: s.ID, Name: s.Name, Description: s.Description, Icon: s.Icon,
			Offerings: offerings(desk, s.ID), Services: f.branch(desk, s.ID, p)})
	}
	return list
}

func offerings(desk *guichet.Desk, service guichet.ID) []Offering {
	var list []Offering
	for _, o := range desk.OfferingsOf(service) {
		list = append(list, Offering{ID: o.ID, Name: o.Name, Description: o.Description, Kind: o.Kind,
			Approval: len(o.Approval) > 0, Fields: o.Form.Fields})
	}
	return list
}
