//! Requests become answers: who asks, whether GitHub describes it, what goes wrong with it, and who answers.

use super::description::description;
use super::faults::{Fault, said};
use super::world::{Seen, World};
use super::{APP, PERSONAL, answers, checks, git, key};
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use octocrab::jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// Bytes of a request at most.
const LIMIT: usize = 32 << 20;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// The App itself, by a signed word.
    App,
    /// The App where it is installed.
    Installation,
    /// A person.
    Person,
}

/// A request that is understood.
pub struct Asked<'a> {
    pub asker: Asker,
    pub method: &'a str,
    pub template: &'static str,
    /// What stands in the path where the template has braces.
    pub parts: Vec<String>,
    pub query: Vec<(String, String)>,
    pub body: Value,
}

impl Asked<'_> {
    /// The repository, where the path begins with one.
    pub fn repository(&self) -> String {
        format!("{}/{}", self.parts[0], self.parts[1])
    }

    /// A number in the path.
    pub fn number(&self, at: usize) -> u64 {
        self.parts[at].parse().expect("it was seen to be one")
    }
}

/// What is answered here, as GitHub describes it.
const TEMPLATES: [(&str, &str); 18] = [
    ("GET", "/app"),
    ("GET", "/app/hook/deliveries"),
    ("POST", "/app/installations/{installation_id}/access_tokens"),
    ("GET", "/user"),
    ("GET", "/repos/{owner}/{repo}/installation"),
    ("GET", "/repos/{owner}/{repo}/pulls"),
    ("GET", "/repos/{owner}/{repo}/pulls/{pull_number}"),
    ("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"),
    (
        "GET",
        "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    ),
    (
        "POST",
        "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    ),
    (
        "PATCH",
        "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    ),
    (
        "GET",
        "/repos/{owner}/{repo}/collaborators/{username}/permission",
    ),
    ("POST", "/repos/{owner}/{repo}/check-runs"),
    ("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}"),
    ("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}"),
    ("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs"),
    ("POST", "/repos/{owner}/{repo}/statuses/{sha}"),
    ("POST", "/repos/{owner}/{repo}/code-scanning/sarifs"),
];

/// The server.
pub fn app(world: Arc<Mutex<World>>) -> Router {
    Router::new().fallback(any).with_state(world)
}

/// A request as it came.
pub struct Raw {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

async fn any(
    State(world): State<Arc<Mutex<World>>>,
    request: Request<axum::body::Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LIMIT).await else {
        // Whoever asked died meanwhile: it asked for nothing.
        return said(400, "Problems parsing JSON");
    };
    let raw = Raw {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    if raw.path.contains(".git/") {
        let place = git::place(&mut world.lock().expect("no request panicked"), &raw);
        return match place {
            Ok(place) => git::serve(place, &raw).await,
            Err(answer) => *answer,
        };
    }
    answer(&mut world.lock().expect("no request panicked"), &raw)
}

fn answer(world: &mut World, raw: &Raw) -> Response {
    let (method, path) = (raw.method.as_str(), raw.path.as_str());
    let found = TEMPLATES.iter().find_map(|(of, template)| {
        let parts = (*of == method).then(|| matched(template, path)).flatten()?;
        Some((*template, parts))
    });
    let body: Value = serde_json::from_slice(&raw.body).unwrap_or_default();
    let whole = format!("{path}?{}", raw.query);
    world.seen.push(Seen {
        method: method.to_owned(),
        path: whole.clone(),
        template: found.as_ref().map_or("", |(template, _)| template),
        body: body.clone(),
        authorization: field(&raw.headers, "authorization"),
    });
    world.meanwhile(&format!("{method} {whole}"));
    let Some((template, parts)) = found else {
        world
            .wrong
            .push(format!("{method} {path}: not described here"));
        return said(404, "Not Found");
    };
    let query = url::form_urlencoded::parse(raw.query.as_bytes());
    let query: Vec<(String, String)> = query.into_owned().collect();
    let names: Vec<String> = query.iter().map(|(name, _)| name.clone()).collect();
    let mut wrong = description().wrong(method, template, &names, &body);
    wrong.extend(heading(&raw.headers, !body.is_null()));
    world.wrong.extend(
        wrong
            .iter()
            .map(|wrong| format!("{method} {path}: {wrong}")),
    );
    if !wrong.is_empty() {
        return said(422, &format!("Validation Failed: {}", wrong.join("; ")));
    }
    let Some(asker) = asker(world, template, &raw.headers) else {
        return said(401, "Bad credentials");
    };
    let asked = Asked {
        asker,
        method,
        template,
        parts,
        query,
        body,
    };
    let fault = world.fault(&format!("{method} {whole}"));
    carried_out(world, &asked, fault.as_ref())
}

/// Does what is asked, where nothing goes wrong with it before.
fn carried_out(world: &mut World, asked: &Asked<'_>, fault: Option<&Fault>) -> Response {
    if let Some(fault) = fault.filter(|fault| !fault.does()) {
        return fault.answer();
    }
    let done = if asked.template.contains("check-runs") {
        checks::answer(world, asked)
    } else {
        answers::answer(world, asked)
    };
    fault.map_or(done, Fault::answer)
}

/// What a template has in its braces, where a path is one of it.
fn matched(template: &str, path: &str) -> Option<Vec<String>> {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    let mut parts = Vec::new();
    loop {
        match (template.next(), path.next()) {
            (None, None) => return Some(parts),
            (Some(name), Some(part)) if name.starts_with('{') => {
                let number = name.ends_with("number}") || name.ends_with("_id}");
                if part.is_empty() || (number && part.parse::<u64>().is_err()) {
                    return None;
                }
                let plain = percent_encoding::percent_decode_str(part).decode_utf8();
                parts.push(plain.expect("it is UTF-8").into_owned());
            }
            (Some(name), Some(part)) if name == part => {}
            _ => return None,
        }
    }
}

/// What is wrong with the fields of a header that GitHub asks for.
fn heading(headers: &HeaderMap, has_body: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, wanted) in [
        ("x-github-api-version", "2022-11-28"),
        ("accept", "application/vnd.github+json"),
    ] {
        let all: Vec<_> = headers.get_all(name).iter().collect();
        if all.len() != 1 || all[0] != wanted {
            wrong.push(format!("{name} is {all:?}"));
        }
    }
    let agents: Vec<_> = headers.get_all("user-agent").iter().collect();
    if agents.len() != 1 || !field(headers, "user-agent").contains('@') {
        wrong.push(format!(
            "user-agent names nobody to complain to: {agents:?}"
        ));
    }
    if has_body && !field(headers, "content-type").starts_with("application/json") {
        wrong.push("a body that is not called JSON".to_owned());
    }
    wrong
}

fn field(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// Who asks; nobody where the credentials are none, or of another kind than this is asked with.
fn asker(world: &World, template: &str, headers: &HeaderMap) -> Option<Asker> {
    let authorization = field(headers, "authorization");
    let token = authorization.strip_prefix("Bearer ")?;
    if template.starts_with("/app") || template.ends_with("/installation") {
        return signed(token).then_some(Asker::App);
    }
    if token == PERSONAL {
        return Some(Asker::Person);
    }
    world.tokens.contains(token).then_some(Asker::Installation)
}

/// Whether a word is signed with the App's key, names the App, and is good now and for ten minutes at most.
fn signed(token: &str) -> bool {
    let key = DecodingKey::from_rsa_der(key::public());
    let mut validation = Validation::new(Algorithm::RS256);
    // An issuer may be a number here, which this library takes for none: it is looked at below.
    validation.set_required_spec_claims(&["exp"]);
    let Ok(said) = decode::<Value>(token, &key, &validation) else {
        return false;
    };
    let claims = said.claims;
    let issuer = claims["iss"].to_string().trim_matches('"').to_owned();
    let number = |name: &str| claims[name].as_i64().unwrap_or_default();
    let now = jiff::Timestamp::now().as_second();
    issuer == APP.to_string() && number("iat") <= now && number("exp") - now <= 600
}
