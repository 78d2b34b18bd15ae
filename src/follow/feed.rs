//! The Atom feed of a search in a public-inbox becomes Message-IDs with times.
//!
//! What stands in the entries besides is rendered for people and left aside. Only the elements at their places count:
//! an entry's text is what somebody sent. Next: `search`.

use super::error::FollowError;
use percent_encoding::percent_decode_str;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// A mail that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its Message-ID without `<>`.
    pub id: String,
    /// When it was received, as the archive has it: seconds since 1970.
    pub received: i64,
}

/// Names of the elements from the root down to where an entry says something.
const ENTRY: [&str; 2] = ["feed", "entry"];

/// Reads a feed.
pub(super) fn read(place: &str, text: &[u8]) -> Result<Vec<Entry>, FollowError> {
    let bad = |why: String| FollowError::garbled(place, format!("Atom: {why}"));
    let mut reader = Reader::from_reader(text);
    let mut walk = Walk::default();
    loop {
        match reader
            .read_event()
            .map_err(|error| bad(error.to_string()))?
        {
            Event::Start(tag) => {
                walk.tag(&tag).map_err(&bad)?;
                walk.open.push(name(&tag));
            }
            Event::Empty(tag) => walk.tag(&tag).map_err(&bad)?,
            Event::Text(text) if walk.is_at("updated") => {
                let text = String::from_utf8_lossy(&text);
                let time: Result<jiff::Timestamp, _> = text.trim().parse();
                let time = time.map_err(|_| bad("an entry without a time".to_owned()))?;
                walk.received = Some(time.as_second());
            }
            Event::End(_) => {
                if walk.open == ENTRY {
                    walk.finish().map_err(&bad)?;
                }
                walk.open.pop();
            }
            Event::Eof if walk.open.is_empty() && walk.is_feed => return Ok(walk.entries),
            Event::Eof => return Err(bad("it is no feed, or cut off".to_owned())),
            _ => {}
        }
    }
}

fn name(tag: &BytesStart) -> String {
    String::from_utf8_lossy(tag.local_name().as_ref()).into_owned()
}

/// What was read so far.
#[derive(Default)]
struct Walk {
    entries: Vec<Entry>,
    /// Names of the elements that are open.
    open: Vec<String>,
    is_feed: bool,
    id: Option<String>,
    received: Option<i64>,
}

impl Walk {
    /// Whether this is the text of an element of an entry.
    fn is_at(&self, element: &str) -> bool {
        self.open.len() == 3 && self.open[..2] == ENTRY && self.open[2] == element
    }

    /// Sees an element begin.
    fn tag(&mut self, tag: &BytesStart) -> Result<(), String> {
        self.is_feed |= self.open.is_empty() && name(tag) == "feed";
        if self.open != ENTRY || name(tag) != "link" {
            return Ok(());
        }
        let href = tag.try_get_attribute("href");
        let href = href.map_err(|error| error.to_string())?;
        let href = href.ok_or("a link without an address")?;
        let href = href.unescape_value().map_err(|error| error.to_string())?;
        // The server's own name for itself may be another than ours; what counts is the last part.
        let last = href.trim_end_matches('/').rsplit('/').next();
        let id = percent_decode_str(last.unwrap_or_default()).decode_utf8_lossy();
        self.id = Some(id.into_owned());
        Ok(())
    }

    /// Sees an entry end.
    fn finish(&mut self) -> Result<(), String> {
        let id = self.id.take().filter(|id| is_id(id));
        let entry = Entry {
            id: id.ok_or("an entry without a Message-ID")?,
            received: self.received.take().ok_or("an entry without a time")?,
        };
        self.entries.push(entry);
        Ok(())
    }
}

/// Whether something can be a Message-ID: what is longer can't stand in a header's line (RFC 5322, 2.1.1).
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 998 && !id.chars().any(char::is_control)
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
