//! A connection becomes lines, each bounded in length and in time.
//!
//! What a server of NNTP says is lines (RFC 3977, 3.1), and a mail among them is bounded as a whole, too. Knows no
//! command. Next: `nntp`.

use super::error::FollowError;
use crate::http::one_line;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// Bytes of a line at most. Mails have lines far over the 998 that RFC 5322 allows.
const LINE_LIMIT: usize = 1 << 20;

/// Something to read from and write to.
trait Wire: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> Wire for T {}

/// A connection to a server.
pub(super) struct Lines {
    wire: BufReader<Pin<Box<dyn Wire>>>,
    place: String,
    silence: Duration,
}

impl Lines {
    /// Connects to `host:port`, with TLS from the first byte or without any. A server that is silent for longer than
    /// `silence` is given up.
    pub(super) async fn connect(
        (host, port): (&str, u16),
        tls: bool,
        silence: Duration,
    ) -> Result<Self, FollowError> {
        let place = format!("{host}:{port}");
        let connected = timeout(silence, TcpStream::connect((host, port))).await;
        let stream = connected
            .map_err(|_| FollowError::unreachable(&place, "too slow"))?
            .map_err(|error| FollowError::unreachable(&place, error))?;
        let wire: Pin<Box<dyn Wire>> = match tls {
            false => Box::pin(stream),
            true => {
                let secured = timeout(silence, secure(host, stream)).await;
                let secured =
                    secured.map_err(|_| FollowError::unreachable(&place, "too slow (TLS)"))?;
                Box::pin(secured?)
            }
        };
        Ok(Self {
            wire: BufReader::new(wire),
            place,
            silence,
        })
    }

    /// Sends a command.
    pub(super) async fn send(&mut self, command: &str) -> Result<(), FollowError> {
        let bytes = format!("{command}\r\n");
        let sent = timeout(self.silence, async {
            self.wire.write_all(bytes.as_bytes()).await?;
            self.wire.flush().await
        });
        let sent = sent.await.map_err(|_| slow(&self.place, self.silence))?;
        sent.map_err(|error| FollowError::unreachable(&self.place, error))
    }

    /// The next line, without what ends it.
    pub(super) async fn line(&mut self) -> Result<Vec<u8>, FollowError> {
        let mut line = Vec::new();
        loop {
            let (place, silence) = (&self.place, self.silence);
            let got = match timeout(silence, self.wire.fill_buf()).await {
                Ok(Ok([])) => {
                    return Err(FollowError::unreachable(place, "the connection was cut"));
                }
                Ok(Ok(got)) => got,
                Ok(Err(error)) => return Err(FollowError::unreachable(place, error)),
                Err(_) => return Err(slow(place, silence)),
            };
            let end = memchr::memchr(b'\n', got);
            let taken = end.map_or(got.len(), |at| at + 1);
            line.extend_from_slice(&got[..taken]);
            self.wire.consume(taken);
            if line.len() > LINE_LIMIT {
                let what = format!("a line of more than {LINE_LIMIT} bytes");
                return Err(FollowError::too_large(&self.place, what));
            }
            if end.is_some() {
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
        }
    }

    /// The lines up to one with a dot alone, with dots that were added taken away (RFC 3977, 3.1.1), each ended by a
    /// newline. `limit` is the most bytes of them all.
    pub(super) async fn block(&mut self, limit: usize) -> Result<Vec<u8>, FollowError> {
        let mut block = Vec::new();
        loop {
            let line = self.line().await?;
            let line = match line.strip_prefix(b".") {
                Some([]) => return Ok(block),
                Some(rest) => rest,
                None => &line,
            };
            if block.len() + line.len() >= limit {
                let what = format!("an answer of more than {limit} bytes");
                return Err(FollowError::too_large(&self.place, what));
            }
            block.extend_from_slice(line);
            block.push(b'\n');
        }
    }
}

fn slow(place: &str, silence: Duration) -> FollowError {
    let why = format!("it said nothing for {} seconds", silence.as_secs());
    FollowError::unreachable(place, why)
}

/// TLS with the roots that this machine trusts.
async fn secure(
    host: &str,
    stream: TcpStream,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, FollowError> {
    let roots = tokio::task::spawn_blocking(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    });
    let roots = roots
        .await
        .map_err(|error| FollowError::Ours(error.to_string()))?;
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| FollowError::Ours(format!("no TLS here: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| FollowError::Mistake(format!("{} is no name of a host", one_line(host))))?;
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let secured = connector.connect(name, stream).await;
    secured.map_err(|error| FollowError::unreachable(host, format!("TLS: {error}")))
}
