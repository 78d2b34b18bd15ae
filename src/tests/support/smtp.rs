//! A mail server on loopback that takes mails as RFC 5321 has it and nothing else, keeps them, and fails on demand.
//!
//! What a client does wrong is an answer of the 5xx kind, and told in [`Sink::faults`].

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A mail as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    /// Whether the client announced 8-bit text.
    pub eight_bit: bool,
    /// Dots unstuffed, with its CR LF.
    pub bytes: Vec<u8>,
    pub user: Option<String>,
    pub encrypted: bool,
}

/// What a server does.
#[derive(Clone, Default)]
pub struct Rules {
    /// The answer in the place of the usual one, by command; `GREETING` and `END` (of a mail's text), too. An answer 0
    /// closes the connection.
    pub answers: BTreeMap<&'static str, u16>,
    /// Whether it takes no 8-bit text.
    pub seven_bit: bool,
    /// User and password that it wants.
    pub login: Option<(String, String)>,
    /// Certificate and key, where it can encrypt.
    pub tls: Option<Arc<ServerConfig>>,
    /// Whether it encrypts from the start.
    pub wrapped: bool,
}

/// A server, which goes on until the tests end.
pub struct Sink {
    pub port: u16,
    state: Arc<Mutex<(Vec<Taken>, Vec<String>)>>,
}

impl Sink {
    pub fn new(rules: Rules) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let state: Arc<Mutex<(Vec<Taken>, Vec<String>)>> = Arc::default();
        let kept = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (rules, kept) = (rules.clone(), Arc::clone(&kept));
                std::thread::spawn(move || Session::new(stream, rules, kept).run());
            }
        });
        Self { port, state }
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.state.lock().expect("no session panics").0.clone()
    }

    pub fn faults(&self) -> Vec<String> {
        self.state.lock().expect("no session panics").1.clone()
    }
}

/// What a server encrypts with, from files in PEM.
pub fn encryption(certificate: &Path, key: &Path) -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_file(certificate).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(key).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("it has some").with_no_client_auth();
    Arc::new(
        config
            .with_single_cert(vec![certificate], key)
            .expect("they belong together"),
    )
}

trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

struct Session {
    stream: Option<Box<dyn Stream>>,
    plain: Option<TcpStream>,
    rules: Rules,
    kept: Arc<Mutex<(Vec<Taken>, Vec<String>)>>,
    mail: Taken,
    encrypted: bool,
}

const NOTHING: Taken = Taken {
    from: String::new(),
    to: Vec::new(),
    eight_bit: false,
    bytes: Vec::new(),
    user: None,
    encrypted: false,
};

impl Session {
    fn new(stream: TcpStream, rules: Rules, kept: Arc<Mutex<(Vec<Taken>, Vec<String>)>>) -> Self {
        let limit = Some(Duration::from_secs(30));
        stream.set_read_timeout(limit).expect("some time");
        let plain = stream.try_clone().expect("a second handle");
        let mut session = Self {
            stream: Some(Box::new(stream)),
            plain: Some(plain),
            rules,
            kept,
            mail: NOTHING,
            encrypted: false,
        };
        if session.rules.wrapped {
            session.encrypt();
        }
        session
    }

    fn encrypt(&mut self) {
        let config = self
            .rules
            .tls
            .clone()
            .expect("the test gives a certificate");
        let connection = ServerConnection::new(config).expect("a connection");
        let plain = self.plain.take().expect("only once");
        self.stream = Some(Box::new(StreamOwned::new(connection, plain)));
        self.encrypted = true;
    }

    fn run(&mut self) {
        if self.say("GREETING", 220, "sink ready").is_none() {
            return;
        }
        while let Some(line) = self.line(512) {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let word = line
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_uppercase();
            let go_on = match word.as_str() {
                "EHLO" => self.hello(),
                "STARTTLS" => self.say("STARTTLS", 220, "go on").map(|()| self.encrypt()),
                "AUTH" => self.login(&line),
                "MAIL" => self.from(&line),
                "RCPT" => self.to(&line),
                "DATA" => self.data(),
                "QUIT" => {
                    self.say("QUIT", 221, "bye");
                    None
                }
                "NOOP" | "RSET" => self.say("NOOP", 250, "yes"),
                _ => self.fault(&format!("unknown command: {line}")),
            };
            if go_on.is_none() {
                return;
            }
        }
    }

    /// A line with its end, no longer than so many bytes.
    fn line(&mut self, most: usize) -> Option<Vec<u8>> {
        let stream = self.stream.as_mut()?;
        let mut line = Vec::new();
        let mut byte = [0];
        while stream.read_exact(&mut byte).is_ok() {
            line.push(byte[0]);
            if byte[0] == b'\n' {
                let bare = line.iter().filter(|byte| **byte == b'\r').count() != 1
                    || !line.ends_with(b"\r\n");
                let long = line.len() > most;
                if bare || long {
                    let text = format!("line of {} bytes, bare line break {bare}", line.len());
                    self.kept.lock().expect("no session panics").1.push(text);
                }
                return Some(line);
            }
        }
        None
    }

    fn say(&mut self, what: &'static str, code: u16, text: &str) -> Option<()> {
        let code = self.rules.answers.get(what).copied().unwrap_or(code);
        if code == 0 {
            return None;
        }
        let answer = format!("{code} {text}\r\n");
        self.stream.as_mut()?.write_all(answer.as_bytes()).ok()?;
        self.stream.as_mut()?.flush().ok()
    }

    fn fault(&mut self, text: &str) -> Option<()> {
        self.kept
            .lock()
            .expect("no session panics")
            .1
            .push(text.to_owned());
        self.say("FAULT", 500, "that is wrong")
    }

    fn hello(&mut self) -> Option<()> {
        let mut text = String::from("250-sink\r\n");
        if !self.rules.seven_bit {
            text.push_str("250-8BITMIME\r\n");
        }
        if self.rules.tls.is_some() && !self.encrypted {
            text.push_str("250-STARTTLS\r\n");
        }
        if self.rules.login.is_some() {
            text.push_str("250-AUTH PLAIN\r\n");
        }
        text.push_str("250 HELP\r\n");
        self.stream.as_mut()?.write_all(text.as_bytes()).ok()?;
        self.stream.as_mut()?.flush().ok()
    }

    fn login(&mut self, line: &str) -> Option<()> {
        let secret = line.rsplit(' ').next().unwrap_or_default();
        let secret =
            mail_parser::decoders::base64::base64_decode(secret.as_bytes()).unwrap_or_default();
        let mut parts = secret
            .split(|byte| *byte == 0)
            .map(|part| String::from_utf8_lossy(part).into_owned());
        let given = (
            parts.nth(1).unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        if self.rules.login.as_ref() != Some(&given) {
            return self.say("AUTH", 535, "no");
        }
        self.mail.user = Some(given.0);
        self.say("AUTH", 235, "yes")
    }

    fn from(&mut self, line: &str) -> Option<()> {
        if self.rules.login.is_some() && self.mail.user.is_none() {
            return self.say("MAIL", 530, "log in first");
        }
        self.mail.eight_bit = line.contains("BODY=8BITMIME");
        if self.mail.eight_bit && self.rules.seven_bit {
            return self.fault("8-bit text was not offered");
        }
        self.mail.from = path(line);
        self.say("MAIL", 250, "yes")
    }

    fn to(&mut self, line: &str) -> Option<()> {
        self.mail.to.push(path(line));
        self.say("RCPT", 250, "yes")
    }

    fn data(&mut self) -> Option<()> {
        if self.mail.from.is_empty() || self.mail.to.is_empty() {
            return self.fault("text before an envelope");
        }
        self.say("DATA", 354, "go on")?;
        loop {
            let line = self.line(1000)?;
            if line == b".\r\n" {
                break;
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            self.mail.bytes.extend_from_slice(line);
        }
        if !self.mail.bytes.is_ascii() && !self.mail.eight_bit {
            return self.fault("8-bit text was not announced");
        }
        let answer = self.rules.answers.get("END").copied().unwrap_or(250);
        if answer == 250 {
            let mail = Taken {
                encrypted: self.encrypted,
                ..std::mem::replace(&mut self.mail, NOTHING)
            };
            self.kept.lock().expect("no session panics").0.push(mail);
        }
        self.say("END", 250, "yes")
    }
}

/// What stands in `<>`.
fn path(line: &str) -> String {
    let inside = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(path, _)| path.to_owned()).unwrap_or_default()
}
