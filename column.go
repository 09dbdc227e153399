package guichet

import (
	"slices"
	"strings"
)

// Column is something that a list of tickets shows of each.
type Column string

// What lists show.
const (
	ColumnNumber       Column = "number"
	ColumnTitle        Column = "title" // and the last message; every list has it
	ColumnRequester    Column = "requester"
	ColumnOrganisation Column = "organisation"
	ColumnService      Column = "service"
	ColumnState        Column = "state"
	ColumnPriority     Column = "priority"
	ColumnDue          Column = "due"
	ColumnUpdated      Column = "updated"
	ColumnAssignee     Column = "assignee"
	ColumnTeam         Column = "team"
	ColumnLevel        Column = "level"
	ColumnKind         Column = "kind"
	ColumnCreated      Column = "created"
	ColumnResumes      Column = "resumes" // when a pending ticket comes back
	ColumnTags         Column = "tags"
)

// UsualColumns are those of who has not chosen, in their order.
func UsualColumns() []Column {
	return []Column{ColumnNumber, ColumnTitle, ColumnRequester, ColumnService, ColumnState, ColumnPriority, ColumnDue, ColumnUpdated, ColumnAssignee}
}

// AllColumns lists every column: the usual ones first.
func AllColumns() []Column {
	return append(UsualColumns(), ColumnOrganisation, ColumnTeam, ColumnLevel, ColumnKind, ColumnCreated, ColumnResumes, ColumnTags)
}

// Order is by what a click on the head of the column sorts; empty: by nothing.
func (c Column) Order() OrderKey {
	switch c {
	case ColumnNumber, ColumnCreated:
		return OrderNumber
	case ColumnPriority:
		return OrderPriority
	case ColumnDue:
		return OrderDue
	case ColumnUpdated:
		return OrderUpdated
	}
	return ""
}

// FormatColumns writes a choice of columns, in their order, for ParseColumns.
func FormatColumns(list []Column) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = string(c)
	}
	return strings.Join(words, ",")
}

// ParseColumns reads a choice of columns: each once, the title among them. ok is false for anything else.
func ParseColumns(text string) (list []Column, ok bool) {
	for word := range strings.SplitSeq(text, ",") {
		c := Column(word)
		if !slices.Contains(AllColumns(), c) || slices.Contains(list, c) {
			return nil, false
		}
		list = append(list, c)
	}
	return list, slices.Contains(list, ColumnTitle)
}
