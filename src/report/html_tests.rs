//! Pages of sample documents: what stands in them, what never does, and that stored JSON gives the same page.

use super::*;
use crate::judge::Verdict;
use crate::report::{Layout, Member, Padding, Report, json, samples};

fn document(report: &Report) -> Document {
    json::document(report, true)
}

fn shown(report: &Report) -> String {
    page(&document(report)).expect("a page")
}

fn full() -> Report {
    let findings = vec![
        samples::moved_field(),
        samples::with_verdict(Verdict::Review),
        samples::grown_constant(),
    ];
    let mut report = samples::report(findings, vec![samples::gap(true), samples::gap(false)]);
    report.findings[1].fingerprint = "f".repeat(32);
    report.approvals = Some(vec![samples::standing(
        "DEMO",
        "Ann",
        "include/uapi/linux/demo.h",
    )]);
    report.notes.push("a note".to_owned());
    report
}

fn member(name: &str, offset_bits: u64, size_bits: u64) -> Member {
    Member {
        name: name.to_owned(),
        type_name: "__u32".to_owned(),
        offset_bits,
        size_bits,
        bitfield: !size_bits.is_multiple_of(8),
    }
}

fn layout(size: u64, fields: Vec<Member>, padding: &[(u64, u64)]) -> Layout {
    let padding = padding.iter().map(|(offset_bits, size_bits)| Padding {
        offset_bits: *offset_bits,
        size_bits: *size_bits,
    });
    Layout {
        size,
        align: 4,
        union: false,
        fields,
        padding: padding.collect(),
        fields_left_out: 0,
    }
}

/// The picture of these layouts.
fn drawn(before: Option<Layout>, after: Option<Layout>) -> picture::Picture {
    picture::picture(
        "p",
        &crate::report::Layouts {
            before,
            after,
            ..samples::layouts()
        },
    )
}

#[test]
fn a_page_says_what_the_report_says() {
    let page = shown(&full());
    for part in [
        "uapi-check: fail",
        "1 finding breaks programs, and 1 part",
        "id=\"00112233445566778899aabbccddeeff\"",
        "href=\"#00112233445566778899aabbccddeeff\"",
        "include/uapi/linux/demo.h:4",
        "before: offset 4",
        "compiles before and not after",
        "Ann@example.org",
        "unknown type name &#39;demo_t&#39;",
        "error codes and return values",
        "a note",
        "struct demo_stats.throttled moved from byte 4 to byte 8",
    ] {
        assert!(page.contains(part), "{part} is missing:\n{page}");
    }
    // The record is drawn once, at the first of the two findings about it.
    assert_eq!(page.matches("<svg").count(), 1);
    assert!(page.contains("<a href=\"#00112233445566778899aabbccddeeff\">The layouts"));
}

#[test]
fn a_page_of_nothing_has_no_finding_no_picture_and_no_demand() {
    let page = shown(&samples::report(Vec::new(), Vec::new()));
    assert!(page.contains("uapi-check: pass"));
    for part in ["<svg", "<article", "Who must agree", "<figure"] {
        assert!(!page.contains(part), "{part} in\n{page}");
    }
}

#[test]
fn a_page_needs_nothing_from_elsewhere_and_runs_nothing() {
    let page = shown(&full());
    for part in [
        "<script",
        "src=",
        "@import",
        "url(",
        " style=",
        "<link",
        "javascript:",
    ] {
        assert!(!page.contains(part), "{part} in\n{page}");
    }
}

#[test]
fn headings_go_down_one_at_a_time() {
    let page = shown(&full());
    let levels: Vec<u32> = page
        .match_indices("<h")
        .filter_map(|(at, _)| page[at + 2..].chars().next()?.to_digit(10))
        .collect();
    assert_eq!(levels.first(), Some(&1));
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    let deeper = levels.windows(2).all(|pair| pair[1] <= pair[0] + 1);
    assert!(deeper, "{levels:?}");
}

#[test]
fn stored_json_gives_the_same_page() {
    for report in [full(), samples::walked(), samples::patched()] {
        let stored = json::render(&report, true).expect("JSON");
        let read: Document = serde_json::from_str(&stored).expect("a document");
        assert_eq!(page(&read).unwrap(), shown(&report));
        let again = serde_json::to_string_pretty(&read).unwrap() + "\n";
        assert_eq!(again, stored);
    }
}

#[test]
fn a_document_of_before_there_were_layouts_is_read() {
    let mut stored = serde_json::to_value(document(&full())).unwrap();
    stored.as_object_mut().unwrap().remove("records");
    let read: Document = serde_json::from_value(stored).expect("a document");
    let page = page(&read).unwrap();
    assert!(page.contains("struct demo_stats") && !page.contains("<svg"));
}

#[test]
fn nothing_of_a_header_becomes_markup() {
    let hostile = "</title></style><script>alert(1)</script>\"onload='x' ]]> <!-- --> {{ 7 }} &lt;";
    let mut report = full();
    for finding in &mut report.findings {
        finding.subject = hostile.to_owned();
        finding.member = hostile.to_owned();
        finding.message = hostile.to_owned();
        finding.why = hostile.to_owned();
        finding.rule = hostile.to_owned();
        finding.fingerprint = hostile.to_owned();
        finding.see = Some(hostile.to_owned());
        finding.affects = vec![hostile.to_owned()];
        if let Some(witness) = &mut finding.witness {
            witness.code = hostile.to_owned();
        }
        finding.after = samples::facts(&[("type", hostile.into())]);
    }
    let layouts = &mut report.records[0];
    layouts.subject = hostile.to_owned();
    layouts.target = hostile.to_owned();
    for field in layouts
        .after
        .iter_mut()
        .flat_map(|layout| &mut layout.fields)
    {
        field.name = hostile.to_owned();
        field.type_name = hostile.to_owned();
    }
    report.gaps[0].reason = hostile.to_owned();
    report.base.name = hostile.to_owned();
    report.notes = vec![hostile.to_owned()];
    report.approvals = Some(vec![samples::standing(hostile, hostile, hostile)]);
    report.copy_to = vec![hostile.to_owned()];
    let links = Links {
        rules: Some("/rules/".to_owned()),
        after: Some("https://example.org/tree/1/".to_owned()),
        ..Links::default()
    };
    let document = document(&report);
    let (whole, part) = (page(&document).unwrap(), body(&document, &links).unwrap());
    assert_eq!(tags(&whole, "script"), 0);
    assert_eq!(
        (tags(&whole, "style"), tags(&whole, "title")),
        (1, 1 + titles(&report))
    );
    for text in [&whole, &part] {
        assert!(
            !text.contains("\"onload") && !text.contains("<!--"),
            "{text}"
        );
        assert!(text.contains("&#60;script&#62;"), "{text}");
    }
    // A look-alike: what is no markup stays as it is.
    assert!(shown(&full()).contains("DEMO_GET_STATS"));
}

/// How many elements of that name begin.
fn tags(page: &str, name: &str) -> usize {
    page.matches(&format!("<{name}>")).count() + page.matches(&format!("<{name} ")).count()
}

/// How many titles the pictures of a report have: one each, and one for each cell.
fn titles(report: &Report) -> usize {
    let pictures = report.records.iter().filter(|layouts| {
        let about = |finding: &crate::judge::Finding| finding.subject == layouts.subject;
        report.findings.iter().any(about)
    });
    pictures
        .map(|layouts| 1 + picture::picture("x", layouts).cells.len())
        .sum()
}

#[test]
fn links_lead_only_where_their_beginning_says() {
    let mut report = full();
    report.findings[0].rule = "x\"><a href=//evil.example".to_owned();
    let links = Links {
        rules: Some("/rules/".to_owned()),
        after: Some("https://example.org/tree/1/".to_owned()),
        findings: Some("/runs/7#".to_owned()),
        ..Links::default()
    };
    let text = body(&document(&report), &links).unwrap();
    assert!(
        text.contains("href=\"/rules/x%22%3E%3Ca%20href%3D//evil.example\""),
        "{text}"
    );
    assert!(text.contains("href=\"https://example.org/tree/1/include/uapi/linux/demo.h#L4\""));
    assert!(text.contains("href=\"/runs/7#00112233445566778899aabbccddeeff\""));
    let none = body(&document(&report), &Links::default()).unwrap();
    assert!(!none.contains("https://example.org/tree") && !none.contains("/rules/"));
}

#[test]
fn a_field_that_moved_and_one_that_is_new_are_marked_and_the_rest_is_not() {
    let both = samples::layouts();
    let picture = drawn(both.before, both.after);
    let cells: Vec<(&str, &str, u64, u64)> = picture
        .cells
        .iter()
        .map(|cell| (cell.label.as_str(), cell.class, cell.x, cell.width))
        .collect();
    // 56 pixels of offsets, 5 a bit; the second side begins 400 further on.
    let expected = [
        ("flows", "same", 56, 160),
        ("\u{2192} throttled", "moved", 216, 160),
        ("flows", "same", 456, 160),
        ("+ inner", "new", 616, 160),
        ("\u{2192} throttled", "moved", 456, 160),
    ];
    assert_eq!(cells, expected);
    assert_eq!(
        picture.description,
        "Before: 8 bytes, 2 fields. After: 12 bytes, 3 fields. new: inner. moved: throttled."
    );
}

#[test]
fn bits_holes_and_fields_in_the_same_bytes_have_their_cells() {
    let fields = vec![
        member("flags", 0, 3),
        member("rest", 3, 5),
        member("a", 32, 32),
        member("b", 32, 64),
    ];
    let picture = drawn(None, Some(layout(12, fields, &[(8, 24)])));
    let cell = |title: &str| {
        let mut cells = picture.cells.iter();
        let found = cells.find(|cell| cell.title.starts_with(title));
        found.map(|cell| (cell.class, cell.x, cell.y, cell.width))
    };
    assert_eq!(cell("rest: "), Some(("same", 71, 18, 25)));
    assert_eq!(cell("padding at 1 byte"), Some(("hole", 96, 18, 120)));
    assert_eq!(cell("a: "), Some(("same", 216, 18, 160)));
    // The other view of the same bytes stands below, and goes on in the next row.
    assert_eq!(cell("b: "), Some(("same", 216, 62, 160)));
    assert_eq!(
        picture
            .cells
            .iter()
            .filter(|cell| cell.label == "b")
            .count(),
        2
    );
    assert!(
        picture
            .lines
            .iter()
            .any(|line| line.text.contains("same bytes"))
    );
}

#[test]
fn however_large_a_record_says_it_is_its_picture_is_small() {
    let end = u64::MAX;
    let fields = vec![
        member("large", 0, end / 2),
        member("far", end - 63, 63),
        member("beyond", end, end),
    ];
    let huge = drawn(None, Some(layout(end, fields, &[(end / 2, end / 2)])));
    assert!(huge.cells.len() < 40 && huge.height < 4000);
    let many: Vec<Member> = (0..400)
        .map(|at| member(&format!("f{at}"), at * 64, 64))
        .collect();
    let long = drawn(Some(layout(3200, many, &[])), None);
    assert_eq!(long.cells.len(), 64);
    assert!(
        long.lines
            .iter()
            .any(|line| line.text == "336 more rows are not drawn")
    );
    let stacked: Vec<Member> = (0..400)
        .map(|at| member(&format!("u{at}"), 0, 32))
        .collect();
    let union = drawn(Some(layout(4, stacked, &[])), None);
    assert_eq!(union.cells.len(), 12);
    assert!(
        union
            .lines
            .iter()
            .any(|line| line.text.starts_with("388 more"))
    );
}

fn request(
    rule: &str,
    before: &[(&str, crate::diff::Fact)],
    target: &str,
) -> Option<picture::Picture> {
    let mut finding = samples::moved_field();
    (finding.rule, finding.before) = (rule.to_owned(), samples::facts(before));
    finding.after = samples::facts(&[]);
    let document = document(&samples::report(vec![finding], Vec::new()));
    super::request::picture("r", &document.findings[0], target)
}

#[test]
fn a_request_code_is_taken_apart_as_its_architecture_does() {
    // From the headers of glibc's cross compilers: TCGETS2 is _IOR('T', 0x2A, struct termios2), 44 bytes.
    let x86 = [("value", 0x802c_542a_u64.into())];
    let picture = request("ioctl-removed", &x86, "x86_64").expect("a code");
    assert_eq!(
        picture.description,
        "before: 0x802c542a, direction read, size 44 bytes, type 'T' (0x54), number 42"
    );
    // On powerpc FIONREAD is _IOR('f', 127, int).
    let powerpc = [("value", 0x4004_667f_u64.into())];
    let picture = request("ioctl-removed", &powerpc, "powerpc64le").expect("a code");
    assert_eq!(
        picture.description,
        "before: 0x4004667f, direction read, size 4 bytes, type 'f' (0x66), number 127"
    );
    assert_eq!(picture.cells[0].width, 60);
    // A constant with the same value is no request code.
    assert!(request("constant-removed", &x86, "x86_64").is_none());
}

/// The contrast of two colours by WCAG 2 (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>).
fn contrast(first: &str, second: &str) -> f64 {
    let luminance = |colour: &str| {
        let part = |at: usize| {
            let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("hexadecimal");
            let value = f64::from(value) / 255.0;
            match value <= 0.04045 {
                true => value / 12.92,
                false => ((value + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (first, second) = (luminance(first), luminance(second));
    (first.max(second) + 0.05) / (first.min(second) + 0.05)
}

#[test]
fn text_can_be_read_in_light_and_in_dark() {
    let mut seen = 0;
    for block in STYLE.split(":root {").skip(1) {
        let block = block.split('}').next().expect("a block");
        let colour = |name: &str| {
            let start = format!("--{name}: #");
            let at = block.find(&start).unwrap_or_else(|| panic!("{name}"));
            &block[at + start.len() - 1..at + start.len() + 6]
        };
        let pairs = [
            ("ink", "ground"),
            ("ink", "panel"),
            ("quiet", "panel"),
            ("link", "panel"),
            ("ink", "bad-ground"),
            ("ink", "ask-ground"),
            ("ink", "good-ground"),
            ("ink", "hint-ground"),
            ("bad", "bad-ground"),
            ("ask", "ask-ground"),
            ("good", "good-ground"),
            ("hint", "hint-ground"),
        ];
        for (ink, ground) in pairs {
            let contrast = contrast(colour(ink), colour(ground));
            assert!(contrast >= 4.5, "{ink} on {ground}: {contrast}");
        }
        seen += 1;
    }
    assert_eq!(seen, 2);
    assert!(contrast("#777777", "#ffffff") < 4.5);
    assert!(contrast("#000000", "#ffffff") > 20.9);
}
