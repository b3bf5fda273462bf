//! Media types (RFC 9110, section 8.3): which one is accepted where another one is declared.

use std::borrow::Cow;

use http::HeaderValue;

/// Type and subtype without parameters, in lower case; `None` for what is not a media type.
pub(super) fn essence(media_type: &str) -> Option<String> {
    let mut essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "*" {
        // As some documents write it.
        essence.push_str("/*");
    }
    matches!(essence.split_once('/'), Some((kind, subtype)) if !kind.is_empty() && !subtype.is_empty()).then_some(essence)
}

/// A parameter of a media type without its quotes, in lower case.
pub(super) fn parameter(media_type: &str, name: &str) -> Option<String> {
    media_type.split(';').skip(1).find_map(|parameter| {
        let (found, value) = parameter.split_once('=')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    })
}

fn is_json_essence(essence: &str) -> bool {
    // Several JSON texts are none.
    matches!(essence, "application/json" | "text/json" | "application/x-json" | "text/x-json")
        || (essence.ends_with("+json") && essence != "application/stream+json")
}

/// Whether a content type says that the body is JSON: `application/json`, `text/json`, `…+json`.
pub fn is_json(content_type: &HeaderValue) -> bool {
    content_type.to_str().ok().and_then(essence).is_some_and(|essence| is_json_essence(&essence))
}

/// Which of the declared media types and ranges (`image/*`, `*/*`) a body with this content type is in; `None` for none.
///
/// The closest one wins: its own name, before a range with a suffix (`application/*+json`), before another spelling of JSON,
/// before a range, and the first among equals. Letter case does not count, and parameters only tell two of one name apart,
/// save a charset that JSON cannot have. A range takes `application/octet-stream` too, which a sender writes who knows no
/// better.
pub fn choose(accepted: &[&str], content_type: &HeaderValue) -> Option<usize> {
    let found = content_type.to_str().ok()?;
    let essence = essence(found)?;
    let fitting = accepted.iter().enumerate().filter_map(|(number, accepted)| Some((closeness(accepted, found, &essence)?, number)));
    fitting.min_by_key(|(closeness, number)| (std::cmp::Reverse(*closeness), *number)).map(|(_, number)| number)
}

/// How closely a declared media type names the one that was found.
fn closeness(accepted: &str, found: &str, found_essence: &str) -> Option<usize> {
    let essence = essence(accepted)?;
    let is_json = is_json_essence(&essence);
    if is_json && !matches!(parameter(found, "charset").as_deref(), None | Some("utf-8" | "utf8" | "us-ascii")) {
        return None;
    }
    if essence == found_essence {
        let parameters = || accepted.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
        let equal = parameters().all(|(name, _)| parameter(found, name.trim()) == parameter(accepted, name.trim()));
        return Some(if equal { parameters().count().saturating_add(6) } else { 5 });
    }
    if suffix_range(&essence).is_some_and(|range| is_between(found_essence, range)) {
        return Some(4);
    }
    match essence.strip_suffix("/*") {
        Some("*") => Some(1),
        Some(kind) if found_essence.split_once('/').is_some_and(|(found, _)| found == kind) => Some(2),
        Some(_) => (found_essence == "application/octet-stream").then_some(0),
        None => (is_json && is_json_essence(found_essence)).then_some(3),
    }
}

/// What a range with a suffix begins and ends with: `application/` and `+json` of `application/*+json`. It stands in no RFC,
/// and servers that declare it take every media type with that suffix.
fn suffix_range(essence: &str) -> Option<(&str, &str)> {
    let (start, end) = essence.split_once('*')?;
    let end = end.trim_start_matches("/*");
    (end.starts_with('+') && !end.contains('*')).then_some((start, end))
}

fn is_between(text: &str, (start, end): (&str, &str)) -> bool {
    text.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).is_some_and(|rest| !rest.is_empty())
}

/// Whether no value of this media type is written as no bytes at all.
pub fn is_never_empty(media_type: &str) -> bool {
    essence(media_type).is_some_and(|essence| is_json_essence(&essence) || essence.ends_with("/xml") || essence.ends_with("+xml"))
}

/// The media type to send where one is declared. A range says nothing of what it is, and one with a suffix only that: it is
/// sent as an unregistered one with that suffix (RFC 6838, section 3.4), which no other declared one takes for itself.
pub fn or_else<'m>(declared: &'m str, otherwise: &'m str) -> Cow<'m, str> {
    match essence(declared) {
        Some(essence) if essence.contains('*') => match suffix_range(&essence) {
            Some(_) => Cow::Owned(declared.replacen("*/", "application/", 1).replacen('*', "x.any", 1)),
            None => Cow::Borrowed(otherwise),
        },
        _ => Cow::Borrowed(declared),
    }
}

/// The media type without a charset that we do not write: all text is in UTF-8.
pub fn in_utf8(media_type: &str) -> Cow<'_, str> {
    match parameter(media_type, "charset").as_deref() {
        None | Some("utf-8" | "utf8") => Cow::Borrowed(media_type),
        Some(_) => {
            let others = media_type.split(';').filter(|piece| !piece.trim_start().to_ascii_lowercase().starts_with("charset"));
            Cow::Owned(format!("{}; charset=utf-8", others.collect::<Vec<_>>().join(";")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_media_type_is_chosen() {
        let cases: [(&[&str], &str, Option<usize>); 39] = [
            (&["application/json"], "application/json", Some(0)),
            (&["application/json"], "application/json; charset=utf-8", Some(0)),
            (&["application/json"], "Application/JSON;charset=\"UTF-8\"", Some(0)),
            (&["application/json"], "text/json", Some(0)),
            (&["application/json"], "application/problem+json", Some(0)),
            (&["application/vnd.thing+json"], "application/json", Some(0)),
            (&["application/json"], "application/json; charset=utf-16", None),
            (&["application/json"], "text/plain", None),
            (&["application/json"], "application/jsonx", None),
            (&["application/json"], "json", None),
            (&["application/json"], "", None),
            (&["text/plain"], "text/plain; charset=iso-8859-1", Some(0)),
            (&["text/*"], "text/csv", Some(0)),
            (&["text/*"], "textual/csv", None),
            (&["*/*"], "image/png", Some(0)),
            (&["image/*"], "application/octet-stream", Some(0)),
            (&["*/*"], "nonsense", None),
            (&["image/png"], "image/jpeg", None),
            (&["application/octet-stream"], "application/octet-stream", Some(0)),
            (&["text/json", "application/json", "application/json-patch+json"], "application/json-patch+json", Some(2)),
            (&["text/json", "application/json"], "application/json;charset=utf-8", Some(1)),
            (&["text/xml", "text/json", "application/json"], "application/hal+json", Some(1)),
            (&["*/*", "text/*", "text/csv"], "text/csv", Some(2)),
            (&["*/*", "text/*", "text/csv"], "text/html", Some(1)),
            (&["*/*", "text/*", "text/csv"], "image/png", Some(0)),
            (&["image/*", "*/*"], "application/octet-stream", Some(1)),
            (&["application/json;v=1", "application/json;v=2"], "application/json; v=2", Some(1)),
            (&["application/json;v=1", "application/json;v=2"], "application/json", Some(0)),
            (&["application/json", "application/json; charset=utf-8"], "application/json;charset=UTF-8", Some(1)),
            (&["application/json", "text/json", "application/*+json"], "application/json", Some(0)),
            (&["application/json", "text/json", "application/*+json"], "text/json", Some(1)),
            (&["application/json", "text/json", "application/*+json"], "application/x.any+json", Some(2)),
            (&["application/*+json", "application/json", "*/*"], "Application/Problem+JSON; charset=utf-8", Some(0)),
            (&["application/*+json", "application/problem+json"], "application/problem+json", Some(1)),
            (&["application/*+json"], "application/json", Some(0)),
            (&["application/*+xml", "application/xml"], "application/atom+xml", Some(0)),
            (&["application/*+xml"], "text/plain", None),
            (&["application/vnd.*+xml"], "application/atom+xml", None),
            (&[], "application/json", None),
        ];
        for (accepted, found, expected) in cases {
            assert_eq!(choose(accepted, &HeaderValue::from_static(found)), expected, "{accepted:?} <- {found}");
        }
        for (declared, written) in [
            ("application/json", "application/json"),
            ("text/plain;charset=UTF-8", "text/plain;charset=UTF-8"),
            ("text/plain; charset=ISO-8859-1; format=flowed", "text/plain; format=flowed; charset=utf-8"),
        ] {
            assert_eq!(in_utf8(declared), written);
        }
        for (declared, sent) in [
            ("text/json", "text/json"),
            ("application/*", "a/b"),
            ("*/*", "a/b"),
            ("*", "a/b"),
            ("application/*+json", "application/x.any+json"),
            ("application/vnd.*+json; v=1", "application/vnd.x.any+json; v=1"),
            ("*/*+xml", "application/x.any+xml"),
        ] {
            assert_eq!(or_else(declared, "a/b"), sent, "{declared}");
        }
        assert_eq!(choose(&["*/*"], &HeaderValue::from_bytes(b"image/\xff").unwrap()), None);
    }
}
