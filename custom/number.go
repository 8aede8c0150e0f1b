package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Num returns the key of a number attribute: Num("refund") is refundNum. NaN and the infinities are refused.
// [Key.Get] gives an error for a number that float64 cannot give back digit for digit, such as
// 12345678901234567890; use [Int] for large integers.
func Num(name string) Key[float64] { return newKey(name, "Num", encodeFloat, decodeFloat) }

// Int returns the key of a number attribute whose values are integers: Int("itemCount") is itemCountNum, as
// Kustomer has one type for all numbers. [Key.Get] gives an error for a fraction or a number beyond int64.
func Int(name string) Key[int64] { return newKey(name, "Num", encodeInt, decodeInt) }

// Decimal returns the key of a number attribute whose values keep every digit as it is written: Decimal("price") is
// priceNum, and json.Number("19.90") is sent as 19.90. What is no JSON number is refused, the empty [json.Number] too.
func Decimal(name string) Key[json.Number] { return newKey(name, "Num", encodeDecimal, decodeDecimal) }

func encodeDecimal(n json.Number) (json.RawMessage, error) {
	raw := json.RawMessage(n)
	if n == "" || !json.Valid(raw) || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') || raw[len(raw)-1] <= ' ' {
		return nil, errors.New("is a json.Number that is no number as JSON has them, such as -12.50")
	}
	return raw, nil
}

func decodeDecimal(raw json.RawMessage) (json.Number, error) {
	if kind(raw) != "a number" {
		return "", fmt.Errorf("is %s, not a number", kind(raw))
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

func decodeFloat(raw json.RawMessage) (float64, error) { return float(raw, 64) }

// float reads a number that a float of so many bits gives back digit for digit.
func float(raw json.RawMessage, bits int) (float64, error) {
	if kind(raw) != "a number" {
		return 0, fmt.Errorf("is %s, not a number", kind(raw))
	}
	f, err := strconv.ParseFloat(string(raw), bits)
	if err != nil || parseDecimal(string(raw)) != parseDecimal(strconv.FormatFloat(f, 'e', -1, bits)) {
		return 0, fmt.Errorf("is a number that float%d does not hold exactly", bits)
	}
	return f, nil
}

func encodeInt(i int64) (json.RawMessage, error) { return strconv.AppendInt(nil, i, 10), nil }

func decodeInt(raw json.RawMessage) (int64, error) {
	text, err := integer(raw)
	if err != nil {
		return 0, err
	}
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, errors.New("is a number that int64 does not hold exactly")
	}
	return i, nil
}

// integer writes a number out, as 1200 for 1.2e3; a fraction as what is none, for strconv to refuse.
func integer(raw json.RawMessage) (string, error) {
	if kind(raw) != "a number" {
		return "", fmt.Errorf("is %s, not a number", kind(raw))
	}
	d := parseDecimal(string(raw))
	// uint64 has 20 digits; more zeros than that are not worth writing out.
	if d.exp < 0 || d.exp > 20 {
		return "fraction", nil
	}
	return d.sign + d.digits + strings.Repeat("0", int(d.exp)), nil
}

// A decimal is a JSON number without its many spellings: digits times ten to the power of exp, where digits
// neither begin nor end in 0. Zero is "0" without sign. Equal numbers are equal decimals.
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
	if exp != "" {
		// An exponent beyond int64 is clamped: no number anybody stores is affected, and it stays unequal to
		// all that float64 or int64 can hold.
		d.exp, _ = strconv.ParseInt(exp, 10, 32)
	}
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
