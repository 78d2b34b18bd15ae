//! What a hostile server of newsgroups may say.

use super::{Nntp, NntpSettings};
use crate::follow::{Arrival, Batch, FollowError};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

/// Asks a server that says these things, one after each command and the first at once.
async fn asked(answers: &[&[u8]], cursor: Option<&str>) -> Result<Batch, FollowError> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a port");
    let port = listener.local_addr().expect("it is bound").port();
    let answers: Vec<Vec<u8>> = answers.iter().map(|answer| answer.to_vec()).collect();
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else {
            return;
        };
        let Ok(copy) = stream.try_clone() else { return };
        let mut commands = BufReader::new(copy);
        for answer in answers {
            let _ = stream.write_all(&answer);
            let mut command = String::new();
            if commands.read_line(&mut command).unwrap_or(0) == 0 {
                return;
            }
        }
    });
    let settings = NntpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: false,
        group: "a.b".to_owned(),
        newest: 10,
        silence: Duration::from_secs(20),
    };
    let cursor = cursor.map(|text| text.replace("PORT", &port.to_string()));
    let source = Nntp::new(settings).expect("it is a group");
    source.poll(cursor.as_deref()).await
}

const HELLO: &[u8] = b"201 ready\r\n";
const GROUP: &[u8] = b"211 3 1 3 a.b\r\n";
const OVER: &[u8] =
    b"224 follows\r\n1\ts\tf\td\t<a@x>\t\t100\t1\r\n3\ts\tf\td\t<c@x>\t\t100\t1\r\n.\r\n";

fn at(last: u32) -> String {
    format!("{{\"source\":\"nntp\",\"place\":\"nntp://127.0.0.1:PORT/a.b\",\"last\":{last}}}")
}

#[tokio::test]
async fn gaps_are_passed_over_and_dots_taken_away() {
    let mail = b"220 1 <a@x>\r\nSubject: s\r\n\r\n..\r\n..x\r\n\r\n.\r\n";
    let batch = asked(&[HELLO, GROUP, OVER, mail, b"423 no such number\r\n"], None).await;
    let batch = batch.expect("it is well");
    assert_eq!(
        batch.arrivals,
        [Arrival::Mail(b"Subject: s\n\n.\n.x\n\n".to_vec())]
    );
    assert!(batch.cursor.contains("\"last\":3") && !batch.more);
    let all_gone = asked(&[HELLO, GROUP, b"423 no such numbers\r\n"], None).await;
    assert_eq!(all_gone.expect("it is well").arrivals, []);
    let empty = asked(&[HELLO, b"211 0 0 0 a.b\r\n"], None).await;
    assert_eq!(empty.expect("it is well").arrivals, []);
}

#[tokio::test]
async fn a_group_that_was_numbered_anew_is_read_again() {
    let mail = b"220 x\r\nSubject: s\r\n\r\n.\r\n";
    let batch = asked(&[HELLO, GROUP, OVER, mail, mail], Some(&at(70))).await;
    assert_eq!(batch.expect("it is well").arrivals.len(), 2);
    let nothing = asked(&[HELLO, GROUP], Some(&at(3))).await;
    assert_eq!(nothing.expect("it is well").arrivals, []);
}

#[tokio::test]
async fn a_line_without_end_is_bounded() {
    let endless = vec![b'x'; 3 << 20];
    let told = asked(&[&endless], None).await.expect_err("no end");
    assert!(matches!(told, FollowError::TooLarge { .. }), "{told}");
    let lines = b"y\r\n".repeat(3 << 20);
    let article = [b"220 1\r\n".as_slice(), &lines].concat();
    let told = asked(&[HELLO, GROUP, OVER, &article], None)
        .await
        .expect_err("no end");
    assert!(matches!(told, FollowError::TooLarge { .. }), "{told}");
}

#[tokio::test]
async fn nonsense_and_cut_connections_are_told() {
    let garbled: [&[&[u8]]; 5] = [
        &[b"hello\r\n"],
        &[b"\xff\xff\r\n"],
        &[HELLO, b"211 many\r\n"],
        &[HELLO, b"211 3 5 1\r\n"],
        &[HELLO, GROUP, b"224 follows\r\n9\ts\r\n.\r\n"],
    ];
    for answers in garbled {
        let told = asked(answers, None).await.expect_err("it makes no sense");
        assert!(matches!(told, FollowError::Garbled { .. }), "{told}");
    }
    let told = asked(&[HELLO, GROUP, OVER], None)
        .await
        .expect_err("it is cut");
    assert!(matches!(told, FollowError::Unreachable { .. }), "{told}");
    let told = asked(&[b"400 busy\r\n"], None)
        .await
        .expect_err("it refuses");
    assert!(told.retry_after().is_some(), "{told}");
    let told = asked(&[HELLO, b"480 who are you\r\n"], None)
        .await
        .expect_err("it refuses");
    assert!(told.retry_after().is_none(), "{told}");
}

#[test]
fn no_name_of_a_group_is_a_command() {
    let named = |group: &str| {
        Nntp::new(NntpSettings {
            host: "h".to_owned(),
            port: 119,
            tls: false,
            group: group.to_owned(),
            newest: 1,
            silence: Duration::from_secs(1),
        })
    };
    for group in ["", "a b", "a\r\nPOST", "a.*", "ä"] {
        assert!(named(group).is_err(), "{group:?}");
    }
    assert!(named("org.kernel.vger.netdev").is_ok());
}
