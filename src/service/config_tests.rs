//! The example says every key that there is, and each mistake is told with its key.

use super::*;
use std::time::Duration;

const EXAMPLE: &str = include_str!("../../deploy/follow.example.yaml");
/// That of `serve` and `worker`.
const SERVICE: &str = include_str!("../../deploy/config.example.yaml");

/// The example with places that are there.
fn example(folder: &Path) -> String {
    let place = folder.display().to_string();
    EXAMPLE.replace("/srv/git/linux.git", &place)
}

fn read_text(text: &str) -> Result<Settings, String> {
    let folder = tempfile::tempdir().expect("the system has room");
    let file = folder.path().join("follow.yaml");
    std::fs::write(&file, text).expect("it is ours");
    read(&file).map_err(|error| error.what)
}

#[test]
fn the_example_is_right() {
    let folder = tempfile::tempdir().expect("the system has room");
    let settings = read_text(&example(folder.path())).expect("the example");
    assert_eq!(settings.sources.len(), 6);
    let kinds: Vec<usize> = settings
        .sources
        .iter()
        .map(|source| source.kinds().len())
        .collect();
    assert_eq!(kinds, [1; 6]);
    assert_eq!(settings.sources[0].every, Duration::from_secs(120));
    assert_eq!(settings.incomplete_after, Duration::from_secs(1800));
    assert_eq!(settings.caps, CapSettings::default());
    assert_eq!(
        settings.lists["netdev.vger.kernel.org"].write,
        crate::reply::Write::None
    );
}

#[test]
fn every_key_of_the_example_is_known_and_its_look_alike_is_not() {
    let folder = tempfile::tempdir().expect("the system has room");
    let place = folder.path().display().to_string();
    every_key_is_known(&example(folder.path()), 40);
    every_key_is_known(&SERVICE.replace("/srv/git/linux.git", &place), 55);
}

fn every_key_is_known(text: &str, least: usize) {
    let key = |line: &&str| {
        let line = line.trim_start_matches([' ', '-', '{']);
        !line.starts_with('#') && line.contains(':')
    };
    let mut tried = 0;
    for line in text.lines().filter(key) {
        let at = line.len() - line.trim_start_matches([' ', '-', '{']).len();
        let name = line[at..].split(':').next().unwrap_or_default();
        // These are names of the user's own.
        if name.contains('.') || ["linux", "net", "net-next", "octo/linux", "ann"].contains(&name) {
            continue;
        }
        let wrong = format!("{}{name}x{}", &line[..at], &line[at + name.len()..]);
        let said = read_text(&text.replacen(line, &wrong, 1)).expect_err(name);
        assert!(
            said.contains(&format!("{name}x")) || said.contains(name),
            "{name}: {said}"
        );
        tried += 1;
    }
    assert!(tried > least, "{tried}");
}

#[test]
fn mistakes_are_told_with_their_key() {
    let folder = tempfile::tempdir().expect("the system has room");
    let text = example(folder.path());
    for (from, to, says) in [
        (
            "contact: uapi-check@example.org",
            "contact: nobody",
            "contact:",
        ),
        (
            "path: /",
            "path: /nowhere/at/all/",
            "repositories.linux.path",
        ),
        ("every: 2m", "every: 2", "`2` is no time"),
        ("every: 2m", "every: 1ms", "sources[0].every"),
        ("name: news", "name: lore-netdev", "sources[3].name"),
        ("user: uapi-bot", "# none", "sources[0].patchwork"),
        (
            "repository: linux   ",
            "repository: bsd   ",
            "lists.netdev.vger.kernel.org.repository",
        ),
        (
            "list: uapi-test.lists.example.org",
            "list: other.example.org",
            "sources[4].list",
        ),
        ("write: author", "write: everybody", "everybody"),
        (
            "from: uapi-check <uapi-check@bots.example.org>",
            "from: me",
            "reply.from",
        ),
        ("domain: bots.example.org", "domain: 'a b'", "reply.domain"),
        ("log: text", "log: loud", "loud"),
    ] {
        assert!(text.contains(from), "{from}");
        let said = read_text(&text.replacen(from, to, 1)).expect_err(to);
        assert!(said.contains(says), "{to}: {said}");
        assert!(!said.contains('\n'), "{said}");
    }
    let without = |from: &str, until: &str| {
        let start = text.find(from).expect("a key");
        let end = text[start..].find(until).expect("another key") + start;
        read_text(&format!("{}{}", &text[..start], &text[end..])).expect_err(from)
    };
    assert!(without("reply:\n", "\n# How mails").contains("reply: lists.uapi-test"));
    assert!(without("delivery:\n", "\n# text, or").contains("delivery: lists.uapi-test"));
}

#[test]
fn a_secret_is_read_and_never_told() {
    let folder = tempfile::tempdir().expect("the system has room");
    let file = folder.path().join("secret");
    std::fs::write(&file, "hush-hush\nnot this\n").expect("it is ours");
    let place = |file: Option<PathBuf>, env: Option<&str>| SecretPlace {
        file,
        env: env.map(str::to_owned),
    };
    assert_eq!(
        place(Some(file.clone()), None).read().as_deref(),
        Ok("hush-hush")
    );
    std::fs::write(&file, "\nsecond-line\n").expect("it is ours");
    for wrong in [
        place(Some(file.clone()), None),
        place(None, None),
        place(Some(file), Some("HOME")),
        place(Some(folder.path().join("none")), None),
        place(None, Some("UAPI_CHECK_NO_SUCH_VARIABLE")),
    ] {
        let said = wrong.read().expect_err("no secret");
        assert!(
            !said.contains("hush") && !said.contains("second-line"),
            "{said}"
        );
    }
}

#[test]
fn the_example_of_the_service_is_right_and_its_mistakes_are_told() {
    let folder = tempfile::tempdir().expect("the system has room");
    let text = SERVICE.replace("/srv/git/linux.git", &folder.path().display().to_string());
    let settings = read_text(&text).expect("the example");
    assert_eq!(settings.web.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.web.tokens.len(), 1);
    assert!(settings.github.is_some());
    for (from, to, says) in [
        (
            "https://uapi.example.org",
            "https://uapi.example.org/uapi",
            "web.public_url",
        ),
        (
            "https://uapi.example.org",
            "ftp://uapi.example.org",
            "web.public_url",
        ),
        (
            "https://uapi.example.org",
            "https://me:secret@uapi.example.org",
            "web.public_url",
        ),
        ("# connections: 512 ", "connections: 0 #", "web.connections"),
        ("name: nightly", "name: \"\"", "web.tokens[0].name"),
        (
            "listen: 127.0.0.1:8080",
            "listen: localhost",
            "socket address",
        ),
        (
            "database: /var/lib",
            "lease: 1ms\ndatabase: /var/lib",
            "lease",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let said = read_text(&text.replacen(from, to, 1)).expect_err(to);
        assert!(said.contains(says), "{to}: {said}");
        assert!(!said.contains("secret@"), "{said}");
    }
}
