//! Which operation a method and a path mean: a tree over path segments. Knows nothing of bodies, security or axum.
//!
//! Method and template are matched together, so `PUT /User/current` reaches `PUT /User/{id}` even where only
//! `GET /User/current` is written out. In each segment a literal goes before `prefix{p}suffix`, and that before `{p}`; last
//! comes `{+p}`, which takes more segments where fewer do not do.

use std::borrow::Cow;
use std::collections::HashMap;

use http::Method;

use super::segment;
use crate::operation::{OperationInfo, Segment, Takes};

/// How many segments one parameter may span if something stands behind it; the last one takes all that is left.
const LONGEST_SPAN: usize = 64;

/// How many nodes are visited for one path. Segments that can be cut in many ways, one behind the other, ask for more than
/// any honest path does.
const MOST_VISITS: usize = 4096;

/// How many ways to read a path are looked at.
const MOST_ENDS: usize = 256;

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
    /// Text before, between and behind the parameters.
    texts: Vec<Cow<'static, str>>,
    /// Whether it takes more than one segment.
    spans: bool,
    then: Node,
}

impl Pattern {
    /// How much is fixed; the more, the earlier it is tried.
    fn weight(&self) -> (bool, usize) {
        (!self.spans, self.texts.iter().map(|text| text.len()).sum())
    }
}

/// One operation that a path may mean.
#[derive(Debug, PartialEq)]
pub(crate) struct Candidate<'p> {
    /// The place of the operation in the list that the table was made of.
    pub index: usize,
    /// The same number for all operations whose templates differ in the names of parameters only.
    pub shape: usize,
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
        match segment::split(path) {
            Some(raw) => self.find_segments(method, path, &raw),
            None => Found::Nothing,
        }
    }

    /// The same, with a slash at the end of the path or without it: as it is written where that means something, else the
    /// other way. Of methods that would do, both ways count.
    pub(crate) fn find_either<'p>(&self, method: &Method, path: &'p str) -> Found<'p> {
        let written = self.find(method, path);
        if matches!(written, Found::Candidates(_) | Found::Malformed) {
            return written;
        }
        let other = match path.strip_suffix('/') {
            Some(without) => self.find(method, without),
            None => {
                let segments = if path.is_empty() { Some(Vec::new()) } else { segment::split(path) };
                segments.map_or(Found::Nothing, |mut raw| {
                    raw.push("");
                    self.find_segments(method, path, &raw)
                })
            }
        };
        match (written, other) {
            (Found::OtherMethods(mut methods), Found::OtherMethods(more)) => {
                methods.extend(more);
                methods.sort_unstable();
                methods.dedup();
                Found::OtherMethods(methods)
            }
            (Found::OtherMethods(methods), Found::Nothing) => Found::OtherMethods(methods),
            (_, other) => other,
        }
    }

    /// `raw` is what stands between the slashes of `path`.
    fn find_segments<'p>(&self, method: &Method, path: &'p str, raw: &[&'p str]) -> Found<'p> {
        let Some(texts) = raw.iter().map(|raw| segment::decode(raw)).collect::<Option<Vec<_>>>() else {
            return Found::Malformed;
        };
        let (mut ends, mut visits) = (Vec::new(), MOST_VISITS);
        let rest = path.get(1..).unwrap_or_default();
        self.root.collect(Rest { path: rest, raw, texts: &texts }, &mut Vec::new(), &mut ends, &mut visits);
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
            let shape = end.operations.first().copied().unwrap_or_default();
            found.extend(self.strictest_first(of_method, shape, &end.values));
        }
        found.retain(says_one_thing);
        // Where a segment can be cut in several ways, the way that the parameters take comes first.
        found.sort_by_key(|candidate: &Candidate<'p>| !self.is_cut_well(candidate));
        found
    }

    /// Whether the values that share a segment are of the texts that their parameters take.
    fn is_cut_well(&self, candidate: &Candidate<'_>) -> bool {
        let segments = self.operations.get(candidate.index).map(|info| info.segments).unwrap_or_default();
        let shared = segments.iter().filter(|segment| matches!(segment, Segment::Several { .. })).flat_map(|segment| segment.parameters());
        let value_of = |name| candidate.parameters.iter().find(|(known, _)| *known == name);
        shared.into_iter().all(|(name, takes)| value_of(name).is_none_or(|(_, value)| takes.fits(value)))
    }

    /// Operations whose templates differ in their parameters only: those that take these values, the stricter ones first.
    /// One that stands alone is not judged here: its own decoding says what does not fit.
    fn strictest_first<'p>(&self, mut operations: Vec<usize>, shape: usize, values: &[&'p str]) -> Vec<Candidate<'p>> {
        let takes = |index: &usize| self.operations.get(*index).map(|info| takes(info.segments)).unwrap_or_default();
        if operations.len() > 1 {
            operations.sort_by_cached_key(takes);
            if operations.iter().any(|index| fit(&takes(index), values)) {
                operations.retain(|index| fit(&takes(index), values));
            }
        }
        let candidate = |index: usize| Some(Candidate { index, shape, parameters: named(self.operations.get(index)?.segments, values) });
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
            pattern => self.pattern(pattern.texts().into_iter().map(plain).collect(), matches!(pattern, Segment::Spanning { .. })),
        };
        next.insert(rest, index);
    }

    /// The node behind a pattern; templates that differ in the names of parameters only share it.
    fn pattern(&mut self, texts: Vec<Cow<'static, str>>, spans: bool) -> &mut Node {
        let at = match self.patterns.iter().position(|pattern| pattern.texts == texts && pattern.spans == spans) {
            Some(at) => at,
            None => {
                let pattern = Pattern { texts, spans, then: Node::default() };
                let at = self.patterns.partition_point(|other| other.weight() >= pattern.weight());
                self.patterns.insert(at, pattern);
                at
            }
        };
        // The place was found or made just above; an index cannot miss.
        #[expect(clippy::indexing_slicing)]
        let pattern = &mut self.patterns[at];
        &mut pattern.then
    }

    /// Every leaf that the segments reach, the most specific first. Visits a node once for each way to get there.
    fn collect<'t, 'p>(&'t self, rest: Rest<'_, 'p>, values: &mut Vec<&'p str>, ends: &mut Vec<End<'t, 'p>>, visits: &mut usize) {
        *visits = visits.saturating_sub(1);
        let Some((first_text, _)) = rest.texts.split_first() else {
            if !self.ends.is_empty() {
                ends.push(End { operations: &self.ends, values: values.clone() });
            }
            return;
        };
        if let Some(next) = self.literals.get(first_text.as_ref()) {
            next.collect(rest.behind(1), values, ends, visits);
        }
        for pattern in &self.patterns {
            // The fewer segments one takes, the more is left for what is fixed behind it.
            let all = rest.raw.len();
            let most = if pattern.spans { all.min(LONGEST_SPAN) } else { 1 };
            for taken in (1..=most).chain((pattern.spans && all > most).then_some(all)) {
                for split in segment::splits(rest.first(taken), &pattern.texts) {
                    if ends.len() >= MOST_ENDS || *visits == 0 {
                        return;
                    }
                    let known = values.len();
                    values.extend(split);
                    pattern.then.collect(rest.behind(taken), values, ends, visits);
                    values.truncate(known);
                }
            }
        }
    }
}

/// What of a path has not been matched yet.
#[derive(Clone, Copy)]
struct Rest<'s, 'p> {
    /// As text, without the slash in front.
    path: &'p str,
    /// Its segments.
    raw: &'s [&'p str],
    /// The same decoded.
    texts: &'s [Cow<'s, str>],
}

impl<'p> Rest<'_, 'p> {
    /// How long the first segments are, with the slashes between them.
    fn length(&self, segments: usize) -> usize {
        self.raw.iter().take(segments).map(|raw| raw.len() + 1).sum::<usize>().saturating_sub(1)
    }

    fn first(&self, segments: usize) -> &'p str {
        self.path.get(..self.length(segments)).unwrap_or_default()
    }

    fn behind(self, segments: usize) -> Self {
        Self {
            path: self.path.get(self.length(segments) + 1..).unwrap_or_default(),
            raw: self.raw.get(segments..).unwrap_or_default(),
            texts: self.texts.get(segments..).unwrap_or_default(),
        }
    }
}

/// Whether a name that stands in a template twice has one value.
fn says_one_thing(candidate: &Candidate<'_>) -> bool {
    let mut values = candidate.parameters.iter().enumerate();
    values.all(|(index, (name, value))| candidate.parameters.iter().skip(index + 1).all(|(other, found)| other != name || found == value))
}

/// Text of a template without percent-encoding.
fn plain(text: &'static str) -> Cow<'static, str> {
    segment::decode(text).unwrap_or(Cow::Borrowed(text))
}

/// What the parameters of a template take.
fn takes(segments: &[Segment]) -> Vec<Takes> {
    segments.iter().flat_map(|segment| segment.parameters()).map(|(_, takes)| takes).collect()
}

fn fit(takes: &[Takes], values: &[&str]) -> bool {
    takes.iter().zip(values).all(|(takes, value)| takes.fits(value))
}

/// Pairs the values found with the names that this template gives them.
fn named<'p>(segments: &'static [Segment], values: &[&'p str]) -> Vec<RawParameter<'p>> {
    let names = segments.iter().flat_map(|segment| segment.parameters()).map(|(name, _)| name);
    names.zip(values.iter().copied()).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
