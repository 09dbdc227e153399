package guichet

import "slices"

// OrganisationKind says what a node of the organisation tree is.
type OrganisationKind string

// The kinds of organisations (seeds 000 to 004).
const (
	OrganisationGroup         OrganisationKind = "group"
	OrganisationEstablishment OrganisationKind = "establishment"
	OrganisationDirectorate   OrganisationKind = "directorate"
	OrganisationFaculty       OrganisationKind = "faculty"
	OrganisationSite          OrganisationKind = "site"
	OrganisationCustomer      OrganisationKind = "customer"
)

// OrganisationKinds lists the kinds, from the widest.
func OrganisationKinds() []OrganisationKind {
	return []OrganisationKind{OrganisationGroup, OrganisationEstablishment, OrganisationDirectorate, OrganisationFaculty,
		OrganisationSite, OrganisationCustomer}
}

// Valid reports whether k is a known kind.
func (k OrganisationKind) Valid() bool { return slices.Contains(OrganisationKinds(), k) }

// Organisation is a node of the one tree of organisations.
type Organisation struct {
	ID       ID
	ParentID ID // empty for a root
	Name     string
	Kind     OrganisationKind
	Closed   bool  // nobody and nothing is added to it any more
	Version  int64 // of the record, for who edits it
}

// Tree answers questions about the ancestors of nodes. The zero Tree knows no node.
type Tree struct{ parent map[ID]ID }

// NewTree makes a tree from pairs of node and parent; a root has an empty parent.
func NewTree(parents map[ID]ID) Tree { return Tree{parent: parents} }

// Path returns the node and its ancestors, nearest first. A node that is not of the tree has an
// empty path. A cycle, which the store refuses, ends the path: no node stands in it twice.
func (t Tree) Path(node ID) []ID {
	var path []ID
	for node != "" && !slices.Contains(path, node) {
		parent, known := t.parent[node]
		if !known {
			break
		}
		path = append(path, node)
		node = parent
	}
	return path
}

// Within reports whether node is root or below it. An empty root holds everything.
func (t Tree) Within(node, root ID) bool {
	return root == "" || slices.Contains(t.Path(node), root)
}
