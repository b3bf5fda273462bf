//! Path templates (OpenAPI 3.0, Path Templating).

use crate::model::{Location, PathSegment, PathTemplate};

/// Cuts a path into segments. An error says in words what cannot be carried.
pub(super) fn parse(path: &str) -> Result<PathTemplate, String> {
    let text = path.split(['?', '#']).next().unwrap_or(path);
    let rest = text.strip_prefix('/').ok_or("it does not start with `/`")?;
    let segments = rest.split('/').map(segment).collect::<Result<Vec<_>, _>>()?;
    Ok(PathTemplate { raw: path.to_owned(), segments })
}

/// Whether a path fixes the value of a parameter: `/templates?desc=html`, `/#X-Amz-Target=Service.Action`.
pub(super) fn fixes(path: &str, location: Location, name: &str) -> bool {
    let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
    match location {
        Location::Query => {
            let query = path.split_once('?').map_or("", |(_, query)| query);
            query.split('&').any(|pair| !pair.is_empty() && pair.split('=').next() == Some(name) && !pair.contains('{'))
        }
        Location::Header => {
            let target = fragment.split_once('=').map_or("", |(name, _)| name);
            target.eq_ignore_ascii_case(TARGET) && name.eq_ignore_ascii_case(TARGET)
        }
        Location::Path | Location::Cookie => false,
    }
}

/// What a path fixes, as text: without placeholders in its query, and without a fragment that is a remark.
pub(super) fn fixed(path: &str) -> String {
    let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
    let query = path.split_once('?').map_or("", |(_, query)| query).split('&').filter(|pair| !pair.is_empty() && !pair.contains('{'));
    let mut pairs: Vec<&str> = query.collect();
    pairs.sort_unstable();
    let target = fragment.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case(TARGET)).map_or("", |(_, target)| target);
    format!("?{}#{target}", pairs.join("&"))
}

/// The header that the fragment of a path sets in AWS's documents.
const TARGET: &str = "X-Amz-Target";

fn segment(text: &str) -> Result<PathSegment, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((prefix, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or_else(|| format!("`{text}` opens a brace and does not close it"))?;
        if prefix.contains('}') {
            return Err(format!("`{text}` closes a brace that it does not open"));
        }
        let plain = name.trim_start_matches('+');
        if plain.is_empty() || plain.contains('{') {
            return Err(format!("`{{{name}}}` is no plain parameter"));
        }
        parts.push((prefix.to_owned(), name.to_owned()));
        rest = behind;
    }
    if rest.contains('}') {
        return Err(format!("`{text}` closes a brace that it does not open"));
    }
    let suffix = rest.to_owned();
    Ok(match parts.as_slice() {
        [] => PathSegment::Literal(suffix),
        [(prefix, name)] => match name.strip_prefix('+') {
            Some(name) => PathSegment::Spanning { prefix: prefix.clone(), name: name.to_owned(), suffix },
            None => PathSegment::Parameter { prefix: prefix.clone(), name: name.clone(), suffix },
        },
        // Where another parameter follows, none can span segments.
        _ => {
            let plain = |(prefix, name): (String, String)| (prefix, name.trim_start_matches('+').to_owned());
            PathSegment::Several { parts: parts.into_iter().map(plain).collect(), suffix }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{fixes, parse};
    use crate::model::Location;
    use crate::model::PathSegment::{self, Literal, Several, Spanning};

    fn parameter(prefix: &str, name: &str, suffix: &str) -> PathSegment {
        PathSegment::Parameter { prefix: prefix.into(), name: name.into(), suffix: suffix.into() }
    }

    #[test]
    fn a_path_is_cut_at_its_slashes() {
        for (path, segments) in [
            ("/", vec![Literal(String::new())]),
            ("/users/{id}", vec![Literal("users".into()), parameter("", "id", "")]),
            ("/users/", vec![Literal("users".into()), Literal(String::new())]),
            ("/{api}.json", vec![parameter("", "api", ".json")]),
            ("/rooms/:rid", vec![Literal("rooms".into()), Literal(":rid".into())]),
            ("/v{version}", vec![parameter("v", "version", "")]),
            (
                "/{owner}-{repo}.zip",
                vec![Several { parts: vec![(String::new(), "owner".into()), ("-".into(), "repo".into())], suffix: ".zip".into() }],
            ),
            ("/{a}{+b}", vec![Several { parts: vec![(String::new(), "a".into()), (String::new(), "b".into())], suffix: String::new() }]),
            ("/v1/{+name}:get", vec![Literal("v1".into()), Spanning { prefix: String::new(), name: "name".into(), suffix: ":get".into() }]),
            ("/a?b=c", vec![Literal("a".into())]),
            ("/#X-Amz-Target=A.B", vec![Literal(String::new())]),
        ] {
            assert_eq!(parse(path).expect(path).segments, segments);
        }
    }

    #[test]
    fn what_cannot_be_carried_is_said() {
        for (path, why) in [
            ("users", "start with"),
            ("/{a", "does not close"),
            ("/a}", "does not open"),
            ("/{+}", "plain"),
            ("/{}", "plain"),
            ("/{a{b}}", "plain"),
        ] {
            assert!(parse(path).expect_err(path).contains(why), "{path}");
        }
    }

    #[test]
    fn a_query_and_a_target_fix_parameters() {
        for (path, location, name, fixed) in [
            ("/a?b=c&d", Location::Query, "b", true),
            ("/a?b=c&d", Location::Query, "d", true),
            ("/a?b=c", Location::Query, "c", false),
            ("/a?b={b}", Location::Query, "b", false),
            ("/a?b=c", Location::Header, "b", false),
            ("/#X-Amz-Target=A.B", Location::Header, "x-amz-target", true),
            ("/#X-Amz-Target=A.B", Location::Query, "X-Amz-Target", false),
            ("/#part=1", Location::Header, "part", false),
        ] {
            assert_eq!(fixes(path, location, name), fixed, "{path} {name}");
            assert!(!fixes(path, location, ""), "{path}: a parameter without a name");
        }
    }
}
