//! Requests become answers: which address is what, who may, and what is wrong with a request.

use super::faults::Fault;
use super::lists::{Query, page};
use super::world::{About, Seen, World, user_of};
use super::{LIST_ID, PROJECT, answers, checks};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// An answer.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Value,
}

impl Reply {
    pub fn of(status: u16, body: Value) -> Self {
        let headers = Vec::new();
        Self {
            status,
            headers,
            body,
        }
    }

    pub fn ok(body: Value) -> Self {
        Self::of(200, body)
    }

    pub fn detail(status: u16, says: &str) -> Self {
        Self::of(status, json!({ "detail": says }))
    }

    pub fn absent() -> Self {
        Self::detail(404, "Not found.")
    }

    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    fn response(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        let body = match self.body {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        };
        let response = response.header("Content-Type", "application/json");
        response.body(Body::from(body)).expect("an answer")
    }
}

/// A request to the API.
pub struct Request<'r> {
    pub method: &'r Method,
    /// The version after `1.`, and whether the address says it.
    pub minor: u32,
    pub path: &'r str,
    pub query: Query,
    pub user: Option<&'static str>,
    pub form: bool,
    pub body: &'r [u8],
}

type Shared = Arc<Mutex<World>>;

/// The whole server.
pub fn app(world: Shared) -> Router {
    Router::new().fallback(handle).with_state(world)
}

async fn handle(
    State(world): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fault = note(&world, &method, &uri, &headers);
    // Whoever asks more than one thing at once is seen to.
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    let response = match &fault {
        Some(Fault::Status(..)) => Response::new(Body::empty()),
        _ => {
            let mut world = world.lock().expect("no request panicked");
            answer(&mut world, &method, &uri, &headers, &body).response()
        }
    };
    let response = match fault {
        Some(fault) => fault.spoil(response).await,
        None => response,
    };
    world.lock().expect("no request panicked").open -= 1;
    response
}

/// Notes a request, and finds what shall go wrong with it.
fn note(world: &Shared, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Fault> {
    let mut world = world.lock().expect("no request panicked");
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    world.seen.push(Seen {
        method: method.to_string(),
        target: uri.to_string(),
        user_agent: header("user-agent"),
        authorization: header("authorization"),
    });
    world.open += 1;
    world.most_at_once = world.most_at_once.max(world.open);
    let wanted = format!("{method} {uri}");
    let at = world
        .faults
        .iter()
        .position(|(part, _)| wanted.contains(part.as_str()))?;
    world.faults.remove(at).map(|(_, fault)| fault)
}

fn answer(
    world: &mut World,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Reply {
    let path = uri.path();
    if !path.ends_with('/') {
        let query = uri
            .query()
            .map_or(String::new(), |query| format!("?{query}"));
        return Reply::of(301, Value::Null).with("Location", format!("{path}/{query}"));
    }
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.first() != Some(&"api") {
        return mbox(world, &parts);
    }
    parts.remove(0);
    let spoken = parts.first().and_then(|part| part.strip_prefix("1."));
    let minor = match spoken.map(str::parse) {
        Some(Ok(minor @ 0..=3)) => {
            parts.remove(0);
            minor
        }
        Some(_) => return Reply::absent(),
        None => 3,
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let token = text("authorization").and_then(|value| value.strip_prefix("Token "));
    let user = token.map(user_of);
    if user == Some(None) {
        return Reply::detail(403, "Invalid token.");
    }
    let form = text("content-type").is_some_and(|kind| kind.contains("urlencoded"));
    let request = Request {
        method,
        minor,
        path,
        query: Query::read(uri.query().unwrap_or_default()),
        user: user.flatten(),
        form,
        body,
    };
    route(world, &request, &parts)
}

fn route(world: &mut World, request: &Request<'_>, parts: &[&str]) -> Reply {
    if let ["patches", id, "checks", rest @ ..] = parts {
        return checks::answer(world, request, id, rest);
    }
    if !matches!(request.method, &Method::GET | &Method::HEAD) {
        return not_allowed(request.method, "GET, HEAD, OPTIONS");
    }
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    let one = |found: Option<Value>| found.map_or_else(Reply::absent, Reply::ok);
    match parts {
        ["projects"] => page(world, request, vec![answers::project(world)], 30),
        ["projects", name] if is_project(name) => Reply::ok(answers::project(world)),
        ["events"] => super::lists::events(world, request),
        ["series", id] => one(answers::series(world, request, number(id))),
        ["patches", id] => one(answers::patch(world, request, number(id))),
        ["covers", id] => one(answers::cover(world, request, number(id))),
        ["patches", id, "comments"] if world.patch(number(id)).is_some() => {
            comments(world, request, About::Patch(number(id)))
        }
        ["covers", id, "comments"] if world.cover(number(id)).is_some() => {
            comments(world, request, About::Cover(number(id)))
        }
        _ => Reply::absent(),
    }
}

fn comments(world: &World, request: &Request<'_>, about: About) -> Reply {
    let all = world.comments.iter();
    let found = all.filter(|comment| comment.about == Some(about));
    let items = found.map(|comment| answers::comment(world, request, comment));
    page(world, request, items.collect(), 30)
}

pub fn not_allowed(method: &Method, allow: &str) -> Reply {
    Reply::detail(405, &format!("Method \"{method}\" not allowed.")).with("Allow", allow.to_owned())
}

pub fn is_project(name: &str) -> bool {
    name == "1" || name.eq_ignore_ascii_case(PROJECT)
}

/// The trap: what anybody said in an answer stands in the message.
fn mbox(world: &World, parts: &[&str]) -> Reply {
    let ["patch", id, "mbox"] = parts else {
        return Reply::absent();
    };
    let Some(patch) = world.patch(id.parse().unwrap_or(0)) else {
        return Reply::absent();
    };
    let mut text = format!(
        "From patchwork Mon Nov 23 15:12:25 2026\nList-Id: <{LIST_ID}>\n\n{}\n",
        patch.content
    );
    let about = world.comments.iter();
    for comment in about.filter(|comment| comment.about == Some(About::Patch(patch.id))) {
        for line in comment
            .content
            .lines()
            .filter(|line| line.contains("-by: "))
        {
            text.push_str(&format!("{line}\n"));
        }
    }
    Reply::ok(Value::String(
        text + patch.diff.as_deref().unwrap_or_default(),
    ))
}
