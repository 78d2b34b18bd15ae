//! What addresses, filters and events do.

use super::{Found, Raw};
use reqwest::Method;
use serde_json::{Value, json};

/// What addresses, tokens and filters do. Gives the list of the project.
pub async fn addresses(raw: &Raw<'_>) -> String {
    let project = &raw.server.project;
    let found = raw.get(&format!("projects/{project}/")).await;
    assert_eq!(found["link_name"].as_str(), Some(project.as_str()));
    let (status, _, headers) = raw
        .ask(Method::GET, &format!("projects/{project}"), "", None)
        .await;
    assert_eq!(status, 301);
    assert!(headers["location"].to_str().expect("text").ends_with('/'));
    let (status, ..) = raw
        .ask(Method::GET, "projects/no-such-project/", "", None)
        .await;
    assert_eq!(status, 404);
    for silent in [
        "since=bogus",
        "category=nope",
        "project=nope",
        "category=series-created,series-completed",
    ] {
        assert_eq!(
            raw.get(&format!("events/?{silent}")).await,
            json!([]),
            "{silent}"
        );
    }
    let (status, body, _) = raw.ask(Method::GET, "events/?page=99999", "", None).await;
    assert_eq!(
        (status.as_u16(), &body["detail"]),
        (404, &json!("Invalid page."))
    );
    found["list_id"].as_str().expect("a list").to_owned()
}

/// The events of a series that arrived out of order.
pub async fn arrived(raw: &Raw<'_>, id: &str, since: Option<&str>) -> Found {
    let since = since.map_or(String::new(), |since| format!("&since={since}"));
    let path = format!(
        "events/?project={}&order=date&per_page=250{since}",
        raw.server.project
    );
    let events = raw.get(&path).await;
    let events = events.as_array().expect("a list");
    let ours = |event: &&Value| event.to_string().contains(id);
    let ours: Vec<&Value> = events.iter().filter(ours).collect();
    let series = ours
        .iter()
        .find_map(|event| event["payload"]["series"]["id"].as_u64());
    let series = series.expect("an event of the series");
    let about = |category: &str| {
        let of_series = |event: &&Value| event["payload"]["series"]["id"].as_u64() == Some(series);
        let events = events.iter().filter(|event| event["category"] == category);
        events.filter(of_series).collect::<Vec<_>>()
    };
    assert_eq!(about("series-created").len(), 1);
    assert_eq!(about("series-completed").len(), 1);
    // 3 arrived first and is complete last.
    let completed = about("patch-completed");
    let number = |event: &&Value| {
        let name = event["payload"]["patch"]["name"]
            .as_str()
            .unwrap_or_default();
        name.split_once("/3]")
            .and_then(|(before, _)| before.chars().last())
    };
    let order: Vec<_> = completed.iter().filter_map(number).collect();
    assert_eq!(order, ['1', '2', '3']);
    let moment = about("series-completed")[0]["date"]
        .as_str()
        .expect("a date");
    filtered(raw, series, moment).await;
    members(raw, series).await
}

/// What the filters of events do.
pub async fn filtered(raw: &Raw<'_>, series: u64, moment: &str) {
    // Since is at or after, before is before.
    assert!(!moment.ends_with('Z') && !moment.contains('+'), "{moment}");
    let at = |filter: &str| {
        format!(
            "events/?order=date&per_page=250&series={series}&category=series-completed&{filter}={moment}"
        )
    };
    assert_eq!(
        raw.get(&at("since")).await.as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(
        raw.get(&at("before")).await.as_array().map(Vec::len),
        Some(0)
    );
    // A list tells where it goes on.
    let path = format!("events/?series={series}&per_page=1&order=date");
    let (_, list, headers) = raw.ask(Method::GET, &path, "", None).await;
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    let link = headers["link"].to_str().expect("text");
    assert!(
        link.contains("page=2") && link.contains("rel=\"next\""),
        "{link}"
    );
    // The last of several categories counts.
    let both =
        format!("events/?series={series}&category=patch-completed&category=series-completed");
    let both = raw.get(&both).await;
    assert!(
        both.as_array()
            .expect("a list")
            .iter()
            .all(|event| event["category"] == "series-completed")
    );
}

/// What is in a series, in the order in which it arrived.
pub async fn members(raw: &Raw<'_>, series: u64) -> Found {
    let found = raw.get(&format!("series/{series}/")).await;
    assert_eq!(found["received_all"], true);
    let patches = found["patches"].as_array().expect("a list");
    let position = |name: &str| {
        let patch = patches.iter().find(|patch| {
            patch["name"]
                .as_str()
                .is_some_and(|text| text.contains(name))
        });
        patch
            .and_then(|patch| patch["id"].as_u64())
            .expect("a patch")
    };
    assert!(
        patches[0]["name"]
            .as_str()
            .expect("a name")
            .contains("3/3]")
    );
    Found {
        series,
        patches: [position("1/3]"), position("2/3]"), position("3/3]")],
        cover: found["cover_letter"]["id"].as_u64().expect("a cover"),
    }
}
