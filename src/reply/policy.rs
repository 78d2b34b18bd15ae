//! Who may be written to. Closed: without a rule for a list, nobody is; where several lists got a mail, the one that
//! wants least decides.

use super::automatic::is_own;
use crate::mail::Head;
use crate::model::{Person, address_key};
use serde::Deserialize;
use std::collections::BTreeSet;

/// A list that is asked to get patches that change the user-space API; which ones, the people who write tell. It is
/// never written to unless the author did.
const LINUX_API: &str = "linux-api@vger.kernel.org";

/// Who is written to about a series on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Write {
    /// Nobody.
    #[default]
    None,
    /// Who sent it.
    Author,
    /// Who sent it, and the list: only where those who look after the list asked for it.
    List,
}

/// What is done on one list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ListRule {
    /// Its address.
    pub address: String,
    /// Its `List-Id` without `<>`; a mail that came by it is the list's wherever it was sent to.
    #[serde(default)]
    pub list_id: Option<String>,
    /// Who is written to.
    #[serde(default)]
    pub write: Write,
    /// Addresses that get a copy of what is written.
    #[serde(default)]
    pub cc: Vec<String>,
    /// Whether the author is told of a list that is asked to get such patches and did not.
    #[serde(default = "yes")]
    pub remind: bool,
    /// Whether a mail is written where nothing breaks and somebody has only to agree.
    #[serde(default)]
    pub approvals: bool,
}

fn yes() -> bool {
    true
}

/// Who gets a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipients {
    /// The one who sent the series.
    pub to: Person,
    /// Addresses of lists and people who asked for it, each once.
    pub cc: Vec<Person>,
    /// Whether all lists want the author to be told of lists that are missing.
    pub remind: bool,
    /// Whether all lists want mails about agreement alone.
    pub approvals: bool,
}

/// Who gets an answer to a mail that also went where `all` of its series did; `None` where nobody does. `own` are the
/// addresses that we send from.
#[must_use]
pub fn recipients(
    head: &Head,
    all: &[&Head],
    rules: &[ListRule],
    own: &[String],
) -> Option<Recipients> {
    let heads = || all.iter().copied().chain([head]);
    let sent: BTreeSet<String> = heads()
        .flat_map(|head| &head.to)
        .map(|to| address_key(to))
        .collect();
    let came: BTreeSet<String> = heads()
        .filter_map(|head| head.list_id.as_deref())
        .map(str::to_lowercase)
        .collect();
    let is_there = |rule: &&ListRule| {
        let by_id = rule
            .list_id
            .as_ref()
            .is_some_and(|id| came.contains(&id.to_lowercase()));
        by_id || sent.contains(&address_key(&rule.address))
    };
    let lists: Vec<&ListRule> = rules.iter().filter(is_there).collect();
    let least = lists
        .iter()
        .map(|rule| rule.write)
        .min()
        .unwrap_or_default();
    let to = head
        .from
        .clone()
        .filter(|to| is_plain(&to.email) && !is_own(to, own))?;
    if least == Write::None {
        return None;
    }
    let listed = |address: &str| {
        rules
            .iter()
            .any(|rule| address_key(&rule.address) == address_key(address))
    };
    let shown = lists.iter().filter(|_| least == Write::List);
    let copies = lists
        .iter()
        .flat_map(|rule| &rule.cc)
        .filter(|address| !listed(address));
    let mut seen = BTreeSet::from([to.key()]);
    let mut cc = Vec::new();
    for address in shown.map(|rule| &rule.address).chain(copies) {
        let person = Person {
            name: String::new(),
            email: address.trim().to_owned(),
        };
        let uninvited = person.key() == LINUX_API && !sent.contains(LINUX_API);
        let wanted = is_plain(&person.email) && !uninvited && !is_own(&person, own);
        if wanted && seen.insert(person.key()) {
            cc.push(person);
        }
    }
    Some(Recipients {
        to,
        cc,
        remind: lists.iter().all(|rule| rule.remind),
        approvals: lists.iter().all(|rule| rule.approvals),
    })
}

/// The lists that a series should have been sent to, and was not.
pub(super) fn missing<'l>(wanted: &'l [String], all: &[&Head]) -> Vec<&'l str> {
    let sent: BTreeSet<String> = all
        .iter()
        .flat_map(|head| &head.to)
        .map(|to| address_key(to))
        .collect();
    let wanted = wanted
        .iter()
        .filter(|list| !sent.contains(&address_key(list)));
    wanted.map(String::as_str).collect()
}

/// Whether an address is one that can stand in a header and an envelope as it is. Addresses with quotes, comments or
/// other alphabets are allowed in mails; nobody who sends patches has one, and some are made to mislead.
pub(super) fn is_plain(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let of_local =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let of_domain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    let whole = |text: &str, limit: usize| {
        let edges = text.starts_with(['.', '-']) || text.ends_with('.') || text.contains("..");
        !text.is_empty() && text.len() <= limit && !edges
    };
    // The limits of RFC 5321, section 4.5.3.1.
    whole(local, 64)
        && whole(domain, 255)
        && local.bytes().all(of_local)
        && domain.bytes().all(of_domain)
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
