//! The pages in a real browser: what it shows, narrow and wide, light and dark, by keys alone, and what it complains of.

use super::House;
use super::driver::Browser;
use serde_json::Value;

/// Whether the page is wider than what is seen of it.
const TOO_WIDE: &str =
    "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
/// The least contrast of a text with what is behind it, by the formula of WCAG 2, and which text that is.
const CONTRAST: &str = r#"
const read = (text) => text.match(/[\d.]+/g).map(Number);
const part = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
const ground = (node) => {
  for (; node; node = node.parentElement) {
    const color = read(getComputedStyle(node).backgroundColor);
    if (color.length < 4 || color[3] === 1) return color;
  }
  return [255, 255, 255];
};
let least = [21, ""];
for (const node of document.querySelectorAll("body *:not(svg *)")) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  if (!own || !node.checkVisibility()) continue;
  const [a, b] = [light(read(getComputedStyle(node).color)), light(ground(node))];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast < least[0]) least = [contrast, node.outerHTML.slice(0, 200)];
}
return least"#;

async fn quiet(browser: &Browser, page: &str) {
    let console = browser.console().await;
    assert!(console.is_empty(), "{page}: {console:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one visit, step after step")]
async fn pages_are_as_they_should_in_a_browser() {
    let house = House::new().await;
    let at = format!("http://{}", house.listen().await);
    let browser = Browser::start(false).await;
    browser.open(&at).await;
    let text = browser.script("return document.body.innerText").await;
    assert!(
        text.as_str()
            .is_some_and(|text| text.contains("Nothing was examined yet")),
        "{text}"
    );
    quiet(&browser, "empty").await;
    browser.picture("empty").await;
    let id = house
        .run("octo/linux#12", "net: count more <b>things</b>", "fail")
        .await;
    house
        .run(
            "octo/linux#13",
            "net: change nothing that programs see",
            "pass",
        )
        .await;
    // It comes by itself, for whoever looks.
    let mut rows = Value::Null;
    for _ in 0..300 {
        rows = browser
            .script("return document.querySelectorAll('tbody tr').length")
            .await;
        if rows == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(rows, 2);
    for (name, page) in [
        ("runs", "/".to_owned()),
        ("filtered", "/?conclusion=fail&q=count".to_owned()),
        ("nothing", "/?q=there+is+no+such+thing".to_owned()),
        ("run", format!("/runs/{id}")),
        ("rules", "/rules".to_owned()),
        ("rule", "/rules/struct-field-inserted".to_owned()),
        ("absent", "/nothing".to_owned()),
    ] {
        browser.open(&format!("{at}{page}")).await;
        for (shape, width) in [("wide", 1280), ("narrow", 320)] {
            browser.size(width, 900).await;
            browser.picture(&format!("{name}-{shape}")).await;
            assert_eq!(browser.script(TOO_WIDE).await, false, "{page} at {width}");
        }
        let contrast = browser.script(CONTRAST).await;
        assert!(
            contrast[0].as_f64().is_some_and(|least| least >= 4.5),
            "{page}: {contrast}"
        );
        let heads = browser
            .script("return document.querySelectorAll('h1').length")
            .await;
        assert_eq!(heads, 1, "{page}");
        let console = browser.console().await;
        // That the page is not there is told by the status, and the browser repeats it.
        let other = console
            .iter()
            .filter(|line| name != "absent" || !line.to_string().contains("404"));
        assert_eq!(other.count(), 0, "{page}: {console:?}");
    }
    let rows = "return document.querySelectorAll('tbody tr').length";
    browser.open(&format!("{at}/?conclusion=fail")).await;
    assert_eq!(browser.script(rows).await, 1);
    let chosen = browser
        .script("return document.getElementById('conclusion').value")
        .await;
    assert_eq!(chosen, "fail");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one visit, step after step")]
async fn pages_can_be_read_in_the_dark_and_used_by_keys() {
    let house = House::new().await;
    let at = format!("http://{}", house.listen().await);
    let id = house.run("octo/linux#12", "net: count more", "fail").await;
    let browser = Browser::start(true).await;
    for page in ["/".to_owned(), format!("/runs/{id}"), "/rules".to_owned()] {
        browser.open(&format!("{at}{page}")).await;
        let dark = browser
            .script("return matchMedia('(prefers-color-scheme: dark)').matches")
            .await;
        assert_eq!(dark, true);
        let contrast = browser.script(CONTRAST).await;
        assert!(
            contrast[0].as_f64().is_some_and(|least| least >= 4.5),
            "{page}: {contrast}"
        );
        browser
            .picture(&format!("dark-{}", page.replace('/', "-")))
            .await;
        quiet(&browser, &page).await;
    }
    // The first key leads past the navigation, and each stop can be seen.
    browser.open(&at).await;
    browser.keys("\u{e004}").await;
    let skip = browser
        .script("return document.activeElement.getAttribute('href')")
        .await;
    assert_eq!(skip, "#main");
    let mut stops = Vec::new();
    for _ in 0..11 {
        let outline = browser
            .script("return [document.activeElement.outerHTML.slice(0, 120), getComputedStyle(document.activeElement).outlineStyle]")
            .await;
        assert_ne!(outline[1], "none", "{outline}");
        stops.push(outline[0].as_str().unwrap_or_default().to_owned());
        browser.keys("\u{e004}").await;
    }
    for stop in [
        "/rules",
        "id=\"conclusion\"",
        "id=\"q\"",
        "type=\"submit\"",
        "/runs/",
    ] {
        assert!(
            stops.iter().any(|seen| seen.contains(stop)),
            "{stop}: {stops:?}"
        );
    }
    // A search, by keys alone.
    browser.script("document.getElementById('q').focus()").await;
    browser.keys("count\u{e007}").await;
    let mut address = Value::Null;
    for _ in 0..100 {
        address = browser.script("return location.search").await;
        if address
            .as_str()
            .is_some_and(|text| text.contains("q=count"))
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(
        address
            .as_str()
            .is_some_and(|text| text.contains("q=count")),
        "{address}"
    );
    let text = browser.script("return document.body.innerText").await;
    assert!(
        text.as_str().is_some_and(|text| text.contains("1 run")),
        "{text}"
    );
}
