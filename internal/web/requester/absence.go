package requester

import (
	"net/http"
	"net/url"
	"strings"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// absenceData is the calendar of somebody, with what was typed of a new absence.
type absenceData struct {
	Calendar directory.Calendar
	Mine     bool
	Typed    directory.Away
	Errors   kit.Errors
	Sought   string // whose calendar a keeper of the directory looks for
}

// absences shows when the reader is away, or somebody whose directory he or she keeps.
func absences(q *site.Request) error {
	query := q.R.URL.Query()
	person := guichet.ID(query.Get("person"))
	if text := strings.TrimSpace(query.Get("who")); text != "" {
		found, err := q.Directory.PersonCalled(q.R.Context(), q.Actor, text)
		if errs := q.FieldErrors(err); errs != nil {
			return showAbsences(q, http.StatusUnprocessableEntity, absenceData{Sought: text, Errors: kit.Errors{"who": errs["person"]}})
		}
		if err != nil {
			return err
		}
		person = found
	}
	return showAbsences(q, http.StatusOK, absenceData{Typed: directory.Away{Person: person}})
}

func showAbsences(q *site.Request, status int, d absenceData) (err error) {
	if d.Calendar, err = q.Directory.Absences(q.R.Context(), q.Actor, d.Typed.Person); err != nil {
		return err
	}
	d.Mine = d.Calendar.Person.ID == q.Actor.Person.ID
	return q.Render(status, absencesView(q.Page(q.P.T("absence.title"), "profile"), d))
}

func declareAbsence(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	in := directory.Away{Person: guichet.ID(form.Get("person")), First: form.Get("from"), Last: form.Get("to"),
		Deputy: form.Get("deputy"), Note: form.Get("note")}
	_, err = q.Directory.DeclareAbsence(q.R.Context(), q.Actor, in)
	if errs := q.FieldErrors(err); errs != nil {
		return showAbsences(q, http.StatusUnprocessableEntity, absenceData{Typed: in, Errors: errs})
	}
	if err != nil {
		return err
	}
	return q.Redirect(absencesURL(q, in.Person), q.P.T("absence.saved"))
}

func endAbsence(q *site.Request) error {
	a, err := q.Directory.EndAbsence(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	return q.Redirect(absencesURL(q, a.PersonID), q.P.T("absence.ended"))
}

func absencesURL(q *site.Request, person guichet.ID) string {
	if person == "" || person == q.Actor.Person.ID {
		return "/profile/absences"
	}
	return "/profile/absences?person=" + url.QueryEscape(string(person))
}
