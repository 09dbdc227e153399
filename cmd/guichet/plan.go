package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guichet/internal/presets"
	"guichet/internal/transferring"
)

// told is a plan for programs.
func told(p transferring.Plan) map[string]any {
	counts := tally(p)
	return map[string]any{"changes": append([]presets.Change{}, p.Changes...), "kept": append([]presets.Entry{}, p.Kept...),
		"warnings": append([]presets.Fault{}, p.Warnings...), "running": p.Running,
		"added": counts[presets.Added], "changed": counts[presets.Changed] + counts[presets.Moved], "removed": counts[presets.Removed]}
}

func tally(p transferring.Plan) map[presets.ChangeKind]int {
	counts := map[presets.ChangeKind]int{}
	for _, c := range p.Changes {
		counts[c.Kind]++
	}
	return counts
}

func counted(p transferring.Plan) string {
	counts := tally(p)
	if len(p.Changes) == 0 {
		return "no difference"
	}
	return fmt.Sprintf("%d added, %d changed, %d removed", counts[presets.Added], counts[presets.Changed]+counts[presets.Moved], counts[presets.Removed])
}

// The signs of what becomes of an entry.
var signs = map[presets.ChangeKind]string{presets.Added: "+", presets.Changed: "~", presets.Removed: "-", presets.Moved: "^"}

// describe tells a plan file by file.
func describe(p transferring.Plan) string {
	var b strings.Builder
	file := ""
	for _, c := range p.Changes {
		if c.File != file {
			file = c.File
			b.WriteString(file + "\n")
		}
		b.WriteString("  " + signs[c.Kind] + " " + heading(c) + "\n")
		for _, f := range c.Fields {
			b.WriteString("      " + f.Field + ": " + fieldText(f) + "\n")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Running)) {
		fmt.Fprintf(&b, "Tickets in progress that stay with the present version of the workflow %s: %d.\n", id, p.Running[id])
	}
	if len(p.Kept) > 0 {
		b.WriteString("In the desk and not in these files; it stays:\n" + keptText(p.Kept))
	}
	for _, w := range p.Warnings {
		b.WriteString("Warning: " + w.Error() + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// lines puts texts below one another, without those that are empty.
func lines(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(t string) bool { return t == "" }), "\n")
}

func heading(c presets.Change) string {
	switch {
	case c.Kind == presets.Moved && c.ID == "":
		return "order"
	case c.Kind == presets.Moved:
		return "order below " + string(c.ID)
	case c.ID == "":
		return "the desk"
	case c.Name == "":
		return string(c.ID)
	}
	return string(c.ID) + " (" + c.Name + ")"
}

func fieldText(f presets.FieldChange) string {
	short := func(text string) string {
		if text == "" {
			return "(nothing)"
		}
		return strings.ReplaceAll(text, "\n", "⏎")
	}
	return short(f.Before) + " → " + short(f.After)
}

// keptText lists entries file by file.
func keptText(kept []presets.Entry) string {
	var b strings.Builder
	file := ""
	for _, e := range kept {
		if e.File == file {
			b.WriteString(", " + string(e.ID))
			continue
		}
		if file != "" {
			b.WriteString("\n")
		}
		file = e.File
		b.WriteString("  " + file + ": " + string(e.ID))
	}
	return b.String() + "\n"
}
