//! A newsgroup, such as those of nntp.lore.kernel.org, becomes mails, by the numbers that the server gives them.
//!
//! The cursor is the last number that was looked at. Numbers only grow, and may have gaps. A mail has the headers
//! `Path`, `Newsgroups` and `Xref` of the server besides its own; its lines end in newlines. Next: `lines`.

use super::error::FollowError;
use super::lines::Lines;
use super::{Arrival, Batch, cursor};
use crate::http::one_line;
use crate::mail::MAIL_LIMIT;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Numbers that are looked at in one batch at most.
const NUMBERS: u64 = 100;
/// Bytes of the mails of a batch, after which it ends.
const BYTES: usize = 8 << 20;
/// Bytes of an overview of that many mails at most.
const OVERVIEW_LIMIT: usize = 8 << 20;
/// A poll takes no longer than so many silences.
const WHOLE: u32 = 20;
/// A mail may have more headers here than it was sent with.
const ARTICLE_LIMIT: usize = 2 * MAIL_LIMIT;

/// What to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NntpSettings {
    /// Name or address of the server.
    pub host: String,
    /// Its port: 119, or 563 with TLS.
    pub port: u16,
    /// Whether to speak TLS from the first byte.
    pub tls: bool,
    /// The group, such as `org.kernel.vger.netdev`.
    pub group: String,
    /// How many mails to go back at the first start.
    pub newest: u64,
    /// A server that sends nothing for so long is given up.
    pub silence: Duration,
}

/// A newsgroup that is followed.
#[derive(Debug)]
pub struct Nntp {
    settings: NntpSettings,
    place: String,
}

#[derive(Serialize, Deserialize)]
struct State {
    last: u64,
}

/// What there is in a group.
struct Group {
    first: u64,
    last: u64,
}

impl Nntp {
    /// A source of these settings; asks nobody yet.
    ///
    /// # Errors
    ///
    /// Where the name of the group is none.
    pub fn new(settings: NntpSettings) -> Result<Self, FollowError> {
        let group = &settings.group;
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"*?[]!,\\".contains(&byte);
        if group.is_empty() || !group.bytes().all(plain) {
            let group = one_line(group);
            let what = format!(
                "`{group}` is no name of a newsgroup: give one such as org.kernel.vger.netdev"
            );
            return Err(FollowError::Mistake(what));
        }
        let place = format!("nntp://{}:{}/{group}", settings.host, settings.port);
        Ok(Self { settings, place })
    }

    /// What came after a cursor, or the newest mails without one.
    ///
    /// A group whose last number is below the cursor was numbered anew; its newest mails are given again then.
    ///
    /// # Errors
    ///
    /// Where the server can't be reached or makes no sense, or the cursor is of another group.
    pub async fn poll(&self, cursor: Option<&str>) -> Result<Batch, FollowError> {
        let known: Option<State> = cursor
            .map(|text| cursor::read("nntp", &self.place, text))
            .transpose()?;
        // A server that drips one byte after the other is never silent.
        let whole = self.settings.silence.saturating_mul(WHOLE);
        match tokio::time::timeout(whole, self.ask(known)).await {
            Ok(asked) => asked,
            Err(_) => {
                let why = format!("it took more than {} seconds", whole.as_secs());
                Err(FollowError::unreachable(&self.place, why))
            }
        }
    }

    async fn ask(&self, known: Option<State>) -> Result<Batch, FollowError> {
        let address = (self.settings.host.as_str(), self.settings.port);
        let mut lines = Lines::connect(address, self.settings.tls, self.settings.silence).await?;
        let group = self.enter(&mut lines).await?;
        let newest = group.last.saturating_sub(self.settings.newest);
        let after = match known {
            Some(state) if state.last <= group.last => state.last,
            Some(_) => {
                tracing::warn!(place = self.place, "the group was numbered anew");
                newest
            }
            None => newest,
        };
        let after = after.max(group.first.saturating_sub(1)).min(group.last);
        let (arrivals, last) = self.read(&mut lines, after, group.last).await?;
        // Nothing depends on whether the server hears it.
        let _ = lines.send("QUIT").await;
        Ok(Batch {
            arrivals,
            cursor: cursor::write("nntp", &self.place, State { last })?,
            more: last < group.last,
        })
    }

    /// Greets the server and goes to the group.
    async fn enter(&self, lines: &mut Lines) -> Result<Group, FollowError> {
        let (status, text) = self.status(lines).await?;
        if !matches!(status, 200 | 201) {
            return Err(self.refused(status, &text));
        }
        lines
            .send(&format!("GROUP {}", self.settings.group))
            .await?;
        let (status, text) = self.status(lines).await?;
        match status {
            211 => {}
            411 => {
                let group = &self.settings.group;
                let what = format!(
                    "{} has no group `{group}`: is it spelt right?",
                    self.settings.host
                );
                return Err(FollowError::Mistake(what));
            }
            _ => return Err(self.refused(status, &text)),
        }
        let mut numbers = text.split_ascii_whitespace().map(str::parse::<u64>);
        match (numbers.next(), numbers.next(), numbers.next()) {
            // The number of mails is a guess, and public-inbox says 0 of a group that has one. An empty group has a last
            // number below the first (RFC 3977, 6.1.1.2), or three zeros.
            (Some(Ok(_)), Some(Ok(first)), Some(Ok(last))) if first <= last.saturating_add(1) => {
                Ok(Group { first, last })
            }
            (Some(Ok(0)), ..) => Ok(Group { first: 0, last: 0 }),
            _ => Err(self.garbled(&text)),
        }
    }

    /// The mails after a number, up to a bound, and the last number that was looked at.
    async fn read(
        &self,
        lines: &mut Lines,
        after: u64,
        last: u64,
    ) -> Result<(Vec<Arrival>, u64), FollowError> {
        let mut arrivals = Vec::new();
        let mut bytes = 0;
        if after >= last {
            return Ok((arrivals, after));
        }
        let end = last.min(after.saturating_add(NUMBERS));
        for (number, size) in self.overview(lines, after + 1, end).await? {
            if size > MAIL_LIMIT {
                tracing::warn!(
                    place = self.place,
                    number,
                    size,
                    "a mail over the bound is left out"
                );
                continue;
            }
            let Some(mail) = self.article(lines, number).await? else {
                continue;
            };
            bytes += mail.len();
            arrivals.push(Arrival::Mail(mail));
            if bytes >= BYTES {
                return Ok((arrivals, number));
            }
        }
        Ok((arrivals, end))
    }

    /// Which numbers of a range there are, with the bytes of each mail (RFC 3977, 8.3).
    async fn overview(
        &self,
        lines: &mut Lines,
        first: u64,
        last: u64,
    ) -> Result<Vec<(u64, usize)>, FollowError> {
        lines.send(&format!("OVER {first}-{last}")).await?;
        let (status, text) = self.status(lines).await?;
        match status {
            224 => {}
            // 420 and 423: all of them are gaps.
            420 | 423 => return Ok(Vec::new()),
            _ => return Err(self.refused(status, &text)),
        }
        let block = lines.block(OVERVIEW_LIMIT).await?;
        let mut found = Vec::new();
        for line in String::from_utf8_lossy(&block).lines() {
            let mut fields = line.split('\t');
            let number = fields.next().and_then(|field| field.parse().ok());
            let number = number.filter(|number| (first..=last).contains(number));
            // subject, from, date, message-id, references, and then the bytes; servers may leave these out.
            let size = fields.nth(5).and_then(|field| field.parse().ok());
            found.push((number.ok_or_else(|| self.garbled(line))?, size.unwrap_or(0)));
        }
        found.sort_unstable();
        found.dedup_by_key(|(number, _)| *number);
        Ok(found)
    }

    /// A mail, or `None` where it is gone.
    async fn article(
        &self,
        lines: &mut Lines,
        number: u64,
    ) -> Result<Option<Vec<u8>>, FollowError> {
        lines.send(&format!("ARTICLE {number}")).await?;
        let (status, text) = self.status(lines).await?;
        match status {
            220 => lines.block(ARTICLE_LIMIT).await.map(Some),
            423 | 430 => Ok(None),
            _ => Err(self.refused(status, &text)),
        }
    }

    /// The first line of an answer: its status and the rest.
    async fn status(&self, lines: &mut Lines) -> Result<(u16, String), FollowError> {
        let line = lines.line().await?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let (digits, rest) = line.split_at_checked(3).unwrap_or((&line, ""));
        match digits.parse() {
            Ok(status @ 100..=599) => Ok((status, rest.trim().to_owned())),
            _ => Err(self.garbled(&line)),
        }
    }

    fn garbled(&self, line: &str) -> FollowError {
        let shown: String = one_line(line).chars().take(80).collect();
        FollowError::garbled(&self.place, format!("`{shown}`"))
    }

    fn refused(&self, status: u16, text: &str) -> FollowError {
        FollowError::Refused {
            place: self.place.clone(),
            status,
            why: one_line(text),
            after: None,
        }
    }
}

#[cfg(test)]
#[path = "nntp_tests.rs"]
mod tests;
