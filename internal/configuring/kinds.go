package configuring

import (
	"guichet"
)

// kind describes what is edited: how an object is found in a desk, put into it, checked there, and who
// may do so.
type kind[T any] struct {
	name string // of the definitions and of the audit
	// find returns the object in force.
	find func(*guichet.Desk, guichet.ID) (T, bool)
	// all lists the keys of the objects in force.
	all func(*guichet.Desk) []guichet.ID
	// put places the object in a copy of the desk.
	put func(*guichet.Desk, guichet.ID, T)
	// drop takes the object out of a copy of the desk; nil: an object of this kind is not removed.
	drop func(*guichet.Desk, guichet.ID)
	// check says what is wrong with an object, in the desk that holds it.
	check func(*guichet.Desk, T) error
	// used refuses a removal: something still needs the object. The desk is the one without it.
	used func(*guichet.Desk, guichet.ID) error
	// may reports whether the actor may edit the object.
	may func(guichet.Actor, *guichet.Desk, T) bool
	// label is the name of an object for lists and for the audit.
	label func(T) string
	// kept is what is stored of an object: version numbers are the table's.
	kept func(T) T
}

// whole: objects that concern the whole desk.
func whole[T any](a guichet.Actor, d *guichet.Desk, _ T) bool { return a.Configures("", d) }

func workflows() kind[guichet.Workflow] {
	return kind[guichet.Workflow]{
		name: "workflow",
		find: func(d *guichet.Desk, id guichet.ID) (guichet.Workflow, bool) { w, ok := d.Workflows[id]; return w, ok },
		all:  func(d *guichet.Desk) []guichet.ID { return keys(d.Workflows) },
		put: func(d *guichet.Desk, id guichet.ID, w guichet.Workflow) {
			w.ID = id
			d.Workflows[id] = w
		},
		check: func(d *guichet.Desk, w guichet.Workflow) error { return d.CheckWorkflow(w) },
		may:   whole[guichet.Workflow],
		label: func(w guichet.Workflow) string { return w.Name },
		kept:  func(w guichet.Workflow) guichet.Workflow { w.Version = 0; return w },
	}
}

func offerings() kind[guichet.Offering] {
	return kind[guichet.Offering]{
		name: "offering",
		find: func(d *guichet.Desk, id guichet.ID) (guichet.Offering, bool) { o, ok := d.Offerings[id]; return o, ok },
		all:  func(d *guichet.Desk) []guichet.ID { return keys(d.Offerings) },
		put: func(d *guichet.Desk, id guichet.ID, o guichet.Offering) {
			o.ID = id
			d.Offerings[id] = o
		},
		drop:  func(d *guichet.Desk, id guichet.ID) { delete(d.Offerings, id) },
		check: func(d *guichet.Desk, o guichet.Offering) error { return o.Check(d) },
		may: func(a guichet.Actor, d *guichet.Desk, o guichet.Offering) bool {
			return o.ServiceID != "" && a.Configures(o.ServiceID, d)
		},
		label: func(o guichet.Offering) string { return o.Name },
		kept:  func(o guichet.Offering) guichet.Offering { o.Version, o.Form.Version = 0, 0; return o },
	}
}
