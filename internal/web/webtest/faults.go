package webtest

import (
	"strings"

	"golang.org/x/net/html"
)

// Faults are what would keep somebody from reading or using the page, or a browser from showing it.
func (p Page) Faults(locale string) []string {
	c := check{locale: locale, ids: map[string]bool{}, labelled: map[string]bool{}}
	for n := range p.root.Descendants() {
		if n.Data == "label" {
			c.labelled[attr(n, "for")] = true
		}
	}
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode {
			c.element(n)
		}
	}
	for n := range p.root.Descendants() {
		c.references(n)
	}
	if c.headings != 1 {
		c.add("not one first heading")
	}
	if i := strings.Index(p.Body, "⟦"); i >= 0 {
		c.add("missing text " + p.Body[i:min(i+80, len(p.Body))])
	}
	return c.found
}

type check struct {
	locale        string
	ids, labelled map[string]bool
	headings      int
	found         []string
}

func (c *check) add(fault string) { c.found = append(c.found, fault) }

func (c *check) element(n *html.Node) {
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			c.add("inline " + a.Key + " on " + n.Data)
		}
	}
	if id := attr(n, "id"); id != "" {
		if c.ids[id] {
			c.add("two elements are " + id)
		}
		c.ids[id] = true
	}
	switch n.Data {
	case "h1":
		c.headings++
	case "html":
		if attr(n, "lang") != c.locale {
			c.add("language " + attr(n, "lang"))
		}
	case "style":
		c.add("inline style sheet")
	case "script":
		if n.FirstChild != nil {
			c.add("inline script")
		}
	case "input", "select", "textarea":
		if attr(n, "type") != "hidden" && !c.named(n) {
			c.add("no label for " + attr(n, "name"))
		}
	}
}

// named reports whether a field has a label.
func (c *check) named(n *html.Node) bool {
	if id := attr(n, "id"); id != "" && c.labelled[id] {
		return true
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "label" {
			return true
		}
	}
	return false
}

// references checks that what a field is described by, and where a link within the page leads, exist.
func (c *check) references(n *html.Node) {
	for _, id := range strings.Fields(attr(n, "aria-describedby") + " " + attr(n, "aria-labelledby")) {
		if !c.ids[id] {
			c.add("described by " + id + ", which is not there")
		}
	}
	if to := attr(n, "href"); n.Data == "a" && strings.HasPrefix(to, "#") && !c.ids[to[1:]] {
		c.add("leads to " + to + ", which is not there")
	}
}
