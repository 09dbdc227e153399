package demo

import (
	"bytes"
	"embed"
	"errors"
	"io/fs"
	"slices"

	"go.yaml.in/yaml/v3"

	"guichet"
	"guichet/internal/presets"
)

//go:embed eig.yaml glevents.yaml insa.yaml paris.yaml ugecam.yaml
var files embed.FS

// Script is the tickets of a demonstration: what happened on a desk during its last weeks.
type Script struct {
	Name    string // of the preset
	Stories []Story
}

// Story is one ticket from its opening on. Moments are texts that a calendar reads: see moment.
type Story struct {
	At        string                `yaml:"at"`
	From      string                `yaml:"from"`      // requester
	By        string                `yaml:"by"`        // who typed it; empty: the requester
	For       string                `yaml:"for"`       // beneficiary; empty: the requester
	Observers []guichet.ID          `yaml:"observers"` // in copy from the first
	Channel   guichet.Channel       `yaml:"channel"`
	Offering  guichet.ID            `yaml:"offering"`
	Service   guichet.ID            `yaml:"service"` // below that of the offering; empty: that one
	Title     string                `yaml:"title"`
	Text      string                `yaml:"text"`
	Urgency   guichet.Grade         `yaml:"urgency"` // empty: medium
	Place     guichet.WorkPlace     `yaml:"place"`
	Location  string                `yaml:"location"`
	Answers   map[string]answerList `yaml:"answers"`
	Ends      guichet.State         `yaml:"ends"` // where the ticket stands at the end
	Steps     []Step                `yaml:"steps"`

	line int
}

// Step is something that somebody did to the ticket. Do is an action of the workflow, or one of
// reply, note, task, done (the last task).
type Step struct {
	At      string        `yaml:"at"`
	By      string        `yaml:"by"` // a person, or system
	Do      string        `yaml:"do"`
	Text    string        `yaml:"text"`
	Kind    guichet.Kind  `yaml:"kind"`
	Service guichet.ID    `yaml:"service"`
	Urgency guichet.Grade `yaml:"urgency"`
	Impact  guichet.Grade `yaml:"impact"`
	Team    guichet.ID    `yaml:"team"`
	To      guichet.ID    `yaml:"to"` // technician
	Level   guichet.Level `yaml:"level"`
	Reason  string        `yaml:"reason"` // why it waits
	Until   string        `yaml:"until"`
	Title   string        `yaml:"title"` // of a task
	Due     string        `yaml:"due"`
	Minutes int           `yaml:"minutes"`
	Rating  []int         `yaml:"rating"` // time taken, answers: 1 to 5

	line int
}

// The steps that are no action of the workflow, and the performer who is no person.
const (
	doReply  = "reply"
	doNote   = "note"
	doTask   = "task"
	doDone   = "done"
	bySystem = string(guichet.PerformerSystem)
)

// answerList is one answer or several.
type answerList []string

// UnmarshalYAML accepts a text where a list is meant.
func (a *answerList) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*a = answerList{node.Value}
		return nil
	}
	return node.Decode((*[]string)(a))
}

// Load reads the demonstration of a preset. Errors name the file and the line.
func Load(name string) (Script, error) {
	if !slices.Contains(presets.Names(), name) {
		return Script{}, guichet.NotFound("preset")
	}
	return readScript(files, name)
}

// scriptFile is how the file of a demonstration is named in messages.
func scriptFile(name string) string { return "demo/" + name + ".yaml" }

func readScript(fsys fs.FS, name string) (Script, error) {
	var content struct {
		Tickets []Story `yaml:"tickets"`
	}
	if err := presets.Decode(fsys, "demo", name+".yaml", &content); err != nil {
		return Script{}, err
	}
	number(fsys, name+".yaml", content.Tickets)
	return Script{name, content.Tickets}, nil
}

// number gives each story and each step the line on which it stands.
func number(fsys fs.FS, file string, stories []Story) {
	data, err := fs.ReadFile(fsys, file)
	var root struct {
		Tickets []struct {
			Node  yaml.Node   `yaml:"title"`
			Steps []yaml.Node `yaml:"steps"`
		} `yaml:"tickets"`
	}
	if err != nil || yaml.NewDecoder(bytes.NewReader(data)).Decode(&root) != nil {
		return
	}
	for i := range stories {
		stories[i].line = root.Tickets[i].Node.Line
		for j := range stories[i].Steps {
			stories[i].Steps[j].line = root.Tickets[i].Steps[j].Line
		}
	}
}

// Check says which stories name what the preset does not have. Each fault names file and line.
func (s Script) Check(p presets.Preset) error {
	c := checker{preset: p, file: scriptFile(s.Name)}
	for _, story := range s.Stories {
		c.story(story)
	}
	return errors.Join(c.faults...)
}

// checker gathers the faults of a script.
type checker struct {
	preset presets.Preset
	file   string
	faults []error
}

func (c *checker) say(line int, text string) {
	c.faults = append(c.faults, presets.Fault{File: c.file, Line: line, Text: text})
}

func (c *checker) story(s Story) {
	offering, known := c.preset.Desk.Offerings[s.Offering]
	if !known {
		c.say(s.line, "unknown offering "+string(s.Offering))
	}
	if s.Service != "" && !slices.Contains(c.preset.Desk.ServicePath(s.Service), offering.ServiceID) {
		c.say(s.line, "the offering does not belong to the service "+string(s.Service))
	}
	if s.Title == "" || s.Text == "" || !s.Ends.Valid() {
		c.say(s.line, "a title, a text and a last state are needed")
	}
	for key := range s.Answers {
		if !slices.ContainsFunc(offering.Form.Fields, func(f guichet.Field) bool { return f.Key == key }) {
			c.say(s.line, "the form has no field "+key)
		}
	}
	c.people(s.line, s.From)
	for _, name := range []string{s.By, s.For} {
		if name != "" {
			c.people(s.line, name)
		}
	}
	for _, id := range s.Observers {
		c.people(s.line, string(id))
	}
	c.moment(s.line, s.At)
	for _, step := range s.Steps {
		c.step(step)
	}
}

func (c *checker) step(s Step) {
	words := []string{doReply, doNote, doTask, doDone}
	if !slices.Contains(words, s.Do) && !slices.Contains(guichet.Actions(), guichet.Action(s.Do)) {
		c.say(s.line, "nobody can do "+s.Do)
	}
	if s.By != bySystem {
		c.people(s.line, s.By)
	}
	if s.To != "" {
		c.people(s.line, string(s.To))
	}
	if _, known := c.preset.Desk.Teams[s.Team]; s.Team != "" && !known {
		c.say(s.line, "unknown team "+string(s.Team))
	}
	if _, known := c.preset.Desk.Services[s.Service]; s.Service != "" && !known {
		c.say(s.line, "unknown service "+string(s.Service))
	}
	for _, at := range []string{s.At, s.Until, s.Due} {
		c.moment(s.line, at)
	}
}

func (c *checker) people(line int, key string) {
	if _, known := c.preset.Person(key); !known {
		c.say(line, "unknown person "+key)
	}
}

func (c *checker) moment(line int, text string) {
	if text != "" && !momentPattern.MatchString(text) {
		c.say(line, text+" is not a moment")
	}
}
