//! Whether a caller takes what an operation answers with (RFC 9110, section 12.5.1). Knows no routes.

use http::HeaderMap;
use http::header::ACCEPT;

/// Whether one of the media types that an operation produces (`application/json, text/plain`) is acceptable.
///
/// Lenient: no `Accept` header, or one that names no media range, accepts everything.
pub(super) fn takes(headers: &HeaderMap, produced: Option<&str>) -> bool {
    let Some(produced) = produced else { return true };
    let ranges = ranges(headers);
    ranges.is_empty() || essences(produced).any(|(kind, subtype)| weight(&ranges, kind, subtype) > 0.0)
}

/// The number of the media type that a caller likes best: the first among equals, and where none is wanted.
pub(super) fn preferred(headers: &HeaderMap, media_types: &[&str]) -> usize {
    let ranges = ranges(headers);
    let mut best = (0, 0.0);
    for (number, media_type) in media_types.iter().enumerate() {
        let weight = essences(media_type).next().map_or(0.0, |(kind, subtype)| weight(&ranges, kind, subtype));
        if weight > best.1 {
            best = (number, weight);
        }
    }
    best.0
}

fn ranges(headers: &HeaderMap) -> Vec<Range<'_>> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(Range::parse).collect()
}

/// Type and subtype of each media type in a list.
fn essences(list: &str) -> impl Iterator<Item = (&str, &str)> {
    list.split(',').filter_map(|item| {
        let essence = item.split(';').next()?.trim();
        essence.split_once('/')
    })
}

struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    weight: f32,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let weight = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
        let weight = weight.and_then(|(_, value)| value.trim().parse::<f32>().ok()).filter(|weight| !weight.is_nan());
        Some(Self { kind, subtype, weight: weight.unwrap_or(1.0) })
    }

    /// How closely the range names the type: exactly 2, by its first half 1, by wildcards 0. A type that is itself a
    /// wildcard (`image/*`: the document leaves it open) fits wherever its first half does.
    fn closeness(&self, kind: &str, subtype: &str) -> Option<u8> {
        if self.kind == "*" || kind == "*" {
            return Some(0);
        }
        if !self.kind.eq_ignore_ascii_case(kind) {
            return None;
        }
        match (self.subtype, subtype) {
            ("*", _) | (_, "*") => Some(1),
            (range, subtype) => range.eq_ignore_ascii_case(subtype).then_some(2),
        }
    }
}

/// How much a media type is wanted: the closest range decides, and what no range names is not wanted at all.
fn weight(ranges: &[Range<'_>], kind: &str, subtype: &str) -> f32 {
    let fitting = ranges.iter().filter_map(|range| Some((range.closeness(kind, subtype)?, range.weight)));
    fitting.max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))).map_or(0.0, |(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_range_decides() {
        for (accept, produced, taken) in [
            (None, Some("application/json"), true),
            (Some(""), Some("application/json"), true),
            (Some("nonsense"), Some("application/json"), true),
            (Some("*/*"), Some("application/json"), true),
            (Some("application/*"), Some("application/json"), true),
            (Some("Application/JSON; q=0.5"), Some("application/json; charset=utf-8"), true),
            (Some("text/html"), Some("application/json"), false),
            (Some("text/html, */*;q=0.1"), Some("application/json"), true),
            (Some("*/*, application/json;q=0"), Some("application/json"), false),
            (Some("*/*;q=0"), Some("application/json"), false),
            (Some("text/csv"), Some("application/json, text/csv"), true),
            (Some("image/png"), Some("image/*"), true),
            (Some("image/png"), Some("*/*"), true),
            (Some("text/html"), None, true),
        ] {
            let headers = accept.map(|accept| (ACCEPT, accept.parse().unwrap())).into_iter().collect();
            assert_eq!(takes(&headers, produced), taken, "{accept:?} for {produced:?}");
        }
    }

    #[test]
    fn the_most_wanted_media_type_is_preferred() {
        let produced = ["application/json", "text/json", "application/xml; charset=utf-8"];
        for (accept, number) in [
            (None, 0),
            (Some("*/*"), 0),
            (Some("text/html"), 0),
            (Some("application/xml"), 2),
            (Some("text/*"), 1),
            (Some("application/xml, text/json, application/json"), 0),
            (Some("application/json;q=0.5, application/xml"), 2),
            (Some("*/*;q=0.1, text/json;q=0.2"), 1),
            (Some("*/*, application/json;q=0"), 1),
            (Some("application/xml;q=nonsense"), 2),
        ] {
            let headers = accept.map(|accept| (ACCEPT, accept.parse().unwrap())).into_iter().collect();
            assert_eq!(preferred(&headers, &produced), number, "{accept:?}");
        }
    }
}
