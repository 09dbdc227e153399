// Package ruling reads the conditions of routing rules: it writes the comparisons chosen on screen as
// an expression, compiles it and what was written by hand with one small language, and answers for one
// ticket at a time. It is the only place that knows the expression library.
package ruling

import (
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"guichet"
)

// Set is the rules of a desk, compiled.
type Set struct {
	desk  *guichet.Desk
	rules map[guichet.ID]*compiled
	stems map[string]sought // of what the rules look for in texts
}

// compiled is one rule: its conditions one by one, so that an explanation names the one that decided.
type compiled struct {
	all, any []part
	byHand   *part
	fault    string
}

// part is one condition.
type part struct {
	comparison guichet.RuleCondition
	program    *vm.Program
	names      []string // of the variables that an expression written by hand reads
	text       string
	sought     []string // texts that it holds
}

// rulesKey is the key under which a desk keeps them.
type rulesKey struct{}

// For returns the compiled rules of a desk, compiled once for each configuration.
func For(d *guichet.Desk) *Set {
	return d.Made(rulesKey{}, func(d *guichet.Desk) any { return Compile(d) }).(*Set)
}

// Compile compiles the rules of a desk. One that cannot be compiled, which no published desk holds,
// never holds and says why.
func Compile(d *guichet.Desk) *Set {
	s := &Set{desk: d, rules: make(map[guichet.ID]*compiled, len(d.Rules)), stems: map[string]sought{}}
	for _, r := range d.Rules {
		c, err := compile(r.When)
		if err != nil {
			c = &compiled{fault: err.Error()}
		}
		s.rules[r.ID] = c
		s.prepare(append(c.all, c.any...))
		if c.byHand != nil {
			s.prepare([]part{*c.byHand})
		}
	}
	return s
}

// prepare stems what is sought in texts once, and not for each ticket.
func (s *Set) prepare(parts []part) {
	for _, p := range parts {
		if !strings.Contains(p.text, "words(") {
			continue
		}
		for _, w := range p.sought {
			s.stems[w] = soughtIn(w)
		}
	}
}

func compile(w guichet.RuleWhen) (*compiled, error) {
	c := &compiled{}
	for _, group := range []struct {
		list []guichet.RuleCondition
		into *[]part
	}{{w.All, &c.all}, {w.Any, &c.any}} {
		for _, x := range group.list {
			p, err := newPart(Comparison(x))
			if err != nil {
				return nil, err
			}
			p.comparison = x
			*group.into = append(*group.into, p)
		}
	}
	if strings.TrimSpace(w.Expression) != "" {
		p, err := newPart(w.Expression)
		if err != nil {
			return nil, err
		}
		c.byHand = &p
	}
	return c, nil
}

func newPart(text string) (part, error) {
	v, err := examine(text)
	if err != nil {
		return part{}, err
	}
	program, err := expr.Compile(text, options()...)
	if err != nil {
		return part{}, refusal(err, text)
	}
	return part{program: program, names: v.names, text: text, sought: v.strings}, nil
}

// Check says whether the conditions of a rule can be compiled; the problem is attached to "expression",
// with the place where it is.
func Check(r guichet.Rule) error {
	_, err := compile(r.When)
	return err
}

// Judge returns the judge of one ticket.
func (s *Set) Judge() guichet.Judge { return s.JudgeOf(NewReading()) }

// JudgeOf returns the judge of a ticket that other rules read too.
func (s *Set) JudgeOf(reading *Reading) guichet.Judge {
	var e *env
	return func(r guichet.Rule, f guichet.Facts) guichet.Verdict {
		c, known := s.rules[r.ID]
		switch {
		case !known:
			return guichet.Verdict{Fault: "unknown rule"}
		case c.fault != "":
			return guichet.Verdict{Fault: c.fault}
		case e == nil:
			e = newEnv(s, reading, f)
		default:
			e.look(f)
		}
		return c.judge(e)
	}
}

// maxSeen is how many values of one rule an explanation holds.
const maxSeen = 12

// judge asks the conditions in their order and stops at the first that fails.
func (c *compiled) judge(e *env) guichet.Verdict {
	var saw []guichet.Seen
	for _, p := range c.all {
		seen, ok, err := p.ask(e)
		if !ok {
			return failed(seen, err)
		}
		saw = append(saw, seen...)
	}
	if len(c.any) > 0 {
		seen, ok, err := c.oneOf(e)
		if !ok {
			return failed(seen, err)
		}
		saw = append(saw, seen...)
	}
	if c.byHand != nil {
		seen, ok, err := c.byHand.ask(e)
		if !ok {
			return failed(seen, err)
		}
		saw = append(saw, seen...)
	}
	return guichet.Verdict{Holds: true, Saw: saw[:min(len(saw), maxSeen)]}
}

func failed(saw []guichet.Seen, err error) guichet.Verdict {
	v := guichet.Verdict{Saw: saw[:min(len(saw), maxSeen)]}
	if err != nil {
		v.Fault = err.Error()
	}
	return v
}

// oneOf answers the conditions of which one is enough.
func (c *compiled) oneOf(e *env) (all []guichet.Seen, ok bool, err error) {
	for _, p := range c.any {
		seen, ok, wrong := p.ask(e)
		if ok {
			return seen, true, nil
		}
		if wrong != nil {
			err = wrong
		}
		all = append(all, seen...)
	}
	return all, false, err
}

// ask runs one condition, and tells what it saw. A fault of the evaluation is told and does not hold.
func (p part) ask(e *env) ([]guichet.Seen, bool, error) {
	e.found = nil
	out, err := e.machine.Run(p.program, e)
	if err != nil {
		return nil, false, err
	}
	holds, _ := out.(bool)
	if p.comparison.Field != "" {
		return []guichet.Seen{e.seen(p.comparison)}, holds, nil
	}
	return e.seenByHand(p), holds, nil
}
