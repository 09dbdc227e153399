package ticketing_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// crew plays at random: who opens, who handles, what is done to which ticket.
type crew struct {
	*stage
	*rand.Rand
	tickets []guichet.Ticket
	done    map[guichet.Action]int
	refused map[string]int
}

func pick[T any](c *crew, list ...T) T { return list[c.IntN(len(list))] }

// step does one thing to some ticket; what the rules refuse is refused.
func (c *crew) step() {
	switch n := c.IntN(100); {
	case len(c.tickets) == 0 || n < 10:
		c.opens()
	case n < 18:
		c.says()
	case n < 19:
		c.later(time.Duration(1+c.IntN(20)) * time.Hour)
	case n < 20 && c.IntN(3) == 0:
		c.moves()
	default:
		c.acts()
	}
}

func (c *crew) opens() {
	in := ticketing.Open{Service: pick(c, Moodle, Homework, Wifi, Network, Learning, Phones), Title: "Panne", Description: "x",
		Kind: pick(c, guichet.KindIncident, guichet.KindRequest), Urgency: pick(c, guichet.GradeLow, guichet.GradeHigh, ""),
		Beneficiary: pick(c, "", "", "", string(Ben), string(Ann))}
	if c.IntN(6) == 0 {
		in.Offering, in.Service = Access, ""
	}
	who := pick(c, Rita, Ben, Stan, Ann, Mona, Cleo)
	if in.Offering != "" {
		who = pick(c, Rita, Ben) // somebody directs their place
	}
	t, err := c.desk.Open(c.ctx, c.actor(who), in)
	if c.noted("open", err) {
		c.tickets = append(c.tickets, t)
	}
}

// recent is an index among the tickets that were opened last, most of the time.
func (c *crew) recent() int {
	if c.IntN(5) == 0 {
		return c.IntN(len(c.tickets))
	}
	return len(c.tickets) - 1 - c.IntN(min(len(c.tickets), 60))
}

func (c *crew) says() {
	i := c.recent()
	said, err := c.desk.FollowUp(c.ctx, c.actor(pick(c, c.tickets[i].RequesterID, c.whoever(c.tickets[i], ""))), c.tickets[i].Number, ticketing.FollowUp{Text: "Un mot."})
	if c.noted("say", err) && said.Ticket.ID == c.tickets[i].ID {
		c.tickets[i] = said.Ticket
	}
	if c.IntN(3) == 0 {
		_, err := c.desk.AddTask(c.ctx, c.actor(pick(c, Ann, Mona, Cleo)), c.tickets[i].Number, ticketing.NewTask{Title: "Passer", AssigneeID: pick(c, Bob, Dan, "")})
		c.noted("task", err)
	}
}

// moves puts a part of a tree elsewhere.
func (c *crew) moves() {
	err := c.store.Write(c.ctx, func(tx *store.Tx) error {
		d := Desk()
		s, o := d.Services[Homework], d.Organisations["lab"]
		s.ParentID, o.ParentID = pick(c, Moodle, Network, Learning), pick(c, guichet.ID("lyon"), "rennes")
		d.Services[Homework], d.Organisations["lab"] = s, o
		d.Index()
		return tx.SaveDesk(c.ctx, d)
	})
	if err != nil {
		c.Fatal(err)
	}
}

// usual are the actions that a state is waiting for.
var usual = map[guichet.State][]guichet.Action{
	guichet.StateAwaitingApproval: {guichet.ActionApprove, guichet.ActionApprove, guichet.ActionRefuse, guichet.ActionCancel},
	guichet.StateNew:              {guichet.ActionQualify, guichet.ActionAssign, guichet.ActionAssign, guichet.ActionClaim, guichet.ActionCancel},
	guichet.StateAssigned:         {guichet.ActionClaim, guichet.ActionHold, guichet.ActionResolve, guichet.ActionEscalate, guichet.ActionAssign, guichet.ActionQualify},
	guichet.StatePending:          {guichet.ActionResume, guichet.ActionResolve, guichet.ActionAssign},
	guichet.StateResolved:         {guichet.ActionValidate, guichet.ActionRejectSolution, guichet.ActionReopen, guichet.ActionClose},
	guichet.StateClosed:           {guichet.ActionRate, guichet.ActionReopen},
}

func (c *crew) acts() {
	i := c.recent()
	t := c.tickets[i]
	if len(usual[t.State]) == 0 || t.State == guichet.StateClosed && c.IntN(10) > 0 {
		return
	}
	act := guichet.Act{Action: pick(c, usual[t.State]...), Text: "Voilà.", TeamID: pick(c, Support, NetworkTeam, Core), PendingReason: pick(c, "requester", "planned", "provider"),
		Until: c.clock.Now().Add(time.Duration(1+c.IntN(50)) * time.Hour), ServiceID: pick(c, "", Moodle, Wifi, Homework), Urgency: pick(c, guichet.GradeLow, guichet.GradeHigh),
		Impact: pick(c, guichet.GradeLow, guichet.GradeHigh), Level: pick(c, "", guichet.Level2, guichet.Level3), Kind: pick(c, guichet.KindIncident, guichet.KindRequest, "")}
	if act.Action == guichet.ActionAssign && c.IntN(2) == 0 {
		act.AssigneeID = map[guichet.ID]guichet.ID{Support: pick(c, Ann, Bob), NetworkTeam: Cleo, Core: Dan}[act.TeamID]
	}
	if act.Action == guichet.ActionCancel && c.IntN(5) > 0 {
		return
	}
	after, err := c.desk.Do(c.ctx, c.actor(c.whoever(t, act.Action)), t.Number, act)
	if c.noted(act.Action, err) {
		c.tickets[i] = after
	} else if guichet.KindOf(err) == guichet.KindConflict {
		c.tickets[i] = c.now(t) // a date passed
	}
}

// whoever is likely to be allowed to act.
func (c *crew) whoever(t guichet.Ticket, action guichet.Action) guichet.ID {
	switch action {
	case guichet.ActionApprove, guichet.ActionRefuse:
		if t.ApprovalStep == 1 {
			return Dora
		}
		return pick(c, Olga, Omar)
	case guichet.ActionValidate, guichet.ActionRejectSolution, guichet.ActionCancel, guichet.ActionRate, guichet.ActionReopen:
		return pick(c, t.RequesterID, t.BeneficiaryID)
	}
	wired := t.ServiceID == Wifi || t.ServiceID == Network
	switch {
	case action == guichet.ActionClose || action == guichet.ActionQualify || t.TeamID == "":
		return map[bool]guichet.ID{true: Max, false: Mona}[wired]
	case t.AssigneeID != "" && c.IntN(2) == 0:
		return t.AssigneeID
	case t.TeamID == Support:
		return pick(c, Ann, Bob, Mona)
	case t.TeamID != "":
		return map[guichet.ID]guichet.ID{NetworkTeam: Cleo, Core: Dan}[t.TeamID]
	}
	return Mona
}

// noted reports whether something was done, and stops at an error that is no refusal.
func (c *crew) noted(what guichet.Action, err error) bool {
	if err == nil {
		c.done[what]++
		return true
	}
	if guichet.KindOf(err) == guichet.KindInternal || guichet.KindOf(err) == guichet.KindUnavailable {
		c.Fatalf("%s: %v", what, err)
	}
	c.refused[guichet.CodeOf(err)]++
	return false
}

// counted are the queries of the views.
func counted(me guichet.ID, teams []guichet.ID) map[string]store.TicketQuery {
	return map[string]store.TicketQuery{
		"mine":        {AssigneeID: me, Open: true},
		"teams":       {TeamIDs: teams, Open: true},
		"pool":        {TeamIDs: teams, Unassigned: true, States: []guichet.State{guichet.StateAssigned}},
		"qualify":     {States: []guichet.State{guichet.StateNew}},
		"approval":    {States: []guichet.State{guichet.StateAwaitingApproval}},
		"pending":     {States: []guichet.State{guichet.StatePending}},
		"resolved":    {States: []guichet.State{guichet.StateResolved}},
		"open":        {Open: true},
		"unfinished":  {Unfinished: true},
		"unassigned":  {Open: true, Unassigned: true},
		"of Ann":      {AssigneeID: Ann, Unfinished: true},
		"N1":          typed("niveau:N1 statut:ouvert"),
		"N2 and N3":   typed("niveau:N2,N3 statut:ouvert"),
		"but Moodle":  typed("-service:Moodle statut:ouvert,résolu"),
		"not urgent":  typed("-priorité:haute,critique statut:ouvert"),
		"all typed":   typed("nature:incident service:Enseigner,Wifi équipe:@moi statut:ouvert -organisation:Rennes"),
		"Moodle":      {ServiceID: Moodle, Open: true},
		"network":     {ServiceID: Network, Unfinished: true},
		"Lyon":        {Organisation: "lyon", Open: true},
		"urgent":      {Priorities: []guichet.Priority{guichet.PriorityHigh, guichet.PriorityCritical}, Open: true},
		"requests":    {Kinds: []guichet.Kind{guichet.KindRequest}, Open: true},
		"all at once": {ServiceID: Learning, Organisation: "rennes", Kinds: []guichet.Kind{guichet.KindIncident}, Priorities: []guichet.Priority{guichet.PriorityLow}, Unfinished: true},
	}
}

// typed is the query of a text.
func typed(text string) store.TicketQuery {
	q, _ := guichet.ParseQuery(text)
	return store.TicketQuery{Query: q}
}

// means says plainly what the queries that are typed mean.
func means(name string, actor guichet.Actor, t guichet.Ticket, p guichet.Place) bool {
	knows := actor.Scope().Covers(t, p) || actor.Helps(p)
	switch name {
	case "N1":
		return knows && t.State.Open() && t.Level == guichet.Level1
	case "N2 and N3":
		return knows && t.State.Open() && (t.Level == guichet.Level2 || t.Level == guichet.Level3)
	case "but Moodle":
		return !t.State.Final() && !p.Services.Within(t.ServiceID, Moodle)
	case "not urgent":
		return t.State.Open() && t.Priority != guichet.PriorityHigh && t.Priority != guichet.PriorityCritical
	case "all typed":
		return t.State.Open() && t.Kind == guichet.KindIncident && slices.Contains(actor.TeamIDs, t.TeamID) &&
			(p.Services.Within(t.ServiceID, Learning) || p.Services.Within(t.ServiceID, Wifi)) && !p.Organisations.Within(t.OrganisationID, "rennes")
	}
	return true
}

// compare checks every count of several people against the tickets themselves, one by one.
func (c *crew) compare() {
	c.Helper()
	err := c.store.Read(c.ctx, func(tx *store.Tx) error {
		all, err := tx.LastTickets(c.ctx, guichet.Scope{All: true}, 1_000_000)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(t guichet.Ticket) bool { return t.State.Final() })
		desk, err := tx.Desk(c.ctx)
		if err != nil {
			return err
		}
		parties, err := tx.PartiesOf(c.ctx, idsOf(all))
		for _, who := range []guichet.ID{Rita, Ben, Ann, Bob, Cleo, Dan, Mona, Max, Fay, Dora, Tom} {
			c.compareLimited(tx, who)
			c.compareFor(tx, who, all, func(t guichet.Ticket) guichet.Place { return desk.Place(parties[t.ID]) })
		}
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
}

func idsOf(tickets []guichet.Ticket) []guichet.ID {
	out := make([]guichet.ID, len(tickets))
	for i, t := range tickets {
		out[i] = t.ID
	}
	return out
}

func (c *crew) compareFor(tx *store.Tx, who guichet.ID, all []guichet.Ticket, placeOf func(guichet.Ticket) guichet.Place) {
	c.Helper()
	actor := c.actor(who)
	scope := actor.Scope()
	for name, q := range counted(who, actor.TeamIDs) {
		for range 2 { // the second time it is remembered
			q.Scope, q.Asker = scope, actor
			counts, err := tx.Counts(c.ctx, []store.TicketQuery{q}, 100)
			want := 0
			for _, t := range all {
				if place := placeOf(t); scope.Sees(t, place) && asks(q, t, place) && means(name, actor, t, place) {
					want++
				}
			}
			if err != nil || counts[0] != (store.Count{N: want}) {
				c.Fatalf("%s of %s counts %+v (%v), there are %d", name, who, counts, err, want)
			}
		}
	}
}

// limited are queries that are counted up to a limit, and remembered until something changes.
func limited(teams []guichet.ID) []store.TicketQuery {
	some := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	return []store.TicketQuery{{DueBefore: some}, {DueBefore: some, Kinds: []guichet.Kind{guichet.KindRequest}}, {Final: true}, {Final: true, TeamIDs: teams}}
}

func (c *crew) compareLimited(tx *store.Tx, who guichet.ID) {
	c.Helper()
	actor := c.actor(who)
	for i, q := range limited(actor.TeamIDs) {
		q.Scope, q.Asker = actor.Scope(), actor
		counts, err := tx.Counts(c.ctx, []store.TicketQuery{q}, 100)
		if err != nil {
			c.Fatal(err)
		}
		if n, err := tx.CountTickets(c.ctx, q, 101); err != nil || counts[0] != (store.Count{N: min(n, 100), AtLeast: n > 100}) {
			c.Fatalf("query %d of %s counts %+v, there are %d (%v)", i, who, counts, n, err)
		}
	}
}

// asks is what a query means, said plainly.
func asks(q store.TicketQuery, t guichet.Ticket, p guichet.Place) bool {
	return (!q.Open || t.State.Open()) && (len(q.States) == 0 || slices.Contains(q.States, t.State)) &&
		(q.AssigneeID == "" || t.AssigneeID == q.AssigneeID) && (!q.Unassigned || t.AssigneeID == "") &&
		(len(q.TeamIDs) == 0 || slices.Contains(q.TeamIDs, t.TeamID)) &&
		p.Services.Within(t.ServiceID, q.ServiceID) && p.Organisations.Within(t.OrganisationID, q.Organisation) &&
		(len(q.Priorities) == 0 || slices.Contains(q.Priorities, t.Priority)) && (len(q.Kinds) == 0 || slices.Contains(q.Kinds, t.Kind))
}

// After thousands of acts of all kinds, every count of every view is what counting the tickets says.
// GUICHET_TEST_ACTS sets how many.
func TestCountsStayRight(t *testing.T) {
	acts := 10_000
	if URL(t) != "" {
		acts = 800 // each one waits for a server; ten thousand are played by hand
	}
	if n, err := strconv.Atoi(os.Getenv("GUICHET_TEST_ACTS")); err == nil {
		acts = n
	}
	c := &crew{stage: newStage(t), Rand: rand.New(rand.NewPCG(4, 20)), done: map[guichet.Action]int{}, refused: map[string]int{}}
	for n := 1; n <= acts; n++ {
		for before := c.total(); c.total() == before; { // what is refused is tried otherwise
			c.step()
		}
		if n%max(acts/8, 1) == 0 {
			c.compare()
		}
	}
	wrong := 0
	err := c.store.Read(c.ctx, func(tx *store.Tx) (err error) {
		wrong, err = tx.WrongCells(c.ctx)
		return err
	})
	if err != nil || wrong != 0 {
		t.Errorf("%d cells are wrong (%v)", wrong, err)
	}
	t.Logf("done %v, refused %v", c.done, c.refused)
}

// total is how many acts were done.
func (c *crew) total() (n int) {
	for _, times := range c.done {
		n += times
	}
	return n
}

// Many hands at once move tickets in and out of the same cells.
func TestCountsOfManyHandsAtOnce(t *testing.T) {
	s := newStage(t)
	var numbers []int64
	for range 24 {
		numbers = append(numbers, s.open(Rita, ticketing.Open{}).Number)
	}
	failed := make(chan error, 8)
	for hand := range 8 {
		go func() {
			var err error
			for i := hand; i < len(numbers) && err == nil; i += 8 {
				err = playOne(s, numbers[i], hand)
			}
			failed <- err
		}()
	}
	for range 8 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	counts, err := s.desk.Counts(s.ctx, s.actor(Fay), []store.TicketQuery{{States: []guichet.State{guichet.StateResolved}}, {Open: true}})
	same(t, "counted", counts, []store.Count{{N: 12}, {N: 12}})
	if err != nil {
		t.Fatal(err)
	}
}

func playOne(s *stage, number int64, hand int) error {
	mona, ann := s.actor(Mona), s.actor(Ann)
	acts := []guichet.Act{toward, claim}
	if hand%2 == 0 {
		acts = append(acts, resolve)
	}
	for i, act := range acts {
		actor := ann
		if i == 0 {
			actor = mona
		}
		if _, err := s.desk.Do(context.Background(), actor, number, act); err != nil {
			return fmt.Errorf("%s on %d: %w", act.Action, number, err)
		}
	}
	return nil
}
