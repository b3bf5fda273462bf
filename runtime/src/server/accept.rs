//! Whether a caller takes what an operation answers with (RFC 9110, section 12.5.1). Knows no routes.

use http::HeaderMap;
use http::header::ACCEPT;

/// Whether one of the media types that an operation produces (`application/json, text/plain`) is acceptable.
///
/// Lenient: no `Accept` header, or one that names no media range, accepts everything, and a range with parameters takes what
/// has other ones.
pub(super) fn takes(headers: &HeaderMap, produced: Option<&str>) -> bool {
    let Some(produced) = produced else { return true };
    let ranges = ranges(headers);
    ranges.is_empty() || pieces(produced, ',').filter_map(Range::parse).any(|media_type| Liking::of(&ranges, &media_type).weight > 0.0)
}

/// The number of the media type that a caller likes best: the first among equals, and where none is wanted.
pub(super) fn preferred(headers: &HeaderMap, media_types: &[&str]) -> usize {
    let ranges = ranges(headers);
    let mut best = (0, Liking { exact: false, weight: 0.0 });
    for (number, media_type) in media_types.iter().enumerate() {
        let liking = Range::parse(media_type).map_or(Liking { exact: false, weight: 0.0 }, |media_type| Liking::of(&ranges, &media_type));
        if liking.weight > 0.0 && (liking.exact, liking.weight) > (best.1.exact, best.1.weight) {
            best = (number, liking);
        }
    }
    best.0
}

fn ranges(headers: &HeaderMap) -> Vec<Range<'_>> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| pieces(value, ',')).filter_map(Range::parse).collect()
}

/// What stands between separators, which may stand in quotes, too.
fn pieces(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |character| {
        quoted ^= character == '"';
        character == separator && !quoted
    })
}

/// A media type, or a range of them.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// But for charsets, of which we write one only.
    parameters: Vec<(&'a str, &'a str)>,
    weight: f32,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = pieces(text, ';').map(str::trim);
        let (kind, subtype) = match parts.next()? {
            "*" => ("*", "*"),
            essence => essence.split_once('/')?,
        };
        let mut range = Self { kind, subtype, parameters: Vec::new(), weight: 1.0 };
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            if name.eq_ignore_ascii_case("q") {
                range.weight = value.parse::<f32>().ok().filter(|weight| !weight.is_nan()).unwrap_or(1.0);
                // What follows speaks of the range, not of the media type.
                break;
            }
            if !name.eq_ignore_ascii_case("charset") {
                range.parameters.push((name, value));
            }
        }
        Some(range)
    }

    /// How closely the range names the media type: by its parameters 3 and more, exactly 2, by its first half 1, by wildcards
    /// 0; `false` beside it where only its parameters are other ones. A media type that is itself a wildcard (`image/*`: the
    /// document leaves it open) fits wherever its first half does.
    fn closeness(&self, media_type: &Range<'_>) -> Option<(usize, bool)> {
        if self.kind == "*" || media_type.kind == "*" {
            return Some((0, true));
        }
        if !self.kind.eq_ignore_ascii_case(media_type.kind) {
            return None;
        }
        if self.subtype == "*" || media_type.subtype == "*" {
            return Some((1, true));
        }
        if !self.subtype.eq_ignore_ascii_case(media_type.subtype) {
            return (has_suffix_of(self.subtype, media_type.subtype) || has_suffix_of(media_type.subtype, self.subtype))
                .then_some((1, true));
        }
        let has = |(name, value): &(&str, &str)| {
            media_type.parameters.iter().any(|(other, theirs)| other.eq_ignore_ascii_case(name) && theirs.eq_ignore_ascii_case(value))
        };
        Some(if self.parameters.iter().all(has) { (self.parameters.len().saturating_add(2), true) } else { (2, false) })
    }
}

/// Whether a range like `*+json` takes a subtype.
fn has_suffix_of(range: &str, subtype: &str) -> bool {
    let ends = |suffix: &str| subtype.to_ascii_lowercase().ends_with(&suffix.to_ascii_lowercase());
    range.strip_prefix('*').is_some_and(|suffix| suffix.starts_with('+') && ends(suffix))
}

/// How much a media type is wanted.
struct Liking {
    /// Whether it is what is asked for, parameters and all.
    exact: bool,
    weight: f32,
}

impl Liking {
    /// The closest range decides, and what no range names is not wanted at all.
    fn of(ranges: &[Range<'_>], media_type: &Range<'_>) -> Self {
        let fitting = ranges.iter().filter_map(|range| Some((range.closeness(media_type)?, range.weight)));
        let closest = fitting.max_by(|((a, a_exact), a_weight), ((b, b_exact), b_weight)| {
            a_exact.cmp(b_exact).then(a.cmp(b)).then(a_weight.total_cmp(b_weight))
        });
        closest.map_or(Self { exact: false, weight: 0.0 }, |((_, exact), weight)| Self { exact, weight })
    }
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
            (Some("application/json;version=2"), Some("application/json; version=2"), true),
            (Some("application/json;version=2"), Some("application/json"), true),
            (Some("application/json;version=\"2,;\";q=0"), Some("application/json;version=\"2,;\""), false),
            (Some("application/json;version=2;q=0, application/*"), Some("application/json; version=2"), false),
            (Some("application/json;q=0, application/*"), Some("application/json, text/csv"), false),
            (Some("text/*;q=0.000"), Some("text/csv"), false),
            (Some("*"), Some("text/csv"), true),
            (Some("application/problem+json"), Some("application/*+json"), true),
            (Some("application/*+JSON"), Some("application/problem+json"), true),
            (Some("application/*+json"), Some("application/json"), false),
            (Some("text/x+json"), Some("application/*+json"), false),
        ] {
            let headers = accept.map(|accept| (ACCEPT, accept.parse().unwrap())).into_iter().collect();
            assert_eq!(takes(&headers, produced), taken, "{accept:?} for {produced:?}");
        }
    }

    #[test]
    fn parameters_tell_media_types_of_one_name_apart() {
        let produced = ["application/json", "application/json; version=1", "Application/JSON;Version=\"2\""];
        for (accept, number) in [
            ("application/json", 0),
            ("application/json; version=2", 2),
            ("application/json; version=3", 0),
            ("application/json;version=1;q=0.4, application/json;version=2;q=0.5, application/json;q=0.1", 2),
            ("application/json;version=1, application/json;version=2;q=0, */*;q=0.2", 1),
        ] {
            let headers = [(ACCEPT, accept.parse().unwrap())].into_iter().collect();
            assert_eq!(preferred(&headers, &produced), number, "{accept}");
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
            (Some("text/json;version=7, application/xml;q=0.1"), 2),
            (Some("text/json;version=7"), 1),
            (Some("text/json;charset=utf-8"), 1),
        ] {
            let headers = accept.map(|accept| (ACCEPT, accept.parse().unwrap())).into_iter().collect();
            assert_eq!(preferred(&headers, &produced), number, "{accept:?}");
        }
    }
}
