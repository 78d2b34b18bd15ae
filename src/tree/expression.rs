//! An `#if` condition becomes true, false or unknown, as unifdef decides it.
//!
//! Only `__KERNEL__` (not defined) and `__EXPORTED_HEADERS__` (defined, 1) are known. Knows nothing of
//! lines or files. The grammar is unifdef's: `||`, `&&`, comparisons, `!`, parentheses, `defined`,
//! numbers; anything else leaves the condition unknown.

use super::lines::{is_word_byte, word_length};

/// What is known of a symbol: `None` for a symbol that only the compiler knows.
pub(super) fn defined(symbol: &[u8]) -> Option<bool> {
    match symbol {
        b"__KERNEL__" => Some(false),
        b"__EXPORTED_HEADERS__" => Some(true),
        _ => None,
    }
}

/// Decides a condition without comments; `None` where it stays open. A condition without any symbol
/// (`#if 0`) stays open too: it was written by hand and is kept.
pub(super) fn evaluate(condition: &[u8]) -> Option<bool> {
    let mut parser = Parser {
        text: condition,
        at: 0,
        symbol_seen: false,
        depth: 0,
    };
    let value = parser.binary(0).ok()?;
    parser.skip_space();
    let whole = parser.at == condition.len();
    (whole && parser.symbol_seen)
        .then_some(value?)
        .map(|v| v != 0)
}

/// The condition is not of the grammar.
struct Malformed;

/// A number, or `None` for unknown.
type Value = Option<i64>;

/// Nesting beyond which a condition is left alone, so that no input exhausts the stack.
const MAX_DEPTH: usize = 64;

/// Operators by precedence, loosest first; a longer spelling stands before its prefix.
const OPERATORS: [&[&str]; 4] = [&["||"], &["&&"], &["==", "!="], &["<=", ">=", "<", ">"]];

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    symbol_seen: bool,
    depth: usize,
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Result<(), Malformed> {
        self.skip_space();
        if self.peek() != Some(byte) {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self) -> &[u8] {
        self.skip_space();
        let start = self.at;
        self.at += word_length(&self.text[start..]);
        &self.text[start..self.at]
    }

    fn binary(&mut self, level: usize) -> Result<Value, Malformed> {
        let Some(operators) = OPERATORS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        loop {
            self.skip_space();
            let rest = &self.text[self.at..];
            let Some(operator) = operators.iter().find(|o| rest.starts_with(o.as_bytes())) else {
                return Ok(left);
            };
            self.at += operator.len();
            let right = self.binary(level + 1)?;
            left = combine(operator, left, right);
        }
    }

    fn unary(&mut self) -> Result<Value, Malformed> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Malformed);
        }
        self.skip_space();
        let value = match self.peek() {
            Some(b'!') => {
                self.at += 1;
                self.unary()?.map(|v| i64::from(v == 0))
            }
            Some(b'(') => {
                self.at += 1;
                let inner = self.binary(0)?;
                self.take(b')')?;
                inner
            }
            Some(digit) if digit.is_ascii_digit() => Some(number(self.word())?),
            Some(letter) if is_word_byte(letter) => self.symbol()?,
            _ => return Err(Malformed),
        };
        self.depth -= 1;
        Ok(value)
    }

    fn symbol(&mut self) -> Result<Value, Malformed> {
        self.symbol_seen = true;
        let name = self.word().to_vec();
        if name == b"defined" {
            self.skip_space();
            let parenthesised = self.peek() == Some(b'(');
            if parenthesised {
                self.at += 1;
            }
            let value = defined(self.word()).map(i64::from);
            if parenthesised {
                self.take(b')')?;
            }
            return Ok(value);
        }
        self.skip_arguments()?;
        Ok(defined(&name).map(i64::from))
    }

    /// Steps over the arguments of a function-like macro.
    fn skip_arguments(&mut self) -> Result<(), Malformed> {
        self.skip_space();
        let mut level = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'(' => level += 1,
                b')' if level > 0 => level -= 1,
                _ if level == 0 => return Ok(()),
                _ => {}
            }
            self.at += 1;
            if level == 0 {
                return if byte == b')' { Ok(()) } else { Err(Malformed) };
            }
        }
        if level == 0 { Ok(()) } else { Err(Malformed) }
    }
}

/// A C integer literal, its suffix ignored.
fn number(word: &[u8]) -> Result<i64, Malformed> {
    let text = std::str::from_utf8(word)
        .map_err(|_| Malformed)?
        .to_ascii_lowercase();
    let text = text.trim_end_matches(['u', 'l']);
    let (digits, radix) = match (text.strip_prefix("0x"), text.strip_prefix('0')) {
        (Some(hex), _) => (hex, 16),
        (None, Some(octal)) if !octal.is_empty() => (octal, 8),
        _ => (text, 10),
    };
    i64::from_str_radix(digits, radix).map_err(|_| Malformed)
}

/// Applies an operator; a known operand can decide `||` and `&&` alone.
fn combine(operator: &str, left: Value, right: Value) -> Value {
    let is_true = |v: Value| v.is_some_and(|v| v != 0);
    let is_false = |v: Value| v == Some(0);
    match operator {
        "||" if is_true(left) || is_true(right) => return Some(1),
        "&&" if is_false(left) || is_false(right) => return Some(0),
        _ => {}
    }
    let (a, b) = (left?, right?);
    Some(i64::from(match operator {
        "||" => a != 0 || b != 0,
        "&&" => a != 0 && b != 0,
        "==" => a == b,
        "!=" => a != b,
        "<=" => a <= b,
        ">=" => a >= b,
        "<" => a < b,
        _ => a > b,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decides_what_the_two_known_symbols_decide() {
        let cases: [(&str, Option<bool>); 18] = [
            ("defined(__KERNEL__)", Some(false)),
            ("!defined(__KERNEL__)", Some(true)),
            ("!defined __KERNEL__ ", Some(true)),
            ("__KERNEL__", Some(false)),
            ("defined(__KERNEL__) && X > 3", Some(false)),
            ("defined(__KERNEL__) || defined(__GLIBC__)", None),
            ("!defined(__KERNEL__) || X", Some(true)),
            ("!defined(__KERNEL__) && defined(__GLIBC__)", None),
            ("defined(__EXPORTED_HEADERS__)", Some(true)),
            ("(defined(__KERNEL__)) && (A || (B))", Some(false)),
            ("F(a, (b)) && defined(__KERNEL__)", Some(false)),
            ("0", None),
            ("1 || 1", None),
            ("0 && X", Some(false)),
            ("defined(__KERNEL__) == 0x0UL", Some(true)),
            ("defined(__KERNEL__) + 1", None),
            ("defined(__KERNEL__", None),
            ("", None),
        ];
        for (condition, expected) in cases {
            assert_eq!(evaluate(condition.as_bytes()), expected, "{condition}");
        }
    }

    #[test]
    fn hostile_nesting_is_left_alone() {
        let deep = format!("{}defined(__KERNEL__)", "(!".repeat(100_000));
        assert_eq!(evaluate(deep.as_bytes()), None);
        assert_eq!(evaluate("F(".repeat(100_000).as_bytes()), None);
    }
}
