package guichet

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Rule routes a ticket that arrives (A3): when its conditions hold, it sets what it names. Rules are
// examined in their order, each on the ticket as the earlier ones left it; the first that holds ends
// the examination unless it says to continue.
type Rule struct {
	ID       ID       `json:"id" yaml:"id"`
	Name     string   `json:"name" yaml:"name"`
	Off      bool     `json:"off,omitempty" yaml:"off,omitempty"` // kept, but not examined
	When     RuleWhen `json:"when" yaml:"when"`
	Then     RuleThen `json:"then" yaml:"then"`
	Continue bool     `json:"continue,omitempty" yaml:"continue,omitempty"` // later rules are examined too
}

// RuleSet is all the rules, in their order: they are edited and published together.
type RuleSet struct {
	Rules []Rule `json:"rules"`
}

// RuleWhen is the conditions of a rule: all of a list, one at least of another, and an expression
// written by hand. What is empty holds.
type RuleWhen struct {
	All        []RuleCondition `json:"all,omitempty" yaml:"all,omitempty"`
	Any        []RuleCondition `json:"any,omitempty" yaml:"any,omitempty"`
	Expression string          `json:"expression,omitempty" yaml:"expression,omitempty"`
}

// RuleCondition is one condition, made of choices: what is looked at, how, and the values, of which one
// is enough.
type RuleCondition struct {
	Field  RuleField    `json:"field" yaml:"field"`
	Key    string       `json:"key,omitempty" yaml:"key,omitempty"` // of the question, for an answer
	Op     RuleOperator `json:"op,omitempty" yaml:"op,omitempty"`   // empty: is
	Values []string     `json:"values,omitempty" yaml:"values,omitempty"`
}

// Operator is how the comparison is made.
func (c RuleCondition) Operator() RuleOperator { return cmp.Or(c.Op, OpIs) }

// RuleField is what a condition looks at.
type RuleField string

// The fields. Those that are trees hold for what lies below the value.
const (
	RuleService      RuleField = "service"      // tree
	RuleOffering     RuleField = "offering"     // form
	RuleKind         RuleField = "kind"         //
	RuleChannel      RuleField = "channel"      //
	RuleOrganisation RuleField = "organisation" // tree; of the beneficiary
	RuleAudience     RuleField = "audience"     // profile of the beneficiary
	RuleAnswer       RuleField = "answer"       // to a question of the form
	RuleWords        RuleField = "words"        // in the title or the description, whatever their endings
	RuleWorkPlace    RuleField = "work_place"   //
	RuleUrgency      RuleField = "urgency"      // as the earlier rules left it, like what follows
	RuleImpact       RuleField = "impact"       //
	RulePriority     RuleField = "priority"     //
	RuleTeam         RuleField = "team"         //
	RuleTag          RuleField = "tag"          //
	RuleWeekday      RuleField = "weekday"      // 1 is Monday, in the time zone of the desk
	RuleTime         RuleField = "time"         // from 08:30 to 12:00, likewise
	RuleCalendar     RuleField = "calendar"     // its hours are open
	RuleByHand       RuleField = "expression"   // in explanations only: an expression that names nothing else
)

// RuleOperator is how a field is compared with the values.
type RuleOperator string

// The operators.
const (
	OpIs       RuleOperator = "is"
	OpNot      RuleOperator = "not"
	OpAll      RuleOperator = "all"      // words, tags: every one of them
	OpContains RuleOperator = "contains" // an answer: one of the words
	OpAtLeast  RuleOperator = "at_least" // an answer that is a number
	OpAtMost   RuleOperator = "at_most"
	OpGiven    RuleOperator = "given" // there is an answer
	OpMissing  RuleOperator = "missing"
)

// RuleFields lists the fields in the order in which they are offered.
func RuleFields() []RuleField {
	return []RuleField{RuleWords, RuleService, RuleOffering, RuleAnswer, RuleKind, RuleChannel, RuleOrganisation,
		RuleAudience, RuleWorkPlace, RuleUrgency, RuleImpact, RulePriority, RuleTeam, RuleTag, RuleWeekday, RuleTime, RuleCalendar}
}

// Operators lists how a field may be compared, the usual way first; none for an unknown field.
func (f RuleField) Operators() []RuleOperator {
	switch f {
	case RuleAnswer:
		return []RuleOperator{OpIs, OpNot, OpContains, OpAtLeast, OpAtMost, OpGiven, OpMissing}
	case RuleWords, RuleTag:
		return []RuleOperator{OpIs, OpAll, OpNot}
	}
	if slices.Contains(RuleFields(), f) {
		return []RuleOperator{OpIs, OpNot}
	}
	return nil
}

// RuleThen is what a rule sets; what is empty stays.
type RuleThen struct {
	ServiceID  ID             `json:"service,omitempty" yaml:"service,omitempty"`
	TeamID     ID             `json:"team,omitempty" yaml:"team,omitempty"` // or ServiceTeam
	AssigneeID ID             `json:"technician,omitempty" yaml:"technician,omitempty"`
	Level      Level          `json:"level,omitempty" yaml:"level,omitempty"`
	Skills     []string       `json:"skills,omitempty" yaml:"skills,omitempty"` // that the dispatch of the team looks for
	Urgency    Grade          `json:"urgency,omitempty" yaml:"urgency,omitempty"`
	Impact     Grade          `json:"impact,omitempty" yaml:"impact,omitempty"`
	Tags       []string       `json:"tags,omitempty" yaml:"tags,omitempty"`
	Observers  []ID           `json:"observers,omitempty" yaml:"observers,omitempty"`
	Approval   []ApprovalStep `json:"approval,omitempty" yaml:"approval,omitempty"`     // asked before anybody works
	Template   ID             `json:"template,omitempty" yaml:"template,omitempty"`     // a reply that is sent, a list of points to check, a whole ticket
	CloseWith  ID             `json:"close_with,omitempty" yaml:"close_with,omitempty"` // a reply or a solution: it is sent, and the ticket is closed
	Parent     int64          `json:"parent,omitempty" yaml:"parent,omitempty"`         // number of the major incident to link to
	// Announcement to join to: its identifier, or ServiceAnnouncement.
	Announcement ID `json:"announcement,omitempty" yaml:"announcement,omitempty"`
}

// ServiceAnnouncement, as the announcement of a rule, means the failure that is announced about the
// ticket's service, if there is one.
const ServiceAnnouncement ID = "@service"

// ServiceTeam, as the team of a rule, means the team that handles the ticket's service.
const ServiceTeam ID = "@service"

// UnmarshalJSON also reads the conditions as they were kept before they became lists of comparisons: a
// desk that was saved then still routes as it did.
func (w *RuleWhen) UnmarshalJSON(b []byte) error {
	type plain RuleWhen
	var former struct {
		plain
		Services      []string            `json:"services"`
		Organisations []string            `json:"organisations"`
		Kinds         []string            `json:"kinds"`
		Channels      []string            `json:"channels"`
		Words         []string            `json:"words"`
		Answers       map[string][]string `json:"answers"`
	}
	if err := json.Unmarshal(b, &former); err != nil {
		return err
	}
	*w = RuleWhen(former.plain)
	add := func(f RuleField, key string, values []string) {
		if len(values) > 0 {
			w.All = append(w.All, RuleCondition{Field: f, Key: key, Values: values})
		}
	}
	add(RuleService, "", former.Services)
	add(RuleOrganisation, "", former.Organisations)
	add(RuleKind, "", former.Kinds)
	add(RuleChannel, "", former.Channels)
	add(RuleWords, "", former.Words)
	for _, key := range sortedKeys(former.Answers) {
		add(RuleAnswer, key, former.Answers[key])
	}
	return nil
}

// CleanTag is the one form of a tag: lower case, words joined by hyphens. Empty for a text that holds
// no word.
func CleanTag(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), separates), "-")
}

// CleanTags brings tags to their one form, each once, in the order of the alphabet.
func CleanTags(tags []string) []string {
	var out []string
	for _, t := range tags {
		if t = CleanTag(t); t != "" {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
