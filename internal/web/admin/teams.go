package admin

import (
	"net/http"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func teamRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /admin/teams", Handle: keepers(teams)},
		{Pattern: "GET /admin/teams/new", Handle: keepers(newTeam)},
		{Pattern: "POST /admin/teams/new", Handle: keepers(createTeam)},
		{Pattern: "GET /admin/teams/{id}", Handle: keepers(team)},
		{Pattern: "POST /admin/teams/{id}", Handle: keepers(changeTeam)},
		{Pattern: "POST /admin/teams/{id}/members", Handle: keepers(joinTeam)},
		{Pattern: "POST /admin/teams/{id}/leave", Handle: keepers(leaveTeam)},
		{Pattern: "POST /admin/teams/{id}/grants", Handle: keepers(giveTeam)},
		{Pattern: "POST /admin/teams/{id}/withdraw", Handle: keepers(withdrawTeam)},
		{Pattern: "POST /admin/teams/{id}/remove", Handle: keepers(removeTeam)},
	}
}

func teamURL(id guichet.ID) string { return "/admin/teams/" + string(id) }

func teams(q *site.Request) error {
	list, err := q.Directory.Squads(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	return q.Render(ok, teamsView(q, page(q, q.P.T("admin.teams"), "teams"), list))
}

// teamForm is a team as it is typed.
type teamForm struct {
	Typed directory.TeamInput
	refusal
}

func readTeam(form site.Form) directory.TeamInput {
	return directory.TeamInput{Name: form.Get("name"), Level: guichet.Level(form.Get("level")),
		Organisation: guichet.ID(form.Get("organisation")), Email: form.Get("email"), Version: versionSeen(form.Get("version"))}
}

func newTeam(q *site.Request) error { return showNewTeam(q, ok, teamForm{}) }

func showNewTeam(q *site.Request, status int, f teamForm) error {
	return q.Render(status, newTeamView(q, page(q, q.P.T("team.new"), "teams"), f))
}

func createTeam(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	f := teamForm{Typed: readTeam(form)}
	t, err := q.Directory.CreateTeam(q.R.Context(), q.Actor, f.Typed)
	if err == nil {
		return q.Redirect(teamURL(t.ID), q.P.T("team.created"))
	}
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	f.refusal = r
	return showNewTeam(q, status, f)
}

// teamPage is a team's page.
type teamPage struct {
	directory.Squad
	Form   teamForm
	Open   bool // the form holds what was typed
	Give   giveForm
	Sought string // a member who was looked for
	Found  []kit.Option
	Member refusal
}

func team(q *site.Request) error { return showTeam(q, ok, teamPage{}) }

func showTeam(q *site.Request, status int, v teamPage) (err error) {
	if v.Squad, err = q.Directory.Squad(q.R.Context(), q.Actor, pathID(q)); err != nil {
		return err
	}
	if !v.Open {
		v.Form.Typed = directory.TeamInput{Name: v.Name, Level: v.Level, Organisation: v.OrganisationID, Email: v.Email}
	}
	if v.Form.Typed.Version == 0 {
		v.Form.Typed.Version = v.Version
	}
	v.Give.Path, v.Give.Roles = teamURL(v.ID)+"/grants", v.Squad.Roles
	return q.Render(status, teamView(q, page(q, v.Name, "teams"), v))
}

func changeTeam(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	v := teamPage{Form: teamForm{Typed: readTeam(form)}, Open: true}
	err = q.Directory.ChangeTeam(q.R.Context(), q.Actor, pathID(q), v.Form.Typed)
	if err == nil {
		return q.Redirect(teamURL(pathID(q)), q.P.T("team.saved"))
	}
	if guichet.KindOf(err) == guichet.KindConflict {
		v.Form.Typed.Version = 0 // read again: the next sending is over what is shown
	}
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	v.Form.refusal = r
	return showTeam(q, status, v)
}

// joinTeam adds a member: the one chosen, or the one whom the text names; several are offered to choose from.
func joinTeam(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	v, who := teamPage{Sought: form.Get("person")}, guichet.ID(form.Get("person_choice"))
	if who == "" {
		page, err := q.Directory.People(q.R.Context(), q.Actor, directory.Query{Text: v.Sought, Limit: 10})
		if err != nil {
			return err
		}
		switch {
		case v.Sought == "":
			v.Member.Errors = kit.Errors{"person": q.P.Error("field.required", nil)}
		case len(page.People) == 0:
			v.Member.Errors = kit.Errors{"person": q.P.Error("person.unknown", map[string]any{"Text": v.Sought})}
		case len(page.People) == 1:
			who = page.People[0].ID
		}
		if who == "" {
			for _, p := range page.People {
				v.Found = append(v.Found, kit.Option{Value: string(p.ID), Label: p.Name(), Help: q.Config.Organisations[p.OrganisationID].Name})
			}
			return showTeam(q, http.StatusUnprocessableEntity, v)
		}
	}
	err = q.Directory.Join(q.R.Context(), q.Actor, pathID(q), who)
	if err == nil {
		return q.Redirect(teamURL(pathID(q)), q.P.T("team.joined"))
	}
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	v.Member = r
	return showTeam(q, status, v)
}

func leaveTeam(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	err = q.Directory.Leave(q.R.Context(), q.Actor, pathID(q), guichet.ID(form.Get("person")))
	return done(q, err, teamURL(pathID(q)), q.P.T("team.left"))
}

func giveTeam(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	f, err := readGive(q, form)
	f.Give.Team = pathID(q)
	if err == nil {
		_, err = q.Directory.Give(q.R.Context(), q.Actor, f.Give)
	}
	if err == nil {
		return q.Redirect(teamURL(f.Give.Team), q.P.T("grant.given"))
	}
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	return showTeam(q, status, teamPage{Give: f.again(r)})
}

func withdrawTeam(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	err = q.Directory.Withdraw(q.R.Context(), q.Actor, guichet.ID(form.Get("grant")))
	return done(q, err, teamURL(pathID(q)), q.P.T("grant.withdrawn"))
}

func removeTeam(q *site.Request) error {
	err := q.Directory.RemoveTeam(q.R.Context(), q.Actor, pathID(q))
	if err == nil {
		return q.Redirect("/admin/teams", q.P.T("team.removed"))
	}
	return done(q, err, teamURL(pathID(q)), "")
}

func levelOptions(q *site.Request) []kit.Option {
	out := []kit.Option{nothing(q.P.T("team.level.none"))}
	for _, l := range guichet.Levels() {
		out = append(out, kit.Option{Value: string(l), Label: string(l)})
	}
	return out
}

func teamFields() []string { return []string{"name", "level", "organisation", "email"} }
