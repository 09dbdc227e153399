package configuring

import (
	"context"
	"slices"
	"time"

	"guichet"
	"guichet/internal/ruling"
	"guichet/internal/store"
)

// RulesID is the key of the rules: there is one set of them, edited and published as a whole.
const RulesID guichet.ID = "rules"

func ruleSets() kind[guichet.RuleSet] {
	return kind[guichet.RuleSet]{
		name: "rules",
		find: func(d *guichet.Desk, id guichet.ID) (guichet.RuleSet, bool) {
			return guichet.RuleSet{Rules: slices.Clone(d.Rules)}, id == RulesID
		},
		all:   func(*guichet.Desk) []guichet.ID { return []guichet.ID{RulesID} },
		put:   func(d *guichet.Desk, _ guichet.ID, s guichet.RuleSet) { d.Rules = s.Rules },
		check: func(d *guichet.Desk, s guichet.RuleSet) error { return d.CheckRules(s.Rules, ruling.Check) },
		may:   whole[guichet.RuleSet],
		label: func(guichet.RuleSet) string { return "" },
		kept:  func(s guichet.RuleSet) guichet.RuleSet { return s },
	}
}

// Expression is the conditions of a rule in the language of expressions, for those who read it.
func Expression(w guichet.RuleWhen) string { return ruling.Text(w) }

// CheckRule says what is wrong with one rule of a desk, field by field as CheckRules does for rule 0.
func CheckRule(d *guichet.Desk, r guichet.Rule) error {
	return d.CheckRules([]guichet.Rule{r}, ruling.Check)
}

// RulesTrial is what the draft of the rules would have done with the last tickets, beside what the rules
// in force do with the same tickets.
type RulesTrial struct {
	Tickets int          // that were tried
	Changed int          // that would have gone otherwise
	Rows    []RulesRow   // the first of them, newest first
	Rules   []RuleResult // of the draft, in their order
	People  map[guichet.ID]string
}

// RulesRow is a ticket that the draft routes otherwise.
type RulesRow struct {
	Number      int64
	Title       string
	OpenedAt    time.Time
	Differences []guichet.Change // from what the rules in force make of it to what the draft does
	Before      []string         // names of the rules that hold
	After       []string
}

// RuleResult is how often a rule of the draft held.
type RuleResult struct {
	Rule   guichet.Rule
	Held   int
	Before int // by the rules in force; -1: they do not have it
	Fault  string
}

// Sizes of a trial.
const (
	TrialTickets = 1000
	trialRows    = 100
)

// TryRules runs the draft of the rules on the last tickets that the actor may see, as they were when
// they arrived. Nothing is written. Error: not found, for who may not edit the rules.
func (c *Configuring) TryRules(ctx context.Context, actor guichet.Actor) (RulesTrial, error) {
	draft, err := c.Rules.Trial(ctx, actor, RulesID)
	if err != nil {
		return RulesTrial{}, err
	}
	var out RulesTrial
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		arrivals, err := arrivals(ctx, tx, desk, actor.Scope())
		if err != nil {
			return err
		}
		out = compareRules(desk, draft, arrivals)
		out.People, err = peopleOf(ctx, tx, out.Rows)
		return err
	})
	return out, err
}

// arrivals are the last tickets as they were when they arrived.
func arrivals(ctx context.Context, tx *store.Tx, desk *guichet.Desk, scope guichet.Scope) ([]guichet.Facts, error) {
	tickets, err := tx.LastTickets(ctx, scope, TrialTickets)
	if err != nil {
		return nil, err
	}
	var ids, who []guichet.ID
	for _, t := range tickets {
		ids, who = append(ids, t.ID), append(who, t.BeneficiaryID)
	}
	changes, err := tx.QualificationsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	slices.Sort(who)
	people := map[guichet.ID]guichet.Person{}
	for part := range slices.Chunk(slices.Compact(who), 500) {
		found, err := tx.People(ctx, part)
		if err != nil {
			return nil, err
		}
		for id, p := range found {
			people[id] = p
		}
	}
	zone, err := time.LoadLocation(desk.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	var out []guichet.Facts
	for _, t := range tickets {
		out = append(out, guichet.Facts{Ticket: t.AsArrived(desk, changes[t.ID]), Audience: people[t.BeneficiaryID].Profile, At: t.OpenedAt.In(zone)})
	}
	return out, nil
}

// compareRules runs both sets of rules on the same arrivals.
func compareRules(desk, draft *guichet.Desk, arrivals []guichet.Facts) RulesTrial {
	out := RulesTrial{Tickets: len(arrivals)}
	now, then := ruling.For(desk), ruling.For(draft)
	held, before, faults := map[guichet.ID]int{}, map[guichet.ID]int{}, map[guichet.ID]string{}
	reading := ruling.NewReading()
	for _, f := range arrivals {
		reading = reading.Next()
		a, b := desk.Route(f, now.JudgeOf(reading)), draft.Route(f, then.JudgeOf(reading))
		count(before, a.Trace)
		count(held, b.Trace)
		for _, p := range b.Trace.Passed {
			if p.Fault != "" {
				faults[p.ID] = p.Fault
			}
		}
		differences := guichet.CompareRoutings(a, b)
		if len(differences) == 0 {
			continue
		}
		out.Changed++
		if len(out.Rows) < trialRows {
			out.Rows = append(out.Rows, RulesRow{f.Ticket.Number, f.Ticket.Title, f.Ticket.OpenedAt, differences, names(a.Trace), names(b.Trace)})
		}
	}
	for _, r := range draft.Rules {
		result := RuleResult{Rule: r, Held: held[r.ID], Before: before[r.ID], Fault: faults[r.ID]}
		if !slices.ContainsFunc(desk.Rules, func(x guichet.Rule) bool { return x.ID == r.ID }) {
			result.Before = -1
		}
		out.Rules = append(out.Rules, result)
	}
	return out
}

func count(into map[guichet.ID]int, t guichet.Trace) {
	for _, r := range t.Rules {
		into[r.ID]++
	}
}

func names(t guichet.Trace) []string {
	var out []string
	for _, r := range t.Rules {
		out = append(out, r.Name)
	}
	return out
}

// peopleOf names the people of the differences.
func peopleOf(ctx context.Context, tx *store.Tx, rows []RulesRow) (map[guichet.ID]string, error) {
	var ids []guichet.ID
	for _, r := range rows {
		for _, c := range r.Differences {
			if c.Field == "technician" || c.Field == "observer" {
				ids = append(ids, guichet.ID(c.From), guichet.ID(c.To))
			}
		}
	}
	slices.Sort(ids)
	people, err := tx.People(ctx, slices.DeleteFunc(slices.Compact(ids), func(id guichet.ID) bool { return id == "" }))
	out := map[guichet.ID]string{}
	for id, p := range people {
		out[id] = p.Name()
	}
	return out, err
}
