//! Round trips over the documents that use everything the pipeline has to carry.

use bothends::verify::Report;
use bothends_tests::Scratch;

fn verified(name: &str) -> Report {
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), name);
    let driver = scratch.driver("pristine", |file| file.contents.clone());
    let report = scratch.pair(&driver, &driver);
    println!("{}", serde_json::to_string_pretty(&report.to_json()).unwrap());
    assert_eq!(report.failed(), 0, "{}", report.failure_text());
    report
}

#[test]
fn everything_survives_both_ways() {
    let report = verified("everything");
    assert_eq!((report.operations, report.statuses, report.media_types, report.parameters), (10, 20, 1, 19));
}

#[test]
fn corners_survive_both_ways() {
    let report = verified("corners");
    assert_eq!((report.operations, report.statuses, report.media_types, report.parameters), (5, 10, 3, 19));
}
