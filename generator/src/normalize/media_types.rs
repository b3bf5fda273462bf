//! Names of media types -> names that a `Content-Type` can hold: lists are cut apart, bare words written out, the rest is
//! left out where another one says what is sent, or else read as `*/*`.

use serde_json::Value;

use super::at::At;
use super::context::{Context, brief};
use crate::diagnostic::Code;

/// Mends the keys of a `content`.
pub(super) fn names(content: &mut serde_json::Map<String, Value>, at: &At<'_>, context: &mut Context<'_>) {
    let proper = |name: &String| is_media_type(name) && corrected(name) == *name && name.trim() == name;
    let mut seen: Vec<String> = Vec::new();
    if content.keys().all(|name| proper(name) && is_new(name, &mut seen)) {
        return;
    }
    let known = content.keys().any(|name| !meant(name).is_empty());
    let written = std::mem::take(content);
    seen.clear();
    for (name, media) in written {
        let mut names = meant(&name);
        if names.is_empty() && !known && content.is_empty() {
            names.push("*/*".to_owned());
        }
        names.retain(|name| is_new(name, &mut seen));
        let here = at.key(&name);
        match names.as_slice() {
            [] => {
                let message =
                    format!("{} was left out: it is no media type, or the same as another one", brief(&Value::from(name.as_str())));
                context.report_key(Code::REPAIR_MEDIA_TYPE, &here, message);
                continue;
            }
            [same] if *same == name => {}
            names => {
                let message = format!("{} was read as `{}`", brief(&Value::from(name.as_str())), names.join("` and `"));
                context.report_key(Code::REPAIR_MEDIA_TYPE, &here, message);
                for other in names {
                    context.origins.moved(&here.pointer(), &at.key(other).pointer());
                }
            }
        }
        for name in names {
            content.insert(name, media.clone());
        }
    }
}

/// Whether no media type before is called the same: letter case and blanks do not count.
fn is_new(name: &str, seen: &mut Vec<String>) -> bool {
    let same: String = name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let new = !seen.contains(&same);
    seen.push(same);
    new
}

/// The media types that a name stands for; none if nobody can tell.
fn meant(name: &str) -> Vec<String> {
    let pieces: Vec<&str> = if name.contains('"') { vec![name] } else { name.split(',').collect() };
    let pieces = pieces.into_iter().map(|piece| piece.trim().trim_end_matches(';').trim_end());
    pieces.filter_map(|piece| if is_media_type(piece) { Some(corrected(piece)) } else { word(piece).map(str::to_owned) }).collect()
}

/// A form by another form's first half: no form of parts is called urlencoded, and no form of names and values by its parts.
fn corrected(name: &str) -> String {
    let (essence, parameters) = name.split_once(';').map_or((name, None), |(essence, parameters)| (essence, Some(parameters)));
    let essence = match essence.trim().to_ascii_lowercase().as_str() {
        "multipart/x-www-form-urlencoded" | "application/www-form-urlencoded" | "application/form-urlencoded" => {
            "application/x-www-form-urlencoded"
        }
        "application/form-data" | "application/multipart-form-data" | "application/x-form-data" | "multipart/formdata" => {
            "multipart/form-data"
        }
        _ => return name.to_owned(),
    };
    parameters.map_or_else(|| essence.to_owned(), |parameters| format!("{essence};{parameters}"))
}

/// What a word without a slash is short for.
fn word(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "*" | "any" => "*/*",
        "json" => "application/json",
        "xml" => "application/xml",
        "yaml" | "yml" => "application/yaml",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "binary" | "octet-stream" => "application/octet-stream",
        "form-urlencoded" | "urlencoded" | "x-www-form-urlencoded" => "application/x-www-form-urlencoded",
        "form-data" | "multipart" => "multipart/form-data",
        "plain" | "text" => "text/plain",
        "csv" => "text/csv",
        "html" => "text/html",
        "gif" => "image/gif",
        "jpeg" | "jpg" => "image/jpeg",
        "png" => "image/png",
        _ => return None,
    })
}

/// Whether a text is a media type or a range (RFC 9110, sections 8.3.1 and 12.5.1).
fn is_media_type(text: &str) -> bool {
    let token = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c));
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let named = essence.trim_matches(' ').split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype));
    named && parameters.chars().all(|c| c == ' ' || c.is_ascii_graphic()) && (!text.contains(',') || text.contains('"'))
}
