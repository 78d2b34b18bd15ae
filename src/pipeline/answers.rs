//! The answers to a series of patches become words of the gate: each on the commit that its patch became.
//!
//! Only what a mail says of its own sender is taken, by address. Whether the mail really came from there is
//! for whoever kept it, and is told. Decides nothing; see [`crate::approve`].

use crate::apply::Commit;
use crate::approve::{About, Approval, Evidence, Says};
use crate::mail::{Identity, Reply, Series, To, Word};

/// How far ahead the clock of a sender may be, in seconds: a time zone told wrong is hours.
const AHEAD: i64 = 24 * 60 * 60;

/// What was said of a series, where its patches became these commits. `now` is in seconds since 1970.
pub(super) fn words(series: &Series, commits: &[Commit], now: i64) -> Vec<Approval> {
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
            when: moment(reply.when.seconds, says(reply.says), now),
            says: says(reply.says),
            evidence: Evidence::Message(reply.message_id.clone()),
            who: reply.who.clone(),
            about,
        })
    };
    series.replies.iter().filter_map(word).collect()
}

/// When it was said, for the order of what one person said. A date that has yet to come is wrong: it must not
/// make an agreement outlast an objection.
fn moment(told: i64, says: Says, now: i64) -> i64 {
    match (told > now.saturating_add(AHEAD), says) {
        (false, _) => told,
        (true, Says::No) => now,
        (true, Says::Yes | Says::Nothing) => 0,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_has_yet_to_come_outweighs_nothing() {
        let now = 1_000_000_000;
        let later = now + AHEAD + 1;
        assert!(moment(later, Says::Yes, now) < moment(now - 5, Says::No, now));
        assert!(moment(later, Says::Nothing, now) < moment(now - 5, Says::No, now));
        assert!(moment(later, Says::No, now) > moment(now - 5, Says::Yes, now));
        assert_eq!(moment(i64::MAX, Says::No, now), now);
        // A clock that is a little ahead is believed.
        assert_eq!(moment(now + 60, Says::Yes, now), now + 60);
        assert_eq!(moment(i64::MAX, Says::Yes, i64::MAX), i64::MAX);
    }
}
