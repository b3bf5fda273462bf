//! Round trips over the documents that use everything the pipeline has to carry: nothing fails, nothing is left out,
//! nothing goes missing.

use std::collections::BTreeSet;

use bothends::verify::Report;
use bothends_tests::Scratch;

/// Verifies a document of `fixtures/`, whose counts are known: operations, statuses, media types, parameters, examples.
fn verified(name: &str, counts: [usize; 5]) -> Report {
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), name);
    let driver = scratch.driver("pristine", |file| file.contents.clone());
    let report = scratch.pair(&driver, &driver);
    println!("{name}: {} cases in {:.1} s", report.cases, report.run_seconds);
    assert_eq!(report.failed(), 0, "{}", report.failure_text());
    let Report { operations, statuses, media_types, parameters, examples, .. } = report;
    assert_eq!([operations, statuses, media_types, parameters, examples], counts, "{name}");
    // For every answer an exchange, and an echo of its request and of itself.
    assert!(report.cases >= statuses * scratch.options.cases * 3, "{name}: {} cases", report.cases);
    assert_eq!((report.left_out.as_slice(), report.contradictions.as_slice()), (&[][..], &[][..]), "{name}");
    let counts = &scratch.outcome.callbacks;
    assert_eq!((counts.generated, counts.merged, counts.dropped), (report.callbacks, 0, 0), "{name}");
    assert_eq!(report.typed.untyped, BTreeSet::new(), "{name}");
    let mut written = scratch.outcome.written.clone();
    assert_eq!(report.census.written, written, "{name}");
    written.sort();
    let census = &report.census;
    assert_eq!((&census.exercised, census.merged.as_slice(), census.refused.as_slice()), (&written, &[][..], &[][..]), "{name}");
    report
}

#[test]
fn everything_survives_both_ways() {
    verified("everything", [10, 20, 1, 19, 21]);
}

#[test]
fn swagger_survives_both_ways() {
    verified("swagger", [8, 15, 6, 17, 5]);
}

#[test]
fn corners_survive_both_ways() {
    verified("corners", [5, 10, 3, 20, 3]);
}

/// Of one method and one shape of path, told apart by parameters, by constants, or by nothing.
#[test]
fn twins_survive_both_ways() {
    verified("twins", [30, 30, 2, 42, 0]);
}

#[test]
fn unions_survive_both_ways() {
    verified("unions", [5, 8, 1, 9, 0]);
}

/// Names of Rust's, of ours, of none; sets of numbers and truths.
#[test]
fn names_and_sets_of_values_survive_both_ways() {
    verified("types", [5, 6, 1, 16, 0]);
}

/// Two documents, the file that both refer to, globals in every place, paths that only types tell apart, an operation
/// that is not selected, and given names.
#[test]
fn merged_documents_survive_both_ways() {
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), "merged");
    let api = scratch.outcome.api.as_ref().expect("a model");
    let mut types: Vec<&str> = api.types.iter().map(|def| def.name.as_str()).collect();
    types.sort_unstable();
    assert!(["Human", "Room", "RoomsRoom"].iter().all(|name| types.contains(name)), "{types:?}");
    assert!(!types.iter().any(|name| name.contains("Human") && name.len() > "LogInBodyHuman".len()), "{types:?}");
    let globals: Vec<(&str, bool)> = api.globals.iter().map(|global| (global.parameter.name.as_str(), global.secret)).collect();
    assert_eq!(globals, [("x_language", false), ("tenant_id", false), ("session", true), ("x_unit", false)]);
    let driver = scratch.driver("pristine", |file| file.contents.clone());
    let report = scratch.pair(&driver, &driver);
    assert_eq!(report.failed(), 0, "{}", report.failure_text());
    assert_eq!((report.left_out, report.contradictions), (Vec::new(), Vec::new()));
    let census = report.census;
    assert_eq!((census.written.len(), census.exercised.len(), census.refused.len()), (11, 8, 0), "{census:?}");
    assert_eq!(census.excluded, ["GET /cellar/{box}"]);
    assert!(!types.iter().any(|name| name.starts_with("Box")), "{types:?}");
    assert!(api.operations.iter().any(|operation| operation.method_name == "enter_room"), "a given name");
    assert_eq!(census.merged, ["POST /login", "GET /people/{userName}"]);
    assert_eq!(report.parameters, 15, "globals count as parameters");
}

#[test]
fn every_media_type_survives_both_ways() {
    verified("media", [6, 21, 16, 2, 0]);
}

/// Every style in every place, and what the standard has no form for.
#[test]
fn parameters_survive_both_ways() {
    verified("parameters", [9, 9, 0, 66, 0]);
}

/// Several parameters in a segment, parameters that span segments, and what a path fixes beside itself.
#[test]
fn paths_survive_both_ways() {
    verified("paths", [16, 16, 2, 17, 0]);
}

/// What OpenAPI 3.1 and 3.2 say otherwise than 3.0.
#[test]
fn modern_documents_survive_both_ways() {
    let report = verified("modern", [8, 11, 3, 5, 2]);
    assert_eq!(report.callbacks, 2, "webhooks that nothing tells apart");
}

/// References across files: into whole files and parts of them, by name, round in circles, and where none may stand.
#[test]
fn linked_files_survive_both_ways() {
    verified("linked", [3, 5, 1, 4, 1]);
}

#[test]
fn forms_survive_both_ways() {
    verified("form", [2, 3, 2, 0, 0]);
}

/// Parts in styles, files without a format, responses of parts, media types that do not fit their schemas.
#[test]
fn parts_and_misfits_survive_both_ways() {
    verified("multipart", [5, 14, 18, 0, 0]);
}

/// Namespaces, `xsi:nil`, unions and free values in XML, and unions and maps in a form of names and values.
#[test]
fn xml_survives_both_ways() {
    verified("xml", [1, 9, 5, 0, 0]);
}

#[test]
fn callbacks_survive_both_ways() {
    let report = verified("callbacks", [2, 8, 2, 4, 1]);
    assert_eq!(report.callbacks, 4);
    let told = report.census.exercised.iter().filter(|key| key.starts_with("POST {$request.body#/url} "));
    assert_eq!(told.count(), 3, "{:?}", report.census.exercised);
}

/// Declared headers as typed values, and statuses that several responses could stand for.
#[test]
fn headers_and_statuses_survive_both_ways() {
    verified("headers", [4, 18, 2, 2, 0]);
}

/// Server-sent events and lines of JSON, cut in odd places on their way.
#[test]
fn streams_survive_both_ways() {
    verified("streams", [6, 11, 5, 1, 0]);
}
