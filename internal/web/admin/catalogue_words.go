package admin

import (
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

var serviceOrder = []string{"name", "description", "parent", "icon", "state", "opens_at", "closes_at", "owner", "team", "teams", "skills",
	"workflow", "profiles", "organisations", "providers"}

func serviceLabels(q *site.Request) map[string]string {
	out := map[string]string{"teams": q.P.T("admin.service.team")}
	for _, name := range serviceOrder {
		if name != "teams" {
			out[name] = q.P.T("admin.service." + name)
		}
	}
	return out
}

func serviceStates(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, s := range guichet.ServiceStates() {
		out = append(out, kit.Option{Value: string(s), Label: q.P.T("admin.state." + string(s)), Help: q.P.T("admin.state." + string(s) + ".help")})
	}
	return out
}

// stateWords says what is unusual of a service: it is not open, not yet, or for a while only.
func stateWords(q *site.Request, s guichet.Service) []string {
	var out []string
	if !s.Open() {
		out = append(out, q.P.T("admin.state."+string(s.State)))
	}
	if q.Time().Before(s.OpensAt) {
		out = append(out, q.P.T("admin.opens", "Date", q.P.Date(s.OpensAt)))
	}
	if !s.ClosesAt.IsZero() {
		out = append(out, q.P.T("admin.closes", "Date", q.P.Date(s.ClosesAt)))
	}
	return out
}

func audienceWords(q *site.Request, s guichet.Service) string {
	var parts []string
	if len(s.Profiles) > 0 {
		parts = append(parts, strings.Join(profileWords(q, s.Profiles), ", "))
	}
	for _, o := range s.Organisations {
		parts = append(parts, q.Config.Organisations[o].Name)
	}
	if len(parts) == 0 {
		return q.P.T("admin.audience.all")
	}
	return strings.Join(parts, " · ")
}

// chainWords says who answers for a service in the list: what is its own, in few words.
func chainWords(q *site.Request, d catalogueData, l serviceLine) []string {
	var out []string
	if id := l.Chain.Owner.PersonID; id != "" && l.Chain.Owner.From == l.Service.ID {
		out = append(out, d.People[id].Name())
	}
	if team := l.Chain.Team; team.TeamID != "" {
		name := d.Desk.Teams[team.TeamID].Name
		if team.From != l.Service.ID {
			name += " · " + q.P.T("admin.chain.inherited", "Name", d.Desk.Services[team.From].Name)
		}
		out = append(out, name)
	}
	for _, x := range l.Chain.Levels {
		if x.From == l.Service.ID {
			out = append(out, q.P.T("admin.chain.level", "Level", string(x.Level))+" "+d.Desk.Teams[x.TeamID].Name)
		}
	}
	if w := l.Service.WorkflowID; w != "" {
		out = append(out, d.Desk.Workflows[w].Name)
	}
	return out
}

// chainLine is a part of the responsibility with those who have it.
type chainLine struct {
	Label  string
	Values []string
}

func chainLines(q *site.Request, d serviceData) []chainLine {
	nobody := []string{q.P.T("admin.chain.nobody")}
	list := func(holders []guichet.Holder) []string {
		var out []string
		for _, h := range holders {
			out = append(out, d.holderName(q, h))
		}
		if out == nil {
			return nobody
		}
		return out
	}
	one := func(h guichet.Holder) []string {
		if h.PersonID == "" && h.TeamID == "" {
			return nobody
		}
		return list([]guichet.Holder{h})
	}
	out := []chainLine{{q.P.T("admin.chain.owner"), one(d.Chain.Owner)}, {q.P.T("admin.chain.moderators"), list(d.Chain.Moderators)},
		{q.P.T("admin.chain.team"), one(d.Chain.Team)}}
	for _, l := range d.Chain.Levels {
		out = append(out, chainLine{q.P.T("admin.chain.level", "Level", string(l.Level)), one(l.Holder)})
	}
	if len(d.Chain.Approvers) > 0 {
		out = append(out, chainLine{q.P.T("admin.chain.approvers"), list(d.Chain.Approvers)})
	}
	for _, p := range d.Chain.Providers {
		text := p.Name
		for _, more := range []string{p.Contact, p.Reference} {
			if more != "" {
				text += " – " + more
			}
		}
		out = append(out, chainLine{q.P.T("admin.chain.provider"), []string{text + d.from(q, p.From)}})
	}
	return out
}

func serviceSaid(q *site.Request, d serviceData) string {
	if d.Service.ID == "" {
		return ""
	}
	return q.P.T("admin.state." + string(orOpen(d.Service.State)))
}

func orOpen(s guichet.ServiceState) guichet.ServiceState {
	if s == "" {
		return guichet.ServiceOpen
	}
	return s
}

func organisationsSaid(q *site.Request, d serviceData) string {
	if len(d.Typed["organisations"]) == 0 {
		return q.P.T("admin.audience.all")
	}
	return strconv.Itoa(len(d.Typed["organisations"]))
}

func dated(f kit.Field) kit.Field {
	f.Type = "date"
	return f
}

func levelField(q *site.Request, d serviceData, level guichet.Level) kit.Field {
	return kit.Field{Name: "level." + string(level), Label: q.P.T("admin.service.level", "Level", string(level)),
		Value: d.Typed.Get("level." + string(level)), Optional: q.P.T("optional")}
}

// providerRows is how many rows the form has for providers: those that are filled, and one more.
func (d serviceData) providerRows() int {
	rows := 1
	for i := range maxProviderRows - 1 {
		at := "provider." + strconv.Itoa(i) + "."
		if d.Typed.Get(at+"name")+d.Typed.Get(at+"contact")+d.Typed.Get(at+"reference") != "" {
			rows = i + 2
		}
	}
	return rows
}

func providerField(q *site.Request, d serviceData, i int, part string) kit.Field {
	name := "provider." + strconv.Itoa(i) + "." + part
	return kit.Field{Name: name, Label: q.P.T("admin.provider." + part), Value: d.Typed.Get(name), Optional: q.P.T("optional"), Max: 200}
}

// partsSaid says the parts of a service that were changed, in words.
func partsSaid(q *site.Request, detail string) string {
	if detail == "" {
		return ""
	}
	var out []string
	for part := range strings.SplitSeq(detail, ", ") {
		out = append(out, known(q, "admin.service.", part))
	}
	return strings.Join(out, ", ")
}

// approvalSteps names the steps of an offering, in their order.
func approvalSteps(o guichet.Offering) string {
	var names []string
	for _, s := range o.Approval {
		names = append(names, s.Name)
	}
	return strings.Join(names, " → ")
}

func kindWord(q *site.Request, k guichet.Kind) string {
	if k == "" {
		return q.P.T("admin.offering.kind.any")
	}
	return q.P.T("kind." + string(k))
}

func offeringURL(id guichet.ID) string { return "/admin/offerings/" + string(id) }

// profileWords says profiles in the reader's language.
func profileWords(q *site.Request, list []string) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = kit.Profile(q.P, p)
	}
	return out
}

// profileKey is the profile that is meant by its word in the reader's language, or by itself.
func profileKey(q *site.Request, text string) string {
	for _, p := range []string{"staff", "researcher", "student", "customer", "vendor"} {
		if strings.EqualFold(kit.Profile(q.P, p), text) {
			return p
		}
	}
	return text
}
