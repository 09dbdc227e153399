// Package requester is the portal: what somebody who asks, follows and answers sees.
package requester

import (
	"net/http"

	"guichet/internal/web/site"
)

// Routes are the pages and acts of the portal.
func Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /sign-in", Access: site.Public, Handle: signInPage},
		{Pattern: "POST /sign-in", Access: site.Public, Handle: signIn},
		{Pattern: "POST /sign-out", Access: site.Public, Handle: signOut},
		{Pattern: "GET /invitation/{token}", Access: site.Public, Handle: invitation},
		{Pattern: "POST /invitation/{token}", Access: site.Public, Handle: acceptInvitation},
		{Pattern: "GET /accessibilite", Access: site.Public, Handle: accessibility},
		{Pattern: "GET /{$}", Handle: home},
		{Pattern: "GET /ask", Handle: ask},
		{Pattern: "GET /ask/suggestions", Handle: suggestions},
		{Pattern: "GET /colleagues", Handle: colleagues},
		{Pattern: "POST /preview", Handle: preview},
		{Pattern: "POST /drafts/{place}/erase", Handle: eraseDraft},
		{Pattern: "GET /new", Handle: generalForm},
		{Pattern: "POST /new", Handle: general},
		{Pattern: "GET /services", Handle: services},
		{Pattern: "GET /services/{service}", Handle: service},
		{Pattern: "GET /services/{service}/{offering}", Handle: requestForm},
		{Pattern: "POST /services/{service}/{offering}", Handle: request},
		{Pattern: "GET /tickets", Handle: tickets},
		{Pattern: "GET /tickets/{number}", Handle: ticket},
		{Pattern: "GET /tickets/{number}/sent", Handle: sent},
		{Pattern: "GET /tickets/{number}/not-resolved", Handle: notResolved},
		{Pattern: "POST /tickets/{number}/messages", Handle: message},
		{Pattern: "POST /tickets/{number}/actions/{action}", Handle: act},
		{Pattern: "POST /tickets/{number}/not-rated", Handle: decline},
		{Pattern: "POST /tickets/{number}/leave", Handle: leave},
		{Pattern: "GET /information/{id}", Handle: information},
		{Pattern: "POST /information/{id}/me-too", Handle: meToo},
		{Pattern: "GET /documents/{id}", Handle: document},
		{Pattern: "GET /approvals", Handle: approvals},
		{Pattern: "GET /approvals/{id}", Access: site.Public, Handle: approval},
		{Pattern: "POST /approvals/{id}", Access: site.Public, Handle: answerApproval},
		{Pattern: "GET /profile", Handle: profile},
		{Pattern: "POST /profile", Handle: saveProfile},
		{Pattern: "POST /profile/locale", Handle: saveLocale},
		{Pattern: "GET /profile/absences", Handle: absences},
		{Pattern: "POST /profile/absences", Handle: declareAbsence},
		{Pattern: "POST /profile/absences/{id}/end", Handle: endAbsence},
	}
}

// MailboxRoutes are the pages of the development mailbox.
func MailboxRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /dev/mail", Access: site.Public, Handle: mails},
		{Pattern: "GET /dev/mail/{id}", Access: site.Public, Handle: mail},
		{Pattern: "GET /dev/mail/{id}/content", Access: site.Public, Handle: mailContent},
	}
}

const ok = http.StatusOK
