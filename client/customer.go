package client

import (
	"context"
	"fmt"
	"iter"

	"github.com/kustomer-go/kustomer/gen/related"
	"github.com/kustomer-go/kustomer/internal/schema"
)

// A Customer is a customer as a response shows it, with that response.
//
// Attributes that are absent or null in the response are zero. [Response.Raw] has what the types do not show, such as other
// attributes, and the difference between absent and null.
type Customer struct {
	// Type is "customer".
	Type string `json:"type"`

	// ID is the customer's id. It is never empty.
	ID string `json:"id"`

	Attributes    CustomerAttributes    `json:"attributes"`
	Relationships CustomerRelationships `json:"relationships"`
	Links         Links                 `json:"links"`

	// Response is the response that the customer was decoded from.
	Response `json:"-"`

	decodeErr error
}

// DecodeError returns an error that names the parts of the response that could not be decoded, or nil. The customer has
// everything else. See [Conversation.DecodeError].
func (cust *Customer) DecodeError() error { return cust.decodeErr }

func (cust *Customer) meta() (id *string, r *Response, decodeErr *error) {
	return &cust.ID, &cust.Response, &cust.decodeErr
}

// DecodeCustomer decodes the body of a response to [Client.Do] as a customer, such as that of POST /v1/customers. It is as
// lenient as [Client.FindCustomer]: only a body without a readable data.id is an error. [DecodeRecords] decodes a list of
// customers.
func DecodeCustomer(r *Response) (*Customer, error) {
	cust := &Customer{Response: *r}
	if err := decodeRecord(cust); err != nil {
		return nil, errorList{fmt.Errorf("not a customer: %w", err)}
	}
	return cust, nil
}

// A CustomerLookup says which customer [Client.FindCustomer] returns. [ByID], [ByEmail], [ByPhone] and [ByExternalID] make one.
type CustomerLookup struct {
	op          *schema.Operation
	name, value string
}

// ByID looks for the customer with the id. An id with a comma is refused, because the API may read it as several ids (assumed).
func ByID(id string) CustomerLookup {
	return CustomerLookup{&related.GetCustomerByIdOperation, "customerID", id}
}

// ByEmail looks for the customer who has the address in Emails. Kustomer does not document whether it also searches
// SharedEmails, nor whether the case of letters matters.
func ByEmail(address string) CustomerLookup {
	return CustomerLookup{&related.GetCustomerByEmailOperation, "email", address}
}

// ByPhone looks for the customer who has the number in Phones. The number has the form +14155550123: a plus sign, the country
// code and the number, without blanks. Kustomer does not document whether it finds other forms, nor whether it also searches
// SharedPhones.
func ByPhone(number string) CustomerLookup {
	return CustomerLookup{&related.GetCustomerByPhoneOperation, "phone", number}
}

// ByExternalID looks for the customer with the externalId, which is usually the id in the caller's own systems.
func ByExternalID(externalID string) CustomerLookup {
	return CustomerLookup{&related.GetCustomerByExternalIdOperation, "externalID", externalID}
}

// FindCustomer returns the customer that the look-up names. If there is none, errors.Is(err, [ErrNotFound]) is true. That does
// not prove that none was created a moment ago: see [Client.ConversationByExternalID]. An address, a phone number and an
// externalId each belong to one customer of the organisation at most.
//
// An empty text is a [*ValidationError], so check first whether there is an address at all. Blanks around a text are sent: trim
// it first, otherwise an existing customer is not found.
//
// No error or log record shows an address or a phone number. The API key needs the role org.permission.customer.read, or
// org.user.customer.read (older). The call changes nothing, so it is repeated after a failure that may pass.
//
// The error is a [*ValidationError], [*Error] or [*RateLimitError].
//
// GET /v1/customers/{id}, or /v1/customers/email={email} and the like, see
// https://developer.kustomer.com/api/core-resources/get-customers.
func (c *Client) FindCustomer(ctx context.Context, by CustomerLookup, opts ...CallOption) (*Customer, error) {
	if by.op == nil {
		v := Violation{"by", "must be made by ByID, ByEmail, ByPhone or ByExternalID"}
		return nil, &ValidationError{Op: "findCustomer", Violations: append(callSettingsOf(ctx, opts).errs, v)}
	}
	return callFor[Customer](ctx, c, read(by.op, by.value), opts, by.name, "", nil)
}

// CustomerConversations reads all conversations of a customer, in pages of 100 (assumed), as [Client.Pages] does. Their order is
// not documented. The [Conversation] of a list is decoded like any other: see [Conversation.DecodeError].
//
// Whether an unknown customer has an empty list or gives [ErrNotFound] is not documented. The API key needs the role
// org.permission.conversation.read, or org.user.conversation.read (older).
//
// GET /v1/customers/{id}/conversations, see https://developer.kustomer.com/docs/concepts/pagination.
func (c *Client) CustomerConversations(ctx context.Context, customerID string, opts ...CallOption) iter.Seq2[*Conversation, error] {
	return func(yield func(*Conversation, error) bool) {
		first := read(&related.GetConversationsByCustomerOperation, customerID)
		first.decode = decodePage
		if err := c.prepare(ctx, &first, opts, "customerID", "", nil); err != nil {
			yield(nil, &PageError{Page: 1, Err: err})
			return
		}
		number := 0
		pages := func(page *Response, err error) bool {
			number++
			if err != nil {
				return yield(nil, err)
			}
			all, err := DecodeConversations(page)
			for _, conv := range all {
				if !yield(conv, nil) {
					return false
				}
			}
			if err != nil {
				yield(nil, &PageError{Page: number, Err: err})
			}
			return err == nil
		}
		c.eachPage(first.path, pages, func(path string) (*Response, error) {
			call, r := first, new(Response)
			call.path = path
			return r, c.run(ctx, &call, r)
		})
	}
}
