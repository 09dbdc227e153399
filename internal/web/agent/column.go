package agent

import (
	"net/url"
	"time"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// roomy is how many columns a wide screen shows beside one another; more are moved to sideways.
const roomy = 9

// moments are the times that columns show.
var moments = map[guichet.Column]func(*ticketing.Row) time.Time{
	guichet.ColumnUpdated: func(r *ticketing.Row) time.Time { return r.UpdatedAt },
	guichet.ColumnCreated: func(r *ticketing.Row) time.Time { return r.OpenedAt },
	guichet.ColumnResumes: func(r *ticketing.Row) time.Time {
		if r.State != guichet.StatePending {
			return time.Time{}
		}
		return r.PendingUntil
	},
}

// classes are how columns fold where there is little room: a phone shows the number, the title, the date, the state and
// the priority.
var classes = map[guichet.Column]string{guichet.ColumnNumber: "k-no", guichet.ColumnTitle: "cut", guichet.ColumnRequester: "k-req", guichet.ColumnService: "k-svc",
	guichet.ColumnState: "k-state", guichet.ColumnPriority: "k-prio", guichet.ColumnDue: "k-sla", guichet.ColumnAssignee: "k-who"}

func (d *listData) class(c guichet.Column) string {
	switch known := classes[c]; {
	case c == guichet.ColumnTitle && len(d.Rows) == 0:
		return ""
	case known != "":
		return known
	case c != guichet.ColumnUpdated:
		return "k-more"
	case d.shows(guichet.ColumnDue):
		return "k-svc"
	}
	return "k-sla"
}

// word is what a column says of a ticket, when it is a word.
func (d *listData) word(p *kit.Page, r *ticketing.Row, c guichet.Column) string {
	switch c {
	case guichet.ColumnOrganisation:
		return d.Desk.Organisations[r.OrganisationID].Name
	case guichet.ColumnTeam:
		if team, known := d.Desk.Teams[r.TeamID]; known {
			return site.TeamName(team)
		}
	case guichet.ColumnLevel:
		return string(r.Level)
	case guichet.ColumnKind:
		return site.Capital(p.P.T("kind." + string(r.Kind)))
	}
	return ""
}

// columnName is how a column is called where it is chosen.
func columnName(p kit.Page, c guichet.Column) string { return p.P.T("desk.col." + string(c)) }

// toDisplay is where the display of this view is chosen.
func (d *listData) toDisplay() string {
	return address(displayURL+d.Display.Key, url.Values{"from": {d.at()}})
}
