package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Num returns the key of a number attribute: Num("refund") is refundNum. NaN and the infinities are errors. [Key.Get]
// returns an error for a number that float64 cannot hold exactly, such as 12345678901234567890. Use [Int] for large
// integers.
func Num(name string) Key[float64] { return newKey(name, "Num", encodeFloat, decodeFloat) }

// Int returns the key of a number attribute with integer values: Int("itemCount") is itemCountNum, because Kustomer has
// one type for all numbers. [Key.Get] returns an error for a fraction or a number outside int64.
func Int(name string) Key[int64] { return newKey(name, "Num", encodeInt, decodeInt) }

// Decimal returns the key of a number attribute that keeps every digit: Decimal("price") is priceNum, and
// json.Number("19.90") is sent as 19.90. A [json.Number] that is empty or not a JSON number is an error.
func Decimal(name string) Key[json.Number] { return newKey(name, "Num", encodeDecimal, decodeDecimal) }

func encodeDecimal(n json.Number) (json.RawMessage, error) {
	raw := json.RawMessage(n)
	if !json.Valid(raw) || jsonType(raw) != "a number" || strings.ContainsAny(string(n), " \t\r\n") {
		return nil, errors.New("is not a JSON number, such as -12.50")
	}
	return raw, nil
}

func decodeDecimal(raw json.RawMessage) (json.Number, error) {
	if jsonType(raw) != "a number" {
		return "", fmt.Errorf("is %s, not a number", jsonType(raw))
	}
	return json.Number(raw), nil
}

func encodeFloat(f float64) (json.RawMessage, error) { return writeFloat(f, 64) }

func writeFloat(f float64, bits int) (json.RawMessage, error) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return nil, errors.New("must be a finite number")
	case bits == 32:
		return json.Marshal(float32(f))
	}
	return json.Marshal(f)
}

func decodeFloat(raw json.RawMessage) (float64, error) { return readFloat(raw, 64) }

// readFloat parses a number that a float of that size holds digit for digit.
func readFloat(raw json.RawMessage, bits int) (float64, error) {
	if _, err := decodeDecimal(raw); err != nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(string(raw), bits)
	if err != nil || parseDecimal(string(raw)) != parseDecimal(strconv.FormatFloat(f, 'e', -1, bits)) {
		return 0, fmt.Errorf("is a number that float%d does not hold exactly", bits)
	}
	return f, nil
}

func encodeInt(i int64) (json.RawMessage, error) { return strconv.AppendInt(nil, i, 10), nil }

func decodeInt(raw json.RawMessage) (int64, error) {
	return readInteger(raw, reflect.TypeFor[int64](), strconv.ParseInt)
}

// readInteger parses an integer, such as 1.2e3, that the Go type t holds.
func readInteger[T any](raw json.RawMessage, t reflect.Type, parse func(text string, base, bits int) (T, error)) (T, error) {
	var zero T
	if _, err := decodeDecimal(raw); err != nil {
		return zero, err
	}
	d := parseDecimal(string(raw))
	if d.exp >= 0 && d.exp <= 20 { // uint64 has 20 digits, so more zeros never fit
		if n, err := parse(d.sign+d.digits+strings.Repeat("0", int(d.exp)), 10, t.Bits()); err == nil {
			return n, nil
		}
	}
	return zero, fmt.Errorf("is a number that %s does not hold exactly", t)
}

// A decimal is a JSON number in a unique form: digits times ten to the power of exp. digits neither begin nor end in 0.
// Zero is "0" without a sign. Two numbers are equal if their decimals are equal.
type decimal struct {
	sign   string
	digits string
	exp    int64
}

func parseDecimal(number string) decimal {
	var d decimal
	mantissa, exp, _ := strings.Cut(strings.ToLower(number), "e")
	if rest, ok := strings.CutPrefix(mantissa, "-"); ok {
		d.sign, mantissa = "-", rest
	}
	// ParseInt returns 0 for "". It clamps a large exponent, which still differs from that of every float64 and int64.
	d.exp, _ = strconv.ParseInt(exp, 10, 32)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.exp -= int64(len(fraction))
	d.digits = strings.TrimLeft(whole+fraction, "0")
	if d.digits == "" {
		return decimal{digits: "0"}
	}
	trimmed := strings.TrimRight(d.digits, "0")
	d.exp += int64(len(d.digits) - len(trimmed))
	d.digits = trimmed
	return d
}
