//! The page of a real run: the same out of stored JSON, with layouts that are those of the headers.

use super::{changed, unchanged, written};
use crate::support::program;
use serde_json::{Value, json};
use std::process::Command;
use uapi_check::report::{html, json::Document};

#[test]
fn the_page_is_made_of_the_document_alone() {
    for series in [changed(), unchanged()] {
        let page = written(&series, "html");
        let stored = written(&series, "json");
        let document: Document = serde_json::from_str(&stored).expect("a document");
        assert_eq!(html::page(&document).expect("a page"), page);
        let again = serde_json::to_string_pretty(&document).expect("JSON") + "\n";
        assert_eq!(again, stored);
    }
}

#[test]
fn the_layouts_are_those_of_the_headers() {
    let series = changed();
    let (_, document) = series.json(&[&series.range()]);
    let records = document["records"].as_array().expect("records");
    assert_eq!(records.len(), 1, "{document}");
    let record = &records[0];
    assert_eq!(
        (&record["subject"], &record["target"]),
        (&json!("struct demo_in"), &json!("x86_64"))
    );
    // By hand, after the x86-64 psABI: kind, then bit-fields that share its word, then the next multiple of 8.
    let field = |side: &str, name: &str| -> Value {
        let fields = record[side]["fields"].as_array().expect("fields");
        let found = fields
            .iter()
            .find(|field| field["name"] == name)
            .expect("the field");
        json!([found["offset_bits"], found["size_bits"], found["bitfield"]])
    };
    assert_eq!(field("before", "low"), json!([8, 4, true]));
    assert_eq!(field("before", "high"), json!([12, 12, true]));
    assert_eq!(field("before", "cookie"), json!([64, 64, false]));
    assert_eq!(field("before", "index"), json!([128, 32, false]));
    assert_eq!(field("before", "b"), json!([144, 16, false]));
    assert_eq!(field("after", "added"), json!([64, 64, false]));
    assert_eq!(field("after", "cookie"), json!([128, 64, false]));
    let padding =
        json!([{"offset_bits": 24, "size_bits": 40}, {"offset_bits": 672, "size_bits": 32}]);
    assert_eq!(record["before"]["padding"], padding);
    assert_eq!(record["before"]["size"], 88);
    let (_, none) = unchanged().json(&[&unchanged().range()]);
    assert_eq!(none["records"], json!([]));
}

#[test]
fn what_the_cache_kept_is_drawn_the_same() {
    let series = changed();
    let cache = tempfile::tempdir().expect("a place");
    let run = || {
        let mut command = program();
        command.args(["--format", "html", "--target", "x86_64", "--repo"]);
        command
            .arg(series.repository.path())
            .arg("--cache-dir")
            .arg(cache.path());
        let output = command
            .arg(series.range())
            .output()
            .expect("the program runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let (cold, warm) = (run(), run());
    assert_eq!(cold, warm);
    assert!(
        warm.contains("Layout of struct demo_in on x86_64"),
        "{warm}"
    );
}

#[test]
fn pictures_are_whole_xml() {
    let page = written(&changed(), "html");
    let mut pictures = page.split("<svg ").skip(1).map(|rest| {
        let end = rest.find("</svg>").expect("an end");
        format!("<svg {}</svg>", &rest[..end])
    });
    let all: Vec<String> = pictures.by_ref().collect();
    // One of the struct, one of each request code that changed by itself.
    assert_eq!(all.len(), 2, "{page}");
    for svg in all {
        let place = tempfile::tempdir().expect("a place");
        let file = place.path().join("picture.svg");
        std::fs::write(&file, &svg).expect("written");
        let lint = Command::new("xmllint")
            .args(["--noout", "--nonet"])
            .arg(&file)
            .output();
        let lint = lint.expect("xmllint is there: run deploy/dev/setup.sh test");
        assert!(lint.status.success(), "{svg}: {lint:?}");
        assert!(svg.contains("<title ") && svg.contains("<desc "), "{svg}");
    }
    assert!(page.contains("+ added"));
}
