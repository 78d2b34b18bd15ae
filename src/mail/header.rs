//! The header of a mail, or of a part of one, becomes its fields. What they say is for `value` to read.
//!
//! Ends where git ends it: at the first line that is no field, which is the first line of the text.

use super::refused::{FIELD_LIMIT, HEADER_LIMIT, REFERENCES_LIMIT, Refused, check_field};

/// The fields that are looked at, and how long each may be.
const KEPT: [(&str, usize); 16] = [
    ("from", FIELD_LIMIT),
    ("subject", FIELD_LIMIT),
    ("date", FIELD_LIMIT),
    ("message-id", FIELD_LIMIT),
    ("in-reply-to", REFERENCES_LIMIT),
    ("references", REFERENCES_LIMIT),
    ("list-id", FIELD_LIMIT),
    ("to", REFERENCES_LIMIT),
    ("cc", REFERENCES_LIMIT),
    ("sender", FIELD_LIMIT),
    ("return-path", FIELD_LIMIT),
    ("auto-submitted", FIELD_LIMIT),
    ("precedence", FIELD_LIMIT),
    ("x-uapi-check", FIELD_LIMIT),
    ("content-type", FIELD_LIMIT),
    ("content-transfer-encoding", FIELD_LIMIT),
];

/// The fields of a header that matter, unfolded, in its order.
#[derive(Debug, Default)]
pub(super) struct Header {
    fields: Vec<(&'static str, Vec<u8>)>,
}

impl Header {
    /// Reads the fields at the beginning of a mail or part, and gives what follows them.
    pub fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Refused> {
        let mut header = Self::default();
        let mut rest = bytes;
        // Whether the lines that go on belong to the last field that is kept.
        let mut open = false;
        loop {
            let (line, after) = split_line(rest);
            if bytes.len() - rest.len() > HEADER_LIMIT {
                return Err(Refused::Header);
            }
            if matches!(line.first(), Some(b' ' | b'\t')) {
                if let Some((_, value)) = header.fields.last_mut().filter(|_| open) {
                    value.push(b' ');
                    value.extend_from_slice(line.trim_ascii());
                }
            } else if is_field(line) {
                open = header.add(line);
            } else if !line.starts_with(b"From ") && !line.starts_with(b">From ") {
                break;
            }
            if after.is_empty() {
                rest = after;
                break;
            }
            rest = after;
        }
        header.check()?;
        Ok((header, rest))
    }

    /// Adds a field where it is one that is kept.
    fn add(&mut self, line: &[u8]) -> bool {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return false;
        };
        let named =
            |(name, _): &&(&str, usize)| line[..colon].eq_ignore_ascii_case(name.as_bytes());
        let found = KEPT.iter().find(named);
        if let Some((name, _)) = found {
            self.fields
                .push((name, line[colon + 1..].trim_ascii().to_vec()));
        }
        found.is_some()
    }

    fn check(&self) -> Result<(), Refused> {
        let limit_of = |name| KEPT.iter().find(|(kept, _)| *kept == name);
        for (name, value) in &self.fields {
            let limit = limit_of(*name).map_or(FIELD_LIMIT, |(_, limit)| *limit);
            check_field(name, value.len(), limit)?;
        }
        Ok(())
    }

    /// The first field of a name, in lower case.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(field, _)| *field == name);
        found.map(|(_, value)| value.as_slice())
    }

    /// All fields of a name, in lower case.
    pub fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        let fields = self.fields.iter();
        let found = fields.filter(move |(field, _)| *field == name);
        found.map(|(_, value)| value.as_slice())
    }

    /// How many fields have a name.
    pub fn count(&self, name: &str) -> usize {
        let fields = self.fields.iter();
        fields.filter(|(field, _)| *field == name).count()
    }
}

/// The first line, with its line break, and the rest.
pub(super) fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    bytes.split_at(end.map_or(bytes.len(), |end| end + 1))
}

/// Whether a line is `name: value`.
pub(super) fn is_field(line: &[u8]) -> bool {
    let name = line.iter().take_while(|byte| (33..=126).contains(*byte));
    let name = name.take_while(|byte| **byte != b':').count();
    name > 0 && line.get(name) == Some(&b':')
}
