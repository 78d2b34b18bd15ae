//! The text of a mail becomes sections of plain bytes: multiparts taken apart, base64 and quoted-printable
//! decoded, CRs and what format=flowed adds taken away.
//!
//! Each line is looked at once, so that no nesting costs more than the mail is long. As in git, the parts
//! of a mail follow each other as if they were one text; HTML, pictures and signatures are left out.
//! Next: `message` and `draft`.

use super::draft::holds_diff;
use super::header::{Header, split_line};
use super::refused::{DEPTH_LIMIT, PART_LIMIT, Refused};
use super::value::{content_type, decoded};
use mail_parser::ContentType;
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};

/// Bytes of one part, and how they are to be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// The charset that it claims.
    pub charset: Option<String>,
    /// What it says, without CRs before line breaks.
    pub bytes: Vec<u8>,
}

impl Section {
    /// As UTF-8.
    pub fn text(&self) -> String {
        decoded(self.charset.as_deref(), &self.bytes)
    }
}

/// What the header of a part says of its text.
#[derive(Debug, Default)]
struct Kind {
    /// `text`, lower case; empty where nothing is said.
    main: String,
    /// `plain`, lower case.
    sub: String,
    boundary: Option<String>,
    charset: Option<String>,
    /// Lines may begin with a space that is not theirs.
    flowed: bool,
    /// `base64`, `quoted-printable` or anything else, lower case.
    encoding: String,
}

impl Kind {
    fn of(header: &Header) -> Self {
        let of_type = header.get("content-type").unwrap_or_default();
        let encoding = header.get("content-transfer-encoding").unwrap_or_default();
        Self {
            encoding: String::from_utf8_lossy(encoding).to_ascii_lowercase(),
            ..content_type(of_type, Self::typed).unwrap_or_default()
        }
    }

    fn typed(found: &ContentType<'_>) -> Self {
        let attribute = |name: &str| found.attribute(name).map(ToOwned::to_owned);
        let flowed = |form: String| form.eq_ignore_ascii_case("flowed");
        let boundary = attribute("boundary").map(|boundary| boundary.trim_end().to_owned());
        let main = found.ctype().to_ascii_lowercase();
        Self {
            sub: found.subtype().unwrap_or_default().to_ascii_lowercase(),
            charset: attribute("charset"),
            flowed: attribute("format").is_some_and(flowed),
            boundary: boundary.filter(|boundary| main == "multipart" && !boundary.is_empty()),
            main,
            encoding: String::new(),
        }
    }

    /// The bytes of a part of this kind, where it is one that is read.
    fn section(self, raw: &[u8]) -> Option<Section> {
        let whole = match self.encoding.as_str() {
            "base64" => decoded_base64(raw),
            "quoted-printable" => decoded_quoted(&without_crs(raw)),
            _ => raw.to_vec(),
        };
        let mut bytes = without_crs(&whole);
        if self.flowed {
            bytes = unstuffed(&bytes);
        }
        let read = match self.main.as_str() {
            "" | "multipart" => true,
            "text" => self.sub != "html",
            "application" => holds_diff(&bytes),
            _ => false,
        };
        read.then_some(Section {
            charset: self.charset,
            bytes,
        })
    }
}

/// The sections of a mail's text, which its header tells how to read.
pub(super) fn sections(header: &Header, text: &[u8]) -> Result<Vec<Section>, Refused> {
    let mut kind = Kind::of(header);
    let Some(boundary) = kind.boundary.take() else {
        return Ok(kind.section(text).into_iter().collect());
    };
    let mut walk = Walk {
        boundaries: vec![boundary],
        sections: Vec::new(),
        part: None,
        parts: 0,
    };
    walk.through(text)?;
    if walk.parts == 0 {
        // It is no multipart after all: none of its boundaries is there.
        return Ok(kind.section(text).into_iter().collect());
    }
    Ok(walk.sections)
}

/// A walk through the lines of a multipart.
struct Walk {
    /// Of the multiparts that are open, innermost last.
    boundaries: Vec<String>,
    sections: Vec<Section>,
    /// The part that is open: its kind, and where its text begins.
    part: Option<(Kind, usize)>,
    parts: usize,
}

impl Walk {
    fn through(&mut self, text: &[u8]) -> Result<(), Refused> {
        let mut at = 0;
        while at < text.len() {
            let (line, rest) = split_line(&text[at..]);
            let Some((depth, ends)) = self.boundary(line) else {
                at = text.len() - rest.len();
                continue;
            };
            self.close(&text[..at]);
            at = text.len() - rest.len();
            if ends {
                self.boundaries.truncate(depth);
            } else {
                self.boundaries.truncate(depth + 1);
                at = self.open(text, at)?;
            }
        }
        self.close(text);
        Ok(())
    }

    /// Which of the open multiparts a line belongs to, and whether it ends it.
    fn boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        let line = line.strip_prefix(b"--")?.trim_ascii_end();
        let depth = |wanted: &[u8]| {
            let mut open = self.boundaries.iter();
            open.rposition(|boundary| boundary.as_bytes() == wanted)
        };
        let begins = depth(line).map(|depth| (depth, false));
        begins.or_else(|| Some((depth(line.strip_suffix(b"--")?)?, true)))
    }

    /// Reads the header of the part at `at`, and gives where its text begins.
    fn open(&mut self, text: &[u8], at: usize) -> Result<usize, Refused> {
        self.parts += 1;
        if self.parts > PART_LIMIT {
            return Err(Refused::Parts);
        }
        let (header, rest) = Header::read(&text[at..])?;
        let begins = text.len() - rest.len();
        let mut kind = Kind::of(&header);
        if let Some(boundary) = kind.boundary.take() {
            if self.boundaries.len() >= DEPTH_LIMIT {
                return Err(Refused::Depth);
            }
            self.boundaries.push(boundary);
        } else {
            self.part = Some((kind, begins));
        }
        Ok(begins)
    }

    /// Ends the open part, whose text goes on to the end of `text`.
    fn close(&mut self, text: &[u8]) {
        if let Some((kind, begins)) = self.part.take() {
            // A boundary may follow a header directly.
            let raw = text.get(begins..).unwrap_or_default();
            self.sections.extend(kind.section(raw));
        }
    }
}

/// What is encoded as base64. Lists append lines to mails that are not; they end it.
fn decoded_base64(raw: &[u8]) -> Vec<u8> {
    let belongs = |byte: &u8| {
        byte.is_ascii_alphanumeric() || b"+/=".contains(byte) || byte.is_ascii_whitespace()
    };
    let end = raw.iter().position(|byte| !belongs(byte));
    let end = end.map_or(raw.len(), |odd| {
        let before = raw[..odd].iter().rposition(|byte| *byte == b'\n');
        before.map_or(0, |line_break| line_break + 1)
    });
    base64_decode(&raw[..end]).unwrap_or_default()
}

/// What is encoded as quoted-printable, line by line: one that is not, as lists append them, stays as it is.
fn decoded_quoted(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let decoded = lines.map(|line| quoted_printable_decode(line).unwrap_or_else(|| line.to_vec()));
    decoded.collect::<Vec<_>>().concat()
}

/// The CRs before line breaks are the way's that a mail took, or its encoding's.
fn without_crs(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(bare) => {
                plain.extend_from_slice(bare);
                plain.push(b'\n');
            }
            None => plain.extend_from_slice(line),
        }
    }
    plain
}

/// Takes away the space that format=flowed puts before lines. Lines are not joined: in a diff, a space at
/// the end of a line is the line's own.
fn unstuffed(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let bare = lines.map(|line| line.strip_prefix(b" ").unwrap_or(line));
    bare.collect::<Vec<_>>().concat()
}
