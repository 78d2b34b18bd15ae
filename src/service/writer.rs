//! Who writes, who answers for it, and what the lists want: settings in the words of `reply`.

use super::config::{ReplySettings, Settings};
use crate::model::Person;
use crate::reply::{ListRule, Own, USUALLY_IGNORED, Voice};

/// Who writes; nobody where nothing says who.
pub fn voice(settings: &Settings) -> Option<Voice> {
    let reply = settings.reply.as_ref()?;
    let lists = settings.lists.iter().map(|(id, list)| ListRule {
        address: list.address.clone(),
        list_id: Some(id.clone()),
        write: list.write,
        cc: list.cc.clone(),
        remind: list.remind,
        approvals: list.approvals,
    });
    Some(Voice {
        from: Person::parse(&reply.from)?,
        contact: Person::parse(&reply.reply_to)?,
        domain: reply.domain.clone(),
        own: addresses(reply),
        lists: lists.collect(),
        hide_from_patchwork: reply.hide_from_patchwork,
    })
}

/// Whose mails are not acted on. Which lists count is for the sources, too: a list can be that of a source.
pub fn own(settings: &Settings) -> Own {
    let reply = settings.reply.as_ref();
    let more = reply.iter().flat_map(|reply| &reply.ignore).cloned();
    let usual = USUALLY_IGNORED.iter().map(|one| (*one).to_owned());
    Own {
        addresses: reply.map(addresses).unwrap_or_default(),
        domain: reply.map(|reply| reply.domain.clone()).unwrap_or_default(),
        lists: Vec::new(),
        ignore: usual.chain(more).collect(),
    }
}

/// The address to which mails come back that can't be delivered.
pub fn bounce(reply: &ReplySettings) -> String {
    let from = || Person::parse(&reply.from).map(|from| from.email);
    reply.bounce.clone().or_else(from).unwrap_or_default()
}

fn addresses(reply: &ReplySettings) -> Vec<String> {
    let from = Person::parse(&reply.from).map(|from| from.email);
    from.into_iter().chain(reply.own.iter().cloned()).collect()
}
