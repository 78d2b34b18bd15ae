//! Checks: posted by those who may, never changed, and refused with the words of the server.

use super::USER;
use super::answers;
use super::lists::{in_time, page};
use super::routes::{Reply, Request, not_allowed};
use super::world::{Posted, World};
use axum::http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use url::form_urlencoded;

const STATES: [&str; 4] = ["pending", "success", "warning", "fail"];

/// Answers below `patches/ID/checks/`.
pub fn answer(world: &mut World, request: &Request<'_>, patch: &str, rest: &[&str]) -> Reply {
    let patch = patch.parse().unwrap_or(0);
    if world.patch(patch).is_none() {
        return Reply::absent();
    }
    match (rest, request.method) {
        ([], &Method::GET) => list(world, request, patch),
        ([], &Method::POST) => post(world, request, patch),
        ([], method) => not_allowed(method, "GET, POST, HEAD, OPTIONS"),
        ([id], &Method::GET) => {
            let mut checks = world.checks.iter();
            let found = checks.find(|check| check.patch == patch && check.id.to_string() == *id);
            found.map_or_else(Reply::absent, |check| {
                Reply::ok(answers::check(world, request, check))
            })
        }
        ([_], method) => not_allowed(method, "GET, HEAD, OPTIONS"),
        _ => Reply::absent(),
    }
}

fn list(world: &World, request: &Request<'_>, patch: u64) -> Reply {
    let query = &request.query;
    let known = |name: &str| {
        [USER, "stranger"]
            .iter()
            .any(|user| user.eq_ignore_ascii_case(name))
    };
    let odd_user = query.get("user").is_some_and(|name| !known(name));
    let odd_state = query
        .get("state")
        .is_some_and(|state| !STATES.contains(&state));
    let mut found: Vec<&Posted> = world
        .checks
        .iter()
        .filter(|check| check.patch == patch)
        .collect();
    if odd_user || odd_state {
        found.clear();
    }
    found.retain(|check| {
        query
            .get("user")
            .is_none_or(|user| check.user.eq_ignore_ascii_case(user))
            && query.get("state").is_none_or(|state| check.state == state)
            && query
                .get("context")
                .is_none_or(|context| check.context == context)
    });
    let mut found = in_time(query, found, |check| check.date);
    match query.get("order") {
        Some("date") => found.sort_by_key(|check| check.date),
        Some("-date") => found.sort_by_key(|check| std::cmp::Reverse(check.date)),
        Some("-id") => found.reverse(),
        _ => {}
    }
    let items = found
        .into_iter()
        .map(|check| answers::check(world, request, check));
    page(world, request, items.collect(), 30)
}

fn post(world: &mut World, request: &Request<'_>, patch: u64) -> Reply {
    if request.user != Some(USER) {
        return Reply::detail(403, "You do not have permission to perform this action.");
    }
    let fields = match fields(request) {
        Ok(fields) => fields,
        Err(why) => return Reply::detail(400, &why),
    };
    let wrong = wrong(&fields);
    if !wrong.is_empty() {
        return Reply::of(400, json!(wrong));
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let check = Posted {
        id: 0,
        patch,
        user: USER.to_owned(),
        state: text("state").unwrap_or_default(),
        context: text("context").unwrap_or_else(|| "default".to_owned()),
        target_url: text("target_url"),
        description: text("description"),
        date: world.local(),
    };
    let check = world.put(check);
    let body = answers::check(world, request, &check);
    let location = body["url"].as_str().unwrap_or_default().to_owned();
    Reply::of(201, body).with("Location", location)
}

impl World {
    /// Keeps a check under the next number, a little later.
    fn put(&mut self, check: Posted) -> Posted {
        self.micros += 1_000;
        let check = Posted {
            id: self.checks.len() as u64 + 1,
            date: self.local(),
            ..check
        };
        self.checks.push(check.clone());
        self.happen("check-created", |event| {
            (event.patch, event.check) = (Some(check.patch), Some(check.id));
        });
        check
    }

    pub fn put_check(&mut self, user: &str, patch: u64, context: &str, state: &str) {
        let check = Posted {
            id: 0,
            patch,
            user: user.to_owned(),
            state: state.to_owned(),
            context: context.to_owned(),
            target_url: None,
            description: None,
            date: self.local(),
        };
        self.put(check);
    }
}

/// What was sent: JSON, or a form.
fn fields(request: &Request<'_>) -> Result<Map<String, Value>, String> {
    if request.form {
        let pairs = form_urlencoded::parse(request.body).into_owned();
        return Ok(pairs
            .map(|(name, value)| (name, Value::String(value)))
            .collect());
    }
    serde_json::from_slice(request.body).map_err(|error| format!("JSON parse error - {error}"))
}

/// What is wrong with each field.
fn wrong(fields: &Map<String, Value>) -> BTreeMap<&'static str, Vec<String>> {
    let mut wrong = BTreeMap::new();
    let mut say = |name, why: &str| {
        wrong.insert(name, vec![why.to_owned()]);
    };
    match fields.get("state").and_then(Value::as_str) {
        None | Some("") => say("state", "A check must have a state."),
        Some(state) if !STATES.contains(&state) => {
            say("state", &format!("\"{state}\" is not a valid choice."));
        }
        Some(_) => {}
    }
    if fields.get("user").is_some_and(Value::is_string) {
        say("user", "Incorrect type. Expected pk value, received str.");
    }
    if let Some(context) = fields.get("context").and_then(Value::as_str) {
        let slug = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if context.is_empty() || !context.chars().all(slug) {
            let why =
                "Enter a valid \"slug\" consisting of letters, numbers, underscores or hyphens.";
            say("context", why);
        } else if context.len() > 255 {
            say(
                "context",
                "Ensure this field has no more than 255 characters.",
            );
        }
    }
    let target = fields.get("target_url").and_then(Value::as_str);
    if let Some(target) = target.filter(|target| !target.is_empty()) {
        if target.chars().count() > 200 {
            say(
                "target_url",
                "Ensure this field has no more than 200 characters.",
            );
        } else if !is_url(target) {
            say("target_url", "Enter a valid URL.");
        }
    }
    wrong
}

fn is_url(text: &str) -> bool {
    let pattern = r"(?i)^https?://(localhost|\[[0-9a-f:]+\]|\d+\.\d+\.\d+\.\d+|([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z-]{2,63})(:\d{1,5})?([/?#]\S*)?$";
    regex::Regex::new(pattern)
        .expect("a pattern")
        .is_match(text)
}
