package admin

import (
	"strings"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// flowTrial is what a draft would have changed in the last tickets.
type flowTrial struct {
	kit.Page
	W     guichet.Workflow
	Draft bool
	ticketing.Rehearsal
}

func tryWorkflow(q *site.Request) error {
	e, err := q.Configuring.Workflows.Open(q.R.Context(), q.Actor, workflowID(q))
	if err != nil {
		return err
	}
	e.Value.ID = e.ID
	r, err := q.Desk.Rehearse(q.R.Context(), q.Actor, e.Value)
	if err != nil {
		return err
	}
	p := flowTrial{Page: page(q, q.P.T("admin.flow.try.title", "Name", e.Value.Name), "workflow-"+string(e.ID)), W: e.Value, Draft: e.Draft != nil, Rehearsal: r}
	return q.Render(ok, trialView(q, p))
}

// flowAdoption is how the running tickets of a process stand.
type flowAdoption struct {
	kit.Page
	ticketing.Adoption
	Errors kit.Errors
	Moves  guichet.Moves
	By     string // who began the last move
}

func adoption(q *site.Request) error { return showAdoption(q, ok, flowAdoption{}) }

func showAdoption(q *site.Request, status int, p flowAdoption) (err error) {
	if p.Adoption, err = q.Desk.Adoption(q.R.Context(), q.Actor, workflowID(q)); err != nil {
		return err
	}
	if p.Last != nil {
		p.By = q.PersonName(p.Last.ActorID)
	}
	p.Page = page(q, q.P.T("admin.flow.adopt.title", "Name", p.Workflow.Name), "workflow-"+string(p.Workflow.ID))
	return q.Render(status, adoptionView(q, p))
}

func adopt(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	moves := guichet.Moves{States: map[guichet.State]guichet.State{}, Reasons: map[string]string{}}
	for name, v := range form.Values {
		if s, is := strings.CutPrefix(name, "states."); is && v[0] != "" {
			moves.States[guichet.State(s)] = guichet.State(v[0])
		}
		if r, is := strings.CutPrefix(name, "reasons."); is && v[0] != "" {
			moves.Reasons[r] = v[0]
		}
	}
	err = q.Desk.Adopt(q.R.Context(), q.Actor, workflowID(q), moves)
	switch guichet.KindOf(err) {
	case guichet.KindInvalid:
		return showAdoption(q, invalid, flowAdoption{Errors: q.FieldErrors(err), Moves: moves})
	case guichet.KindConflict:
		return q.Redirect(flowURL(workflowID(q))+"/tickets", q.Message(err))
	}
	if err != nil {
		return err
	}
	return q.Redirect(flowURL(workflowID(q))+"/tickets", q.P.T("admin.flow.adopt.begun"))
}

func stopAdoption(q *site.Request) error {
	err := q.Desk.StopAdoption(q.R.Context(), q.Actor, workflowID(q))
	if guichet.KindOf(err) == guichet.KindConflict {
		return q.Redirect(flowURL(workflowID(q))+"/tickets", q.Message(err))
	}
	if err != nil {
		return err
	}
	return q.Redirect(flowURL(workflowID(q))+"/tickets", q.P.T("admin.flow.adopt.stopped"))
}

// refuges are what may become of tickets whose place is gone: they stay on their version unless told.
func refuges(q *site.Request, p flowAdoption, s ticketing.Standing) (name, value string, options []kit.Option) {
	options = []kit.Option{{Label: q.P.T("admin.flow.adopt.stay")}}
	if len(s.Refuges) > 0 {
		for _, to := range s.Refuges {
			options = append(options, kit.Option{Value: string(to), Label: q.P.T("admin.flow.adopt.to_state", "State", stepName(q, p.Workflow, to))})
		}
		return "states." + string(s.State), string(p.Moves.States[s.State]), options
	}
	if s.State == guichet.StatePending && p.Workflow.Uses(guichet.StatePending) {
		for _, r := range p.Workflow.PendingReasons {
			options = append(options, kit.Option{Value: r.Key, Label: q.P.T("admin.flow.adopt.to_reason", "Reason", r.Name)})
		}
		return "reasons." + s.Reason, p.Moves.Reasons[s.Reason], options
	}
	return "", "", nil
}

// oldReason is the name of a pending reason, as some version of the process has it.
func oldReason(q *site.Request, p flowAdoption, s ticketing.Standing) string {
	for _, w := range append(q.Config.Past[p.Workflow.ID], p.Workflow) {
		if r, known := w.Reason(s.Reason); known {
			return r.Name
		}
	}
	return s.Reason
}
