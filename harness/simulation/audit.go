package simulation

import (
	"errors"

	"github.com/kustomer-go/kustomer/client"
)

// A create is a conversation that a caller meant to create once, and what the caller was told.
type create struct {
	externalID string // empty for a call of another kind
	err        error
}

// An audit compares what callers were told of their creates with what the server has.
type audit struct {
	suspect     int // creates that may have been applied although an attempt failed
	lostApplied int // creates of which an attempt was applied and its answer lost
	unknown     int // creates told as unknown

	duplicates int // conversations beyond the one that was meant
	missing    int // success was told, and there is none
	unreported int // may have been applied, failed or was sent again without leave, and not told as unknown
	falseAlarm int // told as unknown without a reason
	noHint     int // answered 409 on a repeat, and told as unknown without a hint
}

func (st *stage) audit() (a audit) {
	a.suspect, a.lostApplied = len(st.ledger.suspect), len(st.ledger.lostApplied)
	for _, pool := range st.creates {
		for _, c := range pool {
			if c.externalID != "" {
				a.take(c, st.ledger.created[c.externalID], st)
			}
		}
	}
	return a
}

func (a *audit) take(c create, exists int, st *stage) {
	a.duplicates += max(exists-1, 0)
	unknown, isUnknown := errors.AsType[*client.OutcomeUnknownError](c.err)
	if c.err == nil && exists == 0 {
		a.missing++
	}
	if isUnknown {
		a.unknown++
	}
	// Without leave to repeat, whatever may have been applied stays unknown. With it, what was applied ends well where
	// the server knows the repeat, and unknown where it answers 409.
	due := st.ledger.suspect[c.externalID]
	if st.RetryCreates {
		due = st.ExternalIDs == Unique && st.ledger.lostApplied[c.externalID]
	}
	switch {
	case due && !isUnknown:
		a.unreported++
	case !due && isUnknown:
		a.falseAlarm++
	case due && st.RetryCreates && unknown.Err.Hint == "":
		a.noHint++
	}
}
