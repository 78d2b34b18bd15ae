//! C text becomes logical lines, each with its preprocessor directive where it has one.
//!
//! Knows comments, strings and line continuations, and nothing of what a directive means. Read next:
//! [`super::conditional`] (drops branches) and [`super::include`] (finds what is included).

use memchr::memmem::find;

/// One logical line: physical lines joined by a backslash at their end.
pub(super) struct Line<'a> {
    /// All bytes, newlines included.
    pub bytes: &'a [u8],
    /// The directive that stands here.
    pub directive: Option<Directive>,
}

/// Where a directive's word stands in its line.
pub(super) struct Directive {
    /// First byte of the word, as an index into the line.
    pub start: usize,
    /// One past the last byte of the word.
    pub end: usize,
    /// A comment of an earlier line ends here, or one of this line goes on in the next: dropping
    /// such a line would cut a comment in two.
    pub entangled: bool,
}

impl<'a> Line<'a> {
    /// The directive's word (`ifdef`), empty where there is no directive.
    pub fn word(&self) -> &'a [u8] {
        let directive = self.directive.as_ref();
        directive.map_or(b"", |d| &self.bytes[d.start..d.end])
    }

    /// What follows the directive's word, comments and continuations turned into spaces.
    pub fn argument(&self) -> Vec<u8> {
        let rest = self
            .directive
            .as_ref()
            .map_or(&[][..], |d| &self.bytes[d.end..]);
        without_comments(rest)
    }
}

/// Walks the logical lines of a text.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    in_comment: bool,
}

impl<'a> Lines<'a> {
    /// Starts at the top of a text.
    pub fn new(text: &'a [u8]) -> Self {
        Lines {
            text,
            at: 0,
            in_comment: false,
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let bytes = &self.text[self.at..logical_end(self.text, self.at)];
        self.at += bytes.len();
        let began_in_comment = self.in_comment;
        let start = skip_blank(bytes, 0, &mut self.in_comment);
        let mut directive = None;
        let mut rest = start;
        if !self.in_comment && bytes.get(start) == Some(&b'#') {
            let word = skip_blank(bytes, start + 1, &mut self.in_comment);
            let end = word + word_length(&bytes[word..]);
            rest = end;
            if !self.in_comment {
                directive = Some(Directive {
                    start: word,
                    end,
                    entangled: began_in_comment,
                });
            }
        }
        self.in_comment = ends_in_comment(&bytes[rest..], self.in_comment);
        if let Some(directive) = &mut directive {
            directive.entangled |= self.in_comment;
        }
        Some(Line { bytes, directive })
    }
}

/// One past the newline that ends the logical line that starts at `from`.
fn logical_end(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(newline) = text[at..].iter().position(|&b| b == b'\n') {
        let end = at + newline;
        let line = text[from..end]
            .strip_suffix(b"\r")
            .unwrap_or(&text[from..end]);
        at = end + 1;
        if line.last() != Some(&b'\\') {
            return at;
        }
    }
    text.len()
}

/// Skips white space, continuations and whole comments; stops at the line's end with `in_comment`
/// set where a comment does not close.
fn skip_blank(bytes: &[u8], from: usize, in_comment: &mut bool) -> usize {
    let mut at = from;
    loop {
        if *in_comment {
            match find(&bytes[at..], b"*/") {
                Some(close) => at += close + 2,
                None => return bytes.len(),
            }
            *in_comment = false;
        }
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c) => at += 1,
            Some(b'\\') if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => at += 1,
            Some(b'/') if bytes.get(at + 1) == Some(&b'*') => {
                at += 2;
                *in_comment = true;
            }
            _ => return at,
        }
    }
}

/// Length of the identifier at the start of `bytes`.
pub(super) fn word_length(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| is_word_byte(**b)).count()
}

/// Whether a byte can stand in an identifier.
pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What stands at a position of a line.
enum Piece {
    /// A comment; `closed` where it ends in this line.
    Comment { closed: bool },
    /// A string or character literal.
    Literal,
    /// Anything else, one byte.
    Byte,
}

/// The piece at `at` and one past its end.
fn piece(bytes: &[u8], at: usize) -> (Piece, usize) {
    match (bytes[at], bytes.get(at + 1)) {
        (b'/', Some(b'/')) => (Piece::Comment { closed: true }, bytes.len()),
        (b'/', Some(b'*')) => match find(&bytes[at + 2..], b"*/") {
            Some(close) => (Piece::Comment { closed: true }, at + close + 4),
            None => (Piece::Comment { closed: false }, bytes.len()),
        },
        (quote @ (b'"' | b'\''), _) => (Piece::Literal, literal_end(bytes, at, quote)),
        _ => (Piece::Byte, at + 1),
    }
}

/// One past the closing quote. An apostrophe in an `#error` text closes nowhere: then only it is taken.
fn literal_end(bytes: &[u8], at: usize, quote: u8) -> usize {
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        end += 1;
        if byte == quote {
            return end;
        }
        if byte == b'\\' {
            end += 1;
        }
    }
    at + 1
}

/// Whether a comment is still open at the end of a line.
fn ends_in_comment(bytes: &[u8], in_comment: bool) -> bool {
    let mut at = 0;
    if in_comment {
        match find(bytes, b"*/") {
            Some(close) => at = close + 2,
            None => return true,
        }
    }
    while at < bytes.len() {
        // Nothing but a slash or a quote can begin a comment or hide one.
        match bytes[at..]
            .iter()
            .position(|b| matches!(b, b'/' | b'"' | b'\''))
        {
            Some(next) => at += next,
            None => return false,
        }
        let (found, end) = piece(bytes, at);
        if matches!(found, Piece::Comment { closed: false }) {
            return true;
        }
        at = end;
    }
    false
}

/// The same bytes with each comment and continuation as one space.
fn without_comments(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (found, end) = piece(bytes, at);
        let continued = bytes[at] == b'\\' && matches!(bytes.get(at + 1), Some(b'\n' | b'\r'));
        match found {
            Piece::Comment { .. } => kept.push(b' '),
            Piece::Byte if continued => kept.push(b' '),
            _ => kept.extend_from_slice(&bytes[at..end]),
        }
        at = end;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directives(text: &str) -> Vec<(String, String)> {
        let as_text = |b: &[u8]| {
            let text = String::from_utf8_lossy(b).replace('\n', " ");
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        Lines::new(text.as_bytes())
            .filter(|line| line.directive.is_some())
            .map(|line| (as_text(line.word()), as_text(&line.argument())))
            .collect()
    }

    fn pair(word: &str, argument: &str) -> (String, String) {
        (word.to_string(), argument.to_string())
    }

    #[test]
    fn finds_directives_behind_comments_and_continuations() {
        let text = "/* a */ # /* b */ ifdef X /* c */\n#if A && \\\n B // c\n";
        assert_eq!(directives(text), [pair("ifdef", "X"), pair("if", "A && B")]);
    }

    #[test]
    fn a_directive_in_a_comment_or_a_continued_line_is_none() {
        let text = "/*\n#ifdef X\n*/\n// */ /*\n#define M \\\n#ifdef Y\nchar *s = \"/*\";\n#else\n";
        assert_eq!(
            directives(text),
            [pair("define", "M #ifdef Y"), pair("else", "")]
        );
    }

    #[test]
    fn a_comment_that_leaves_the_line_entangles_its_directive() {
        let text = b"#ifdef A /* x\n y */ #endif\n#endif /* z */\n";
        let entangled: Vec<bool> = Lines::new(text)
            .filter_map(|l| l.directive.map(|d| d.entangled))
            .collect();
        assert_eq!(entangled, [true, true, false]);
    }

    #[test]
    fn lines_hold_every_byte() {
        let text = b"a\\\r\nb\n'\n#e 'x \\";
        let joined: Vec<u8> = Lines::new(text).flat_map(|l| l.bytes.to_vec()).collect();
        assert_eq!(joined, text);
    }
}
