//! What GitHub answers, besides check runs: its own examples, with what the server knows in them.

use super::description::description;
use super::faults::said;
use super::routes::{Asked, Asker};
use super::world::{Said, World};
use super::{APP, BOT, PERSON};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Answers one.
pub fn answer(world: &mut World, asked: &Asked<'_>) -> Response {
    match (
        asked.method,
        asked.template.rsplit('/').next().unwrap_or_default(),
    ) {
        (_, "access_tokens") => access(world, asked),
        (_, "deliveries") => deliveries(world, asked),
        (_, "app") => good(asked, 200, &json!({"id": APP, "slug": "uapi-check"})),
        (_, "user") => good(asked, 200, &json!({"login": PERSON})),
        (_, "installation") => match world.installed.get(&asked.repository().to_lowercase()) {
            Some(id) => good(asked, 200, &json!({"id": id, "app_id": APP})),
            None => said(404, "Not Found"),
        },
        (_, "pulls") => pulls(world, asked),
        (_, "{pull_number}") => match world.pulls.get(&(asked.repository(), asked.number(2))) {
            Some(pull) => good(asked, 200, &pull_fields(pull, &asked.repository())),
            None => said(404, "Not Found"),
        },
        (_, "reviews") => {
            let all = world.reviews.get(&(asked.repository(), asked.number(2)));
            page(asked, all.cloned().unwrap_or_default())
        }
        ("GET", "comments") => {
            let below = (asked.repository(), asked.number(2));
            let all = world.comments.iter().filter(|it| it.below == below);
            page(asked, all.map(comment_fields).collect())
        }
        ("POST", "comments") => comment(world, asked),
        (_, "{comment_id}") => edit(world, asked),
        (_, "permission") => permission(world, asked),
        (_, "{sha}") => status(world, asked),
        (_, "sarifs") => sarif(world, asked),
        other => panic!("no answer for {other:?}"),
    }
}

/// GitHub's example of an answer, with these fields in it. Where an example does not fit GitHub's own schema, which some
/// don't, the part that is wrong is among the fields.
pub fn good(asked: &Asked<'_>, status: u16, fields: &Value) -> Response {
    let mut example = description().example(asked.method, asked.template, status);
    merge(&mut example, fields);
    let wrong = description().wrong_answer(asked.method, asked.template, status, &example);
    assert!(
        wrong.is_empty(),
        "{} {}: no answer of GitHub's: {wrong:?}",
        asked.method,
        asked.template
    );
    let status = StatusCode::from_u16(status).expect("a status");
    (status, axum::Json(example)).into_response()
}

/// One page of a list, each entry as GitHub's example has one, with these fields in it.
fn page(asked: &Asked<'_>, all: Vec<Value>) -> Response {
    let (from, to) = window(asked, all.len());
    let list = entries(asked, &all[from..to]);
    axum::Json(list).into_response()
}

fn entries(asked: &Asked<'_>, all: &[Value]) -> Value {
    let example = description().example(asked.method, asked.template, 200);
    let filled = all.iter().map(|fields| {
        let mut one = example[0].clone();
        merge(&mut one, fields);
        one
    });
    let filled = Value::Array(filled.collect());
    // All entries are of one form: the first of them is held against the schema.
    let some = Value::Array(
        filled
            .as_array()
            .into_iter()
            .flatten()
            .take(1)
            .cloned()
            .collect(),
    );
    let wrong = description().wrong_answer(asked.method, asked.template, 200, &some);
    assert!(
        wrong.is_empty(),
        "{}: no answer of GitHub's: {wrong:?}",
        asked.template
    );
    filled
}

/// Which entries of a list are on the page that is asked for.
pub fn window(asked: &Asked<'_>, length: usize) -> (usize, usize) {
    let number = |name: &str, or: usize| {
        let found = asked.query.iter().find(|(known, _)| known == name);
        found
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or(or)
    };
    // GitHub gives no more than a hundred, whatever is asked for.
    let (size, page) = (
        number("per_page", 30).clamp(1, 100),
        number("page", 1).max(1),
    );
    let from = (size * (page - 1)).min(length);
    (from, (from + size).min(length))
}

/// Puts fields over those of a document.
pub fn merge(document: &mut Value, fields: &Value) {
    match (document, fields) {
        (Value::Object(document), Value::Object(fields)) => {
            for (name, value) in fields {
                merge(document.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (document, fields) => *document = fields.clone(),
    }
}

fn access(world: &mut World, asked: &Asked<'_>) -> Response {
    if !world.installed.values().any(|id| *id == asked.number(0)) {
        return said(404, "Not Found");
    }
    world.issued += 1;
    // GitHub's newer ones are longer than 40 characters, with dots in them.
    let token = format!("ghs_{APP}_{}.{}", "x".repeat(400), world.issued);
    world.tokens.insert(token.clone());
    let now = jiff::Timestamp::now();
    let until = now.as_second() + 60 * world.minutes;
    let until = jiff::Timestamp::from_second(until).expect("a moment");
    good(
        asked,
        201,
        &json!({"token": token, "expires_at": until.to_string()}),
    )
}

fn pulls(world: &World, asked: &Asked<'_>) -> Response {
    let repository = asked.repository();
    let open = world
        .pulls
        .iter()
        .filter(|((of, _), pull)| *of == repository && pull.open);
    page(
        asked,
        open.map(|(_, pull)| pull_fields(pull, &repository))
            .collect(),
    )
}

fn pull_fields(pull: &super::OpenPull, repository: &str) -> Value {
    json!({
        "requested_teams": [], "number": pull.number, "title": pull.title, "draft": pull.draft,
        "state": if pull.open { "open" } else { "closed" },
        "html_url": format!("https://github.com/{repository}/pull/{}", pull.number),
        "user": {"login": pull.author},
        "head": {"sha": pull.head, "ref": "topic", "repo": {"full_name": format!("{}/fork", pull.author)}},
        "base": {"sha": pull.base_commit, "ref": pull.base, "repo": {"full_name": repository}},
    })
}

fn comment_fields(comment: &Said) -> Value {
    json!({"id": comment.id, "user": {"login": comment.author}, "body": comment.body})
}

fn comment(world: &mut World, asked: &Asked<'_>) -> Response {
    let body = asked.body["body"].as_str().unwrap_or_default();
    if body.chars().count() > 65_536 {
        return said(
            422,
            "Validation Failed: body is too long (maximum is 65536 characters)",
        );
    }
    let comment = Said {
        id: world.id(),
        below: (asked.repository(), asked.number(2)),
        author: login(asked).to_owned(),
        body: body.to_owned(),
    };
    let fields = comment_fields(&comment);
    world.comments.push(comment);
    good(asked, 201, &fields)
}

fn edit(world: &mut World, asked: &Asked<'_>) -> Response {
    let body = asked.body["body"].as_str().unwrap_or_default();
    if body.chars().count() > 65_536 {
        return said(
            422,
            "Validation Failed: body is too long (maximum is 65536 characters)",
        );
    }
    let (id, repository) = (asked.number(2), asked.repository());
    let found = world
        .comments
        .iter_mut()
        .find(|it| it.id == id && it.below.0 == repository);
    match found {
        None => said(404, "Not Found"),
        Some(comment) if comment.author != login(asked) => {
            said(403, "Resource not accessible by integration")
        }
        Some(comment) => {
            comment.body = body.to_owned();
            good(asked, 200, &comment_fields(comment))
        }
    }
}

fn login(asked: &Asked<'_>) -> &'static str {
    if asked.asker == Asker::Person {
        PERSON
    } else {
        BOT
    }
}

fn permission(world: &World, asked: &Asked<'_>) -> Response {
    match world
        .permissions
        .get(&(asked.repository(), asked.parts[2].clone()))
    {
        Some(permission) => good(
            asked,
            200,
            &json!({"permission": permission, "role_name": permission, "user": null}),
        ),
        None => said(404, "Not Found"),
    }
}

fn status(world: &mut World, asked: &Asked<'_>) -> Response {
    let description = asked.body["description"].as_str().unwrap_or_default();
    if description.chars().count() > 140 {
        return said(
            422,
            "Validation Failed: description is too long (maximum is 140 characters)",
        );
    }
    let mut kept = asked.body.clone();
    kept["sha"] = json!(asked.parts[2]);
    world.statuses.push(kept);
    let id = world.id();
    good(
        asked,
        201,
        &json!({"id": id, "state": asked.body["state"], "context": asked.body["context"]}),
    )
}

fn sarif(world: &mut World, asked: &Asked<'_>) -> Response {
    world.sarif.push(asked.body.clone());
    let id = format!("upload-{}", world.sarif.len());
    good(asked, 202, &json!({"id": id}))
}

fn deliveries(world: &World, asked: &Asked<'_>) -> Response {
    let cursor = asked.query.iter().find(|(name, _)| name == "cursor");
    let from: usize = cursor.map_or(0, |(_, at)| at[1..].parse().expect("a cursor of ours"));
    let rest = &world.tries[from..];
    let shown = rest.iter().enumerate().take(100).map(|(at, one)| {
        json!({
            "id": from + at + 1, "guid": one.guid, "event": one.event, "delivered_at": one.at,
            "status_code": one.status, "status": if one.status < 300 { "OK" } else { "Invalid" },
        })
    });
    let list = entries(asked, &shown.collect::<Vec<_>>());
    let mut answer = axum::Json(list).into_response();
    if rest.len() > 100 {
        let next = format!(
            "<{}/app/hook/deliveries?per_page=100&cursor=v{}>; rel=\"next\"",
            world.url,
            from + 100
        );
        answer
            .headers_mut()
            .insert("link", next.parse().expect("a field"));
    }
    answer
}
