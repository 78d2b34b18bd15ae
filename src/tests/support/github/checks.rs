//! Check runs, with the limits that GitHub has for them and describes in words only.

use super::APP;
use super::answers::{good, merge, window};
use super::faults::said;
use super::routes::{Asked, Asker};
use super::world::{Run, World};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Bytes of a summary and of a text at most (github/docs#35252: it is the size in bytes).
const BYTES: usize = 65_535;

/// Answers one.
pub fn answer(world: &mut World, asked: &Asked<'_>) -> Response {
    let repository = asked.repository();
    if asked.method != "GET" {
        if asked.asker != Asker::Installation {
            return said(403, "You must authenticate via a GitHub App.");
        }
        if let Some(why) = over(&asked.body) {
            return said(422, &format!("Invalid request.\n\n{why}"));
        }
    }
    match (asked.method, asked.parts.len()) {
        ("POST", _) => {
            let id = world.id();
            let mut run = Run {
                id,
                repository,
                fields: json!({"status": "queued", "conclusion": null}),
                annotations: Vec::new(),
                app: APP,
            };
            change(&mut run, &asked.body);
            let fields = shown(&run);
            world.runs.push(run);
            good(asked, 201, &fields)
        }
        ("GET", 3) if asked.template.ends_with("/check-runs") => list(world, asked),
        (method, _) => {
            let id = asked.number(2);
            let found = world
                .runs
                .iter_mut()
                .find(|run| run.id == id && run.repository == repository);
            match found {
                None => said(404, "Not Found"),
                Some(run) if method == "PATCH" && run.app != APP => said(403, "Invalid app_id"),
                Some(run) => {
                    if method == "PATCH" {
                        change(run, &asked.body);
                    }
                    good(asked, 200, &shown(run))
                }
            }
        }
    }
}

/// Which limit a request is over.
fn over(body: &Value) -> Option<String> {
    if body["status"] == "completed" && body["conclusion"].is_null() {
        return Some("conclusion is required where the status is completed".to_owned());
    }
    let output = &body["output"];
    let length = |value: &Value| value.as_str().map_or(0, str::len);
    let annotations = output["annotations"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    if annotations.len() > 50 {
        return Some("No more than 50 items are allowed; 51 were supplied.".to_owned());
    }
    for name in ["summary", "text"] {
        if length(&output[name]) > BYTES {
            return Some(format!(
                "Only {BYTES} characters are allowed; {} were supplied.",
                length(&output[name])
            ));
        }
    }
    let chars = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    annotations.iter().find_map(|one| {
        let lines = one["start_line"].as_u64()?..=one["end_line"].as_u64()?;
        match () {
            () if chars(&one["title"]) > 255 => Some("title is too long"),
            () if length(&one["message"]) > 64 << 10 => Some("message is too long"),
            () if length(&one["raw_details"]) > 64 << 10 => Some("raw_details is too long"),
            () if *lines.start() == 0 || lines.is_empty() => Some("start_line is invalid"),
            () => None,
        }
        .map(str::to_owned)
    })
}

/// Annotations are added to those that are there; all else takes the place of what was.
fn change(run: &mut Run, body: &Value) {
    let mut fields = body.clone();
    if let Some(output) = fields.get_mut("output").and_then(Value::as_object_mut)
        && let Some(Value::Array(more)) = output.remove("annotations")
    {
        run.annotations.extend(more);
    }
    // A conclusion implies that it is done.
    if !fields["conclusion"].is_null() {
        fields["status"] = json!("completed");
    }
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    merge(&mut run.fields, &fields);
}

fn shown(run: &Run) -> Value {
    let mut fields = run.fields.clone();
    let output = &run.fields["output"];
    fields["output"] = json!({
        "title": output["title"], "summary": output["summary"], "text": output["text"],
        "annotations_count": run.annotations.len(), "annotations_url": "https://api.github.com/annotations",
    });
    fields["id"] = json!(run.id);
    fields["app"] = json!({"id": run.app});
    if let Some(fields) = fields.as_object_mut() {
        fields.remove("actions");
    }
    fields
}

fn list(world: &World, asked: &Asked<'_>) -> Response {
    let (repository, head) = (asked.repository(), &asked.parts[2]);
    let value = |name: &str| {
        asked
            .query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, it)| it)
    };
    let named = |run: &&Run| {
        run.repository == repository
            && run.fields["head_sha"] == head.as_str()
            && value("check_name").is_none_or(|name| run.fields["name"] == name.as_str())
    };
    let mut all: Vec<&Run> = world.runs.iter().filter(named).collect();
    if value("filter").is_none_or(|filter| filter == "latest") {
        all = all.pop().into_iter().collect();
    }
    let (from, to) = window(asked, all.len());
    let example = super::description().example(
        "GET",
        "/repos/{owner}/{repo}/check-runs/{check_run_id}",
        200,
    );
    let runs = all[from..to].iter().map(|run| {
        let mut one = example.clone();
        merge(&mut one, &shown(run));
        one
    });
    let runs: Vec<Value> = runs.collect();
    axum::Json(json!({"total_count": all.len(), "check_runs": runs})).into_response()
}
