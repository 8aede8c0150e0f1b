package client

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/kustomer-go/kustomer/internal/limits"
)

// A ValidationError says why a call was not sent: all that is wrong with its arguments, at once. Nothing left this
// machine and nothing was counted against the budget.
//
// What is checked comes from the API document. [WithoutRequestChecks] leaves it to the server, except for what
// could reach another endpoint or cannot be written as JSON.
type ValidationError struct {
	Op         string      // operation, as updateConversationAttributes
	Violations []Violation // at least one
}

// A Violation is one thing that a request may not hold.
type Violation struct {
	// Field is the place, in the names of the API: "priority", "tags[2]", "satisfactionLevel.createdAt",
	// "custom.orderNumberStr". A path id is "conversationID" or "customerID". Empty is the body as a whole.
	Field string
	// Message says what is wrong, without the value: "must be at most 5".
	Message string
}

// String returns the field and the message, in one line. A field is in quotes if it cannot be printed as it is, and cut if it
// is long.
func (v Violation) String() string {
	field := "the body"
	if v.Field != "" {
		field = shown(v.Field, maxText)
	}
	return field + " " + shorten(printable(v.Message), maxWords)
}

const maxViolationsShown = 20

// Error lists the violations, up to 20 of them.
func (e *ValidationError) Error() string {
	return fmt.Sprintf("kustomer: %s was not sent: %s", e.Op, strings.Join(e.words(), "; "))
}

func (e *ValidationError) words() []string {
	var words []string
	for i, v := range e.Violations {
		if i == maxViolationsShown {
			return append(words, fmt.Sprintf("and %d more", len(e.Violations)-i))
		}
		words = append(words, v.String())
	}
	return words
}

// LogValue gives what Error says, as attributes: op, and violations as texts, up to 20 of them.
func (e *ValidationError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("op", e.Op), slog.Any("violations", e.words()))
}

// violations takes over what was found, or of that only what cannot be sent whatever the server would say.
func violations(found []limits.Violation, all bool) []Violation {
	var vs []Violation
	for _, v := range found {
		if all || v.Unsendable {
			vs = append(vs, Violation{v.Field, v.Message})
		}
	}
	return vs
}
