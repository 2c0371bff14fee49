using System.Runtime.InteropServices;
using System.Text.Json;

namespace Parley.Webhooks.Json;

/// <summary>A number of a JSON document, compared by its exact value however it is written. Time and memory grow with its digits only.</summary>
internal readonly struct JsonNumber
{
    /// <summary>So many characters without an exponent are exact as a <see cref="decimal"/>.</summary>
    private const int MaxDecimalLength = 28;

    private const int MaxDivisorDigits = 18;
    private const long FurthestExponent = 1_000_000_000_000;

    private readonly JsonElement _element;
    private readonly decimal _value;
    private readonly bool _isDecimal;

    public JsonNumber(JsonElement element)
    {
        _element = element;
        var text = JsonMarshal.GetRawUtf8Value(element);
        _isDecimal = text.Length <= MaxDecimalLength && !text.ContainsAny((byte)'e', (byte)'E') && element.TryGetDecimal(out _value);
    }

    public bool IsPositive => _isDecimal ? _value > 0 : Digits.Of(_element) is { IsNegative: false, Text.Length: > 0 };

    /// <summary>Also of 1.0 and 1e2.</summary>
    public bool IsInteger
    {
        get
        {
            if (_isDecimal)
                return decimal.IsInteger(_value);
            var digits = Digits.Of(_element);
            return digits.Exponent >= digits.Text.Length || digits.Text.Length == 0;
        }
    }

    /// <summary>Whether <see cref="IsMultipleOf"/> can divide by it.</summary>
    public bool IsDivisor => IsPositive && Digits.Of(_element).Text.Length <= MaxDivisorDigits;

    /// <summary>As itself, for messages.</summary>
    public override string ToString() => _element.GetRawText();

    public int CompareTo(JsonNumber other) =>
        _isDecimal && other._isDecimal ? _value.CompareTo(other._value) : Digits.Compare(Digits.Of(_element), Digits.Of(other._element));

    /// <summary>Equal numbers add the same.</summary>
    public void AddTo(ref HashCode hash)
    {
        var digits = Digits.Of(_element);
        hash.Add(digits.IsNegative);
        hash.Add(digits.Exponent);
        hash.AddBytes(digits.Text);
    }

    /// <param name="divisor">One that <see cref="IsDivisor"/> says yes to.</param>
    public bool IsMultipleOf(JsonNumber divisor)
    {
        var dividend = Digits.Of(_element);
        var by = Digits.Of(divisor._element);
        if (dividend.Text.Length == 0)
            return true;
        var shift = dividend.Exponent - dividend.Text.Length - (by.Exponent - by.Text.Length);
        // Its last digit is not 0, so no power of ten divides it.
        if (shift < 0)
            return false;
        UInt128 modulus = 0;
        foreach (var digit in by.Text)
            modulus = (modulus * 10) + digit;
        UInt128 rest = 0;
        foreach (var digit in dividend.Text)
            rest = ((rest * 10) + digit) % modulus;
        return rest * PowerOfTen(shift, modulus) % modulus == 0;
    }

    private static UInt128 PowerOfTen(long exponent, UInt128 modulus)
    {
        UInt128 result = 1 % modulus;
        for (var factor = 10 % modulus; exponent > 0; exponent >>= 1, factor = factor * factor % modulus)
        {
            if ((exponent & 1) == 1)
                result = result * factor % modulus;
        }

        return result;
    }

    /// <summary>0.d1d2d3… times ten to the exponent; neither the first nor the last digit is 0, and 0 has none.</summary>
    private readonly record struct Digits(bool IsNegative, byte[] Text, long Exponent)
    {
        public static Digits Of(JsonElement element)
        {
            var text = JsonMarshal.GetRawUtf8Value(element);
            var isNegative = text[0] == '-';
            if (isNegative)
                text = text[1..];
            long exponent = 0;
            if (text.IndexOfAny((byte)'e', (byte)'E') is >= 0 and var at)
            {
                exponent = ReadExponent(text[(at + 1)..]);
                text = text[..at];
            }

            var point = text.IndexOf((byte)'.');
            var digits = new List<byte>(text.Length);
            foreach (var character in text)
            {
                if (character != '.')
                    digits.Add((byte)(character - '0'));
            }

            exponent += point < 0 ? text.Length : point;
            var start = digits.FindIndex(static digit => digit != 0);
            return start < 0
                ? new Digits(false, [], 0)
                : new Digits(isNegative, [.. digits.GetRange(start, digits.FindLastIndex(static digit => digit != 0) + 1 - start)], exponent - start);
        }

        public static int Compare(Digits left, Digits right)
        {
            var sign = left.Sign.CompareTo(right.Sign);
            if (sign != 0 || left.Sign == 0)
                return sign;
            var size = left.Exponent != right.Exponent ? left.Exponent.CompareTo(right.Exponent) : left.Text.AsSpan().SequenceCompareTo(right.Text);
            return left.IsNegative ? -size : size;
        }

        private int Sign => Text.Length == 0 ? 0 : IsNegative ? -1 : 1;

        private static long ReadExponent(ReadOnlySpan<byte> text)
        {
            var isNegative = text[0] == '-';
            if (text[0] is (byte)'-' or (byte)'+')
                text = text[1..];
            long exponent = 0;
            foreach (var digit in text)
                exponent = Math.Min((exponent * 10) + digit - '0', FurthestExponent);
            return isNegative ? -exponent : exponent;
        }
    }
}
