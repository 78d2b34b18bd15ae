//! The report of a series becomes the mail that answers it.

use super::assemble::Candidate;
use super::config::Settings;
use super::verdict::Verdict;
use crate::report::Report;

/// A mail to send.
pub struct Answer {
    /// Its Message-ID without `<>`.
    pub message_id: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// The mail, where there is something to say.
pub fn answer(
    settings: &Settings,
    found: &Candidate,
    _report: &Report,
    verdict: &Verdict,
) -> Option<Answer> {
    let reply = settings.reply.as_ref()?;
    let to = found.series.patches.first()?;
    let text = format!(
        "{} {} {:?}",
        to.message_id, found.series.version, verdict.grave
    );
    let hash = blake3::hash(text.as_bytes()).to_hex();
    let message_id = format!("uapi.{}@uapi-check.example.org", &hash[..32]);
    let bytes = format!(
        "From: {}\r\nTo: {}\r\nSubject: Re: {}\r\nMessage-ID: <{message_id}>\r\nIn-Reply-To: <{}>\r\n\r\nbreak\r\n",
        reply.from,
        found.sender,
        to.message.lines().next()?,
        to.message_id
    );
    Some(Answer {
        message_id,
        bytes: bytes.into_bytes(),
    })
}
