//! YAML text becomes a tree, or places; saphyr-parser knows the grammar, this file what its events mean.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};
use serde_json::Value;

use super::fault::Fault;
use super::places::Collector;
use super::tree::{Builder, MERGE};
use super::{Limits, Parsed, Position, scalar, yaml_fault};

/// Reads a text; `None` if it holds nothing but comments.
pub(super) fn read(text: &str, limits: Limits) -> Result<Option<Parsed>, Fault> {
    let mut builder = Builder::new(limits);
    let mut documents = Documents::default();
    let mut empty = true;
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| scan_fault(text, &error))?;
        if documents.is_beyond_first(&event, span.start)? {
            continue;
        }
        empty &= is_empty(&event) || !is_content(&event);
        feed(&mut builder, event).map_err(|fault| fault.at(position(span.start)))?;
    }
    Ok(if empty { None } else { builder.finish() })
}

/// Hands the places of a text, which is known to be readable, to the collector.
pub(super) fn places(text: &str, collector: &mut Collector) {
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { return };
        let at = position(span.start);
        match event {
            Event::Scalar(text, ..) if collector.expects_key() => collector.key(&text, at),
            Event::Scalar(..) if span.is_empty() => collector.nothing(),
            Event::Scalar(..) => collector.scalar(at),
            // Its key, if it stands for one, is not worth finding: nobody writes that.
            Event::Alias(_) if collector.expects_key() => collector.key("*", at),
            Event::Alias(_) => collector.scalar(at),
            Event::SequenceStart(..) => collector.open_list(at),
            Event::MappingStart(..) => collector.open_map(at),
            Event::SequenceEnd | Event::MappingEnd => collector.close(),
            // Only the first document counts.
            Event::DocumentEnd => return,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {}
        }
    }
}

fn feed(builder: &mut Builder, event: Event<'_>) -> Result<(), Fault> {
    match event {
        Event::Scalar(text, style, _, tag) if builder.expects_key() => {
            if text == MERGE && style == ScalarStyle::Plain && tag.is_none_or(|tag| full(&tag) == MERGE_TAG) {
                builder.merge_key();
                return Ok(());
            }
            builder.key(text.into_owned())
        }
        Event::Scalar(text, style, anchor, tag) => {
            let value = match tag {
                Some(tag) => {
                    let tag = full(&tag);
                    scalar::tagged(&tag, &text)
                        .ok_or_else(|| Fault::syntax(format!("{text:?} is no {}", tag.replace(scalar::CORE, "!!"))))?
                }
                None if style == ScalarStyle::Plain => scalar::plain(&text),
                None => Value::String(text.into_owned()),
            };
            builder.scalar(value, anchor)
        }
        Event::Alias(anchor) => builder.alias(anchor),
        Event::SequenceStart(anchor, _) => builder.open_list(anchor),
        Event::MappingStart(anchor, _) => builder.open_map(anchor),
        Event::SequenceEnd | Event::MappingEnd => builder.close(),
        Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => Ok(()),
    }
}

const MERGE_TAG: &str = "tag:yaml.org,2002:merge";

fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

/// Counts the documents of a stream; one is what an API description has, and an empty one after it does no harm.
#[derive(Default)]
struct Documents {
    count: usize,
    start: Option<Position>,
}

impl Documents {
    fn is_beyond_first(&mut self, event: &Event<'_>, at: Marker) -> Result<bool, Fault> {
        if matches!(event, Event::DocumentStart(_)) {
            self.count += 1;
            self.start = Some(position(at));
        }
        if self.count > 1 && is_content(event) && !is_empty(event) {
            let fault = Fault::syntax("a second document starts here").hint("keep one document in a file: split the file at the `---`");
            return Err(fault.at(self.start.unwrap_or(position(at))));
        }
        Ok(self.count > 1)
    }
}

fn is_content(event: &Event<'_>) -> bool {
    matches!(event, Event::Scalar(..) | Event::Alias(_) | Event::SequenceStart(..) | Event::MappingStart(..))
}

fn is_empty(event: &Event<'_>) -> bool {
    matches!(event, Event::Scalar(text, ScalarStyle::Plain, 0, None) if text.is_empty())
}

fn scan_fault(text: &str, error: &ScanError) -> Fault {
    yaml_fault::fault(text, error.info(), position(*error.marker()))
}

fn position(marker: Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}
