//! Lists: filters that find nothing without a word where they make no sense, and pages with links.

use super::answers;
use super::routes::{Reply, Request, is_project};
use super::world::{Happened, World};
use jiff::civil::DateTime;
use serde_json::Value;
use url::form_urlencoded;

/// What stands behind `?`.
pub struct Query(Vec<(String, String)>);

impl Query {
    pub fn read(text: &str) -> Self {
        Self(
            form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The last value of a name: an empty one is none.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter().rev();
        let found = pairs.find(|(other, _)| other == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The same with another page.
    fn at(&self, page: usize) -> String {
        let others = self.0.iter().filter(|(name, _)| name != "page");
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.append_pair("page", &page.to_string())
            .extend_pairs(others);
        text.finish()
    }
}

/// The page of a list that is asked for.
pub fn page(world: &World, request: &Request<'_>, items: Vec<Value>, usual: usize) -> Reply {
    let query = &request.query;
    let asked = query.get("per_page").and_then(|text| text.parse().ok());
    let size = asked
        .filter(|size| *size > 0)
        .unwrap_or(usual)
        .min(world.most_per_page);
    let last = items.len().div_ceil(size).max(1);
    let asked = query.get("page").map_or(Ok(1), str::parse);
    let Some(number) = asked.ok().filter(|number| (1..=last).contains(number)) else {
        return Reply::detail(404, "Invalid page.");
    };
    let link = |page: usize, rel: &str| {
        let (origin, path) = (&world.links_for, request.path);
        format!("<{origin}{path}?{}>; rel=\"{rel}\"", query.at(page))
    };
    let mut links = Vec::new();
    if number < last {
        links.push(link(number + 1, "next"));
    }
    if number > 1 {
        links.push(link(number - 1, "prev"));
    }
    links.extend([link(1, "first"), link(last, "last")]);
    let items = items.into_iter().skip((number - 1) * size).take(size);
    Reply::ok(items.collect()).with("Link", links.join(", "))
}

/// Entries at or after `since` and before `before`; none where these are no moments.
pub fn in_time<T>(query: &Query, entries: Vec<T>, date: impl Fn(&T) -> DateTime) -> Vec<T> {
    let moment = |name: &str| query.get(name).map(str::parse::<DateTime>);
    let (since, before) = (moment("since"), moment("before"));
    if matches!(since, Some(Err(_))) || matches!(before, Some(Err(_))) {
        return Vec::new();
    }
    let (since, before) = (since.and_then(Result::ok), before.and_then(Result::ok));
    let mut entries = entries;
    entries.retain(|entry| {
        since.is_none_or(|since| date(entry) >= since)
            && before.is_none_or(|before| date(entry) < before)
    });
    entries
}

/// What happened, newest first where nothing else is asked for.
pub fn events(world: &World, request: &Request<'_>) -> Reply {
    const CATEGORIES: [&str; 11] = [
        "cover-created",
        "patch-created",
        "patch-completed",
        "patch-state-changed",
        "patch-delegated",
        "patch-relation-changed",
        "check-created",
        "series-created",
        "series-completed",
        "cover-comment-created",
        "patch-comment-created",
    ];
    let query = &request.query;
    let category = query.get("category");
    let number = |name: &str| query.get(name).map(str::parse::<u64>);
    let odd = |found: Option<Result<u64, _>>| matches!(found, Some(Err(_)));
    let known = category.is_none_or(|category| CATEGORIES.contains(&category));
    let project = query.get("project").is_none_or(is_project);
    if !known
        || !project
        || ["series", "patch", "cover"]
            .iter()
            .any(|name| odd(number(name)))
    {
        return page(world, request, Vec::new(), 30);
    }
    let wanted = |name: &str, id: Option<u64>| match number(name) {
        Some(Ok(wanted)) => id == Some(wanted),
        _ => true,
    };
    let mut found: Vec<&Happened> = world.events.iter().collect();
    found.retain(|event| {
        let told = request.minor >= 3 || event.comment.is_none();
        let kind = category.is_none_or(|category| category == event.category);
        told && kind
            && wanted("series", event.series)
            && wanted("patch", event.patch)
            && wanted("cover", event.cover)
    });
    let mut found = in_time(query, found, |event| event.date);
    found.sort_by_key(|event| (event.date, event.id));
    if query.get("order") != Some("date") {
        found.reverse();
    }
    let items = found
        .into_iter()
        .map(|event| answers::event(world, request, event));
    page(world, request, items.collect(), 30)
}
