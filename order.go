package guichet

import (
	"slices"
	"strings"
)

// OrderKey is by what a list of tickets runs.
type OrderKey string

// By what lists run.
const (
	OrderUpdated  OrderKey = "updated"  // the last change
	OrderNumber   OrderKey = "number"   // the number, which is the order of the opening
	OrderDue      OrderKey = "due"      // the next due date; tickets without one come last, either way
	OrderPriority OrderKey = "priority" // the priority; within one, the oldest ticket first, either way
)

// Order is how a list of tickets runs. The zero Order is the usual one of the list.
type Order struct {
	By   OrderKey
	Down bool // from the latest, the highest, to the least
}

// OrderKeys lists by what a list of unfinished tickets may run, the usual first.
func OrderKeys() []OrderKey {
	return []OrderKey{OrderUpdated, OrderNumber, OrderDue, OrderPriority}
}

// First is the order that one asks for first: what is due soonest, what is newest, what is gravest.
func (k OrderKey) First() Order { return Order{By: k, Down: k != OrderDue} }

// String is how an order stands in an address: the key, after a minus when it runs down; empty for the usual one.
func (o Order) String() string {
	if o.Down {
		return "-" + string(o.By)
	}
	return string(o.By)
}

// ParseOrder reads what String wrote; ok is false for anything else.
func ParseOrder(text string) (o Order, ok bool) {
	key, down := strings.CutPrefix(text, "-")
	o = Order{By: OrderKey(key), Down: down}
	if !slices.Contains(OrderKeys(), o.By) {
		return Order{}, false
	}
	return o, true
}

// Turned is the same order the other way round.
func (o Order) Turned() Order { return Order{By: o.By, Down: !o.Down} }

// PrioritiesDown lists the priorities from the gravest.
func PrioritiesDown() []Priority {
	return []Priority{PriorityCritical, PriorityHigh, PriorityMedium, PriorityLow}
}
