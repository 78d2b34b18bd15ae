//! The keys under `web:`: where pages, the API and deliveries are served, and who may ask for checks.

use super::SecretPlace;
use serde::Deserialize;
use std::net::SocketAddr;
use url::Url;

/// How the service is reached over HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSettings {
    /// Address and port to listen on. TLS is for a proxy in front.
    #[serde(default = "here")]
    pub listen: SocketAddr,
    /// The address that others reach it by; links in checks and mails begin with it.
    pub public_url: Option<Url>,
    /// Who may ask for checks by the API; nobody where it is empty.
    #[serde(default)]
    pub tokens: Vec<TokenSettings>,
    /// Connections at a time; further ones wait.
    #[serde(default = "many")]
    pub connections: usize,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            listen: here(),
            public_url: None,
            tokens: Vec::new(),
            connections: many(),
        }
    }
}

/// Somebody who may ask for checks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// What the log calls whoever has it.
    pub name: String,
    /// Where the token is.
    pub token: SecretPlace,
}

/// The fewest characters of a token: shorter ones can be guessed.
pub const TOKEN_LEAST: usize = 20;

fn here() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn many() -> usize {
    512
}

/// Tells the first mistake.
pub(super) fn check(web: &WebSettings) -> Result<(), String> {
    if web.connections == 0 {
        return Err("web.connections: give 1 or more".to_owned());
    }
    if let Some(url) = &web.public_url {
        let wrong = !matches!(url.scheme(), "http" | "https")
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
            || url.path() != "/";
        if wrong {
            return Err(
                "web.public_url: give http:// or https://, a host and nothing behind it".to_owned(),
            );
        }
    }
    let mut names = std::collections::BTreeSet::new();
    for (at, token) in web.tokens.iter().enumerate() {
        if token.name.is_empty() || !names.insert(&token.name) {
            return Err(format!(
                "web.tokens[{at}].name: `{}` is empty or taken: the log tells by it who asked",
                token.name
            ));
        }
    }
    Ok(())
}
