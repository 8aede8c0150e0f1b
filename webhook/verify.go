package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// SignatureHeader is the header that has the signature of a request.
const SignatureHeader = "X-Kustomer-Webhook-Signature"

// ErrSignature is the error of [Verify] if the signature is missing or wrong.
var ErrSignature = errors.New("kustomer webhook: no valid signature")

// Verify returns nil if the signature was made with one of the secrets. The signature is the lower-case hex HMAC-SHA256 of the
// body. body must be the bytes as received: the same JSON in another spelling has another signature. Verify compares in
// constant time. Several secrets serve several webhooks, or the old and the new token of one.
//
// A wrong signature is [ErrSignature]. No secret, an empty secret, and one that begins or ends with white space are other errors,
// whatever the signature is. No error has the secret or the signature in it.
func Verify(body []byte, signature string, secrets ...string) error {
	if err := checkSecrets(secrets); err != nil {
		return err
	}
	if signature == "" {
		return fmt.Errorf("%w: it is empty", ErrSignature)
	}
	valid := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		valid = hmac.Equal(hex.AppendEncode(nil, mac.Sum(nil)), []byte(signature)) || valid
	}
	if !valid {
		return ErrSignature
	}
	return nil
}

func checkSecrets(secrets []string) error {
	if len(secrets) == 0 {
		return errors.New("kustomer webhook: there is no secret, so anybody could send events")
	}
	var errs []error
	for i, secret := range secrets {
		if secret == "" {
			errs = append(errs, fmt.Errorf("kustomer webhook: secret %d is empty, so anybody could send events", i+1))
		} else if secret != strings.TrimSpace(secret) {
			errs = append(errs, fmt.Errorf("kustomer webhook: secret %d begins or ends with white space, such as a line break", i+1))
		}
	}
	return errors.Join(errs...)
}
