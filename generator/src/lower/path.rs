//! Path templates (OpenAPI 3.0, Path Templating).

use crate::model::{PathSegment, PathTemplate};

/// Cuts a path into segments. An error says in words what cannot be carried.
pub(super) fn parse(path: &str) -> Result<PathTemplate, String> {
    if path.contains(['?', '#']) {
        return Err("it holds a query or a fragment".to_owned());
    }
    let rest = path.strip_prefix('/').ok_or("it does not start with `/`")?;
    let segments = rest.split('/').map(segment).collect::<Result<Vec<_>, _>>()?;
    Ok(PathTemplate { raw: path.to_owned(), segments })
}

fn segment(text: &str) -> Result<PathSegment, String> {
    let Some((prefix, rest)) = text.split_once('{') else {
        return if text.contains('}') {
            Err(format!("`{text}` closes a brace that it does not open"))
        } else {
            Ok(PathSegment::Literal(text.to_owned()))
        };
    };
    let Some((name, suffix)) = rest.split_once('}') else {
        return Err(format!("`{text}` opens a brace and does not close it"));
    };
    if suffix.contains(['{', '}']) || prefix.contains('}') {
        return Err(format!("`{text}` has several parameters in one segment"));
    }
    if name.is_empty() || name.starts_with(['+', '*', '#', '.', ';', '?', '&']) || name.contains('{') {
        return Err(format!("`{{{name}}}` is no plain parameter"));
    }
    Ok(PathSegment::Parameter { prefix: prefix.to_owned(), name: name.to_owned(), suffix: suffix.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::model::PathSegment::{self, Literal};

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
        ] {
            assert_eq!(parse(path).expect(path).segments, segments);
        }
    }

    #[test]
    fn what_cannot_be_carried_is_said() {
        for (path, why) in [
            ("users", "start with"),
            ("/a?b=c", "query"),
            ("/a#b", "fragment"),
            ("/{a", "does not close"),
            ("/a}", "does not open"),
            ("/{a}{b}", "several"),
            ("/{+name}", "plain"),
            ("/{}", "plain"),
        ] {
            assert!(parse(path).expect_err(path).contains(why), "{path}");
        }
    }
}
