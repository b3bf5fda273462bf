//! Round trips over the document that uses everything the pipeline has to carry.

use bothends_tests::Scratch;

#[test]
fn everything_survives_both_ways() {
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), "everything");
    let driver = scratch.driver("pristine", |file| file.contents.clone());
    let report = scratch.pair(&driver, &driver);
    println!("{}", serde_json::to_string_pretty(&report.to_json()).unwrap());
    assert_eq!(report.failed(), 0, "{}", report.failure_text());
}
