//! Whether a mail is one to act on. Programs that answer programs never stop, so everything that may come from one is
//! passed over, and so is what came by a list that nobody configured.

use crate::mail::Message;
use crate::model::Person;

/// Senders that are programs, besides those that say so of themselves: the build robot, syzbot, the bots that tell of
/// applied patches. Each is a pattern as in [`Own::ignore`].
pub const USUALLY_IGNORED: [&str; 5] = [
    "lkp@intel.com",
    "syzbot@syzkaller.appspotmail.com",
    "patchwork-bot@kernel.org",
    "*noreply*",
    "*no-reply*",
];

/// Who we are, and whom we listen to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// The addresses that we send from.
    pub addresses: Vec<String>,
    /// The domain behind the `@` of our Message-IDs. Whatever is from there is ours, so it has to be the program's
    /// alone.
    pub domain: String,
    /// The lists, by `List-Id` without `<>`. Where none is named, every list will do.
    pub lists: Vec<String>,
    /// Senders to pass over. `*` stands for any characters; the `+...` of an address is left out before it is held
    /// against them, so that `syzbot@host` is `syzbot+0123@host`, too.
    pub ignore: Vec<String>,
}

/// Why a mail is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is from one of our addresses.
    OwnAddress,
    /// It has the header that we give our mails.
    OwnMark,
    /// Its Message-ID is from our domain.
    OwnId,
    /// It says that a program sent it (`Auto-Submitted:`, RFC 3834).
    AutoSubmitted,
    /// It says that it is mass mail (`Precedence:`).
    Precedence,
    /// It asks for no answer (an empty `Return-Path:`), as what tells that a mail was not delivered.
    NoReturn,
    /// It came by a list that is not followed.
    OtherList,
    /// Its sender is on the list of those to pass over.
    Ignored,
}

/// Why a mail is to be passed over, with everything that it says; `None` where it is not.
#[must_use]
pub fn ignored(mail: &Message, own: &Own) -> Option<Why> {
    let marks = &mail.marks;
    let bulk = ["bulk", "junk", "auto_reply"];
    let ours = |address: &String| own.addresses.iter().any(|own| same(own, address));
    let ignored = |address: &String| own.ignore.iter().any(|pattern| matches(pattern, address));
    let list = mail.list_id.as_ref();
    let other = |id: &String| !own.lists.iter().any(|list| list.eq_ignore_ascii_case(id));
    let reasons = [
        (marks.senders.iter().any(ours), Why::OwnAddress),
        (marks.is_ours, Why::OwnMark),
        (is_below(&mail.id, &own.domain), Why::OwnId),
        (
            marks.auto_submitted.iter().any(|word| word != "no"),
            Why::AutoSubmitted,
        ),
        (
            marks
                .precedence
                .iter()
                .any(|word| bulk.contains(&word.as_str())),
            Why::Precedence,
        ),
        (marks.no_return, Why::NoReturn),
        (
            !own.lists.is_empty() && list.is_some_and(other),
            Why::OtherList,
        ),
        (marks.senders.iter().any(ignored), Why::Ignored),
    ];
    reasons
        .iter()
        .find(|(holds, _)| *holds)
        .map(|(_, why)| *why)
}

/// Whether a mail may start an examination: it is a patch or a cover, and no answer. What an answer agrees to counts
/// for the series that it answers.
#[must_use]
pub fn starts_run(mail: &Message) -> bool {
    let cover = mail
        .subject
        .counter
        .is_some_and(|(position, _)| position == 0);
    !mail.subject.reply && (mail.is_patch() || cover)
}

fn same(one: &str, other: &str) -> bool {
    crate::model::address_key(one) == crate::model::address_key(other)
}

/// Whether an id is from a domain, or one below it.
fn is_below(id: &str, domain: &str) -> bool {
    let (Some((_, host)), false) = (id.rsplit_once('@'), domain.is_empty()) else {
        return false;
    };
    let (host, domain) = (host.to_ascii_lowercase(), domain.to_ascii_lowercase());
    let above = host.strip_suffix(&domain);
    above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

fn matches(pattern: &str, address: &str) -> bool {
    let pattern = crate::model::address_key(pattern);
    let address = crate::model::address_key(address);
    fits(&pattern, &address) || fits(&pattern, &untagged(&address))
}

/// An address without `+...`.
fn untagged(address: &str) -> String {
    match address.split_once('@').zip(address.split_once('+')) {
        Some(((local, domain), (bare, _))) if bare.len() < local.len() => {
            format!("{bare}@{domain}")
        }
        _ => address.to_owned(),
    }
}

/// Whether a text is a pattern in which `*` stands for any characters. What stands between stars is looked for from
/// left to right, which is enough and takes no longer than the text is.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut left) = text.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

/// Whether it is one of our addresses: for those who write to people.
pub(super) fn is_own(person: &Person, own: &[String]) -> bool {
    own.iter().any(|own| same(own, &person.email))
}

#[cfg(test)]
#[path = "automatic_tests.rs"]
mod tests;
