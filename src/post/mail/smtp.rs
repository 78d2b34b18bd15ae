//! Mails are submitted by SMTP. Nothing is sent in the clear but to this machine, and nothing but as it is: text that is
//! not ASCII needs a server that takes 8-bit mails (RFC 6152), as all common ones do.

use super::{BadSettings, Outcome, Security, SmtpSettings, TIMEOUT, said};
use crate::reply::Letter;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, extension::ClientId};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::path::Path;

/// Most bytes of a file with a password or certificates.
const FILE_LIMIT: u64 = 1 << 20;
/// Answers by which a server says that it does not let us in (RFC 4954, section 6; RFC 3207). The mail is not at fault.
const NOT_LET_IN: [u16; 4] = [530, 534, 535, 538];

/// A server to submit to. Debug output has no secrets.
pub(super) struct Submission {
    host: String,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

impl Submission {
    pub fn new(settings: &SmtpSettings) -> Result<Self, BadSettings> {
        let host = settings.host.clone();
        let tls = || tls(settings);
        let (usual, tls) = match settings.security {
            Security::Starttls => (587, Tls::Required(tls()?)),
            Security::Tls => (465, Tls::Wrapper(tls()?)),
            Security::Plain if is_this_machine(&host) => (25, Tls::None),
            Security::Plain => return Err(BadSettings::InTheClear { host }),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host)
            .port(settings.port.unwrap_or(usual))
            .tls(tls)
            .hello_name(ClientId::default())
            .timeout(Some(TIMEOUT));
        match (&settings.user, &settings.password_file) {
            (Some(user), Some(file)) => {
                let text = read(file)?;
                let password = text.lines().next().unwrap_or_default();
                builder = builder.credentials(Credentials::new(user.clone(), password.to_owned()));
            }
            (None, None) => {}
            _ => return Err(BadSettings::Half),
        }
        Ok(Self {
            host,
            transport: builder.build(),
        })
    }

    pub async fn deliver(&self, letter: &Letter, bounce: &Address, bytes: &[u8]) -> Outcome {
        let addresses = letter.recipients().map(|person| person.email.parse());
        let envelope = addresses.collect::<Result<Vec<Address>, _>>().ok();
        let envelope = envelope.and_then(|to| Envelope::new(Some(bounce.clone()), to).ok());
        let Some(envelope) = envelope else {
            return Outcome::Refused("nobody in it can be written to".to_owned());
        };
        // The library ends a mail with a line break of its own.
        let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        match self.transport.send_raw(&envelope, bytes).await {
            Ok(_) => Outcome::Delivered,
            Err(error) => self.outcome(&error),
        }
    }

    fn outcome(&self, error: &Error) -> Outcome {
        let mut why = error.to_string();
        if let Some(source) = error
            .source()
            .map(ToString::to_string)
            .filter(|text| !why.contains(text))
        {
            why = format!("{why}: {source}");
        }
        let why = format!("{}: {}", self.host, said(&why));
        let code = error.status().map(u16::from);
        let not_let_in = code.is_some_and(|code| NOT_LET_IN.contains(&code));
        let eight_bit = error.is_client() && why.contains("8BITMIME");
        match error.is_permanent() && !not_let_in || eight_bit {
            true => Outcome::Refused(why),
            false => Outcome::TryLater(why),
        }
    }
}

/// Whether a name is that of this machine itself.
fn is_this_machine(host: &str) -> bool {
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn tls(settings: &SmtpSettings) -> Result<TlsParameters, BadSettings> {
    let bad = |error: Error| BadSettings::Encryption {
        host: settings.host.clone(),
        why: said(&error.to_string()),
    };
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(file) = &settings.ca_file {
        let text = read(file)?;
        let certificates = pem(&text);
        if certificates.is_empty() {
            return Err(BadSettings::File {
                path: file.clone(),
                why: "it has no certificate: name a PEM file".to_owned(),
            });
        }
        for certificate in certificates {
            let certificate = Certificate::from_pem(certificate.as_bytes()).map_err(bad)?;
            builder = builder.add_root_certificate(certificate);
        }
    }
    builder.build_rustls().map_err(bad)
}

/// The certificates of a PEM file, each by itself.
fn pem(text: &str) -> Vec<String> {
    let end = "-----END CERTIFICATE-----";
    let parts = text.split_inclusive(end).filter(|part| part.ends_with(end));
    parts.map(|part| format!("{part}\n")).collect()
}

fn read(path: &Path) -> Result<String, BadSettings> {
    let bad = |why: String| BadSettings::File {
        path: path.to_owned(),
        why,
    };
    let about = std::fs::metadata(path).map_err(|error| bad(error.to_string()))?;
    if about.len() > FILE_LIMIT {
        return Err(bad(format!(
            "it has more than {FILE_LIMIT} bytes; is it the right one?"
        )));
    }
    std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_this_machine() {
        for (host, is) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("[::1]", true),
            ("localhost.example.org", false),
            ("127.0.0.1.example.org", false),
            ("10.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(is_this_machine(host), is, "{host}");
        }
    }
}
