//! The routing table against lists of templates and paths.

use super::*;
use crate::operation::SegmentPart;

/// An operation with nothing but a method and a template; leaked, as operations are statics.
fn operation(line: &'static str) -> &'static OperationInfo {
    let (method, path) = line.split_once(' ').unwrap();
    let segments: Vec<Segment> = path.trim_start_matches('/').split('/').map(parse).collect();
    Box::leak(Box::new(OperationInfo {
        id: line,
        method,
        path,
        segments: Box::leak(segments.into_boxed_slice()),
        needs: &[],
        tag: None,
        security: &[],
        accept: None,
    }))
}

fn parse(text: &'static str) -> Segment {
    let parts: Vec<SegmentPart> = text
        .split('{')
        .skip(1)
        .zip(text.split('}'))
        .map(|(part, before)| {
            let name = part.split_once('}').unwrap().0;
            // `{id#integer}`
            let (name, takes) = name.split_once('#').unwrap_or((name, ""));
            let takes = match takes {
                "boolean" => Takes::Boolean,
                "integer" => Takes::Integer,
                "number" => Takes::Number,
                "format" => Takes::OneOf(&[".json", ".xml"]),
                _ => Takes::Text,
            };
            SegmentPart { prefix: before.split_once('{').unwrap().0, name, takes }
        })
        .collect();
    let suffix = text.rsplit('}').next().unwrap_or_default();
    match *parts {
        [] => Segment::Literal(text),
        [SegmentPart { prefix, name, takes }] => match name.strip_prefix('+') {
            Some(name) => Segment::Spanning { prefix, name, suffix },
            None => Segment::Parameter { prefix, name, suffix, takes },
        },
        _ => Segment::Several { parts: Box::leak(parts.into_boxed_slice()), suffix },
    }
}

const TEMPLATES: &[&str] = &[
    "GET /User/current",
    "GET /User/{id}",
    "PUT /User/{id}",
    "GET /User/{userName}",
    "GET /files/{name}",
    "GET /files/{name}.json",
    "POST /jobs/{name}:cancel",
    "POST /jobs/{name}",
    "GET /a/{x}/c",
    "GET /a/b/{y}",
    "DELETE /a/b/c",
    "GET /things/",
    "GET /things",
    "GET /",
    "PURGE /cache",
    "HEAD /cache",
    "GET /odd chars/ü",
    "GET /odd%20chars/escaped/{x}%2E",
    "GET /{first}/{second}/{third}/{fourth}",
    "GET /rooms/{name}",
    "GET /rooms/{size#number}",
    "GET /rooms/{id#integer}",
    "GET /rooms/{open#boolean}",
    "GET /seats/{row}/{id#integer}",
    "GET /seats/{id#integer}/{row}",
    "GET /diff/{base}...{head}",
    "GET /diff/{file}",
    "GET /at/{lat#number},{lon#number}",
    "GET /page/{name}{format#format}",
    "GET /v1/{+name}",
    "GET /v1/{+parent}/operations",
    "POST /v1/{+name}:cancel",
    "GET /v1/plain/{id}",
    "GET /same/{id}/as/{id}",
];

/// What a request finds, as text: operations and parameters in order, or the reason for none.
fn found(request: &'static str) -> String {
    let table = Table::new(TEMPLATES.iter().copied().map(operation));
    let (method, path) = request.split_once(' ').unwrap();
    shown(TEMPLATES, table.find(&Method::from_bytes(method.as_bytes()).unwrap(), path))
}

fn shown(templates: &[&str], found: Found<'_>) -> String {
    match found {
        Found::Candidates(candidates) => {
            let each = candidates.iter().map(|candidate| {
                let values = candidate.parameters.iter().map(|(name, value)| format!(" {name}={value}"));
                format!("{}{}", templates[candidate.index], values.collect::<String>())
            });
            each.collect::<Vec<_>>().join(" | ")
        }
        Found::OtherMethods(methods) => format!("other: {}", methods.join(",")),
        Found::Nothing => "nothing".to_owned(),
        Found::Malformed => "malformed".to_owned(),
    }
}

#[test]
fn method_and_template_are_matched_together_the_most_specific_first() {
    for (request, expected) in [
        ("GET /User/current", "GET /User/current | GET /User/{id} id=current | GET /User/{userName} userName=current"),
        ("PUT /User/current", "PUT /User/{id} id=current"),
        ("GET /User/7", "GET /User/{id} id=7 | GET /User/{userName} userName=7"),
        ("DELETE /User/current", "other: GET,HEAD,OPTIONS,PUT"),
        ("GET /files/a.json", "GET /files/{name}.json name=a | GET /files/{name} name=a.json"),
        ("GET /files/a.txt", "GET /files/{name} name=a.txt"),
        ("POST /jobs/x%3Acancel", "POST /jobs/{name}:cancel name=x | POST /jobs/{name} name=x%3Acancel"),
        ("GET /a/b/c", "GET /a/b/{y} y=c | GET /a/{x}/c x=b"),
        ("DELETE /a/b/c", "DELETE /a/b/c"),
        ("POST /a/b/c", "other: DELETE,GET,HEAD,OPTIONS"),
        ("DELETE /a/z/c", "other: GET,HEAD,OPTIONS"),
        ("GET /a/x%2Fy/c", "GET /a/{x}/c x=x%2Fy"),
        ("GET /rooms/-7", "GET /rooms/{id#integer} id=-7 | GET /rooms/{size#number} size=-7 | GET /rooms/{name} name=-7"),
        ("GET /rooms/7.5", "GET /rooms/{size#number} size=7.5 | GET /rooms/{name} name=7.5"),
        ("GET /rooms/true", "GET /rooms/{open#boolean} open=true | GET /rooms/{name} name=true"),
        ("GET /rooms/-", "GET /rooms/{name} name=-"),
        ("GET /seats/a/7", "GET /seats/{row}/{id#integer} row=a id=7"),
        ("GET /seats/7/a", "GET /seats/{id#integer}/{row} id=7 row=a"),
        ("GET /seats/7/8", "GET /seats/{id#integer}/{row} id=7 row=8 | GET /seats/{row}/{id#integer} row=7 id=8"),
        ("GET /diff/a...b", "GET /diff/{base}...{head} base=a head=b | GET /diff/{file} file=a...b"),
        ("GET /diff/a..b", "GET /diff/{file} file=a..b"),
        ("GET /at/1.5,-2", "GET /at/{lat#number},{lon#number} lat=1.5 lon=-2"),
        (
            "GET /page/a.json",
            "GET /page/{name}{format#format} name=a format=.json | GET /page/{name}{format#format} name=a.jso format=n \
             | GET /page/{name}{format#format} name=a.js format=on | GET /page/{name}{format#format} name=a.j format=son \
             | GET /page/{name}{format#format} name=a. format=json",
        ),
        ("GET /v1/a/b", "GET /v1/{+name} name=a/b"),
        (
            "GET /v1/a/b/operations",
            "GET /v1/{+parent}/operations parent=a/b | GET /v1/{+name} name=a/b/operations \
             | GET /{first}/{second}/{third}/{fourth} first=v1 second=a third=b fourth=operations",
        ),
        ("GET /v1/plain/b", "GET /v1/plain/{id} id=b | GET /v1/{+name} name=plain/b"),
        ("POST /v1/a/b:cancel", "POST /v1/{+name}:cancel name=a/b"),
        (
            "GET /same/1/as/1",
            "GET /same/{id}/as/{id} id=1 id=1 | GET /{first}/{second}/{third}/{fourth} first=same second=1 third=as fourth=1",
        ),
        // One parameter has one value.
        ("GET /same/1/as/2", "GET /{first}/{second}/{third}/{fourth} first=same second=1 third=as fourth=2"),
        ("GET /seats/a/b", "GET /seats/{id#integer}/{row} id=a row=b | GET /seats/{row}/{id#integer} row=a id=b"),
    ] {
        assert_eq!(found(request), expected, "{request}");
    }
}

#[test]
fn slashes_escapes_and_methods_count_as_they_stand() {
    for (request, expected) in [
        ("GET /things", "GET /things"),
        ("GET /things/", "GET /things/"),
        ("GET /things//", "nothing"),
        ("GET /", "GET /"),
        ("GET //", "nothing"),
        ("GET /User/", "nothing"),
        ("GET /Things", "nothing"),
        ("GET /thing%73", "GET /things"),
        ("GET /odd%20chars/%C3%BC", "GET /odd chars/ü"),
        ("GET /odd%20chars/escaped/a.", "GET /odd%20chars/escaped/{x}%2E x=a"),
        ("GET /odd%20chars/escaped/.", "nothing"),
        ("GET /User/%", "malformed"),
        ("GET /User/%FF", "malformed"),
        ("GET /nowhere/%zz", "malformed"),
        ("OPTIONS *", "nothing"),
        ("HEAD /things", "GET /things"),
        ("HEAD /cache", "HEAD /cache"),
        ("PURGE /cache", "PURGE /cache"),
        ("purge /cache", "other: HEAD,OPTIONS,PURGE"),
        ("GET /w/x/y/z", "GET /{first}/{second}/{third}/{fourth} first=w second=x third=y fourth=z"),
    ] {
        assert_eq!(found(request), expected, "{request}");
    }
}

#[test]
fn a_slash_at_the_end_may_be_ignored() {
    let templates = ["GET /things/", "GET /things", "POST /made/", "GET /made", "GET /User/{id}", "PUT /files/{+path}", "GET /"];
    let table = Table::new(templates.map(operation));
    for (request, expected) in [
        ("GET /things", "GET /things"),
        ("GET /things/", "GET /things/"),
        ("GET /things//", "GET /things/"),
        ("POST /made", "POST /made/"),
        ("POST /made/", "POST /made/"),
        ("GET /made/", "GET /made"),
        ("PUT /made", "other: GET,HEAD,OPTIONS,POST"),
        ("PUT /made/", "other: GET,HEAD,OPTIONS,POST"),
        ("GET /User/7/", "GET /User/{id} id=7"),
        ("HEAD /User/7/", "GET /User/{id} id=7"),
        ("GET /User/", "nothing"),
        ("PUT /User/7/", "other: GET,HEAD,OPTIONS"),
        // A slash that a parameter takes is a part of it.
        ("PUT /files/a/", "PUT /files/{+path} path=a/"),
        ("PUT /files/a", "PUT /files/{+path} path=a"),
        ("GET /", "GET /"),
        ("GET ", "GET /"),
        ("GET /nowhere/", "nothing"),
        ("GET /nowhere/%/", "malformed"),
        ("GET things", "nothing"),
    ] {
        let (method, path) = request.split_once(' ').unwrap();
        let found = table.find_either(&Method::from_bytes(method.as_bytes()).unwrap(), path);
        assert_eq!(shown(&templates, found), expected, "{request}");
    }
}

#[test]
fn a_thousand_routes_are_not_walked_one_by_one() {
    let templates = (0..1000).map(|n| &*Box::leak(format!("GET /group{n}/{{id}}/part").into_boxed_str()));
    let table = Table::new(templates.map(operation));
    assert_eq!(table.root.literals.len(), 1000);
    assert!(table.root.patterns.is_empty());
    let Found::Candidates(candidates) = table.find(&Method::GET, "/group731/x/part") else { panic!("not found") };
    assert_eq!(candidates, [Candidate { index: 731, shape: 731, parameters: vec![("id", "x")] }]);
}

#[test]
fn a_span_at_the_end_takes_all_that_is_left() {
    let table = Table::new(["GET /files/{+path}", "GET /files/{+path}/meta"].map(operation));
    for length in [1, 64, 65, 300] {
        let path = format!("/files{}", "/x".repeat(length));
        let Found::Candidates(candidates) = table.find(&Method::GET, &path) else { panic!("{length} segments are not found") };
        assert_eq!(candidates.first().map(|found| (found.index, found.parameters[0].1.len())), Some((0, 2 * length - 1)));
    }
}

#[test]
fn a_path_that_can_be_cut_in_very_many_ways_is_given_up() {
    // 64 ways for each segment would be 64 to the power of five
    let table = Table::new(["GET /{a}-{b}/{c}-{d}/{e}-{f}/{g}-{h}/{i}-{j}/end"].map(operation));
    let path = format!("{}/nothing", "/-----------------------------------------------------------------------".repeat(5));
    assert_eq!(table.find(&Method::GET, &path), Found::Nothing);
    let plain = table.find(&Method::GET, "/1-2/3-4/5-6/7-8/9-0/end");
    assert!(matches!(plain, Found::Candidates(_)), "{plain:?}");
}
