//! Which operation a method and a path mean: a tree over path segments. Knows nothing of bodies, security or axum.
//!
//! Method and template are matched together, so `PUT /User/current` reaches `PUT /User/{id}` even where only
//! `GET /User/current` is written out. In each segment a literal goes before `prefix{p}suffix`, and that before `{p}`.

mod segment;

use std::borrow::Cow;
use std::collections::HashMap;

use http::Method;

use crate::operation::{OperationInfo, Segment, Takes};

/// A value for a path parameter, still percent-encoded: the parameter's style splits it before decoding.
pub(crate) type RawParameter<'p> = (&'static str, &'p str);

/// A tree of path segments whose leaves are operations, each known by its place in the caller's own list.
#[derive(Debug, Default)]
pub(crate) struct Table {
    operations: Vec<&'static OperationInfo>,
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    /// By text without percent-encoding: a template may be written with it, and a request may.
    literals: HashMap<Cow<'static, str>, Node>,
    /// Most fixed characters first.
    patterns: Vec<Pattern>,
    /// Operations whose template ends here.
    ends: Vec<usize>,
}

#[derive(Debug)]
struct Pattern {
    prefix: Cow<'static, str>,
    suffix: Cow<'static, str>,
    then: Node,
}

/// One operation that a path may mean.
#[derive(Debug, PartialEq)]
pub(crate) struct Candidate<'p> {
    /// The place of the operation in the list that the table was made of.
    pub index: usize,
    /// The path parameters, in the order of the template.
    pub parameters: Vec<RawParameter<'p>>,
}

/// What the table says about a method and a path.
#[derive(Debug, PartialEq)]
pub(crate) enum Found<'p> {
    /// Never empty; to be tried in this order.
    Candidates(Vec<Candidate<'p>>),
    /// The path means something, with other methods only.
    OtherMethods(Vec<&'static str>),
    /// The path means nothing.
    Nothing,
    /// The path has a broken escape, or bytes that are not UTF-8.
    Malformed,
}

impl Table {
    /// A table of operations. Those of the same shape and method become candidates one after the other: the ones whose
    /// parameters take fewer texts first, else in their order.
    pub(crate) fn new(operations: impl IntoIterator<Item = &'static OperationInfo>) -> Self {
        let mut table = Self::default();
        for info in operations {
            let index = table.operations.len();
            table.operations.push(info);
            table.root.insert(info.segments, index);
        }
        table
    }

    /// The operations that a method and a path (without the query, still encoded) may mean.
    pub(crate) fn find<'p>(&self, method: &Method, path: &'p str) -> Found<'p> {
        let Some(raw) = segment::split(path) else {
            return Found::Nothing;
        };
        let Some(texts) = raw.iter().map(|raw| segment::decode(raw)).collect::<Option<Vec<_>>>() else {
            return Found::Malformed;
        };
        let mut ends = Vec::new();
        self.root.collect(&raw, &texts, &mut Vec::new(), &mut ends);
        if ends.is_empty() {
            return Found::Nothing;
        }
        let mut candidates = self.with_method(method.as_str(), &ends);
        if candidates.is_empty() && method == Method::HEAD {
            candidates = self.with_method("GET", &ends);
        }
        if candidates.is_empty() {
            return Found::OtherMethods(self.methods(&ends));
        }
        Found::Candidates(candidates)
    }

    fn with_method<'p>(&self, method: &str, ends: &[End<'_, 'p>]) -> Vec<Candidate<'p>> {
        let mut found = Vec::new();
        for end in ends {
            let of_method = |index: &&usize| self.operations.get(**index).is_some_and(|info| info.method == method);
            let of_method: Vec<usize> = end.operations.iter().filter(of_method).copied().collect();
            found.extend(self.strictest_first(of_method, &end.values));
        }
        found
    }

    /// Operations whose templates differ in their parameters only: those that take these values, the stricter ones first.
    /// One that stands alone is not judged here: its own decoding says what does not fit.
    fn strictest_first<'p>(&self, mut operations: Vec<usize>, values: &[&'p str]) -> Vec<Candidate<'p>> {
        let takes = |index: &usize| self.operations.get(*index).map(|info| takes(info.segments)).unwrap_or_default();
        if operations.len() > 1 {
            operations.sort_by_key(|index| takes(index));
            if operations.iter().any(|index| fit(&takes(index), values)) {
                operations.retain(|index| fit(&takes(index), values));
            }
        }
        let candidate = |index: usize| Some(Candidate { index, parameters: named(self.operations.get(index)?.segments, values) });
        operations.into_iter().filter_map(candidate).collect()
    }

    fn methods(&self, ends: &[End<'_, '_>]) -> Vec<&'static str> {
        let infos = ends.iter().flat_map(|end| end.operations).filter_map(|index| self.operations.get(*index));
        let mut methods: Vec<&'static str> = infos.map(|info| info.method).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        methods.dedup();
        methods
    }
}

/// A leaf that a path reaches, with the raw texts that stood in place of parameters.
struct End<'t, 'p> {
    operations: &'t [usize],
    values: Vec<&'p str>,
}

impl Node {
    fn insert(&mut self, segments: &'static [Segment], index: usize) {
        let Some((first, rest)) = segments.split_first() else {
            self.ends.push(index);
            return;
        };
        let next = match first {
            Segment::Literal(text) => self.literals.entry(plain(text)).or_default(),
            Segment::Parameter { prefix, suffix, .. } => self.pattern(plain(prefix), plain(suffix)),
        };
        next.insert(rest, index);
    }

    /// The node behind a pattern; templates that differ in a parameter's name only share it.
    fn pattern(&mut self, prefix: Cow<'static, str>, suffix: Cow<'static, str>) -> &mut Node {
        let same = |pattern: &Pattern| pattern.prefix == prefix && pattern.suffix == suffix;
        let at = match self.patterns.iter().position(same) {
            Some(at) => at,
            None => {
                let fixed = prefix.len() + suffix.len();
                let at = self.patterns.partition_point(|other| other.prefix.len() + other.suffix.len() >= fixed);
                self.patterns.insert(at, Pattern { prefix, suffix, then: Node::default() });
                at
            }
        };
        // The place was found or made just above; an index cannot miss.
        #[expect(clippy::indexing_slicing)]
        let pattern = &mut self.patterns[at];
        &mut pattern.then
    }

    /// Every leaf that the segments reach, the most specific first. Visits no node twice, so at most the whole tree.
    fn collect<'t, 'p>(&'t self, raw: &[&'p str], texts: &[Cow<'_, str>], values: &mut Vec<&'p str>, ends: &mut Vec<End<'t, 'p>>) {
        let (Some((first_raw, raw)), Some((first_text, texts))) = (raw.split_first(), texts.split_first()) else {
            if !self.ends.is_empty() {
                ends.push(End { operations: &self.ends, values: values.clone() });
            }
            return;
        };
        if let Some(next) = self.literals.get(first_text.as_ref()) {
            next.collect(raw, texts, values, ends);
        }
        for pattern in &self.patterns {
            // No client can send an empty value: `/users/` is not `/users/{id}`.
            let value = segment::strip(first_raw, &pattern.prefix, &pattern.suffix).filter(|value| !value.is_empty());
            if let Some(value) = value {
                values.push(value);
                pattern.then.collect(raw, texts, values, ends);
                values.pop();
            }
        }
    }
}

/// Text of a template without percent-encoding.
fn plain(text: &'static str) -> Cow<'static, str> {
    segment::decode(text).unwrap_or(Cow::Borrowed(text))
}

/// What the parameters of a template take.
fn takes(segments: &[Segment]) -> Vec<Takes> {
    let of = |segment: &Segment| match segment {
        Segment::Literal(_) => None,
        Segment::Parameter { takes, .. } => Some(*takes),
    };
    segments.iter().filter_map(of).collect()
}

fn fit(takes: &[Takes], values: &[&str]) -> bool {
    takes.iter().zip(values).all(|(takes, value)| takes.fits(value))
}

/// Pairs the values found with the names that this template gives them.
fn named<'p>(segments: &'static [Segment], values: &[&'p str]) -> Vec<RawParameter<'p>> {
    let names = segments.iter().filter_map(|segment| match segment {
        Segment::Literal(_) => None,
        Segment::Parameter { name, .. } => Some(*name),
    });
    names.zip(values.iter().copied()).collect()
}

#[cfg(test)]
mod tests;
