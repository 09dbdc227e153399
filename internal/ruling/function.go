package ruling

import (
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

// Functions lists what an expression may call, beside nothing else: none of them loops over anything that
// the expression makes.
func Functions() []string {
	return []string{"within", "words", "answer", "answered", "answer_words", "given", "number", "tagged", "between", "open"}
}

// options are the language: variables, functions, and nothing of the library's own. The functions are
// called with the environment before their arguments: a method of it would be called by reflection,
// which costs more than most of them do.
func options() []expr.Option {
	of := func(name string, typed any, call func(*env, []any) any) expr.Option {
		return expr.Function(name, func(args ...any) (any, error) { return call(args[0].(*env), args[1:]), nil }, typed)
	}
	return []expr.Option{
		expr.Env(&env{}), expr.AsBool(), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins(), expr.Patch(binder{}),
		of("within", new(func(*env, path, ...string) bool), func(e *env, a []any) any { return e.within(a[0].(path), texts(a[1:])) }),
		of("words", new(func(*env, ...string) bool), func(e *env, a []any) any { return e.words(texts(a)) }),
		of("answer", new(func(*env, string) string), func(e *env, a []any) any { return strings.Join(e.answer(a[0].(string)), ", ") }),
		of("answered", new(func(*env, string, ...string) bool), func(e *env, a []any) any { return e.answered(a[0].(string), texts(a[1:])) }),
		of("answer_words", new(func(*env, string, ...string) bool), func(e *env, a []any) any { return e.answerWords(a[0].(string), texts(a[1:])) }),
		of("given", new(func(*env, string) bool), func(e *env, a []any) any { return e.given(a[0].(string)) }),
		of("number", new(func(*env, string) float64), func(e *env, a []any) any { return e.number(a[0].(string)) }),
		of("tagged", new(func(*env, ...string) bool), func(e *env, a []any) any { return e.tagged(texts(a)) }),
		of("between", new(func(*env, string, string) bool), func(e *env, a []any) any { return e.between(a[0].(string), a[1].(string)) }),
		of("open", new(func(*env, ...string) bool), func(e *env, a []any) any { return e.open(texts(a)) }),
	}
}

func texts(args []any) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = a.(string)
	}
	return out
}

// binder puts the environment before the arguments of each call. Nobody writes it: what begins with $ is
// refused when an expression is examined.
type binder struct{}

// Visit implements ast.Visitor.
func (binder) Visit(node *ast.Node) {
	if call, ok := (*node).(*ast.CallNode); ok {
		call.Arguments = append([]ast.Node{&ast.IdentifierNode{Value: "$env"}}, call.Arguments...)
	}
}
