package guichet

import "time"

// ApproverSpec names the approvers of a step: one person by login, or those who hold a role over
// the requester's organisation and the service (its director, the owner of the resource).
type ApproverSpec struct {
	Login string `json:"login,omitempty" yaml:"login,omitempty"`
	Role  ID     `json:"role,omitempty" yaml:"role,omitempty"`
}

// ApprovalStep is one step of an approval: who is asked, and whether one yes is enough.
type ApprovalStep struct {
	Name      string         `json:"name" yaml:"name"`
	Approvers []ApproverSpec `json:"approvers" yaml:"approvers"`
	All       bool           `json:"all,omitempty" yaml:"all,omitempty"` // everyone must agree; otherwise any one
}

// Decision is an approver's answer.
type Decision string

// The decisions; an empty one is still awaited.
const (
	DecisionApproved Decision = "approved"
	DecisionRefused  Decision = "refused"
)

// Approval is the question put to one approver at one step.
type Approval struct {
	ID         ID
	TicketID   ID
	Step       int // from 1
	StepName   string
	ApproverID ID
	All        bool
	Decision   Decision
	Reason     string
	AskedAt    time.Time
	DecidedAt  time.Time
}

// StepVerdict says how a step stands: refused by one refusal, approved by any or by all as it
// asks, empty while it is open.
func StepVerdict(approvals []Approval, step int) Decision {
	asked, yes, all := 0, 0, false
	for _, a := range approvals {
		if a.Step != step {
			continue
		}
		if a.Decision == DecisionRefused {
			return DecisionRefused
		}
		asked++
		all = a.All
		if a.Decision == DecisionApproved {
			yes++
		}
	}
	if yes > 0 && (!all || yes == asked) {
		return DecisionApproved
	}
	return ""
}
