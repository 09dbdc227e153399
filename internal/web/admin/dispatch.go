package admin

import (
	"cmp"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// dispatchLine is a team with how it gives out its tickets, and to whom.
type dispatchLine struct {
	guichet.Team
	People []configuring.Member
}

// mode is how the team gives out its tickets.
func (t dispatchLine) mode() string { return string(cmp.Or(t.Dispatch.Mode, guichet.DispatchPool)) }

func dispatchPage(q *site.Request) error {
	members, err := q.Configuring.Members(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	var lines []dispatchLine
	for id, t := range q.Config.Teams {
		lines = append(lines, dispatchLine{t, members[id]})
	}
	slices.SortFunc(lines, func(a, b dispatchLine) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return q.Render(ok, dispatchView(page(q, q.P.T("admin.dispatch"), "dispatch"), adminRail(q), lines))
}

func dispatchAct(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	skills := map[guichet.ID][]string{}
	for name, values := range form.Values {
		if id, is := strings.CutPrefix(name, "skills."); is {
			skills[guichet.ID(id)] = strings.Split(strings.Join(values, ","), ",")
		}
	}
	team := guichet.ID(q.R.PathValue("team"))
	way := guichet.Dispatch{Mode: guichet.DispatchMode(form.Get("mode"))}
	if err := q.Configuring.SetDispatch(q.R.Context(), q.Actor, team, way, skills); err != nil {
		return err
	}
	return q.Redirect(dispatchPath+"#team-"+string(team), q.P.T("admin.dispatch.kept", "Team", q.Config.Teams[team].Name))
}

func dispatchOptions(p kit.Page) []kit.Option {
	var out []kit.Option
	for _, m := range guichet.DispatchModes() {
		out = append(out, kit.Option{Value: string(m), Label: p.P.T("admin.dispatch.mode." + string(m)), Help: p.P.T("admin.dispatch.help." + string(m))})
	}
	return out
}
