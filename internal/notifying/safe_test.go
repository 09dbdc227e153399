package notifying_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func contains(m store.Mail, text string) bool {
	return strings.Contains(m.Text, text) || strings.Contains(m.HTML, text) || strings.Contains(m.Subject, text)
}

// hostile is what nobody should write.
const hostile = `<script>alert(1)</script> <img src=x onerror=alert(2)> <svg onload=alert(3)>
[ici](javascript:alert(4)) [là](data:text/html,x) ![espion](https://spy.example.net/p.gif) ![x](javascript:alert(5))
<a href="javascript:alert(6)" onclick="alert(7)">lien</a> </td></table><form action="https://spy.example.net">
![capture](/documents/abc) [bon lien](https://example.org/page)`

// elements calls fn for each element of a page.
func elements(t *testing.T, page string, fn func(name string, attr map[string]string)) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			attr := map[string]string{}
			for _, a := range n.Attr {
				attr[a.Key] = a.Val
			}
			fn(n.Data, attr)
		}
	}
}

// Whatever is written, everywhere it may be, a message runs nothing and fetches nothing.
func TestMessagesRunNothingAndFetchNothing(t *testing.T) {
	s := newStage(t)
	s.person(Ann, func(p *guichet.Person) {
		p.GivenName, p.FamilyName = `<script>alert(8)</script>`, `"><img src=x onerror=alert(9)>`
	})
	s.person(Rita, func(p *guichet.Person) { p.GivenName = `{{.Actor}}<b>` })
	ticket := s.open(Rita, ticketing.Open{Title: `<script>alert(10)</script>`, Description: hostile})
	s.do(Mona, ticket, guichet.Act{Action: guichet.ActionAssign, TeamID: Support, AssigneeID: Ann, Text: hostile})
	s.say(Ann, ticket, ticketing.FollowUp{Text: hostile})
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionResolve, Text: hostile})
	list := s.mails()
	if len(list) < 5 {
		t.Fatalf("%d messages", len(list))
	}
	allowed := regexp.MustCompile(`^https://(aide\.)?example\.org/`)
	for _, m := range list {
		elements(t, m.HTML, func(name string, attr map[string]string) {
			switch name {
			case "script", "img", "svg", "form", "iframe", "object", "link", "style", "base", "input", "video":
				t.Errorf("%s: an element %s %v", m.Subject, name, attr)
			case "a":
				href, leads := attr["href"]
				if leads && !allowed.MatchString(href) && href != "https://spy.example.net/p.gif" {
					t.Errorf("%s: a link to %q", m.Subject, href)
				}
			}
			for key, value := range attr {
				if strings.HasPrefix(key, "on") || key == "src" || key == "background" || strings.Contains(value, "url(") {
					t.Errorf("%s: %s has %s=%q", m.Subject, name, key, value)
				}
			}
		})
	}
	linked := func(m store.Mail) bool {
		return strings.Contains(m.HTML, `<a href="https://aide.example.org/documents/abc">capture</a>`)
	}
	if !slices.ContainsFunc(list, linked) {
		t.Errorf("the picture is nowhere a link to its document")
	}
}

// The link of an approval is signed for that approval and that purpose; each approver has their own.
func TestTheLinkOfAnApprovalIsSigned(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{Offering: Access, Kind: guichet.KindRequest, Title: "Accès", Description: "Moodle"})
	s.mails()
	s.do(Dora, ticket, guichet.Act{Action: guichet.ActionApprove})
	list := s.mails()
	seen := map[string]bool{}
	for _, who := range []guichet.ID{Olga, Omar} {
		m := s.to(list, string(who)+"@example.org")
		id, token := s.approvalLink(m)
		if s.signer.CheckApprovalLink(token, id, string(who), s.clock.Now()) != account.LinkGood ||
			s.signer.CheckApprovalLink(token, id, string(Dora), s.clock.Now()) != account.LinkForged || seen[id] {
			t.Errorf("%s: the link of %s is signed by %q", who, id, token)
		}
		seen[id] = true
		s.write(func(tx *store.Tx) error {
			a, err := tx.Approval(s.ctx, guichet.ID(id))
			if a.ApproverID != who || a.TicketID != ticket.ID {
				t.Errorf("the link to %s is for the answer of %s", who, a.ApproverID)
			}
			return err
		})
	}
	for _, m := range s.outbox() {
		if m.PersonID == Rita && contains(m, "/approvals/") {
			t.Errorf("%q gives the requester the link of an approver", m.Subject)
		}
	}
}

// approvalLink reads the approval and the token of the links of a message, which must be one of each.
func (s *stage) approvalLink(m store.Mail) (id, token string) {
	s.Helper()
	decisions := map[string]bool{}
	elements(s.T, m.HTML, func(name string, attr map[string]string) {
		u, err := url.Parse(attr["href"])
		if approval, ok := strings.CutPrefix(u.Path, "/approvals/"); name == "a" && err == nil && ok {
			id, token = approval, u.Query().Get("token")
			decisions[u.Query().Get("decision")] = true
			if !strings.Contains(m.Text, "\n"+attr["href"]+"\n") {
				s.Errorf("the text has not the link %s", attr["href"])
			}
		}
	})
	if len(decisions) != 2 || !decisions["approve"] || !decisions["refuse"] {
		s.Fatalf("decisions offered: %v", decisions)
	}
	return id, token
}
