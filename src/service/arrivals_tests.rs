//! What is taken in, by which names it is known, and what is left aside.

use super::*;
use crate::follow::NewCommits;
use crate::service::config;

const LIST: &str = "a.lists.example.org";
/// 2025-11-01, in seconds since 1970.
const SENT: i64 = 1_761_992_430;

fn settings(list: Option<&str>) -> Settings {
    let folder = std::env::temp_dir();
    let list = list.map_or(String::new(), |list| format!(", list: {list}"));
    let text = format!(
        "database: x\ncontact: a@b\nrepositories: {{l: {{path: {0}}}}}\n\
         sources: [{{name: s, maildir: {{path: {0}}}{list}}}]\nlists: {{{LIST}: {{address: a@lists.example.org}}}}\n",
        folder.display()
    );
    let place = tempfile::NamedTempFile::new().expect("the system has room");
    std::fs::write(place.path(), text).expect("it is ours");
    config::read(place.path()).expect("settings")
}

fn mail(header: &str) -> Vec<u8> {
    format!("From: A <a@example.org>\nDate: Sat, 1 Nov 2025 10:20:30 +0000\n{header}\n\ntext\n")
        .into_bytes()
}

fn sorted(settings: &Settings, arrivals: Vec<Arrival>) -> Sorted {
    let own = Own {
        domain: "bot.example.org".to_owned(),
        ..Own::default()
    };
    let sorter = Sorter {
        settings,
        source: &settings.sources[0],
        own: &own,
        now: SENT + DAY,
    };
    sorter.sort(arrivals, "next".to_owned())
}

fn taken(list: Option<&str>, header: &str) -> Result<NewMail, &'static str> {
    let mut sorted = sorted(&settings(list), vec![Arrival::Mail(mail(header))]);
    match sorted.incoming.mails.pop() {
        Some(mail) => Ok(mail),
        None => Err(sorted.aside.keys().next().expect("a reason")),
    }
}

#[test]
fn a_mail_is_of_the_list_that_it_says_or_that_of_its_source() {
    let id = "Message-ID: <m@example.org>";
    let with = |list: &str| format!("{id}\nList-Id: <{list}>");
    let list = |source: Option<&str>, header: &str| taken(source, header).map(|mail| mail.list);
    assert_eq!(list(None, &with(LIST)), Ok(Some(LIST.to_owned())));
    assert_eq!(
        list(None, &with("A.Lists.example.org")),
        Ok(Some(LIST.to_owned()))
    );
    assert_eq!(list(Some(LIST), id), Ok(Some(LIST.to_owned())));
    let other = Err("of a list that is not configured");
    assert_eq!(list(None, id), other);
    assert_eq!(list(None, &with("b.lists.example.org")), other);
}

#[test]
fn what_is_not_to_be_acted_on_is_left_aside() {
    let with = |header: &str| format!("List-Id: <{LIST}>\n{header}");
    for (header, why) in [
        ("Subject: x", "without a Message-ID"),
        ("Message-ID: <m@bot.example.org>", "ours"),
        (
            "Message-ID: <m@example.org>\nAuto-Submitted: auto-replied",
            "of a program",
        ),
    ] {
        assert_eq!(taken(None, &with(header)).map(|_| ()), Err(why));
    }
    let look_alike = "Message-ID: <m@not-bot.example.org>\nAuto-Submitted: no";
    assert!(taken(None, &with(look_alike)).is_ok());
    // Older than is looked at: 90 days and a day.
    let mut settings = settings(Some(LIST));
    let arrival = || vec![Arrival::Mail(mail("Message-ID: <m@example.org>"))];
    settings.forget_after_days = 1;
    assert_eq!(sorted(&settings, arrival()).incoming.mails.len(), 1);
    settings.forget_after_days = 0;
    assert_eq!(
        sorted(&settings, arrival()).aside,
        BTreeMap::from([("older than is looked at", 1)])
    );
}

#[test]
fn a_mail_is_linked_to_what_it_names() {
    let header = "Message-ID: <m@example.org>\nIn-Reply-To: <p@example.org>\nReferences: <r@example.org> <p@example.org>";
    let mail = taken(Some(LIST), &format!("Subject: Re: [PATCH] x\n{header}")).expect("a mail");
    assert_eq!(
        mail.links,
        ["p@example.org", "r@example.org", "p@example.org"]
    );
    assert_eq!(mail.names, Vec::<String>::new());
    let id = "Message-ID: <m@example.org>";
    let named = |subject: &str| {
        let mail = taken(Some(LIST), &format!("Subject: {subject}\n{id}")).expect("a mail");
        (mail.links, mail.names)
    };
    let title = vec!["title:a@example.org:net: do it".to_owned()];
    assert_eq!(named("[PATCH 0/2] net: Do it"), (vec![], title.clone()));
    assert_eq!(named("[PATCH v2 0/2] net: Do it"), (title.clone(), title));
    assert_eq!(named("[PATCH v2 2/2] net: Do it"), (vec![], vec![]));
    // However many mails it names, some are looked at.
    let many: Vec<String> = (0..2000).map(|at| format!("<{at}@x>")).collect();
    let header = format!("{id}\nReferences: {}", many.join(" "));
    let links = taken(Some(LIST), &header).expect("a mail").links;
    assert_eq!(links.len(), FIRST + LAST);
    assert_eq!(
        (links[0].as_str(), links[FIRST + LAST - 1].as_str()),
        ("0@x", "1999@x")
    );
}

#[test]
fn a_series_of_a_patchwork_has_places_and_commits_are_ranges() {
    let settings = settings(Some(LIST));
    let series = PatchworkSeries {
        id: 5,
        lacks: None,
        patches: vec![("one@example.org".to_owned(), 11)],
        mails: vec![
            mail("Message-ID: <one@example.org>"),
            mail("Message-ID: <cover@example.org>"),
        ],
    };
    let commits = NewCommits {
        reference: "refs/heads/main".to_owned(),
        before: "1".repeat(40),
        after: "2".repeat(40),
    };
    let sorted = sorted(
        &settings,
        vec![Arrival::Patchwork(series), Arrival::Commits(commits)],
    );
    let [one, cover] = sorted.incoming.mails.as_slice() else {
        panic!("two mails");
    };
    assert_eq!(one.place, Some(("s".to_owned(), 11)));
    assert_eq!(cover.place, None);
    assert!(one.links.contains(&"patchwork:s:5".to_owned()));
    assert!(cover.links.contains(&"patchwork:s:5".to_owned()));
    assert_eq!(sorted.incoming.ranges.len(), 1);
    assert_eq!(sorted.incoming.cursor, "next");
}
