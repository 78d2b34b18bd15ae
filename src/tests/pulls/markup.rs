//! Names and texts of a patch, and the title of a pull request, are text wherever they are shown, and markup nowhere.

use super::house::{House, LINUX, STATS, adding, breaking};
use crate::forms::sarif_errors;
use crate::support::series::header;
use serde_json::Value;
use uapi_check::store::RunFilter;

/// What could do something where it is taken for HTML or Markdown.
const EVIL: &str = "<img src=x onerror=alert(1)>`@everyone`|[x](https:evil.example)";
const TITLE: &str =
    "net: <script>alert(1)</script> @everyone ![x](https://evil.example/p.png) </title> `code`";
const NAMED: &str = "include/uapi/linux/demo_named.h";

/// A header with the name of something, as a string.
fn named(name: &str) -> String {
    header("DEMO_NAMED", &format!("#define DEMO_NAME \"{name}\"\n"))
}

/// A pull request with a hostile title that breaks a struct, changes a string into a hostile one, and adds a header in a
/// directory of a hostile name.
fn looked() -> (House, String) {
    let mut house = House::with("say: {sarif: true}");
    house.title = TITLE.to_owned();
    house.move_base(&[(NAMED, &named("demo"))]);
    house.kernel.tag("v6.2");
    let path = format!("include/uapi/linux/demo{EVIL}/a.h");
    let head = house.push(&[
        (STATS, &breaking()),
        (NAMED, &named(EVIL)),
        (&path, &adding("evil").replace("DEMO_STATS", "DEMO_EVIL")),
    ]);
    house.look();
    assert_eq!(house.endings(&head), ["failure", "action_required"]);
    (house, head)
}

/// Markdown without its code, fenced or in a span, and without what a backslash makes text of.
fn outside_code(text: &str) -> String {
    let mut outside = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '\\']) {
        outside.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('\\') {
            let next = rest.chars().nth(1).map_or(0, char::len_utf8);
            rest = &rest[1 + next..];
            continue;
        }
        let run = rest.len() - rest.trim_start_matches('`').len();
        let (fence, inner) = rest.split_at(run);
        let ends = |at: &usize| {
            let end = at + run;
            !inner[..*at].ends_with('`') && !inner[end..].starts_with('`')
        };
        let end = inner.match_indices(fence).map(|(at, _)| at).find(ends);
        rest = match end {
            Some(end) => &inner[end + run..],
            None => {
                outside.push_str(fence);
                inner
            }
        };
    }
    outside + rest
}

#[test]
fn code_is_left_out_and_what_looks_like_it_is_not() {
    for (text, outside) in [
        ("a `<img>` b", "a  b"),
        ("a `` `<img>` `` b", "a  b"),
        ("a ` <img> b", "a ` <img> b"),
        ("a \\`<img>\\` b", "a <img> b"),
        ("```c\n<img>\n```\nb <i>", "\nb <i>"),
    ] {
        assert_eq!(outside_code(text), outside, "{text}");
    }
}

fn is_harmless(what: &str, markdown: &str) {
    let outside = outside_code(markdown).to_lowercase();
    for bad in [
        "<img",
        "<script",
        "@everyone",
        "](https:evil",
        "https://evil",
    ] {
        assert!(!outside.contains(bad), "{what}: {bad}: {markdown}");
    }
}

#[test]
fn what_is_said_on_github_has_no_markup_of_a_patch() {
    let (house, head) = looked();
    let said = house.said();
    assert_eq!(said.len(), 1);
    // It is told, and as a text.
    assert!(said[0].contains("demo<img src=x onerror"), "{}", said[0]);
    is_harmless("comment", &said[0]);
    for name in ["uapi/verdict", "uapi/approvals"] {
        let runs = house.runs(&head, name);
        let output = &runs[0]["output"];
        for part in ["summary", "text"] {
            let text = output[part].as_str().unwrap_or_default();
            is_harmless(&format!("{name} {part}"), text);
        }
        // One line, and no Markdown there.
        let title = output["title"].as_str().expect("a title");
        assert!(!title.contains('\n') && title.len() < 256, "{title}");
    }
    // The same of a head with nothing hostile has what is looked for here: headings, code and links of ours.
    let verdict = &house.runs(&head, "uapi/verdict")[0]["output"];
    let text = verdict["text"].as_str().expect("a text");
    assert!(outside_code(text).contains("</summary>"), "{text}");
}

#[test]
fn answers_have_no_markup_of_who_asks() {
    let (house, head) = looked();
    house.fake.permit(LINUX, "carol", "write");
    let explain = format!("/uapi explain {EVIL}");
    house.fake.comment(LINUX, 12, "mallory", &explain);
    let said = house.said();
    let ids = said[0].split("- id: `").skip(1);
    let ids: Vec<&str> = ids.filter_map(|rest| rest.split('`').next()).collect();
    assert!(!ids.is_empty(), "{}", said[0]);
    for id in ids {
        let waive = format!("/uapi waive {id} {EVIL} {TITLE}");
        house.fake.comment(LINUX, 12, "carol", &waive);
        house.fake.comment(LINUX, 12, "mallory", &waive);
    }
    house.look();
    let said = house.said();
    assert!(said.len() > 3, "{said:?}");
    assert!(said[0].contains("waived by carol"), "{}", said[0]);
    for text in &said {
        is_harmless("answer", text);
    }
    let told = house.runs(&head, "uapi/verdict");
    let told = &told.last().expect("one")["output"]["text"];
    let told = told.as_str().expect("a text");
    assert!(told.contains("waived by carol"), "{told}");
    is_harmless("text", told);
    let page = house.serve().get(&format!("/runs/{}", run(&house))).body;
    assert!(page.contains("waived by carol"), "{page}");
    for bad in ["<img", "<script>", "onerror=alert(1)>"] {
        assert!(!page.contains(bad), "{bad}: {page}");
    }
}

#[test]
fn what_goes_to_code_scanning_has_no_links_of_a_patch() {
    let (house, _) = looked();
    let log = crate::pulls::ways::unpacked(&house.fake.sarif()[0]);
    assert_eq!(sarif_errors(&log), Vec::<String>::new());
    let text = log.to_string();
    assert!(text.contains("onerror"), "the hostile name is told: {text}");
    // Viewers make links of `[text](target)` even in plain messages.
    let mut messages = Vec::new();
    messages_of(&log, &mut messages);
    assert!(messages.iter().any(|text| text.contains("onerror")));
    for message in messages {
        assert!(!message.contains("]("), "{message}");
    }
    let results = log["runs"][0]["results"].as_array().expect("results");
    for result in results {
        let at = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let at = at.as_str().expect("a path");
        assert!(!at.contains(['<', '`', ' ', '(', '[']), "{at}");
    }
}

/// All texts of messages in a document.
fn messages_of(value: &Value, messages: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "text" || name == "markdown" => {
                        messages.push(text.clone());
                    }
                    value => messages_of(value, messages),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| messages_of(value, messages)),
        _ => {}
    }
}

/// The number of the newest run about the pull request.
fn run(house: &House) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let store = house.store().await;
        let filter = RunFilter {
            subject: Some(format!("{LINUX}#12")),
            limit: 1,
            ..RunFilter::default()
        };
        let runs = store.runs(&filter).await.expect("asked");
        store.close().await;
        runs.first().expect("there is one").id
    })
}

#[test]
fn pages_have_no_markup_of_a_patch() {
    let (house, _) = looked();
    let id = run(&house);
    let served = house.serve();
    for path in [
        "/".to_owned(),
        "/?q=alert".to_owned(),
        format!("/runs/{id}"),
    ] {
        let page = served.get(&path);
        assert_eq!(page.status, 200, "{path}");
        let page = page.body;
        for bad in ["<img", "<script>", "alert(1)</script", "p.png) </title>"] {
            assert!(!page.contains(bad), "{path}: {bad}: {page}");
        }
        // What the title has is there, as a text.
        assert!(page.contains("&#60;script&#62;alert(1)"), "{path}: {page}");
        let scripts = page.matches("<script").count();
        assert_eq!(scripts, page.matches("<script src=\"/static/").count());
        // A quote would end an attribute.
        for tag in page
            .split('<')
            .skip(1)
            .filter_map(|rest| rest.split('>').next())
        {
            let inside: String = tag.split('"').step_by(2).collect();
            assert!(!inside.contains("onerror"), "{path}: <{tag}>");
        }
    }
    let page = served.get(&format!("/runs/{id}")).body;
    assert!(page.contains("onerror"), "the hostile name is told: {page}");
    // A badge is an image, which has no title of anybody's in it.
    let badge = served.get("/badge/octo/linux%2312.svg").body;
    assert!(badge.contains("<title>uapi: breaks</title>"), "{badge}");
}
