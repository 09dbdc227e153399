package guichet

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDispatchChooses(t *testing.T) {
	at := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	fair, round := Dispatch{DispatchFair}, Dispatch{DispatchRound}
	for _, c := range []struct {
		name    string
		way     Dispatch
		needed  []string
		members []Candidate
		want    ID
	}{
		{"a pool chooses nobody", Dispatch{}, nil, []Candidate{{PersonID: ann}}, ""},
		{"nobody belongs to the team", fair, nil, nil, ""},
		{"the least loaded", fair, nil, []Candidate{{PersonID: ann, Load: 5}, {PersonID: bob, Load: 3}, {PersonID: cleo, Load: 7}}, bob},
		{"among equals, who waited longest", fair, nil, []Candidate{{PersonID: ann, Load: 3, LastAt: at(2)}, {PersonID: bob, Load: 3, LastAt: at(1)}}, bob},
		{"who never had one waited longest", fair, nil, []Candidate{{PersonID: ann, LastAt: at(1)}, {PersonID: bob}}, bob},
		{"among equals that never had one, the first", fair, nil, []Candidate{{PersonID: bob}, {PersonID: ann}}, bob},
		{"the least loaded is away", fair, nil, []Candidate{{PersonID: ann, Load: 5}, {PersonID: bob, Away: true}}, ann},
		{"the least loaded lacks the skill", fair, []string{"vpn"}, []Candidate{{PersonID: ann, Load: 5, Skills: []string{"vpn"}}, {PersonID: bob}}, ann},
		{"nobody has the skill", fair, []string{"vpn"}, []Candidate{{PersonID: ann}, {PersonID: bob}}, ""},
		{"everybody is away", round, nil, []Candidate{{PersonID: ann, Away: true}}, ""},
		{"in turn, whatever the load", round, nil, []Candidate{{PersonID: ann, Load: 9, LastAt: at(1)}, {PersonID: bob, LastAt: at(2)}}, ann},
	} {
		got := c.way.Choose("t", c.needed, c.members)
		if got.PersonID != c.want || len(got.Candidates) != len(c.members) || got.Mode != c.way.Mode {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// Whoever is chosen is there, able, and not more loaded than another who could have been; rounds give
// everybody the same number.
func TestDispatchIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Candidate {
			return Candidate{Load: rapid.IntRange(0, 4).Draw(t, "load"), Away: rapid.Bool().Draw(t, "away"),
				Skills: rapid.SliceOfN(rapid.SampledFrom([]string{"vpn", "sap"}), 0, 2).Draw(t, "skills"),
				LastAt: noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "last")) * time.Hour)}
		}), 0, 8).Draw(t, "members")
		for i := range members {
			members[i].PersonID = ID(rune('a' + i))
		}
		needed := rapid.SliceOfN(rapid.SampledFrom([]string{"vpn", "sap"}), 0, 1).Draw(t, "needed")
		got := Dispatch{DispatchFair}.Choose("t", needed, members)
		able := 0
		var chosen Candidate
		for _, m := range members {
			if m.PersonID == got.PersonID {
				chosen = m
			}
		}
		for _, m := range members {
			if m.Away || len(lacking(needed, m.Skills)) > 0 {
				if m.PersonID == got.PersonID {
					t.Fatalf("chose %+v", m)
				}
				continue
			}
			able++
			if m.Load < chosen.Load || m.Load == chosen.Load && m.LastAt.Before(chosen.LastAt) {
				t.Fatalf("chose %+v rather than %+v", chosen, m)
			}
		}
		if (able > 0) != (got.PersonID != "") {
			t.Fatalf("%d able, chose %q", able, got.PersonID)
		}
		turns := map[ID]int{}
		for i := range able * 3 {
			choice := Dispatch{DispatchRound}.Choose("t", needed, members).PersonID
			turns[choice]++
			for j := range members {
				if members[j].PersonID == choice {
					members[j].LastAt = noon.Add(time.Duration(10+i) * time.Hour)
				}
			}
		}
		for id, n := range turns {
			if n != 3 {
				t.Fatalf("%s was chosen %d times of %d", id, n, able*3)
			}
		}
	})
}

func TestNeededSkills(t *testing.T) {
	d := testDesk()
	d.Services["moodle"] = Service{ID: "moodle", Skills: []string{"lms"}}
	d.Offerings = map[ID]Offering{"backup": {ID: "backup", Skills: []string{"sql"}}}
	for _, c := range []struct {
		ticket Ticket
		want   string
	}{
		{Ticket{ServiceID: "homework"}, "lms"}, {Ticket{ServiceID: "homework", OfferingID: "backup"}, "sql"}, {Ticket{ServiceID: "wifi"}, ""},
	} {
		if got := joined(d.NeededSkills(c.ticket)); got != c.want {
			t.Errorf("%+v: %s", c.ticket, got)
		}
	}
}
