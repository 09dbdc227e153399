package admin

import (
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// whyForm is a question as it is asked.
type whyForm struct {
	Person       guichet.ID
	Name         string
	Number       string
	Organisation guichet.ID
	Service      guichet.ID
	Asked        bool
	Errors       kit.Errors
}

// why answers why a person may see or do something, or not: about a ticket, or about what would be opened.
func why(q *site.Request) error {
	v := q.R.URL.Query()
	f := whyForm{Person: pathID(q), Number: strings.TrimSpace(v.Get("ticket")), Organisation: guichet.ID(v.Get("organisation")),
		Service: guichet.ID(v.Get("service")), Asked: v.Has("ticket") || v.Has("service")}
	ask := directory.Ask{Person: f.Person, Organisation: f.Organisation, Service: f.Service}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, f.Number)
	if f.Number != "" {
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < 1 {
			f.Errors = kit.Errors{"ticket": q.P.Error("ticket.not_found", nil)}
		}
		ask.Number = n
	}
	a, err := q.Directory.Why(q.R.Context(), q.Actor, ask)
	if guichet.CodeOf(err) == "ticket.not_found" {
		f.Errors = kit.Errors{"ticket": q.Message(err)}
		a, err = q.Directory.Why(q.R.Context(), q.Actor, directory.Ask{Person: f.Person})
	}
	if errs := q.FieldErrors(err); errs != nil {
		f.Errors = errs
		a, err = q.Directory.Why(q.R.Context(), q.Actor, directory.Ask{Person: f.Person})
	}
	if err != nil {
		return err
	}
	status := ok
	if f.Errors != nil {
		status, f.Asked = invalid, false
	}
	f.Name = a.Person.Name()
	return q.Render(status, whyView(q, page(q, q.P.T("why.title", "Name", f.Name), "people"), f, a))
}

// whyTicket chooses the person to ask about, for a ticket that is being looked at.
func whyTicket(q *site.Request) error {
	v := q.R.URL.Query()
	text, number := strings.TrimSpace(v.Get("q")), strings.TrimSpace(v.Get("ticket"))
	var found []directory.Found
	if text != "" {
		var err error
		found, err = q.Directory.Find(q.R.Context(), q.Actor, text, 20)
		if err != nil && guichet.KindOf(err) != guichet.KindInvalid {
			return err
		}
	}
	return q.Render(ok, whyChooseView(q, page(q, q.P.T("why.choose"), "people"), text, number, found))
}

func whyURL(person guichet.ID, number string) string {
	out := personURL(person) + "/why"
	if number != "" {
		out += "?ticket=" + number
	}
	return out
}

// grantWords says a grant: the role, through which team, how far.
func grantWords(q *site.Request, g guichet.Grant) string {
	where := directory.Where(q.Config, g.Area())
	if where == "" {
		where = q.P.T("admin.scope.all")
	}
	role := q.Config.Roles[g.RoleID].Name
	if g.TeamID != "" {
		return q.P.T("why.grant.team", "Role", role, "Where", where, "Team", q.Config.Teams[g.TeamID].Name)
	}
	return q.P.T("why.grant", "Role", role, "Where", where)
}

// because says what gives a right.
func because(q *site.Request, t guichet.Ticket, r guichet.Reason) string {
	switch r.Kind {
	case guichet.ReasonGrant:
		return grantWords(q, r.Grant)
	case guichet.ReasonParty:
		return q.P.T("why.party." + string(r.Party))
	case guichet.ReasonTeam:
		return q.P.T("why.team", "Team", q.Config.Teams[t.TeamID].Name, "Grant", grantWords(q, r.Grant))
	case guichet.ReasonRelation:
		return q.P.T("why.relation." + string(r.Relation))
	}
	return q.P.T("why.system")
}

// lacks says what is missing for a right.
func lacks(q *site.Request, t guichet.Ticket, l guichet.Lack) string {
	switch l.Kind {
	case guichet.LackPermission:
		return q.P.T("why.lack.permission", "Permission", q.P.T("admin.permission."+string(l.Permission)))
	case guichet.LackArea:
		reason := "why.lack.both"
		switch {
		case !l.Service:
			reason = "why.lack.organisation"
		case !l.Organisation:
			reason = "why.lack.service"
		}
		return q.P.T("why.lack.area", "Grant", grantWords(q, l.Grant), "Reason", q.P.T(reason))
	case guichet.LackTeam:
		return q.P.T("why.lack.team", "Team", q.Config.Teams[t.TeamID].Name)
	case guichet.LackRelation:
		return q.P.T("why.lack.relation." + string(l.Performer))
	case guichet.LackRole:
		name := q.Config.Roles[guichet.ID(l.Performer)].Name
		return q.P.T("why.lack.role", "Role", name)
	}
	return q.P.T("why.lack." + string(l.Kind))
}

// actWords names an action.
func actWords(q *site.Request, r directory.Right) string {
	if r.Label != "" {
		return r.Label
	}
	return q.P.T("desk.action." + string(r.Action))
}
