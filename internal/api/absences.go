package api

import (
	"context"
	"net/http"
	"time"

	"guichet"
	"guichet/internal/directory"
)

func (f *face) absenceRoutes() {
	register(f, route{id: "absences", method: http.MethodGet, path: "/absences", tag: "directory", errors: findErrors}, f.absences)
	register(f, route{id: "declare_absence", method: http.MethodPost, path: "/absences", tag: "directory", status: http.StatusCreated, errors: writeErrors}, f.declareAbsence)
	register(f, route{id: "end_absence", method: http.MethodPost, path: "/absences/{id}/end", tag: "directory", status: http.StatusNoContent, errors: writeErrors}, f.endAbsence)
}

// Absence is a time during which somebody is away. The days are those of the person's time zone.
type Absence struct {
	ID     guichet.ID `json:"id"`
	Person *Ref       `json:"person"`
	Deputy *Ref       `json:"deputy,omitempty"`
	First  string     `json:"first" format:"date"`
	Last   string     `json:"last" format:"date"`
	Note   string     `json:"note,omitempty"`
}

// AbsenceList is when a person is away, and when he or she answers for others.
type AbsenceList struct {
	Away []Absence `json:"absences" nullable:"false"`
	For  []Absence `json:"deputising" nullable:"false"`
}

type absencesInput struct {
	Person guichet.ID `query:"person"`
}

type absencesOutput struct{ Body AbsenceList }

func (f *face) absences(ctx context.Context, actor guichet.Actor, in *absencesInput) (*absencesOutput, error) {
	c, err := f.Directory.Absences(ctx, actor, in.Person)
	return &absencesOutput{AbsenceList{leaves(c.Away), leaves(c.For)}}, err
}

func leaves(list []directory.Leave) []Absence {
	out := make([]Absence, len(list))
	for i, l := range list {
		out[i] = Absence{ID: l.ID, Person: ref(l.PersonID, l.Person), Deputy: ref(l.DeputyID, l.Deputy),
			First: l.First.Format(time.DateOnly), Last: l.Last.Format(time.DateOnly), Note: l.Note}
	}
	return out
}

// NewAbsence is an absence to declare: one's own, or that of somebody whose record the caller keeps.
type NewAbsence struct {
	Person guichet.ID `json:"person,omitempty"`
	First  string     `json:"first"`
	Last   string     `json:"last"`
	Deputy string     `json:"deputy,omitempty"`
	Note   string     `json:"note,omitempty"`
}

type newAbsenceInput struct{ Body NewAbsence }

type absenceOutput struct{ Body Absence }

func (f *face) declareAbsence(ctx context.Context, actor guichet.Actor, in *newAbsenceInput) (*absenceOutput, error) {
	a, err := f.Directory.DeclareAbsence(ctx, actor, directory.Away(in.Body))
	if err != nil {
		return nil, err
	}
	c, err := f.Directory.Absences(ctx, actor, a.PersonID)
	for _, l := range leaves(c.Away) {
		if l.ID == a.ID {
			return &absenceOutput{l}, err
		}
	}
	return &absenceOutput{Absence{ID: a.ID}}, err
}

func (f *face) endAbsence(ctx context.Context, actor guichet.Actor, in *idInput) (*struct{}, error) {
	_, err := f.Directory.EndAbsence(ctx, actor, in.ID)
	return nil, err
}
