package site

import "guichet"

// Preference is what the reader chose about the screens, or what is usual; "name:view" is a choice for one
// view. The choices are read once for each request.
func (q *Request) Preference(name string) string {
	if q.chosen == nil && q.Actor.Person.ID != "" {
		chosen, err := q.Accounts.Preferences(q.R.Context(), q.Actor)
		if err != nil {
			q.Log.WarnContext(q.R.Context(), "preferences not read", "error", err)
		}
		q.chosen = chosen
	}
	return q.chosen.Get(name)
}

// Prefer keeps choices of the reader; what follows in the same request sees them.
func (q *Request) Prefer(choices guichet.Chosen) error {
	q.chosen = nil
	return q.Accounts.Prefer(q.R.Context(), q.Actor, choices)
}
