//! Two texts that can't be evaluated become the answer whether they differ in more than the spelling of
//! numbers.
//!
//! For bodies of macros and functions as `extract` writes them: tokens with single spaces.

/// Whether both have the same tokens, numbers by value: `4` is `0x4`.
pub(super) fn same_tokens(old: &str, new: &str) -> bool {
    // In a literal a number is text, and so it is behind `#` and beside `##`.
    let literal = |body: &str| body.contains(['"', '\'', '#']);
    if old == new || literal(old) || literal(new) {
        return old == new;
    }
    let mut pairs = (old.split(' '), new.split(' '));
    loop {
        match (pairs.0.next(), pairs.1.next()) {
            (None, None) => return true,
            (Some(old), Some(new)) if old == new || same_number(old, new) => {}
            _ => return false,
        }
    }
}

fn same_number(old: &str, new: &str) -> bool {
    number(old).is_some_and(|value| Some(value) == number(new))
}

/// The value of an integer without suffix that is an `int` however it is written.
fn number(token: &str) -> Option<i32> {
    let plain = token.to_ascii_lowercase();
    let (digits, radix) = match plain.strip_prefix('0') {
        Some(rest) if rest.starts_with('x') => (&rest[1..], 16),
        Some(rest) if !rest.is_empty() => (rest, 8),
        _ => (&*plain, 10),
    };
    let signed = digits.starts_with(['+', '-']);
    (!signed).then(|| i32::from_str_radix(digits, radix).ok())?
}

#[cfg(test)]
mod tests {
    use super::same_tokens;

    #[test]
    fn numbers_are_compared_by_value() {
        for (old, new) in [
            ("( x << 4 )", "( x << 0x4 )"),
            ("16", "020"),
            ("0", "0x00"),
            ("f ( 10 , 0xFF )", "f ( 0xa , 255 )"),
        ] {
            assert!(same_tokens(old, new), "{old} {new}");
        }
    }

    #[test]
    fn another_value_type_or_text_is_another_token() {
        for (old, new) in [
            ("10", "010"),
            ("1", "1U"),
            ("1 ", "1"),
            ("2147483648", "0x80000000"),
            ("1.0", "1"),
            ("x", "0"),
            ("0b1", "1"),
            ("08", "8"),
            ("\"1 2\"", "\"1 0x2\""),
            ("a ## 1", "a ## 0x1"),
        ] {
            assert!(!same_tokens(old, new), "{old} {new}");
        }
    }
}
