package ticketing

import "guichet/internal/store"

// What the use cases take and give of lists, under a name that the faces of the program may use: they
// do not know the store.
type (
	Query   = store.TicketQuery     // selects the tickets of a list
	Count   = store.Count           // how many tickets a query finds
	Cursor  = store.Cursor          // the place in a list after which a page begins
	Row     = store.TicketRow       // what a list shows of a ticket
	Linked  = store.LinkedTicket    // a ticket seen from another one
	Waiting = store.WaitingApproval // a question that waits for an approver

	Returned = store.Returned // a message that could not leave
)
