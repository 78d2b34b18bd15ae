//! What people get: what stands on the pages, what browsers are told, and what of a hostile name comes through.

use super::house::request;
use super::{House, report};
use axum::body::Body;
use axum::http::StatusCode;
use serde_json::Value;

const HOSTILE: &str = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>]]>&amp;";

/// The same document with a text in place of each that comes from the examined tree.
fn hostile() -> Value {
    let mut report = report().clone();
    for finding in report["findings"].as_array_mut().expect("findings") {
        for key in [
            "subject", "member", "message", "header", "path", "title", "why",
        ] {
            if finding[key].is_string() {
                finding[key] = HOSTILE.into();
            }
        }
    }
    report
}

#[tokio::test]
async fn nothing_that_comes_from_outside_becomes_markup() {
    let house = House::new().await;
    let id = house.keep(HOSTILE, HOSTILE, "fail", &hostile()).await;
    let escaped = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22";
    for address in [
        "/".to_owned(),
        format!("/?q={escaped}&subject={escaped}&conclusion={escaped}"),
        format!("/runs/{id}"),
        format!("/rules/{escaped}"),
        format!("/{escaped}"),
        format!("/badge/{escaped}.svg"),
    ] {
        let page = house.get(&address).await.text();
        for markup in ["<script>", "<img", "onerror=alert(2)>", "]]>"] {
            assert!(!page.contains(markup), "{address}: {markup}: {page}");
        }
    }
    // It is there, as a text.
    let page = house.get("/").await.text();
    assert!(page.contains("script&#62;alert(1)"), "{page}");
    let link = format!("javascript:alert(1)//{HOSTILE}");
    assert!(
        !house
            .get(&format!("/runs/{id}"))
            .await
            .text()
            .contains(&link)
    );
}

#[tokio::test]
async fn every_answer_tells_browsers_what_they_may_do() {
    let house = House::new().await;
    let id = house.run("octo/linux#12", "net: work", "fail").await;
    for (address, status) in [
        ("/".to_owned(), 200),
        (format!("/runs/{id}"), 200),
        (format!("/runs/{id}.json"), 200),
        ("/runs/999".to_owned(), 404),
        ("/runs/x".to_owned(), 404),
        ("/runs/99999999999999999999".to_owned(), 404),
        (format!("/runs/{id}.exe"), 404),
        ("/?before=x".to_owned(), 400),
        ("/rules".to_owned(), 200),
        ("/rules/no-such-rule".to_owned(), 404),
        ("/nothing/here".to_owned(), 404),
        ("/static/style.css".to_owned(), 200),
        ("/static/report.css".to_owned(), 200),
        ("/static/live.js".to_owned(), 200),
        ("/static/..%2f..%2fetc%2fpasswd".to_owned(), 404),
        ("/badge/octo/linux%2312.svg".to_owned(), 200),
        ("/healthz".to_owned(), 200),
        ("/readyz".to_owned(), 200),
        ("/metrics".to_owned(), 200),
        ("/webhooks/github".to_owned(), 405),
        ("/api/v1/runs".to_owned(), 200),
        ("/api/v1/nothing".to_owned(), 404),
        ("/api/v1/openapi.json".to_owned(), 200),
    ] {
        let answer = house.get(&address).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{address}: {}",
            answer.text()
        );
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'"),
            "{address}: {policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{address}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{address}: {policy}");
        assert_eq!(
            answer.header("x-content-type-options"),
            "nosniff",
            "{address}"
        );
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{address}");
        assert_eq!(answer.header("x-request-id").len(), 36, "{address}");
        assert_eq!(answer.header("set-cookie"), "", "{address}");
    }
}

/// The addresses that the router knows, by its source.
fn routes() -> Vec<String> {
    let source = include_str!("../../web/server.rs");
    let (rest, programs) = source.split_once("fn programs()").expect("the API's part");
    let of = |text: &str, before: &str| -> Vec<String> {
        let each = text.split(".route(\"").skip(1);
        let each = each.filter_map(|rest| rest.split('"').next());
        each.map(|route| format!("{before}{route}")).collect()
    };
    [of(rest, ""), of(programs, "/api/v1")].concat()
}

#[tokio::test]
async fn every_route_of_the_router_says_so_whatever_it_is_asked() {
    let house = House::new().await;
    let id = house.run("octo/linux#12", "net: work", "fail").await;
    // What goes on for ever ends with the service.
    house.end();
    let routes = routes();
    assert!(routes.len() >= 15, "{routes:?}");
    let id = id.to_string();
    for route in routes {
        let named = [("{name}", id.as_str()), ("{id}", &id), ("{*name}", "x.svg")];
        let filled = named.iter().fold(route.clone(), |route, (name, value)| {
            route.replace(name, value)
        });
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
            let sent = request(method, &filled).body(Body::empty());
            let answer = house.ask(sent.expect("a request")).await;
            let policy = answer.header("content-security-policy");
            let shown = format!("{method} {filled}: {policy}");
            assert!(policy.starts_with("default-src 'none'"), "{shown}");
            assert!(policy.contains("script-src 'self'"), "{shown}");
            assert!(!policy.contains("unsafe"), "{shown}");
            // No other site's page may read it either.
            assert_eq!(answer.header("access-control-allow-origin"), "", "{shown}");
            assert!(answer.status.as_u16() < 500, "{shown}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn other_sites_can_change_nothing() {
    let house = House::new().await;
    let post = |name: &'static str, value: &'static str| {
        let sent = request("POST", "/api/v1/runs").header(name, value);
        house.ask(sent.body(Body::empty()).expect("a request"))
    };
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        assert_eq!(
            post(name, value).await.status,
            StatusCode::FORBIDDEN,
            "{name}: {value}"
        );
    }
    // Our own pages and programs get as far as the token.
    for (name, value) in [
        ("sec-fetch-site", "same-origin"),
        ("origin", "https://uapi.example.org"),
        ("user-agent", "curl"),
    ] {
        assert_eq!(
            post(name, value).await.status,
            StatusCode::UNAUTHORIZED,
            "{name}: {value}"
        );
    }
}

#[tokio::test]
async fn no_form_of_any_site_is_taken() {
    let house = House::new().await;
    // What a form of another site can send, token and all: nothing of it is read.
    for kind in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
    ] {
        for address in ["/api/v1/runs", "/webhooks/github"] {
            let sent = request("POST", address)
                .header("origin", "https://evil.example")
                .header("sec-fetch-site", "cross-site")
                .header("content-type", kind)
                .header("authorization", format!("Bearer {}", super::TOKEN));
            let answer = house.ask(sent.body(Body::from("x")).expect("a request"));
            let answer = answer.await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address}: {kind}");
        }
    }
    // By itself, a form is nothing that is taken, whoever sends it.
    for kind in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let sent = request("POST", "/api/v1/runs")
            .header("content-type", kind)
            .header("authorization", format!("Bearer {}", super::TOKEN));
        let answer = house.ask(sent.body(Body::from("a=b")).expect("a request"));
        let status = answer.await.status;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
    let due = house
        .store
        .numbers(i64::MAX / 2)
        .await
        .expect("numbers")
        .due;
    assert_eq!(due, 0);
}

#[tokio::test]
async fn runs_are_found_by_conclusion_text_and_subject_and_shown_by_pages() {
    let house = House::new().await;
    let empty = house.get("/").await.text();
    assert!(empty.contains("Nothing was examined yet"), "{empty}");
    for number in 0..60 {
        let title = format!("net: change number {number}");
        house
            .run(&format!("octo/linux#{number}"), &title, "pass")
            .await;
    }
    house.run("octo/linux#7", "net: worse", "fail").await;
    let page = house.get("/").await.text();
    assert!(
        page.contains("net: worse") && page.contains("change number 59"),
        "{page}"
    );
    assert!(page.contains("50 runs of more"), "{page}");
    assert!(!page.contains("change number 10<"), "{page}");
    // The next page has the rest, and no third one.
    let older = page.split("rel=\"next\" href=\"").nth(1).expect("a link");
    let older = older
        .split('"')
        .next()
        .expect("an address")
        .replace("&#38;", "&");
    let next = house.get(&older).await.text();
    assert!(
        next.contains("change number 10<") && next.contains("change number 0<"),
        "{next}"
    );
    assert!(
        !next.contains("rel=\"next\"") && !next.contains("net: worse"),
        "{next}"
    );
    // By conclusion, by a text in a title or a rule, by subject; and a filter stays on the next page.
    let failed = house.get("/?conclusion=fail").await.text();
    assert!(failed.contains("1 run, newest first"), "{failed}");
    let rule = report()["findings"][0]["rule"].as_str().expect("a rule");
    for (query, lines) in [
        ("q=NUMBER+42".to_owned(), "1 run,"),
        ("q=number%25".to_owned(), ""),
        (format!("q={rule}&conclusion=fail"), "1 run,"),
        ("subject=octo%2Flinux%237".to_owned(), "2 runs,"),
        ("subject=octo%2Flinux".to_owned(), ""),
    ] {
        let page = house.get(&format!("/?{query}")).await.text();
        match lines {
            "" => assert!(page.contains("No run fits"), "{query}: {page}"),
            lines => assert!(page.contains(lines), "{query}: {page}"),
        }
    }
    let page = house.get("/?q=change&conclusion=pass").await.text();
    assert!(page.contains("&#38;conclusion=pass&#38;q=change"), "{page}");
}

#[tokio::test]
async fn a_run_shows_what_was_found_and_each_finding_has_an_address() {
    let house = House::new().await;
    let id = house.run("octo/linux#12", "net: work", "fail").await;
    let page = house.get(&format!("/runs/{id}")).await.text();
    let finding = &report()["findings"][0];
    let fingerprint = finding["fingerprint"].as_str().expect("a text");
    assert!(page.contains(&format!("id=\"{fingerprint}\"")), "{page}");
    assert!(
        page.contains("https://github.example/octo/linux/pull/12"),
        "{page}"
    );
    assert!(page.contains("aaaaaaaaaaaa..bbbbbbbbbbbb"), "{page}");
    let json = house.get(&format!("/runs/{id}.json")).await;
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(&json.json(), report());
}

#[tokio::test]
async fn rules_have_pages_and_subjects_have_badges() {
    let house = House::new().await;
    let rule = report()["findings"][0]["rule"].as_str().expect("a rule");
    let all = house.get("/rules").await.text();
    assert!(all.contains(&format!("href=\"/rules/{rule}\"")), "{all}");
    let page = house.get(&format!("/rules/{rule}")).await.text();
    let why = report()["findings"][0]["why"].as_str().expect("a text");
    let first = why
        .split(['.', ';', ':', '\'', '"', '<', '&'])
        .next()
        .expect("a sentence");
    assert!(page.contains(first), "{first}: {page}");
    for (conclusion, word) in [
        ("fail", "breaks"),
        ("pass", "compatible"),
        ("undecided", "undecided"),
    ] {
        house
            .run("octo/linux#12", &format!("net: {word}"), conclusion)
            .await;
        let badge = house.get("/badge/octo/linux%2312.svg").await;
        assert_eq!(badge.header("content-type"), "image/svg+xml");
        assert!(
            badge
                .text()
                .contains(&format!("<title>uapi: {word}</title>")),
            "{}",
            badge.text()
        );
    }
    let unknown = house.get("/badge/octo/linux%231.svg").await.text();
    assert!(unknown.contains("uapi: unknown"), "{unknown}");
}

#[tokio::test]
async fn prometheus_gets_what_is_counted() {
    let house = House::new().await;
    house.get("/rules").await;
    house.get("/metrics").await;
    house.run("octo/linux#12", "net: work", "fail").await;
    let answer = house.get("/metrics").await;
    assert!(
        answer
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    let text = answer.text();
    for line in [
        "uapi_check_http_requests_total{route=\"/rules\",status=\"200\"}",
        "uapi_check_http_request_seconds_bucket{route=\"/rules\",le=\"0.001\"}",
        "uapi_check_runs_total{conclusion=\"fail\"}",
        "uapi_check_jobs_due 0",
        "uapi_check_job_oldest_seconds 0",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains(super::SECRET) && !text.contains(super::TOKEN));
}
