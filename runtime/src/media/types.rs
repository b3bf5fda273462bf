//! Media types (RFC 9110, section 8.3): which one is accepted where another one is declared.

use http::HeaderValue;

/// Type and subtype without parameters, in lower case; `None` for what is not a media type.
pub(super) fn essence(media_type: &str) -> Option<String> {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
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
    matches!(essence, "application/json" | "text/json") || essence.ends_with("+json")
}

/// Whether a content type says that the body is JSON: `application/json`, `text/json`, `…+json`.
pub fn is_json(content_type: &HeaderValue) -> bool {
    content_type.to_str().ok().and_then(essence).is_some_and(|essence| is_json_essence(&essence))
}

/// Whether a body with this content type is accepted where a media type or range (`image/*`, `*/*`) is declared.
/// Letter case and parameters do not count, save a charset that JSON cannot have; all spellings of JSON are one. A
/// range takes `application/octet-stream` too, which a sender writes who knows no better.
pub fn matches(accepted: &str, content_type: &HeaderValue) -> bool {
    let Some(found) = content_type.to_str().ok() else { return false };
    let (Some(accepted), Some(essence)) = (essence(accepted), essence(found)) else { return false };
    if is_json_essence(&accepted) {
        let charset = parameter(found, "charset");
        return is_json_essence(&essence) && matches!(charset.as_deref(), None | Some("utf-8" | "utf8" | "us-ascii"));
    }
    match accepted.strip_suffix("/*") {
        Some("*") => true,
        Some(kind) => essence == "application/octet-stream" || essence.split_once('/').is_some_and(|(found, _)| found == kind),
        None => accepted == essence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_content_types_are_accepted() {
        let cases = [
            ("application/json", "application/json", true),
            ("application/json", "application/json; charset=utf-8", true),
            ("application/json", "Application/JSON;charset=\"UTF-8\"", true),
            ("application/json", "text/json", true),
            ("application/json", "application/problem+json", true),
            ("application/vnd.thing+json", "application/json", true),
            ("application/json", "application/json; charset=utf-16", false),
            ("application/json", "text/plain", false),
            ("application/json", "application/jsonx", false),
            ("application/json", "json", false),
            ("application/json", "", false),
            ("text/plain", "text/plain; charset=iso-8859-1", true),
            ("text/*", "text/csv", true),
            ("text/*", "textual/csv", false),
            ("*/*", "image/png", true),
            ("image/*", "application/octet-stream", true),
            ("*/*", "nonsense", false),
            ("image/png", "image/jpeg", false),
            ("application/octet-stream", "application/octet-stream", true),
        ];
        for (accepted, found, expected) in cases {
            assert_eq!(matches(accepted, &HeaderValue::from_static(found)), expected, "{accepted} <- {found}");
        }
        assert!(!matches("*/*", &HeaderValue::from_bytes(b"image/\xff").unwrap()));
    }
}
