//! Requests become answers of our own types: the one way to GitHub, for all that is asked and posted there.
//!
//! Reads are tried again where GitHub is broken for a moment; what changes something is sent once, since whether it
//! was done can be looked up first. Next: [`super::pulls`], [`super::checks`], [`super::comments`].

use super::app::{Known, Login};
use super::error::{Error, refusal};
use super::names::Repository;
use super::transport::Transport;
use crate::http::Manners;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, Uri};
use octocrab::{Octocrab, OctocrabBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::sync::Mutex;
use url::Url;

/// Entries of a page: the most that GitHub gives.
const PAGE: usize = 100;
/// Pages that are read at most: 3000 entries. GitHub allows 2500 comments.
const PAGES: usize = 30;
/// Bytes of all pages together at most.
const PAGES_BYTES: usize = 64 << 20;

/// Where GitHub is, and how it is asked.
#[derive(Debug, Clone)]
pub struct Place {
    /// The API: `https://api.github.com`, or `https://HOST/api/v3` of GitHub Enterprise Server.
    pub api: Url,
    /// Where repositories are fetched from and pages are: `https://github.com`.
    pub web: Url,
    /// Who asks, and how slowly. Its gap is between requests that change something.
    pub manners: Manners,
}

/// GitHub, for one login. Its clones share tokens, and what GitHub said of its patience.
#[derive(Clone)]
pub struct Client {
    pub(super) crab: Arc<Octocrab>,
    pub(super) who: Login,
    pub(super) known: Arc<Mutex<Known>>,
    transport: Transport,
    manners: Manners,
    web: Url,
}

/// Shows where it asks, and not who it is.
impl std::fmt::Debug for Client {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let web = self.web.as_str();
        out.debug_struct("Client")
            .field("web", &web)
            .finish_non_exhaustive()
    }
}

/// An answer of success.
struct Answer {
    headers: HeaderMap,
    body: axum::body::Bytes,
}

impl Client {
    /// One with this login. Sends nothing yet; has to be made within the tokio runtime.
    ///
    /// # Errors
    ///
    /// A mistake where the key is none or there is no contact.
    pub fn new(place: &Place, who: Login) -> Result<Self, Error> {
        let transport = Transport::new(&place.api, &place.manners)?;
        let carrier = transport.clone();
        let service = tower::service_fn(move |request| {
            let carrier = carrier.clone();
            async move { carrier.carry(request).await }
        });
        let built = OctocrabBuilder::new_empty()
            .with_service(service)
            .with_auth(who.state()?)
            .build();
        let crab = Arc::new(built.map_err(|never| match never {})?);
        Ok(Self {
            crab,
            who,
            known: Arc::default(),
            transport,
            manners: place.manners.clone(),
            web: place.web.clone(),
        })
    }

    /// Whether this is an App, which may make check runs. A person may only set commit statuses.
    #[must_use]
    pub fn is_app(&self) -> bool {
        matches!(self.who, Login::App { .. })
    }

    /// How this program names itself.
    pub(super) fn agent(&self) -> Result<String, Error> {
        let agent = self.manners.user_agent();
        agent.map_err(|error| Error::Mistake(error.to_string()))
    }

    /// The id of the App, where this is one.
    pub(super) fn app_id(&self) -> Option<u64> {
        match &self.who {
            Login::App { id, .. } => Some(*id),
            Login::Token(_) => None,
        }
    }

    /// Where a repository is fetched from: without a login.
    #[must_use]
    pub fn git_url(&self, repository: &Repository) -> Url {
        let mut url = self.web.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{repository}.git"));
        url
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        repository: &Repository,
        route: &str,
    ) -> Result<T, Error> {
        let crab = self.crab_of(repository).await?;
        self.ask(&crab, Method::GET, route, None::<&()>).await
    }

    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        repository: &Repository,
        method: Method,
        route: &str,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let crab = self.crab_of(repository).await?;
        self.ask(&crab, method, route, Some(body)).await
    }

    /// All pages of a list, `take` giving what one has. `query` is without the page.
    pub(super) async fn pages<P: DeserializeOwned, T>(
        &self,
        repository: &Repository,
        route: &str,
        query: &str,
        take: fn(P) -> Vec<T>,
    ) -> Result<Vec<T>, Error> {
        let crab = self.crab_of(repository).await?;
        let what = format!("GET {route}");
        let (mut all, mut bytes) = (Vec::new(), 0);
        for page in 1..=PAGES {
            let and = if query.is_empty() { "" } else { "&" };
            let route = format!("{route}?{query}{and}per_page={PAGE}&page={page}");
            let answer = self
                .exchange(&crab, &Method::GET, &route, None::<&()>)
                .await?;
            bytes += answer.body.len();
            if bytes > PAGES_BYTES {
                let why = format!("its pages have more than {PAGES_BYTES} bytes");
                return Err(Error::garbled(&what, why));
            }
            let entries = take(read(&what, &answer.body)?);
            let last = entries.len() < PAGE;
            all.extend(entries);
            if last {
                return Ok(all);
            }
        }
        let why = format!("it has more than {} entries", PAGE * PAGES);
        Err(Error::garbled(&what, why))
    }

    /// One request as somebody, and what its answer is.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        crab: &Octocrab,
        method: Method,
        route: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, Error> {
        let answer = self.exchange(crab, &method, route, body).await?;
        read(&named(&method, route), &answer.body)
    }

    /// The same, for a list whose next page is named by a cursor: gives that too.
    pub(super) async fn ask_page<T: DeserializeOwned>(
        &self,
        crab: &Octocrab,
        route: &str,
    ) -> Result<(T, Option<String>), Error> {
        let answer = self
            .exchange(crab, &Method::GET, route, None::<&()>)
            .await?;
        let page = read(&named(&Method::GET, route), &answer.body)?;
        Ok((page, cursor(&answer.headers)))
    }

    /// Reads are tried again after a moment where GitHub is broken or can't be reached.
    async fn exchange(
        &self,
        crab: &Octocrab,
        method: &Method,
        route: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Answer, Error> {
        let mut tried = 1;
        loop {
            let error = match self.once(crab, method, route, body).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let brief = matches!(&error, Error::Later { after: None, .. });
            if *method != Method::GET || !brief || tried >= self.manners.pace.tries {
                return Err(error);
            }
            let wait = self.manners.pace.backoff.saturating_mul(tried);
            tokio::time::sleep(wait.min(self.manners.pace.longest)).await;
            tried += 1;
        }
    }

    async fn once(
        &self,
        crab: &Octocrab,
        method: &Method,
        route: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Answer, Error> {
        let what = named(method, route);
        let uri: Uri = route
            .parse()
            .map_err(|_| Error::garbled(&what, "this is no address"))?;
        let request = Request::builder().method(method.clone()).uri(uri);
        let request = crab.build_request(request, body);
        let request = request.map_err(|error| self.failed(&what, error))?;
        let answer = crab.execute(request).await;
        let answer = answer.map_err(|error| self.failed(&what, error))?;
        let (parts, body) = answer.into_parts();
        // It is in memory already, and was bounded on the way there.
        let body = to_bytes(Body::new(body), usize::MAX).await;
        let body = body.map_err(|error| Error::later(&what, error))?;
        if parts.status.is_success() {
            let headers = parts.headers;
            return Ok(Answer { headers, body });
        }
        let said = text(&body);
        Err(self.noted(refusal(
            &what,
            parts.status,
            &parts.headers,
            &said,
            SystemTime::now(),
        )))
    }

    /// What octocrab could not do: mostly logging in, in between.
    pub(super) fn failed(&self, what: &str, error: octocrab::Error) -> Error {
        match error {
            octocrab::Error::GitHub { source, .. } => {
                let headers = source.headers.unwrap_or_default();
                let (status, said) = (source.status_code, &source.message);
                self.noted(refusal(what, status, &headers, said, SystemTime::now()))
            }
            octocrab::Error::Service { source, .. } => match source.downcast::<Error>() {
                Ok(own) => *own,
                Err(other) => Error::later(what, other),
            },
            octocrab::Error::JWT { .. } => {
                let what =
                    "the key of the GitHub App does not sign: make another on the page of the App";
                Error::Mistake(what.to_owned())
            }
            // What serde says may quote what it read, a token for one.
            octocrab::Error::Json { .. } | octocrab::Error::Serde { .. } => {
                Error::garbled(what, "it can't be read")
            }
            other => Error::garbled(what, other),
        }
    }

    fn noted(&self, error: Error) -> Error {
        self.transport.keep_still(&error);
        error
    }
}

/// How a request is named in errors: without its query.
fn named(method: &Method, route: &str) -> String {
    let path = route.split('?').next().unwrap_or_default();
    format!("{method} {path}")
}

fn read<T: DeserializeOwned>(what: &str, body: &[u8]) -> Result<T, Error> {
    // An answer with nothing in it is what some requests get that change something.
    let body = if body.is_empty() { b"null" } else { body };
    serde_json::from_slice(body).map_err(|error| Error::garbled(what, error))
}

/// What GitHub says of a request that it refuses: its message, and what is wrong with which field.
pub(super) fn text(body: &[u8]) -> String {
    let Ok(said) = serde_json::from_slice::<serde_json::Value>(body) else {
        return String::from_utf8_lossy(&body[..body.len().min(1000)]).into_owned();
    };
    let message = said["message"].as_str().unwrap_or_default();
    let errors = said["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| {
            let part = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
            let whole = error.as_str().map(str::to_owned);
            whole.unwrap_or_else(|| {
                format!("{} {} {}", part("field"), part("code"), part("message"))
            })
        });
    let all: Vec<String> = [message.to_owned()].into_iter().chain(errors).collect();
    all.join("; ")
}

/// The cursor of the next page out of `Link` (RFC 8288). Only the cursor is taken: where to ask is known.
fn cursor(headers: &HeaderMap) -> Option<String> {
    let link = headers.get("link")?.to_str().ok()?;
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    let address = next.trim().strip_prefix('<')?.split('>').next()?;
    let url = Url::parse(address).ok()?;
    let cursor = url.query_pairs().find(|(name, _)| name == "cursor")?;
    Some(cursor.1.into_owned())
}
