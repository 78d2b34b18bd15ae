//! A letter arrives as it was written, once, or it is told why not: by SMTP, sendmail and as a file.

use super::{person, python};
use crate::support::smtp::{Rules, Sink, encryption};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use uapi_check::post::mail::{BadSettings, Mailer, Outcome, Security, Settings, SmtpSettings};
use uapi_check::reply::Letter;

const BOUNCE: &str = "bounces@uapi.example.org";
const SENT: i64 = 1_795_464_000;

fn letter(body: &str) -> Letter {
    Letter {
        from: person("uapi-check <bot@uapi.example.org>"),
        reply_to: None,
        to: vec![person("Ann <ann@example.org>")],
        cc: vec![person("netdev@lists.example.org")],
        subject: "Re: [PATCH] net: größer".into(),
        message_id: "uapi.0123@uapi.example.org".into(),
        in_reply_to: "1@example.org".into(),
        references: vec!["1@example.org".into()],
        headers: vec![("X-UAPI-Check".into(), "fail".into())],
        body: body.into(),
    }
}

/// Lines that a server could take for its own, and that need eight bits.
const BODY: &str = "Hallo größer\n.\n..\n.dot\n\n> +\t__u32 a;\nFrom here\n-- \nbye\n";

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".into(),
        port: Some(port),
        security: Security::Plain,
        user: None,
        password_file: None,
        ca_file: None,
    }
}

fn mailer(settings: SmtpSettings) -> Mailer {
    Mailer::new(&Settings::Smtp(settings), BOUNCE).expect("they are right")
}

async fn to_sink(rules: Rules, letter: &Letter) -> (Outcome, Sink) {
    let sink = Sink::new(rules);
    let outcome = mailer(settings(sink.port)).deliver(letter, SENT).await;
    (outcome, sink)
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let letter = letter(BODY);
    let (outcome, sink) = to_sink(Rules::default(), &letter).await;
    assert_eq!((outcome, sink.faults()), (Outcome::Delivered, Vec::new()));
    let [mail] = &sink.taken()[..] else {
        panic!("one mail")
    };
    assert_eq!(mail.from, BOUNCE);
    assert_eq!(mail.to, ["ann@example.org", "netdev@lists.example.org"]);
    assert!(mail.eight_bit);
    assert_eq!(
        String::from_utf8_lossy(&mail.bytes),
        String::from_utf8_lossy(&letter.bytes(SENT))
    );
    let read = python(&mail.bytes);
    assert_eq!(
        (&read["body"], &read["subject"]),
        (&BODY.into(), &"Re: [PATCH] net: größer".into())
    );
    assert_eq!(
        (&read["defects"], &read["filed"]),
        (&serde_json::json!([]), &"comment".into())
    );
}

#[tokio::test]
async fn eight_bits_are_announced_or_not_sent() {
    let seven = || Rules {
        seven_bit: true,
        ..Rules::default()
    };
    let (outcome, sink) = to_sink(seven(), &letter(BODY)).await;
    assert!(
        matches!(&outcome, Outcome::Refused(why) if why.contains("8BITMIME")),
        "{outcome:?}"
    );
    assert_eq!((sink.taken(), sink.faults()), (Vec::new(), Vec::new()));
    // ASCII goes everywhere.
    let (outcome, sink) = to_sink(seven(), &letter("plain\n")).await;
    assert_eq!(outcome, Outcome::Delivered);
    assert!(!sink.taken()[0].eight_bit);
}

#[tokio::test]
async fn a_server_says_later_or_never() {
    for (what, code, later) in [
        ("GREETING", 421, true),
        ("GREETING", 554, false),
        ("MAIL", 451, true),
        ("MAIL", 550, false),
        ("RCPT", 450, true),
        ("RCPT", 550, false),
        ("DATA", 451, true),
        ("END", 452, true),
        ("END", 554, false),
        ("MAIL", 530, true),
        ("MAIL", 0, true),
        ("END", 0, true),
    ] {
        let answers = [(what, code)].into();
        let rules = Rules {
            answers,
            ..Rules::default()
        };
        let (outcome, sink) = to_sink(rules, &letter(BODY)).await;
        match &outcome {
            Outcome::TryLater(why) => assert!(
                later && why.starts_with("127.0.0.1: "),
                "{what} {code}: {why}"
            ),
            Outcome::Refused(why) => assert!(
                !later && why.contains(&code.to_string()),
                "{what} {code}: {why}"
            ),
            other => panic!("{what} {code}: {other:?}"),
        }
        assert_eq!(sink.taken(), Vec::new());
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_later() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let outcome = mailer(settings(port)).deliver(&letter(BODY), SENT).await;
    assert!(matches!(outcome, Outcome::TryLater(_)), "{outcome:?}");
}

#[tokio::test]
async fn who_logs_in_is_let_in_and_a_wrong_password_is_no_fault_of_the_mail() {
    let place = tempfile::tempdir().expect("the system has room");
    let secret = place.path().join("password");
    let sink = Sink::new(Rules {
        login: Some(("bot".into(), "s3cret".into())),
        ..Rules::default()
    });
    let with = |password: &str| {
        fs::write(&secret, password).expect("there is room");
        mailer(SmtpSettings {
            user: Some("bot".into()),
            password_file: Some(secret.clone()),
            ..settings(sink.port)
        })
    };
    let wrong = with("wr0ng\n");
    assert!(!format!("{wrong:?}").contains("wr0ng"));
    let outcome = wrong.deliver(&letter(BODY), SENT).await;
    assert!(
        matches!(&outcome, Outcome::TryLater(why) if !why.contains("wr0ng")),
        "{outcome:?}"
    );
    assert_eq!(
        with("s3cret\n").deliver(&letter(BODY), SENT).await,
        Outcome::Delivered
    );
    assert_eq!(sink.taken()[0].user.as_deref(), Some("bot"));
}

#[test]
fn mistakes_in_the_settings_are_told() {
    let new = |settings| Mailer::new(&Settings::Smtp(settings), BOUNCE).expect_err("a mistake");
    let far = SmtpSettings {
        host: "mail.example.org".into(),
        ..settings(25)
    };
    assert!(matches!(new(far.clone()), BadSettings::InTheClear { .. }));
    assert!(
        Mailer::new(
            &Settings::Smtp(SmtpSettings {
                security: Security::Tls,
                ..far
            }),
            BOUNCE
        )
        .is_ok()
    );
    let half = SmtpSettings {
        user: Some("bot".into()),
        ..settings(25)
    };
    assert!(matches!(new(half), BadSettings::Half));
    let missing = SmtpSettings {
        user: Some("bot".into()),
        password_file: Some("/nowhere/password".into()),
        ..settings(25)
    };
    assert!(new(missing).to_string().contains("/nowhere/password"));
    let no_address = Mailer::new(&Settings::Smtp(settings(25)), "nobody").expect_err("a mistake");
    assert!(no_address.to_string().contains("nobody"));
    for text in ["by: smtp\nhost: a\npassword: b", "by: pigeon", "by: smtp"] {
        assert!(serde_yaml::from_str::<Settings>(text).is_err(), "{text}");
    }
    let read: Settings = serde_yaml::from_str("by: smtp\nhost: a").expect("the rest has defaults");
    assert!(matches!(
        read,
        Settings::Smtp(SmtpSettings {
            security: Security::Starttls,
            ..
        })
    ));
}

/// A certificate for 127.0.0.1 and its key, or nothing where openssl is not installed.
fn certificate(place: &Path) -> Option<(PathBuf, PathBuf)> {
    let (certificate, key) = (place.join("cert.pem"), place.join("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args([
            "-subj",
            "/CN=sink",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    match made {
        Ok(output) if output.status.success() => Some((certificate, key)),
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            eprintln!("openssl is not installed: encrypted delivery was not tried");
            None
        }
    }
}

#[tokio::test]
async fn what_is_to_be_encrypted_is() {
    let place = tempfile::tempdir().expect("the system has room");
    let Some((certificate, key)) = certificate(place.path()) else {
        return;
    };
    for (security, wrapped) in [(Security::Starttls, false), (Security::Tls, true)] {
        let sink = Sink::new(Rules {
            tls: Some(encryption(&certificate, &key)),
            wrapped,
            ..Rules::default()
        });
        let trusting = SmtpSettings {
            security,
            ca_file: Some(certificate.clone()),
            ..settings(sink.port)
        };
        let outcome = mailer(trusting.clone()).deliver(&letter(BODY), SENT).await;
        assert_eq!(outcome, Outcome::Delivered, "{security:?}");
        assert!(sink.taken()[0].encrypted);
        // A server that nobody vouches for gets nothing.
        let careful = SmtpSettings {
            ca_file: None,
            ..trusting
        };
        let outcome = mailer(careful).deliver(&letter(BODY), SENT).await;
        assert!(matches!(outcome, Outcome::TryLater(_)), "{outcome:?}");
        assert_eq!(sink.taken().len(), 1);
    }
    // Nor does one that can't encrypt.
    let sink = Sink::new(Rules::default());
    let strict = SmtpSettings {
        security: Security::Starttls,
        ..settings(sink.port)
    };
    let outcome = mailer(strict).deliver(&letter(BODY), SENT).await;
    assert!(matches!(outcome, Outcome::TryLater(_)), "{outcome:?}");
    assert_eq!(sink.taken(), Vec::new());
}

#[tokio::test]
async fn a_file_is_written_once_and_whole() {
    let place = tempfile::tempdir().expect("the system has room");
    let path = place.path().to_owned();
    let mailer =
        Mailer::new(&Settings::Directory { path: path.clone() }, BOUNCE).expect("it is right");
    assert_eq!(
        mailer.deliver(&letter(BODY), SENT).await,
        Outcome::Delivered
    );
    assert_eq!(
        mailer.deliver(&letter("other\n"), SENT).await,
        Outcome::AlreadyThere
    );
    let names: Vec<_> = fs::read_dir(&path)
        .expect("it is there")
        .map(|entry| entry.expect("one").file_name())
        .collect();
    assert_eq!(names, ["uapi.0123@uapi.example.org.eml"]);
    let bytes = fs::read(path.join(&names[0])).expect("a mail");
    assert!(!bytes.contains(&b'\r'));
    assert_eq!(python(&bytes)["body"], BODY);
    let gone = Settings::Directory {
        path: path.join("nowhere"),
    };
    let mailer = Mailer::new(&gone, BOUNCE).expect("it is right");
    assert!(matches!(
        mailer.deliver(&letter(BODY), SENT).await,
        Outcome::TryLater(_)
    ));
}

/// A program that keeps its arguments and input beside it, and ends so.
fn program(place: &Path, end: u8, reads: bool) -> PathBuf {
    let script = place.join("sendmail");
    let at = place.display();
    let read = if reads {
        format!("cat > '{at}/mail'")
    } else {
        String::new()
    };
    let text = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{at}/arguments'\n{read}\necho 'it says so' >&2\nexit {end}\n"
    );
    fs::write(&script, text).expect("there is room");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it is ours");
    script
}

#[tokio::test]
async fn sendmail_gets_the_mail_and_its_end_is_understood() {
    let place = tempfile::tempdir().expect("the system has room");
    let with = |command: PathBuf| {
        Mailer::new(&Settings::Sendmail { command }, BOUNCE).expect("it is right")
    };
    let outcome = with(program(place.path(), 0, true))
        .deliver(&letter(BODY), SENT)
        .await;
    assert_eq!(outcome, Outcome::Delivered);
    let arguments = fs::read_to_string(place.path().join("arguments")).expect("it was run");
    assert_eq!(arguments, format!("-t\n-i\n-f\n{BOUNCE}\n"));
    let read = python(&fs::read(place.path().join("mail")).expect("it was read"));
    assert_eq!(
        (&read["body"], &read["defects"]),
        (&BODY.into(), &serde_json::json!([]))
    );
    // One that ends without reading a large mail is no reason to wait or to die.
    let large = letter(&"a line\n".repeat(100_000));
    for (end, later) in [
        (75, true),
        (71, true),
        (1, true),
        (67, false),
        (65, false),
        (77, false),
    ] {
        let outcome = with(program(place.path(), end, false))
            .deliver(&large, SENT)
            .await;
        match outcome {
            Outcome::TryLater(why) => assert!(later && why.contains("it says so"), "{end}: {why}"),
            Outcome::Refused(why) => assert!(!later && why.contains("it says so"), "{end}: {why}"),
            other => panic!("{end}: {other:?}"),
        }
    }
    let outcome = with(place.path().join("nowhere"))
        .deliver(&large, SENT)
        .await;
    assert!(matches!(outcome, Outcome::TryLater(_)), "{outcome:?}");
}
