package ruling

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"guichet"
)

// maxNodes is the size of an expression: more is not read by anybody.
const maxNodes = 300

// operators are what joins values.
var operators = []string{"and", "or", "&&", "||", "not", "!", "==", "!=", "<", "<=", ">", ">=", "in", "not in",
	"contains", "startsWith", "endsWith", "-", "+"}

// examine refuses, before anything is compiled, what could run long or reach further than our variables
// and functions: loops, ranges, patterns, members, declarations. It returns what the expression names.
func examine(text string) (*examiner, error) {
	if utf8.RuneCountInString(text) > guichet.MaxExpression {
		return nil, guichet.Invalid("expression", "field.too_long", "Limit", guichet.MaxExpression,
			"Length", utf8.RuneCountInString(text))
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, refusal(err, text)
	}
	v := &examiner{}
	ast.Walk(&tree.Node, v)
	if v.wrong != nil {
		fault := &file.Error{Location: v.wrong.Location(), Message: "not allowed: " + v.wrong.String()}
		return nil, refusal(fault.Bind(tree.Source), text)
	}
	if v.count > maxNodes {
		return nil, guichet.Invalid("expression", "rule.expression_large", "Limit", maxNodes)
	}
	return v, nil
}

// examiner walks an expression, children first.
type examiner struct {
	wrong   ast.Node
	count   int
	names   []string // variables
	strings []string
}

// Visit implements ast.Visitor.
func (v *examiner) Visit(node *ast.Node) {
	v.count++
	if v.wrong == nil && !v.allows(*node) {
		v.wrong = *node
	}
	if call, ok := (*node).(*ast.CallNode); ok {
		if name, ok := call.Callee.(*ast.IdentifierNode); ok {
			v.names = slices.DeleteFunc(v.names, func(n string) bool { return n == name.Value })
		}
	}
}

func (v *examiner) allows(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.ArrayNode:
		return true
	case *ast.StringNode:
		v.strings = append(v.strings, n.Value)
		return true
	case *ast.IdentifierNode:
		if !slices.Contains(v.names, n.Value) {
			v.names = append(v.names, n.Value)
		}
		return !strings.HasPrefix(n.Value, "$")
	case *ast.UnaryNode:
		return slices.Contains(operators, n.Operator)
	case *ast.BinaryNode:
		return slices.Contains(operators, n.Operator)
	case *ast.CallNode:
		name, ok := n.Callee.(*ast.IdentifierNode)
		return ok && slices.Contains(Functions(), name.Value)
	}
	return false
}

// refusal tells where an expression is wrong: line and column from 1, and what stands there.
func refusal(err error, text string) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return guichet.Invalid("expression", "rule.expression", "Line", 1, "Column", 1, "Near", "", "Text", err.Error())
	}
	line, column := max(at.Line, 1), at.Column+1
	near := ""
	if lines := strings.Split(text, "\n"); line <= len(lines) {
		rest := []rune(lines[line-1])
		rest = rest[min(column-1, len(rest)):]
		near = string(rest[:min(len(rest), 20)])
	}
	return guichet.Invalid("expression", "rule.expression", "Line", line, "Column", column, "Near", near, "Text", at.Message)
}

// Text writes the conditions of a rule in the language of expressions.
func Text(w guichet.RuleWhen) string {
	var all []string
	for _, c := range w.All {
		all = append(all, Comparison(c))
	}
	var either []string
	for _, c := range w.Any {
		either = append(either, Comparison(c))
	}
	if len(either) > 0 {
		all = append(all, grouped(strings.Join(either, " or "), len(either) > 1))
	}
	if hand := strings.TrimSpace(w.Expression); hand != "" {
		all = append(all, grouped(hand, len(all) > 0))
	}
	return strings.Join(all, "\nand ")
}

func grouped(text string, several bool) string {
	if several {
		return "(" + text + ")"
	}
	return text
}

// Comparison writes one comparison in the language of expressions.
func Comparison(c guichet.RuleCondition) string {
	text := positive(c)
	if c.Op == guichet.OpNot || c.Op == guichet.OpMissing {
		return "not " + text
	}
	return text
}

func positive(c guichet.RuleCondition) string {
	key := strconv.Quote(c.Key)
	switch c.Field {
	case guichet.RuleService, guichet.RuleOrganisation:
		return call("within", append([]string{string(c.Field)}, quoted(c.Values)...)...)
	case guichet.RuleWords:
		return each("words", c)
	case guichet.RuleTag:
		c.Values = guichet.CleanTags(c.Values)
		return each("tagged", c)
	case guichet.RuleCalendar:
		return call("open", quoted(c.Values)...)
	case guichet.RuleTime:
		return call("between", quoted(c.Values)...)
	case guichet.RuleWeekday:
		return "(weekday in [" + strings.Join(digits(c.Values), ", ") + "])"
	case guichet.RuleAnswer:
		return ofAnswer(c, key)
	}
	return "(" + string(c.Field) + " in [" + strings.Join(quoted(c.Values), ", ") + "])"
}

func ofAnswer(c guichet.RuleCondition, key string) string {
	switch c.Op {
	case guichet.OpGiven, guichet.OpMissing:
		return call("given", key)
	case guichet.OpContains:
		return call("answer_words", append([]string{key}, quoted(c.Values)...)...)
	case guichet.OpAtLeast, guichet.OpAtMost:
		limit, _ := guichet.Number(first(c.Values))
		sign := " >= "
		if c.Op == guichet.OpAtMost {
			sign = " <= "
		}
		return "(number(" + key + ")" + sign + strconv.FormatFloat(limit, 'f', -1, 64) + ")"
	}
	return call("answered", append([]string{key}, quoted(c.Values)...)...)
}

// each asks for one of the values, or for every one.
func each(function string, c guichet.RuleCondition) string {
	if c.Op != guichet.OpAll || len(c.Values) == 0 {
		return call(function, quoted(c.Values)...)
	}
	parts := make([]string, len(c.Values))
	for i, v := range quoted(c.Values) {
		parts[i] = call(function, v)
	}
	return "(" + strings.Join(parts, " and ") + ")"
}

func call(name string, args ...string) string { return name + "(" + strings.Join(args, ", ") + ")" }

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func quoted(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strconv.Quote(strings.ToValidUTF8(v, "?"))
	}
	return out
}

// digits keeps what is a number: a weekday that is none is refused by the check of rules.
func digits(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		n, _ := strconv.Atoi(v)
		out[i] = strconv.Itoa(cmp.Or(n, -1))
	}
	return out
}
