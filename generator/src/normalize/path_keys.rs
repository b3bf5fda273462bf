//! Paths as they travel: `/rooms/:rid` is `/rooms/{rid}`, and a remark behind a blank is no part of a path. Where two
//! spellings turn out to be one path, their operations are joined.

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::Pointer;

use super::at::{METHODS, operation_label};
use super::context::Context;
use super::origins::Origins;

/// Keywords that hold a list of schemas.
const ANY_OF: &str = "anyOf";

/// The path that is meant, where another one is written.
///
/// A segment that is a colon and a name is a parameter, as Express and its like write it; `{name}:verb` and `things:batchGet`
/// are literal text. What stands behind a blank never reaches a server. A query is what every request has beside its
/// parameters. A fragment tells apart what has one path (`#acl`, `#Action=Stop`, and `#X-Amz-Target=…`, which AWS's documents
/// mean as a header), and so it stays.
pub(super) fn meant(written: &str) -> Option<String> {
    let (_, path) = address(written).unwrap_or(("", written));
    let path = &plain_template(path);
    // A blank in front of another segment or a parameter stands in the path itself.
    let remark = path.rfind(['/', '}']).and_then(|last| path.get(last..)?.find([' ', '\t']).map(|blank| last + blank));
    let said = remark.and_then(|at| path.get(..at)).unwrap_or(path);
    let (whole, fragment) = said.find('#').and_then(|at| said.split_at_checked(at)).unwrap_or((said, ""));
    let (path_only, query) = whole.find('?').and_then(|at| whole.split_at_checked(at)).unwrap_or((whole, ""));
    let segments: Vec<String> = without_dots(path_only)
        .into_iter()
        .map(|text| express(text).map_or_else(|| text.to_owned(), |name| format!("{{{name}}}")))
        .collect();
    let meant = format!("{}{}{}", segments.join("/"), query.trim_end_matches('?'), fragment.trim_end_matches('#'));
    (meant != written && !meant.is_empty()).then_some(meant)
}

/// URI templates of more than one level (RFC 6570) and their like -> `{name}` and `{+name}`, which come to the same: `{/a,b}`
/// is `/{a}/{b}`, `{?a}` is `?a={a}`, `{;a}` is `;a={a}`, `{.a}` is `.{a}`; `{a+}` and `{*a}` span segments as `{+a}` does;
/// a fragment never reaches a server, and modifiers (`{a*}`, `{a:3}`, `{a?}`) say nothing of the place.
fn plain_template(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, behind)) = closed(after) else { break };
        plain.push_str(before);
        // Templates of another kind have two braces: `{{id}}`.
        let inside = inside
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'))
            .filter(|text| !text.contains(['{', '}']))
            .unwrap_or(inside)
            .trim();
        let operator = inside.chars().next().filter(|operator| "?&#/;.*+".contains(*operator));
        let names = inside.trim_start_matches(|character| "?&#/;.*+".contains(character));
        // Behind an equals sign stands what the value looks like, as gRPC's gateway has it: `{name=rooms/*}` spans segments.
        if let Some((name, looks)) = names.split_once('=').filter(|(name, _)| operator.is_none() && !name.is_empty()) {
            let spans = looks.contains('/') || looks.contains("**");
            plain.push_str(&if spans { format!("{{+{name}}}") } else { format!("{{{name}}}") });
            rest = behind;
            continue;
        }
        // Behind a colon stands how long the value is, or what it looks like: `{id:\d{1,3}}`.
        let alone = names.split_once(':').filter(|(name, looks)| !name.contains(',') && looks.contains(['{', '\\', '[', '(', '.']));
        let names: Vec<&str> = alone.map_or_else(|| names.split(',').collect(), |(name, _)| vec![name]);
        let names: Vec<&str> = names.iter().map(|name| name.split(':').next().unwrap_or(name).trim_end_matches(['*', '?'])).collect();
        for (index, name) in names.iter().enumerate() {
            let first = if index == 0 && operator == Some('?') && !plain.contains('?') { '?' } else { '&' };
            plain.push_str(&match (operator, name.strip_suffix('+')) {
                (Some('?' | '&'), _) => format!("{first}{name}={{{name}}}"),
                (Some('#'), _) => String::new(),
                (Some('/'), _) => format!("/{{{name}}}"),
                (Some(';'), _) => format!(";{name}={{{name}}}"),
                (Some('.'), _) => format!(".{{{name}}}"),
                (Some(_), _) if index > 0 => format!(",{{+{name}}}"),
                (Some(_), _) => format!("{{+{name}}}"),
                (None, Some(name)) => format!("{{+{name}}}"),
                (None, None) if index > 0 => format!(",{{{name}}}"),
                (None, None) => format!("{{{name}}}"),
            });
        }
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

/// What stands before the brace that closes one that was opened, and what behind it.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut open = 1_usize;
    let end = text.char_indices().find_map(|(at, character)| {
        match character {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        (open == 0).then_some(at)
    });
    // A brace that nothing closes is no part of a pattern.
    let (inside, behind) = text.split_at_checked(end.or_else(|| text.find('}'))?)?;
    Some((inside, behind.strip_prefix('}')?))
}

/// Server and path of a key that is a whole address; by now it has a slash in front.
fn address(key: &str) -> Option<(&str, &str)> {
    let url = key.trim_start_matches('/');
    let (scheme, rest) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let host = rest.find('/').unwrap_or(rest.len());
    let (server, path) = url.split_at_checked(scheme.len() + "://".len() + host)?;
    Some((server, if path.is_empty() { "/" } else { path }))
}

/// The segments of a path without `.` and `..`, which URL parsers take out of every request (RFC 3986, section 5.2.4).
fn without_dots(path: &str) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                // The first one stands before the slash that every path starts with.
                if segment == ".." && kept.len() > 1 {
                    kept.pop();
                }
                kept.extend(is_last.then_some(""));
            }
            other => kept.push(other),
        }
    }
    kept
}

/// The name in `:name`.
fn express(segment: &str) -> Option<&str> {
    let name = segment.strip_prefix(':')?;
    let first = name.chars().next()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    ((first.is_ascii_alphabetic() || first == '_') && name.chars().all(fits)).then_some(name)
}

/// The whole tree: keys of `paths` get the name that is meant.
pub(super) fn spell(tree: &mut Value, context: &mut Context<'_>) {
    let Value::Object(root) = tree else { return };
    let Some(Value::Object(paths)) = root.get("paths") else { return };
    if !paths.keys().any(|path| path.starts_with('/') && meant(path).is_some()) {
        return;
    }
    let Some(Value::Object(paths)) = root.get_mut("paths").map(Value::take) else { return };
    let components = root.get("components").unwrap_or(&Value::Null);
    let mut spelled: Map<String, Value> = Map::new();
    for (path, mut item) in paths {
        if let (Some((server, _)), Value::Object(item)) = (address(&path).filter(|(server, _)| !server.contains('{')), &mut item) {
            item.entry("servers").or_insert_with(|| json!([{ "url": server }]));
        }
        let Some(name) = meant(&path).filter(|_| path.starts_with('/')) else {
            match spelled.get_mut(&path) {
                Some(known) => join_items(known, item, (&path, &path), components, context),
                None => _ = spelled.insert(path, item),
            }
            continue;
        };
        let pointer = Pointer::root().child("paths");
        let (from, to) = (pointer.child(&path), pointer.child(&name));
        let hint = if path.contains([' ', '\t']) && !path.contains('{') {
            "requests carry nothing behind a blank"
        } else if address(&path).is_some() {
            "a path starts with `/`; where it is comes from `servers`, beside the methods of the path if it is alone there"
        } else if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            "requests carry no `.` and `..`: write the path without them"
        } else {
            "a parameter is a name in braces, and one that spans segments has a `+` in front of its name"
        };
        let message = format!("the path `{path}` was read as `{name}`");
        context.say(Diagnostic::new(Code::REPAIR_PATH_KEY, message).at(Place::key(&from)).hint(hint));
        match spelled.get_mut(&name) {
            Some(known) => join_items(known, item, (&path, &name), components, context),
            None => {
                context.origins.moved(&from, &to);
                spelled.insert(name, item);
            }
        }
    }
    root.insert("paths".to_owned(), Value::Object(spelled));
}

/// Adds what a path item of another spelling holds. `names`: its own spelling, and the one that stays.
fn join_items(known: &mut Value, item: Value, names: (&str, &str), components: &Value, context: &mut Context<'_>) {
    let (Value::Object(known), Value::Object(mut item)) = (known, item) else { return };
    let (from, to) = (Pointer::root().join(["paths", names.0]), Pointer::root().join(["paths", names.1]));
    push_down(known, &to, &mut context.origins);
    push_down(&mut item, &from, &mut context.origins);
    for (key, value) in item {
        match (known.get_mut(&key), value) {
            (Some(Value::Object(first)), Value::Object(operation)) if METHODS.contains(&key.as_str()) => {
                let (from, to) = (from.child(&key), to.child(&key));
                let message = format!("{} is written again; both ways of calling it were joined", operation_label(&key, names.1));
                let note = Diagnostic::new(Code::REPAIR_DUPLICATE_KEY, message).at(Place::key(&from));
                context.say(note.related(Place::key(&to), "first written here"));
                Join { components, context }.operations(first, operation, &from, &to);
            }
            (Some(_), _) => {}
            (None, value) => {
                context.origins.moved(&from.child(&key), &to.child(&key));
                known.insert(key, value);
            }
        }
    }
}

/// Parameters of a path item become parameters of its operations.
pub(super) fn push_down(item: &mut Map<String, Value>, pointer: &Pointer, origins: &mut Origins) {
    let Some(Value::Array(shared)) = item.shift_remove("parameters") else { return };
    for method in METHODS {
        let Some(Value::Object(operation)) = item.get_mut(method) else { continue };
        let own = operation.entry("parameters").or_insert_with(|| json!([]));
        let Value::Array(own) = own else { continue };
        for (index, parameter) in shared.iter().enumerate() {
            // An operation's own parameter wins over the path's, which comes to the same when both are there.
            if !own.contains(parameter) {
                let to = pointer.join([method, "parameters"]).child(own.len());
                origins.moved(&pointer.child("parameters").child(index), &to);
                own.push(parameter.clone());
            }
        }
    }
}

/// Two operations that are one on the wire become one that takes what either takes and answers what either answers.
struct Join<'j, 'd> {
    components: &'j Value,
    context: &'j mut Context<'d>,
}

impl Join<'_, '_> {
    fn operations(&mut self, first: &mut Map<String, Value>, mut later: Map<String, Value>, from: &Pointer, to: &Pointer) {
        self.parameters(first, &mut later, from, to);
        let bodies = (first.contains_key("requestBody"), later.shift_remove("requestBody"));
        match bodies {
            (true, Some(body)) => {
                if let Some(known) = first.get_mut("requestBody") {
                    self.contents(known, body, &from.child("requestBody"), &to.child("requestBody"));
                }
            }
            (true, None) => {
                if let Some(Value::Object(known)) = first.get_mut("requestBody") {
                    known.insert("required".to_owned(), Value::Bool(false));
                }
            }
            (false, Some(mut body)) => {
                if let Value::Object(body) = &mut body {
                    body.insert("required".to_owned(), Value::Bool(false));
                }
                self.context.origins.moved(&from.child("requestBody"), &to.child("requestBody"));
                first.insert("requestBody".to_owned(), body);
            }
            (false, None) => {}
        }
        let (from, to) = (from.child("responses"), to.child("responses"));
        let (Some(Value::Object(known)), Some(Value::Object(responses))) = (first.get_mut("responses"), later.shift_remove("responses"))
        else {
            return;
        };
        for (status, response) in responses {
            match known.get_mut(&status) {
                Some(known) => self.contents(known, response, &from.child(&status), &to.child(&status)),
                None => {
                    self.context.origins.moved(&from.child(&status), &to.child(&status));
                    known.insert(status, response);
                }
            }
        }
    }

    /// All parameters of both; only what both demand is required.
    fn parameters(&mut self, first: &mut Map<String, Value>, later: &mut Map<String, Value>, from: &Pointer, to: &Pointer) {
        let key = |parameter: &Value| (parameter.get("in").cloned(), parameter.get("name").cloned());
        let take = |owner: &mut Map<String, Value>| match owner.shift_remove("parameters") {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        };
        let resolved = |list: Vec<Value>| list.into_iter().map(|one| self.resolved(one)).collect::<Vec<Value>>();
        let (mut known, others) = (resolved(take(first)), resolved(take(later)));
        let relax = |parameter: &mut Value| {
            if parameter.get("in").and_then(Value::as_str) != Some("path")
                && let Value::Object(parameter) = parameter
            {
                parameter.shift_remove("required");
            }
        };
        for parameter in &mut known {
            if !others.iter().any(|other| key(other) == key(parameter) && other.get("required") == parameter.get("required")) {
                relax(parameter);
            }
        }
        for (index, mut parameter) in others.into_iter().enumerate() {
            if !known.iter().any(|other| key(other) == key(&parameter)) {
                let at = to.child("parameters").child(known.len());
                self.context.origins.moved(&from.child("parameters").child(index), &at);
                relax(&mut parameter);
                known.push(parameter);
            }
        }
        if !known.is_empty() {
            first.insert("parameters".to_owned(), Value::Array(known));
        }
    }

    /// A body or response that has the representations of both.
    fn contents(&mut self, first: &mut Value, later: Value, from: &Pointer, to: &Pointer) {
        if *first == later {
            return;
        }
        *first = self.resolved(first.take());
        let (Value::Object(first), Value::Object(mut later)) = (first, self.resolved(later)) else { return };
        if later.get("required").and_then(Value::as_bool) != Some(true) {
            first.shift_remove("required");
        }
        let Some(Value::Object(content)) = later.shift_remove("content") else { return };
        let known = first.entry("content").or_insert_with(|| json!({}));
        let (Value::Object(known), from, to) = (known, from.child("content"), to.child("content")) else { return };
        for (media, value) in content {
            let (from, to) = (from.child(&media), to.child(&media));
            match known.get_mut(&media).and_then(|known| known.get_mut("schema")) {
                None => {
                    self.context.origins.moved(&from, &to);
                    known.insert(media, value);
                }
                Some(known) => {
                    if let Some(schema) = value.get("schema") {
                        self.schemas(known, schema, &from.child("schema"), &to.child("schema"));
                    }
                }
            }
        }
    }

    /// `anyOf` of both schemas, unless they are equal.
    fn schemas(&mut self, first: &mut Value, later: &Value, from: &Pointer, to: &Pointer) {
        let arms = to.child(ANY_OF);
        let is_union = first.as_object().is_some_and(|first| first.len() == 1 && first.contains_key(ANY_OF));
        if first == later || is_union && first.get(ANY_OF).and_then(Value::as_array).is_some_and(|list| list.contains(later)) {
            return;
        }
        if !is_union {
            self.context.origins.moved(to, &arms.child(0));
            *first = json!({ ANY_OF: [first.take()] });
        }
        if let Some(Value::Array(list)) = first.get_mut(ANY_OF) {
            self.context.origins.moved(from, &arms.child(list.len()));
            list.push(later.clone());
        }
    }

    /// What a reference to a component stands for.
    fn resolved(&self, value: Value) -> Value {
        let mut value = value;
        for _ in 0..32 {
            let Some(pointer) = value.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix("#/components")) else { break };
            match self.components.pointer(pointer) {
                Some(found) => value = found.clone(),
                None => break,
            }
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn colons_and_remarks() {
        for (path, expected) in [
            ("/rooms/:rid/keys/:_key-2", Some("/rooms/{rid}/keys/{_key-2}")),
            ("/login - with a code", Some("/login")),
            ("/login#code", None),
            ("/login#by code", Some("/login#by")),
            ("/{bucket}?x=1#acl&id=", None),
            ("/rooms/:id#acl", Some("/rooms/{id}#acl")),
            ("/a#", Some("/a")),
            ("/https://example.com/v1/{id}", Some("/v1/{id}")),
            ("/http://example.com", Some("/")),
            ("/ftp://example.com/a", None),
            ("/a/./b/../c", Some("/a/c")),
            ("/../a/..", Some("/")),
            ("/a/.", Some("/a/")),
            ("/a/.../.b/{c}..", None),
            ("//a//b/", None),
            ("/users ", Some("/users")),
            ("/a b/{c}", None),
            ("/a b/{c} of it", Some("/a b/{c}")),
            ("/v1/{name}:cancel", None),
            ("/v1/things:batchGet", None),
            ("/a/:", None),
            ("/a/:1", None),
            ("/a/:b.c", None),
            ("/a/{b}", None),
            ("/a?b=c", None),
            ("/a{/b,c}{.d}{;e}{?f,g*}{&h}{#i}", Some("/a/{b}/{c}.{d};e={e}?f={f}&g={g}&h={h}")),
            ("/{a*}/{b:3}/{c?}", Some("/{a}/{b}/{c}")),
            ("/{+a}", None),
            ("/{+a,b}", Some("/{+a},{+b}")),
            ("/{year:\\d{4}}/{id:[0-9]{1,3}}.{ext:json|xml}", Some("/{year}/{id}.{ext}")),
            ("/{name=**}/{b*}:run", Some("/{+name}/{b}:run")),
            ("/{{a}}/{{ b }}", Some("/{a}/{b}")),
            ("/{{a}b}", None),
            ("/{a{b}", None),
            ("/{a+}/{*b}", Some("/{+a}/{+b}")),
            ("/{a,b}", Some("/{a},{b}")),
            ("/v1/{name=halls/*/rooms/*}:close", Some("/v1/{+name}:close")),
            ("/v1/{a=**}/x/{b=*}", Some("/v1/{+a}/x/{b}")),
            ("/{}/{", None),
            ("/:a?b=:c", Some("/{a}?b=:c")),
            ("/a?", Some("/a")),
            ("/#X-Amz-Target=Hub.List", None),
            ("/?a=b#x-amz-target=Hub.List now", Some("/?a=b#x-amz-target=Hub.List")),
        ] {
            assert_eq!(meant(path).as_deref(), expected, "{path}");
        }
    }
}
