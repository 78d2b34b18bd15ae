//! Settings that serde could read and that don't fit together are told, each with its key and the mend.

use super::{ListSettings, Settings, SourceKind, SourceSettings};
use crate::model::Person;
use crate::post;
use crate::reply::Write;
use std::collections::BTreeSet;
use std::time::Duration;

/// No source is asked more often than that, unless it is a directory of this machine.
const SHORTEST: Duration = Duration::from_millis(10);

/// Shorter ones end while somebody is at work.
const SHORTEST_LEASE: Duration = Duration::from_secs(1);

/// Tells the first mistake.
pub(super) fn check(settings: &Settings) -> Result<(), String> {
    if !settings.contact.contains('@') {
        return Err(
            "contact: give the mail address of somebody who looks after this program".to_owned(),
        );
    }
    settings.database()?;
    if settings.lease < SHORTEST_LEASE {
        return Err("lease: give 1s or longer".to_owned());
    }
    // Pull requests need neither mails nor a repository that somebody else keeps; who asks by the API needs that.
    let asked = !settings.web.tokens.is_empty();
    let mails = settings.github.is_none() && !asked || !settings.sources.is_empty();
    if settings.repositories.is_empty() && (mails || asked) {
        return Err("repositories: name at least one, with its path".to_owned());
    }
    for (name, repository) in &settings.repositories {
        if !repository.path.is_dir() {
            let path = repository.path.display();
            return Err(format!(
                "repositories.{name}.path: {path} is no directory: give the one of a git repository"
            ));
        }
    }
    if mails {
        sources(&settings.sources)?;
    }
    settings
        .github
        .as_ref()
        .map_or(Ok(()), super::github::check)?;
    lists(settings)?;
    super::web::check(&settings.web)?;
    writing(settings)
}

fn sources(sources: &[SourceSettings]) -> Result<(), String> {
    if sources.is_empty() {
        return Err("sources: name at least one place where patches arrive".to_owned());
    }
    let mut names = BTreeSet::new();
    for (at, source) in sources.iter().enumerate() {
        let key = format!("sources[{at}]");
        if source.name.is_empty() || !names.insert(&source.name) {
            return Err(format!(
                "{key}.name: `{}` is empty or taken: its cursor is kept under a name of its own",
                source.name
            ));
        }
        let kinds = source.kinds();
        let [kind] = kinds.as_slice() else {
            return Err(format!(
                "{key}: give one of maildir, search, epochs, nntp, patchwork and branches"
            ));
        };
        if let SourceKind::Patchwork(patchwork) = kind
            && patchwork.user.is_some() != patchwork.token.is_some()
        {
            return Err(format!(
                "{key}.patchwork: `user` and `token` belong together: name both or none"
            ));
        }
        if source.every < SHORTEST {
            return Err(format!("{key}.every: give 10ms or longer"));
        }
    }
    Ok(())
}

fn lists(settings: &Settings) -> Result<(), String> {
    let known = |name: &String| settings.repositories.contains_key(name);
    for (list, of) in &settings.lists {
        match &of.repository {
            Some(name) if !known(name) => {
                return Err(format!(
                    "lists.{list}.repository: there is no `{name}` under `repositories`"
                ));
            }
            None if settings.repositories.len() > 1 => {
                return Err(format!(
                    "lists.{list}.repository: there are several repositories: name one of them"
                ));
            }
            _ => {}
        }
    }
    for (at, source) in settings.sources.iter().enumerate() {
        let unknown = |list: &&String| !settings.lists.contains_key(*list);
        if let Some(list) = source.list.as_ref().filter(unknown) {
            return Err(format!(
                "sources[{at}].list: there is no `{list}` under `lists`"
            ));
        }
    }
    Ok(())
}

/// Who may be written to needs somebody who writes, and a way.
fn writing(settings: &Settings) -> Result<(), String> {
    if let Some(reply) = &settings.reply {
        for (key, value) in [("from", &reply.from), ("reply_to", &reply.reply_to)] {
            if Person::parse(value).is_none() {
                return Err(format!(
                    "reply.{key}: `{value}` is no mail address: write it as in `Name <name@example.org>`"
                ));
            }
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
        if reply.domain.is_empty() || !reply.domain.chars().all(plain) {
            return Err(format!("reply.domain: `{}` is no domain", reply.domain));
        }
    }
    if let Some(post::mail::Settings::Directory { path }) = &settings.delivery
        && !path.is_dir()
    {
        let path = path.display();
        return Err(format!(
            "delivery.path: {path} is no directory: make it first"
        ));
    }
    let writes = |(_, list): &(&String, &ListSettings)| list.write != Write::None;
    let Some((list, _)) = settings.lists.iter().find(writes) else {
        return Ok(());
    };
    match (&settings.reply, &settings.delivery) {
        (Some(_), Some(_)) => Ok(()),
        (None, _) => Err(format!(
            "reply: lists.{list}.write asks for mails: say who they are from"
        )),
        (_, None) => Err(format!(
            "delivery: lists.{list}.write asks for mails: say how they leave"
        )),
    }
}
