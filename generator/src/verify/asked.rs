//! What requests have that a document says nothing of: a server drops it, and answers all the same.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Subject;
use super::oracle::declared::declares;
use super::oracle::operations::{self, Operation};
use super::oracle::refs::{Tree, percent_decode};

/// The requests that a document knows of.
#[derive(Debug)]
pub struct Asked<'s> {
    tree: Tree<'s>,
    operations: Vec<Operation<'s>>,
}

impl<'s> Asked<'s> {
    /// Reads the operations of a document.
    pub fn new(subject: Subject<'s>) -> Self {
        let tree = Tree::new(subject.tree);
        let operations = operations::operations(tree).into_iter().filter(|operation| !operation.is_callback).collect();
        Self { tree, operations }
    }

    /// What no operation of this path and method knows of: `METHOD /template`, then `query name` or `body /pointer`, where
    /// items of lists are all the first. Nothing if there is no such operation, or if nobody says what its body is.
    pub fn unknown(&self, method: &str, target: &str, body: Option<&Value>) -> BTreeSet<String> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let found = self.find(method, path);
        let mut unknown = BTreeSet::new();
        let Some(first) = found.first() else { return unknown };
        for name in query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split('=').next().unwrap_or(pair)) {
            let name = percent_decode(&name.replace('+', " ")).unwrap_or_else(|| name.to_owned());
            if !found.iter().any(|operation| knows_query(operation, &name)) {
                unknown.insert(format!("{} query {name}", first.key));
            }
        }
        let schemas: Vec<&Value> = found
            .iter()
            .flat_map(|operation| operation.body.iter().flat_map(|body| &body.content))
            .filter_map(|media| media.schema.as_ref().map(|schema| schema.value))
            .collect();
        if let Some(body) = body.filter(|_| !schemas.is_empty()) {
            self.places(&schemas, body, &mut Vec::new(), &mut |segments| {
                let shown: String = segments.iter().map(|segment| format!("/{segment}")).collect();
                unknown.insert(format!("{} body {shown}", first.key));
            });
        }
        unknown
    }

    /// The outermost places of a value that none of the schemas knows of.
    fn places(&self, schemas: &[&Value], value: &Value, above: &mut Vec<String>, unknown: &mut impl FnMut(&[String])) {
        let inner: Vec<(&str, &Value)> = match value {
            Value::Object(members) => members.iter().map(|(name, value)| (name.as_str(), value)).collect(),
            Value::Array(items) => items.iter().map(|value| ("0", value)).collect(),
            _ => Vec::new(),
        };
        for (segment, value) in inner {
            above.push(segment.to_owned());
            if schemas.iter().any(|schema| declares(self.tree, schema, above)) {
                self.places(schemas, value, above, unknown);
            } else {
                unknown(above);
            }
            above.pop();
        }
    }

    /// The operations of a path: of several templates, those with the most that is fixed.
    fn find(&self, method: &str, path: &str) -> Vec<&Operation<'s>> {
        let fits = |operation: &&Operation<'s>| operation.method.eq_ignore_ascii_case(method);
        let fixed = |operation: &Operation<'s>| fixed(&operation.path, path);
        let best = self.operations.iter().filter(fits).filter_map(fixed).max();
        self.operations.iter().filter(fits).filter(|operation| best.is_some() && fixed(operation) == best).collect()
    }
}

/// How many segments of a template a path has literally, if it fits.
fn fixed(template: &str, path: &str) -> Option<usize> {
    let segments = |path: &str| path.trim_matches('/').split('/').map(str::to_owned).collect::<Vec<String>>();
    let (template, path) = (segments(template), segments(path));
    if template.len() != path.len() {
        return None;
    }
    let mut literal = 0;
    for (wanted, found) in template.iter().zip(&path) {
        match (wanted.split_once('{'), wanted.rsplit_once('}')) {
            (Some((before, _)), Some((_, after))) if found.starts_with(before) && found.ends_with(after) => {}
            _ if wanted == found => literal += 1,
            _ => return None,
        }
    }
    Some(literal)
}

/// Whether an operation has a query parameter, or one that is an object and may have any name.
fn knows_query(operation: &Operation<'_>, name: &str) -> bool {
    let whole = |declared: &str| declared == name || name.strip_suffix("[]") == Some(declared) || declared.strip_suffix("[]") == Some(name);
    let part = |declared: &str| name.strip_prefix(declared).is_some_and(|rest| rest.starts_with('['));
    let declared = operation.parameters.iter().filter(|parameter| parameter.location == "query");
    let fixed = operation.fixed.query.iter().any(|(fixed, _)| fixed == name);
    fixed || declared.into_iter().any(|parameter| whole(&parameter.name) || part(&parameter.name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_operation_of_the_path_knows_of_is_said() {
        let schema = json!({"type": "object", "properties": {
            "id": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
            "props": {"type": "object", "additionalProperties": {"type": "string"}},
            "any": {"type": "object", "additionalProperties": true}
        }});
        let body = json!({"content": {"application/json": {"schema": schema}}});
        let query = |name: &str| json!([{"name": name, "in": "query", "schema": {"type": "string"}}]);
        let document = json!({"paths": {
            "/a/{id}": {"post": {"operationId": "a", "requestBody": body, "parameters": query("page"), "responses": {}}},
            "/a/me": {"post": {"operationId": "b", "parameters": query("roles[]"), "responses": {}}}
        }});
        let tree = Tree::new(&document);
        let asked = Asked { tree, operations: operations::operations(tree) };
        let sent = json!({"id": "x", "Id": "x", "tags": [{"name": "n", "colour": "red"}], "props": {"x": "y"}, "any": {"x": {"y": 1}}});
        for (method, target, body, unknown) in [
            (
                "POST",
                "/a/1?page=1&per_page=2",
                Some(&sent),
                &["POST /a/{id} body /Id", "POST /a/{id} body /tags/0/colour", "POST /a/{id} query per_page"][..],
            ),
            ("post", "/a/1/", None, &[]),
            // Of two templates the one that says more; where there is no body, nothing is said of one.
            ("POST", "/a/me?roles[]=x&roles=y&page=1", Some(&sent), &["POST /a/me query page"]),
            ("GET", "/a/1?x=y", None, &[]),
            ("POST", "/b/1/c?x=y", None, &[]),
        ] {
            let found: Vec<String> = asked.unknown(method, target, body).into_iter().collect();
            assert_eq!(found, unknown, "{method} {target}");
        }
    }
}
