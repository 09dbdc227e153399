package presets

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"guichet"
)

// checkForm records what the rules of offerings refuse, each fault with the field or the step that it
// is about.
func (p Preset) checkForm(f *folder, o guichet.Offering) {
	var wrong *guichet.Error
	if !errors.As(o.Check(&p.Desk), &wrong) {
		return
	}
	for _, x := range wrong.Fields {
		f.fault(fileOfferings, o.ID, "%s: %s%s%s", o.ID, placeOf(o, x.Field), x.Code, arguments(x.Args))
	}
}

// placeOf says where in an offering a problem is: "fields.2.options" is the field of some key.
func placeOf(o guichet.Offering, path string) string {
	parts := strings.SplitN(path, ".", 3)
	if len(parts) < 3 {
		return path + ": "
	}
	n, _ := strconv.Atoi(parts[1])
	if parts[0] == "fields" && n < len(o.Form.Fields) {
		return fmt.Sprintf("field %q: %s: ", o.Form.Fields[n].Key, parts[2])
	}
	return path + ": "
}

func arguments(args map[string]any) string {
	if text, given := args["Text"]; given {
		return fmt.Sprintf(" %q", text)
	}
	return ""
}
