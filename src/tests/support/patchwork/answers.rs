//! What the server knows, as the JSON of a version. Links inside are without a version, dates without a zone.

use super::routes::Request;
use super::world::{About, Group, Happened, Posted, Sent, World, naive};
use super::{LIST_ID, PROJECT};
use jiff::civil::DateTime;
use serde_json::{Map, Value, json};

/// A date as Python writes it.
fn date(moment: DateTime) -> String {
    match moment.subsec_nanosecond() {
        0 => moment.to_string(),
        _ => format!("{moment:.6}"),
    }
}

fn link(world: &World, path: &str) -> String {
    format!("{}/api/{path}/", world.origin)
}

/// Takes away what a version does not have.
fn since(minor: u32, value: &mut Value, fields: &[(u32, &str)]) {
    if let Some(object) = value.as_object_mut() {
        for (version, field) in fields {
            if minor < *version {
                object.remove(*field);
            }
        }
    }
}

pub fn project(world: &World) -> Value {
    json!({
        "id": 1, "url": link(world, "projects/1"), "name": "UAPI test", "link_name": PROJECT,
        "list_id": LIST_ID, "list_email": "uapi-test@lists.example.org", "web_url": "", "scm_url": "",
        "webscm_url": "", "list_archive_url": "", "list_archive_url_format": "", "commit_url_format": "",
        "maintainers": [], "subject_match": "",
    })
}

fn person(world: &World, (name, email): &(String, String)) -> Value {
    json!({"id": 1, "url": link(world, "people/1"), "name": name, "email": email})
}

fn user(world: &World, name: &str) -> Value {
    json!({
        "id": 1, "url": link(world, "users/1"), "username": name, "first_name": "", "last_name": "",
        "email": format!("{name}@example.org"),
    })
}

/// A patch or cover as it stands inside others.
fn embedded(world: &World, request: &Request<'_>, kind: &str, sent: &Sent) -> Value {
    let mut value = json!({
        "id": sent.id, "url": link(world, &format!("{kind}/{}", sent.id)),
        "web_url": format!("{}/project/{PROJECT}/{kind}/{}/", world.origin, sent.id),
        "msgid": sent.msgid, "list_archive_url": null, "date": date(naive(sent.micros)),
        "name": sent.name, "mbox": format!("{}/patch/{}/mbox/", world.origin, sent.id),
    });
    since(
        request.minor,
        &mut value,
        &[(1, "web_url"), (2, "list_archive_url")],
    );
    value
}

fn name_of(world: &World, group: &Group) -> Value {
    if let Some(cover) = group.cover.and_then(|id| world.cover(id)) {
        let title = cover
            .name
            .rsplit_once("] ")
            .map_or(cover.name.as_str(), |(_, title)| title);
        return Value::from(title);
    }
    let first = group.patches.first().and_then(|id| world.patch(*id));
    first.map_or(Value::Null, |patch| Value::from(patch.name.as_str()))
}

fn embedded_series(world: &World, group: &Group) -> Value {
    json!({
        "id": group.id, "url": link(world, &format!("series/{}", group.id)),
        "web_url": format!("{}/project/{PROJECT}/list/?series={}", world.origin, group.id),
        "date": date(naive(group.micros)), "name": name_of(world, group), "version": group.version,
        "mbox": format!("{}/series/{}/mbox/", world.origin, group.id),
    })
}

pub fn series(world: &World, request: &Request<'_>, id: u64) -> Option<Value> {
    let group = world.group(id)?;
    let mut value = embedded_series(world, group);
    let patches = group.patches.iter().filter_map(|id| world.patch(*id));
    let patches: Vec<Value> = patches
        .map(|patch| embedded(world, request, "patches", patch))
        .collect();
    let cover = group.cover.and_then(|id| world.cover(id));
    let received = group.patches.len();
    let rest = json!({
        "project": project(world), "submitter": person(world, &group.submitter), "total": group.total,
        "received_total": received, "received_all": received as u64 >= u64::from(group.total),
        "cover_letter": cover.map(|cover| embedded(world, request, "covers", cover)), "patches": patches,
    });
    merge(&mut value, rest);
    Some(value)
}

fn merge(value: &mut Value, rest: Value) {
    if let (Some(object), Value::Object(rest)) = (value.as_object_mut(), rest) {
        object.extend(rest);
    }
}

/// What patches and covers have in common.
fn sent(world: &World, request: &Request<'_>, kind: &str, sent: &Sent) -> Value {
    let mut value = embedded(world, request, kind, sent);
    let group = sent.series.and_then(|(id, _)| world.group(id));
    let series: Vec<Value> = group
        .map(|group| embedded_series(world, group))
        .into_iter()
        .collect();
    let rest = json!({
        "project": project(world), "submitter": person(world, &sent.submitter), "series": series,
        "comments": link(world, &format!("{kind}/{}/comments", sent.id)),
        "headers": headers(&sent.headers), "content": sent.content,
    });
    merge(&mut value, rest);
    value
}

/// A text each, or a list of texts where there are several.
fn headers(fields: &[(String, String)]) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        match object.get_mut(name) {
            None => {
                object.insert(name.clone(), Value::from(value.as_str()));
            }
            Some(Value::Array(values)) => values.push(Value::from(value.as_str())),
            Some(other) => *other = json!([other.take(), value]),
        }
    }
    Value::Object(object)
}

pub fn patch(world: &World, request: &Request<'_>, id: u64) -> Option<Value> {
    let patch = world.patch(id)?;
    let mut value = sent(world, request, "patches", patch);
    let rest = json!({
        "commit_ref": null, "pull_url": null, "state": "new", "archived": false, "hash": "",
        "delegate": null, "check": combined(world, id), "checks": link(world, &format!("patches/{id}/checks")),
        "tags": {}, "related": [], "diff": patch.diff, "prefixes": patch.prefixes,
    });
    merge(&mut value, rest);
    since(request.minor, &mut value, &[(2, "related")]);
    Some(value)
}

pub fn cover(world: &World, request: &Request<'_>, id: u64) -> Option<Value> {
    Some(sent(world, request, "covers", world.cover(id)?))
}

/// The worst of the last checks of each user and context.
fn combined(world: &World, patch: u64) -> &'static str {
    let mut last = std::collections::BTreeMap::new();
    for check in world.checks.iter().filter(|check| check.patch == patch) {
        last.insert((&check.user, &check.context), check.state.as_str());
    }
    let states = ["fail", "warning", "pending", "success"];
    let worst = states
        .into_iter()
        .find(|state| last.values().any(|other| other == state));
    worst.unwrap_or("pending")
}

pub fn comment(world: &World, request: &Request<'_>, comment: &Sent) -> Value {
    let (kind, about) = match comment.about {
        Some(About::Cover(id)) => ("covers", id),
        Some(About::Patch(id)) => ("patches", id),
        None => ("patches", 0),
    };
    let mut value = json!({
        "id": comment.id, "url": link(world, &format!("{kind}/{about}/comments/{}", comment.id)),
        "web_url": format!("{}/comment/{}/", world.origin, comment.id), "msgid": comment.msgid,
        "list_archive_url": null, "date": date(naive(comment.micros)), "subject": comment.subject,
        "submitter": person(world, &comment.submitter), "content": comment.content,
        "headers": headers(&comment.headers), "addressed": comment.addressed,
    });
    let fields = [
        (1, "web_url"),
        (2, "list_archive_url"),
        (3, "url"),
        (3, "addressed"),
    ];
    since(request.minor, &mut value, &fields);
    value
}

pub fn check(world: &World, request: &Request<'_>, check: &Posted) -> Value {
    let at = format!(
        "1.{}/patches/{}/checks/{}",
        request.minor, check.patch, check.id
    );
    json!({
        "id": check.id, "url": link(world, &at), "user": user(world, &check.user), "date": date(check.date),
        "state": check.state, "target_url": check.target_url, "context": check.context,
        "description": check.description,
    })
}

pub fn event(world: &World, request: &Request<'_>, event: &Happened) -> Value {
    let mut payload = Map::new();
    let patch = event.patch.and_then(|id| world.patch(id));
    let cover = event.cover.and_then(|id| world.cover(id));
    let series = event.series.and_then(|id| world.group(id));
    let mut put = |name: &str, value: Option<Value>| {
        payload.extend(value.map(|value| (name.to_owned(), value)));
    };
    put(
        "patch",
        patch.map(|patch| embedded(world, request, "patches", patch)),
    );
    put(
        "cover",
        cover.map(|cover| embedded(world, request, "covers", cover)),
    );
    put(
        "series",
        series.map(|series| embedded_series(world, series)),
    );
    let posted = |check: &&Posted| Some(check.id) == event.check;
    let posted = world.checks.iter().find(posted);
    put("check", posted.map(|posted| {
        json!({
            "id": posted.id, "url": link(world, &format!("patches/{}/checks/{}", posted.patch, posted.id)),
            "date": date(posted.date), "state": posted.state, "target_url": posted.target_url,
            "context": posted.context,
        })
    }));
    put("comment", event.comment.map(|id| json!({"id": id})));
    let mut value = json!({
        "id": event.id, "category": event.category, "project": project(world), "date": date(event.date),
        "actor": posted.map(|posted| user(world, &posted.user)), "payload": payload,
    });
    since(request.minor, &mut value, &[(2, "actor")]);
    value
}
