//! The answers to a series of patches become words of the gate: each on the commit that its patch became.
//!
//! Only what a mail says of its own sender is taken, by address. Whether the mail really came from there is
//! for whoever kept it, and is told. Decides nothing; see [`crate::approve`].

use crate::apply::Commit;
use crate::approve::{About, Approval, Evidence, Says};
use crate::mail::{Identity, Reply, Series, To, Word};

/// What was said of a series, where its patches became these commits.
pub(super) fn words(series: &Series, commits: &[Commit]) -> Vec<Approval> {
    let word = |reply: &Reply| {
        // Without an id, nobody could look it up.
        let counts = reply.identity == Identity::Address && !reply.message_id.is_empty();
        let about = match reply.to {
            To::Cover => About::Series,
            To::Patch(position) => {
                let commit = commits.iter().find(|commit| commit.position == position)?;
                About::Commit(commit.id.clone())
            }
        };
        counts.then(|| Approval {
            when: reply.when.seconds,
            says: says(reply.says),
            evidence: Evidence::Message(reply.message_id.clone()),
            who: reply.who.clone(),
            about,
        })
    };
    series.replies.iter().filter_map(word).collect()
}

fn says(word: Word) -> Says {
    match word {
        Word::Acked | Word::Reviewed => Says::Yes,
        Word::TakenBack => Says::Nothing,
        Word::Nak => Says::No,
    }
}

/// What to say where answers counted.
pub(super) const BY_ADDRESS: &str = "Answers count for the addresses that they say they are from; that a mail is really from there is \
     for the archive that kept it.";
