//! What the name of a media type says of the bytes (RFC 9110, section 8.3; RFC 6839 for suffixes). One answer for every layer;
//! the oracle has its own.

/// Type and subtype in lower case, without parameters.
pub(crate) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a body is one JSON text.
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
    sequence(&essence).is_none() && (matches!(subtype, "json" | "x-json") || subtype.ends_with("+json"))
}

/// Whether a text is a token: what types, subtypes and headers are called (RFC 9110, section 5.6.2).
pub(crate) fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// How many values follow each other in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sequence {
    /// Server-sent events.
    Events,
    /// A line of JSON for each.
    Lines,
    /// A record separator before each (RFC 7464).
    Records,
}

/// The way of a media type whose bodies are many values; `None` for one of single values.
pub(crate) fn sequence(media_type: &str) -> Option<Sequence> {
    let essence = essence(media_type);
    let (_, subtype) = essence.split_once('/')?;
    match subtype {
        "event-stream" => Some(Sequence::Events),
        "x-ndjson" | "ndjson" | "jsonl" | "x-jsonl" | "jsonlines" | "x-jsonlines" | "json-lines" | "x-json-stream" | "stream+json" => {
            Some(Sequence::Lines)
        }
        "json-seq" => Some(Sequence::Records),
        subtype if subtype.ends_with("+json-seq") => Some(Sequence::Records),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_the_bytes_are() {
        for (media_type, json, many) in [
            ("application/json", true, None),
            ("Text/JSON; charset=utf-8", true, None),
            ("application/x-json", true, None),
            ("application/problem+json", true, None),
            ("application/*+json", true, None),
            ("application/stream+json", false, Some(Sequence::Lines)),
            ("application/x-ndjson", false, Some(Sequence::Lines)),
            ("application/geo+json-seq", false, Some(Sequence::Records)),
            ("text/event-stream; charset=utf-8", false, Some(Sequence::Events)),
            ("application/xml", false, None),
            ("json", false, None),
            ("", false, None),
        ] {
            assert_eq!((is_json(media_type), sequence(media_type)), (json, many), "{media_type}");
        }
    }
}
