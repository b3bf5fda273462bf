//! Operations that a request could be for as well: of the same method and shape of path, where nothing but parameters tells
//! them apart. The oracle's own reading of which of them may be asked.

use serde_json::Value;

use super::operations::{Operation, Parameter};
use super::refs::Tree;
use super::shape::Shape;

/// Who else gets a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Others {
    /// Keys of operations that nothing in the request tells from the one that is meant. Any of them may be asked first, and
    /// has to pass it on.
    pub equal: Vec<String>,
    /// Key of an operation that needs more beside the path, all of which the request has: it is that one's.
    pub closer: Option<String>,
}

/// Whether two operations are told apart by parameters only.
pub fn are_twins(one: &Operation<'_>, other: &Operation<'_>) -> bool {
    !one.is_callback
        && !other.is_callback
        && one.key != other.key
        && one.method == other.method
        && without_names(&one.path) == without_names(&other.path)
}

/// Which of the twins of an operation may get one of its requests.
pub fn others(tree: Tree<'_>, operation: &Operation<'_>, twins: &[Operation<'_>], request: &Value) -> Others {
    let mut others = Others::default();
    let level = needs(operation).count() + fixed(operation);
    for twin in twins.iter().filter(|twin| takes(tree, twin, operation, request)) {
        match (needs(twin).count() + fixed(twin)).cmp(&level) {
            std::cmp::Ordering::Greater => others.closer = others.closer.or_else(|| Some(twin.key.clone())),
            std::cmp::Ordering::Equal => others.equal.push(twin.key.clone()),
            std::cmp::Ordering::Less => {}
        }
    }
    others
}

/// A path without the names of its parameters: what a request shows of it.
fn without_names(path: &str) -> String {
    let parts = path.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    parts.collect::<Vec<_>>().join("{}")
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| part.split('}').next()).map(|name| name.trim_start_matches('+'))
}

/// The parameters beside the path that every request has, under their own names.
fn needs<'o, 'a>(operation: &'o Operation<'a>) -> impl Iterator<Item = &'o Parameter<'a>> {
    operation.parameters.iter().filter(|parameter| {
        let own = parameter.required && parameter.location != "path" && parameter.style != "deepObject";
        let is_object = parameter.style == "form" && parameter.schema.text("type") == Some("object");
        own && !operation.fixed.has(parameter) && !operation.is_credential(parameter) && !is_object
    })
}

fn fixed(operation: &Operation<'_>) -> usize {
    operation.fixed.query.len() + usize::from(operation.fixed.target.is_some())
}

/// Whether an operation takes a request of another one, as far as its path and what it needs say.
fn takes(tree: Tree<'_>, twin: &Operation<'_>, operation: &Operation<'_>, request: &Value) -> bool {
    let value_of = |location: &str, name: &str| {
        let values = request.get(location)?.as_object()?;
        let same = |known: &str| if location == "header" { known.eq_ignore_ascii_case(name) } else { known == name };
        let given = values.iter().find(|(known, _)| same(known)).map(|(_, value)| value.clone());
        let fixed = || operation.fixed.query.iter().find(|(known, _)| location == "query" && known == name);
        given.or_else(|| fixed().map(|(_, value)| Value::from(value.as_str())))
    };
    let path = names(&twin.path).zip(names(&operation.path)).all(|(own, other)| {
        let parameter = twin.parameters.iter().find(|parameter| parameter.location == "path" && parameter.name == own);
        parameter.zip(value_of("path", other)).is_none_or(|(parameter, value)| may_be(tree, parameter, &value))
    });
    let constant = twin.fixed.query.iter().all(|(name, value)| value_of("query", name).is_some_and(|found| text(&found) == *value));
    path && constant
        && twin.fixed.target.as_ref().is_none_or(|target| operation.fixed.target.as_ref() == Some(target))
        && needs(twin).all(|need| value_of(&need.location, &need.name).is_some_and(|value| may_be(tree, need, &value)))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether a value may be one of a parameter's: by type, `enum`, length, and the formats that everybody knows.
fn may_be(tree: Tree<'_>, parameter: &Parameter<'_>, value: &Value) -> bool {
    let scalar = !value.is_array() && !value.is_object();
    let Some(shape) = Shape::of(tree, parameter.schema.value).filter(|_| scalar) else {
        // An empty list is written as nothing.
        return value.as_array().is_none_or(|items| !items.is_empty());
    };
    let text = text(value);
    if let Some(known) = shape.get("enum").and_then(Value::as_array) {
        return known.iter().any(|known| self::text(known) == text);
    }
    let bound = |keyword: &str| shape.get(keyword).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok());
    match (shape.kind(), shape.get("format").and_then(Value::as_str)) {
        (Some("boolean"), _) => text == "true" || text == "false",
        (Some("integer"), _) => text.parse::<i128>().is_ok() || text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()),
        (Some("number"), _) => text.parse::<f64>().is_ok(),
        (Some("string"), Some("uuid" | "guid")) => text.split('-').map(str::len).eq([8, 4, 4, 4, 12]),
        (Some("string"), Some("date" | "date-time" | "date-time-local" | "iso-date-time")) => {
            text.split('-').take(2).map(str::len).eq([4, 2])
        }
        (Some("string"), _) => {
            let length = text.chars().count();
            bound("minLength").is_none_or(|least| length >= least) && bound("maxLength").is_none_or(|most| length <= most)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::operations::operations;
    use super::*;

    #[test]
    fn names_in_a_path_are_nothing_that_a_request_shows() {
        for (one, other, same) in [
            ("/words/{basic}", "/words/{advanced}", true),
            ("/{a}{b}.json", "/{c}{d}.json", true),
            ("/words/{basic}", "/words/{basic}/x", false),
            ("/words/{a}.txt", "/words/{a}", false),
            ("/words", "/words/{a}", false),
        ] {
            assert_eq!(without_names(one) == without_names(other), same, "{one} {other}");
        }
    }

    #[test]
    fn who_else_may_get_a_request() {
        let path = |name: &str, schema: Value| json!({"name": name, "in": "path", "required": true, "schema": schema});
        let query = |name: &str, schema: Value| json!({"name": name, "in": "query", "required": true, "schema": schema});
        let get = |parameters: Value| json!({"get": {"parameters": parameters, "responses": {}}});
        let text = || json!({"type": "string"});
        let document = json!({"paths": {
            "/u/{id}": get(json!([path("id", json!({"type": "integer"}))])),
            "/u/{name}": get(json!([path("name", text())])),
            "/u/{code}": get(json!([path("code", json!({"type": "string", "minLength": 2, "maxLength": 2}))])),
            "/u/{nick}": get(json!([path("nick", text())])),
            "/u/{a}#acl": get(json!([path("a", text()), query("acl", json!({"type": "boolean", "enum": [true]}))])),
            "/u/{a}?x=1": get(json!([path("a", text())])),
        }});
        let tree = Tree::new(&document);
        let all = operations(tree);
        for (key, request, equal, closer) in [
            ("GET /u/{name}", json!({"path": {"name": "long"}}), vec!["GET /u/{nick}"], None),
            ("GET /u/{name}", json!({"path": {"name": "ab"}}), vec!["GET /u/{code}", "GET /u/{nick}"], None),
            ("GET /u/{name}", json!({"path": {"name": "777"}}), vec!["GET /u/{id}", "GET /u/{nick}"], None),
            ("GET /u/{id}", json!({"path": {"id": 7}}), vec!["GET /u/{name}", "GET /u/{nick}"], None),
            ("GET /u/{a}#acl", json!({"path": {"a": "long"}, "query": {"acl": true}}), vec![], None),
            ("GET /u/{a}#acl", json!({"path": {"a": "long"}, "query": {"acl": true, "x": "1"}}), vec!["GET /u/{a}?x=1"], None),
            ("GET /u/{name}", json!({"path": {"name": "long"}, "query": {"acl": true}}), vec!["GET /u/{nick}"], Some("GET /u/{a}#acl")),
            ("GET /u/{name}", json!({"path": {"name": "long"}, "query": {"acl": false}}), vec!["GET /u/{nick}"], None),
        ] {
            let operation = all.iter().find(|operation| operation.key == key).unwrap();
            let twins: Vec<_> = all.iter().filter(|other| are_twins(operation, other)).cloned().collect();
            assert_eq!(twins.len(), all.len() - 1);
            let found = others(tree, operation, &twins, &request);
            assert_eq!((found.equal, found.closer.as_deref()), (equal.into_iter().map(str::to_owned).collect(), closer), "{key} {request}");
        }
    }
}
