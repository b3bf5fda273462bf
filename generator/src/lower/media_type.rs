//! Media types by their names: what their bytes become, and what their variants are called.

use super::names;
use crate::model::{Codec, XmlName};

/// Type and subtype in lower case, without parameters.
pub(super) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// How the bytes of a media type become a value. What a codec has to know besides is left open.
pub(super) fn codec(media_type: &str) -> Codec {
    let essence = essence(media_type);
    let (kind, subtype) = essence.split_once('/').unwrap_or((&essence, "*"));
    if let Some(framing) = super::items::framing(&essence) {
        return Codec::Items(framing);
    }
    if is_json(subtype) {
        return Codec::Json;
    }
    match (kind, subtype) {
        (_, "*") | ("*", _) => Codec::Blob,
        // Whose parts replace each other, as they come.
        ("multipart", "x-mixed-replace" | "byteranges") => Codec::Blob,
        ("multipart", _) => Codec::Multipart(Vec::new()),
        (_, "x-www-form-urlencoded") => Codec::Form(Vec::new()),
        ("image", _) => Codec::Bytes,
        (_, subtype) if subtype == "xml" || subtype.ends_with("+xml") => xml(),
        ("text", _) => Codec::Text,
        (_, subtype) if is_text(subtype) => Codec::Text,
        _ => Codec::Bytes,
    }
}

fn xml() -> Codec {
    Codec::Xml { root: XmlName::new(""), item: XmlName::new(""), nested: Vec::new() }
}

/// Whether a media type is a range that says nothing of what it holds: `image/*`, and not `application/*+json`.
pub(super) fn is_open(essence: &str) -> bool {
    essence == "*" || essence.ends_with("/*")
}

/// Whether a subtype says that the body is JSON.
pub(super) fn is_json(subtype: &str) -> bool {
    matches!(subtype, "json" | "x-json") || subtype.ends_with("+json")
}

/// Subtypes of other kinds than `text` that are text in UTF-8.
fn is_text(subtype: &str) -> bool {
    const KNOWN: [&str; 15] = [
        "csv",
        "ecmascript",
        "graphql",
        "html",
        "javascript",
        "jwt",
        "sql",
        "toml",
        "typescript",
        "x-javascript",
        "x-pem-file",
        "x-sh",
        "x-toml",
        "x-yaml",
        "yaml",
    ];
    KNOWN.contains(&subtype) || subtype.ends_with("+yaml")
}

/// The variant of a media type: `Json`, `TextXml`, `JsonPatch`, `Png`, `Any`, `ProblemXml`.
pub(super) fn variant(media_type: &str) -> String {
    let essence = essence(media_type);
    let known = match essence.as_str() {
        "text/json" => "text json",
        "text/xml" => "text xml",
        "text/plain" => "text",
        "text/*" => "any text",
        "*/*" | "application/*" | "*" => "any",
        "application/octet-stream" => "octets",
        "application/x-www-form-urlencoded" => "form",
        "text/event-stream" => "events",
        "application/x-ndjson" => "ndjson",
        "multipart/form-data" => "multipart",
        "application/merge-patch+json" => "merge patch",
        _ => "",
    };
    let base = match essence.split_once('/') {
        _ if !known.is_empty() => known,
        Some((kind, "*")) => kind,
        Some((_, subtype)) => match subtype.split_once('+') {
            Some(("*", suffix)) => &format!("any {suffix}"),
            Some((start, "json")) => start,
            Some(("svg", _)) => "svg",
            _ => subtype,
        },
        None => &essence,
    };
    // Parameters tell two of one name apart; all text is in UTF-8.
    let parameters = media_type.split(';').skip(1).filter(|parameter| !parameter.trim().to_ascii_lowercase().starts_with("charset"));
    names::variant_name(&parameters.fold(base.to_owned(), |name, parameter| format!("{name} {parameter}")))
}

#[cfg(test)]
mod tests {
    use super::{codec, variant};

    #[test]
    fn every_media_type_has_a_codec() {
        for (media_type, expected) in [
            ("application/json; charset=utf-8", "Json"),
            ("application/problem+json", "Json"),
            ("text/json", "Json"),
            ("text/xml", "Xml"),
            ("application/atom+xml", "Xml"),
            ("image/svg+xml", "Bytes"),
            ("application/x-www-form-urlencoded", "Form"),
            ("text/csv", "Text"),
            ("text/event-stream", "Items(Events"),
            ("application/x-ndjson", "Items(Lines"),
            ("application/stream+json", "Items(Lines"),
            ("application/geo+json-seq", "Items(Records"),
            ("application/pdf", "Bytes"),
            ("image/*", "Blob"),
            ("*", "Blob"),
            ("application/*+json", "Json"),
            ("application/*+xml", "Xml"),
            ("multipart/form-data", "Multipart"),
            ("multipart/mixed", "Multipart"),
            ("multipart/x-mixed-replace; boundary=x", "Blob"),
            ("application/yaml", "Text"),
            ("application/apply-patch+yaml", "Text"),
            ("application/graphql-response+json", "Json"),
        ] {
            let found = format!("{:?}", codec(media_type));
            assert!(found.starts_with(expected), "{media_type}: {found}");
        }
    }

    #[test]
    fn variants_are_called_after_what_people_call_the_media_type() {
        for (media_type, expected) in [
            ("application/json", "Json"),
            ("text/json", "TextJson"),
            ("application/xml", "Xml"),
            ("text/xml", "TextXml"),
            ("application/x-www-form-urlencoded", "Form"),
            ("application/json-patch+json", "JsonPatch"),
            ("application/merge-patch+json", "MergePatch"),
            ("application/problem+json", "Problem"),
            ("application/problem+xml", "ProblemXml"),
            ("application/vnd.thing.v1+json", "VndThingV1"),
            ("application/json; charset=utf-8", "Json"),
            ("application/json;odata=verbose", "JsonOdataVerbose"),
            ("text/plain", "Text"),
            ("text/csv", "Csv"),
            ("text/event-stream", "Events"),
            ("application/x-ndjson", "Ndjson"),
            ("application/octet-stream", "Octets"),
            ("image/png", "Png"),
            ("image/svg+xml", "Svg"),
            ("image/*", "Image"),
            ("text/*", "AnyText"),
            ("*/*", "Any"),
            ("application/*+json", "AnyJson"),
            ("application/*+xml", "AnyXml"),
            ("multipart/form-data", "Multipart"),
        ] {
            assert_eq!(variant(media_type), expected, "{media_type}");
        }
    }
}
