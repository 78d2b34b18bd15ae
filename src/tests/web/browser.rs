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

/// What a script gives once it fits; fails where it never does.
async fn becomes(browser: &Browser, script: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let mut found = Value::Null;
    for _ in 0..300 {
        found = browser.script(script).await;
        if fits(&found) {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{script}: {found}");
}

async fn text(browser: &Browser) -> String {
    let text = browser.script("return document.body.innerText").await;
    text.as_str().unwrap_or_default().to_owned()
}

/// How far the least text can be told from what is behind it: enough by WCAG 2, level AA.
async fn is_legible(browser: &Browser, page: &str) {
    let contrast = browser.script(CONTRAST).await;
    assert!(
        contrast[0].as_f64().is_some_and(|least| least >= 4.5),
        "{page}: {contrast}"
    );
}

/// Lines of the table of runs.
const LINES: &str = "return document.querySelectorAll('tbody tr').length";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_come_by_themselves_for_whoever_looks() {
    let house = House::new().await;
    let at = format!("http://{}", house.listen().await);
    let browser = Browser::start(false).await;
    browser.open(&at).await;
    let empty = text(&browser).await;
    assert!(empty.contains("Nothing was examined yet"), "{empty}");
    quiet(&browser, "empty").await;
    browser.picture("empty").await;
    house.run("octo/linux#12", "net: count more", "fail").await;
    house
        .run("octo/linux#13", "net: change nothing", "pass")
        .await;
    becomes(&browser, LINES, |lines| *lines == 2).await;
    browser.open(&format!("{at}/?conclusion=fail")).await;
    assert_eq!(browser.script(LINES).await, 1);
    let chosen = browser
        .script("return document.getElementById('conclusion').value")
        .await;
    assert_eq!(chosen, "fail");
    quiet(&browser, "filtered").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_fit_any_width_and_nothing_is_complained_of() {
    let house = House::new().await;
    let at = format!("http://{}", house.listen().await);
    let browser = Browser::start(false).await;
    let title = "net: count more <b>things</b>";
    let id = house.run("octo/linux#12", title, "fail").await;
    house
        .run("octo/linux#13", "net: change nothing", "pass")
        .await;
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
        is_legible(&browser, &page).await;
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
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_can_be_read_in_the_dark() {
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
        is_legible(&browser, &page).await;
        browser
            .picture(&format!("dark-{}", page.replace('/', "-")))
            .await;
        quiet(&browser, &page).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_can_be_used_by_keys_alone() {
    let house = House::new().await;
    let at = format!("http://{}", house.listen().await);
    house.run("octo/linux#12", "net: count more", "fail").await;
    let browser = Browser::start(true).await;
    // The first key leads past the navigation, and each stop can be seen.
    browser.open(&at).await;
    browser.keys("\u{e004}").await;
    let skip = browser
        .script("return document.activeElement.getAttribute('href')")
        .await;
    assert_eq!(skip, "#main");
    let mut stops = String::new();
    for _ in 0..11 {
        let outline = browser
            .script("return [document.activeElement.outerHTML.slice(0, 120), getComputedStyle(document.activeElement).outlineStyle]")
            .await;
        assert_ne!(outline[1], "none", "{outline}");
        stops.push_str(outline[0].as_str().unwrap_or_default());
        browser.keys("\u{e004}").await;
    }
    for stop in [
        "/rules",
        "id=\"conclusion\"",
        "id=\"q\"",
        "type=\"submit\"",
        "/runs/",
    ] {
        assert!(stops.contains(stop), "{stop}: {stops}");
    }
    // A search.
    browser.script("document.getElementById('q').focus()").await;
    browser.keys("count\u{e007}").await;
    let searched = |address: &Value| {
        let address = address.as_str().unwrap_or_default();
        address.contains("q=count")
    };
    becomes(&browser, "return location.search", searched).await;
    let found = text(&browser).await;
    assert!(found.contains("1 run"), "{found}");
}
